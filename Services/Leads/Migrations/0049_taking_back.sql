-- Taking a file back gives back what its rows have said of people, too.

-- What a row said is taken back; what it made stands in `undo`.
ALTER TABLE import_rows ADD COLUMN withdrawn boolean NOT NULL DEFAULT false;
-- Which row a submission was, and what else a file has brought to a lead.
CREATE INDEX import_rows_by_submission ON import_rows (submission_id) WHERE submission_id IS NOT NULL;
CREATE INDEX import_rows_by_lead ON import_rows (lead_id) WHERE lead_id IS NOT NULL;

CREATE INDEX import_rows_withdrawn ON import_rows (submission_id) WHERE withdrawn AND verdict = 'joined';

-- An undo first gives the leads up that the file has made, then takes back what its rows said.
ALTER TABLE imports ADD COLUMN withdrawing boolean NOT NULL DEFAULT false;

-- The one submission that named both, where that is why two were joined: whoever takes it back parts them again.
ALTER TABLE merges ADD COLUMN submission_id uuid;
CREATE INDEX merges_by_submission ON merges (submission_id) WHERE submission_id IS NOT NULL;
