-- What buyers are worth to us, by project: how recently and how often they were in touch, and for how much they bought, each
-- as a fifth of all buyers of the project. Reckoned anew every night and after each deal; nothing else depends on it.
CREATE TABLE value_layers (
    project        text        NOT NULL,
    uid            uuid        NOT NULL REFERENCES persons (uid),
    layer          text        NOT NULL,
    last_at        timestamptz NOT NULL,
    times          bigint      NOT NULL,
    minor          bigint      NOT NULL,
    -- Fifths, 5 the best.
    recency        smallint    NOT NULL,
    frequency      smallint    NOT NULL,
    value          smallint    NOT NULL,
    -- Among how many buyers, and from which amount on somebody is of high value.
    people         bigint      NOT NULL,
    value_from     bigint,
    policy_version integer     NOT NULL,
    reckoned_at    timestamptz NOT NULL,
    PRIMARY KEY (project, uid),
    CONSTRAINT value_layers_layer CHECK (layer IN ('core', 'potential', 'active', 'dormant')),
    CONSTRAINT value_layers_fifths CHECK (
        recency BETWEEN 1 AND 5 AND frequency BETWEEN 1 AND 5 AND value BETWEEN 1 AND 5
    )
);
CREATE INDEX value_layers_by_person ON value_layers (uid);
