-- Each time that everybody who was known already was compared with everybody else: after the policy of matching was changed,
-- or since somebody wanted it. People are taken in the order of their UIDs, a few at a time; whoever is killed goes on here.
CREATE TABLE stock_comparisons (
    id             uuid        PRIMARY KEY,
    -- Under which version of the policy; a newer one begins anew.
    policy_version bigint      NOT NULL,
    actor          text        NOT NULL,
    began_at       timestamptz NOT NULL,
    -- Whoever came later was compared when they arrived.
    last_uid       uuid,
    people         bigint      NOT NULL,
    -- Up to whom everybody was compared.
    at_uid         uuid,
    compared       bigint      NOT NULL DEFAULT 0,
    joined         bigint      NOT NULL DEFAULT 0,
    proposed       bigint      NOT NULL DEFAULT 0,
    -- Who could not be compared; the log says why.
    skipped        bigint      NOT NULL DEFAULT 0,
    ended_at       timestamptz
);
CREATE UNIQUE INDEX stock_comparisons_one_at_a_time ON stock_comparisons ((true)) WHERE ended_at IS NULL;
