-- What customers write back about their cases.
ALTER TABLE case_entries DROP CONSTRAINT case_entries_kind;
ALTER TABLE case_entries ADD CONSTRAINT case_entries_kind
    CHECK (kind IN ('opened', 'reply', 'alert', 'owner', 'closed', 'answer'));

-- Who was forgotten: what comes late about them is kept without its words.
CREATE TABLE forgotten (
    uid uuid PRIMARY KEY
);
