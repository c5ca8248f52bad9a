-- What is left to be chained is found without a look at all that is: a million rows took minutes. Rows are chained as they
-- are written, so the index is empty but after an upgrade.
CREATE INDEX submissions_unchained ON submissions (received_at, id) WHERE sequence IS NULL;
