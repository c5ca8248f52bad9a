-- Limits of a pool's own; where one is not set, the policy's holds.
ALTER TABLE pools
    ADD COLUMN claims_per_day     integer,
    ADD COLUMN claims_held        integer,
    ADD COLUMN former_owner_waits integer,
    -- Rises with every change; decisions under limits of the pool's own name it.
    ADD COLUMN version            integer NOT NULL DEFAULT 1;
