-- What of a person was taken back, and why, is decided as well. Everything that is there fulfils the wider rule.
ALTER TABLE decisions
    DROP CONSTRAINT decisions_kind,
    ADD CONSTRAINT decisions_kind
        CHECK (kind IN ('grade', 'assign', 'response', 'reopen', 'follow-up', 'facts')) NOT VALID;
