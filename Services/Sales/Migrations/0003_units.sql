-- What is sold: projects, their buildings, and the units in them.

CREATE TABLE projects (
    key      text    PRIMARY KEY,
    name_en  text    NOT NULL,
    name_zh  text    NOT NULL,
    city     text,
    district text    NOT NULL,
    position integer NOT NULL
);

CREATE TABLE buildings (
    key      text    PRIMARY KEY,
    project  text    NOT NULL REFERENCES projects (key),
    name     text    NOT NULL,
    floors   integer NOT NULL,
    position integer NOT NULL
);

CREATE TABLE units (
    id          uuid             PRIMARY KEY,
    key         text             NOT NULL UNIQUE,
    project     text             NOT NULL REFERENCES projects (key),
    building    text             NOT NULL REFERENCES buildings (key),
    -- Building and number as people say it: 3-1201.
    number      text             NOT NULL,
    floor       integer          NOT NULL,
    layout      text             NOT NULL,
    -- Square metres.
    area        double precision NOT NULL,
    facing      text,
    price_minor bigint           NOT NULL,
    currency    text             NOT NULL,
    state       text             NOT NULL DEFAULT 'free',
    CONSTRAINT units_state CHECK (state IN ('free', 'held', 'signed')),
    CONSTRAINT units_price_is_positive CHECK (price_minor > 0),
    CONSTRAINT units_area_is_positive CHECK (area > 0)
);
CREATE INDEX units_by_project ON units (project, state, number);
