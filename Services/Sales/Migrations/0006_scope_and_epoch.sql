-- How far somebody sees where it is not what is usual for the role; and when their sign-ins ended.

ALTER TABLE staff
    ADD COLUMN scope         text,
    -- Tokens carry the epoch in which they were issued: at a new password, or when somebody leaves, older ones end.
    ADD COLUMN sign_in_epoch integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT staff_scope CHECK (scope IN ('own', 'team', 'project', 'all'));

-- Who guesses passwords is slowed down by where they guess from, so that nobody can lock another out.
-- The digest of the client's address; attempts of before this version count for none.
ALTER TABLE sign_in_attempts ADD COLUMN client_digest bytea;
CREATE INDEX sign_in_attempts_by_client ON sign_in_attempts (client_digest, attempted_at);
