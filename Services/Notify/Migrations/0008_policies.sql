-- The numbers that an administrator may change. Every change is a row, and rows stay: decisions name the version that they
-- were made under. A policy without a row is as it was delivered, which is version 1.
CREATE TABLE policies (
    name       text        NOT NULL,
    version    integer     NOT NULL,
    -- Number by field. A field that came later is not in it: then it is as it was delivered.
    value      jsonb       NOT NULL,
    -- Who changed it, as the journal calls them.
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    note       text,
    PRIMARY KEY (name, version),
    CONSTRAINT policies_version CHECK (version > 1)
);

-- Why a message is held or was dropped, where a policy decided it: which, its version, what it looked at.
ALTER TABLE messages ADD COLUMN decision jsonb;
