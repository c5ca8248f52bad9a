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

-- The response targets were a table of their own. Where somebody has changed it, its figures go on.
INSERT INTO policies (name, version, value, changed_by, changed_at, note)
SELECT 'response.first', 2,
       jsonb_object_agg(lower(grade) || 'RespondWithin', respond_within)
           || jsonb_object_agg(lower(grade) || 'ReassignAfter', reassign_after)
           || jsonb_object_agg(lower(grade) || 'ManagerAfter', manager_after),
       'system', now(), 'Brought over from the table of response targets.'
  FROM response_targets
HAVING bool_or((grade, respond_within, reassign_after, manager_after)
               NOT IN (('A', 300, 300, 300), ('B', 1800, 300, 300), ('C', 7200, 300, 300)));
