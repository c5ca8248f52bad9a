-- Who may push leads, who takes them, and by which rules.

CREATE TABLE channels (
    name        text    PRIMARY KEY,
    -- What sort of place it is; grading looks at it.
    kind        text    NOT NULL,
    -- SHA-256, in hexadecimal, of the key that its HTTP submissions carry. Keys are long and random, so that a plain digest suffices.
    key_hash    text,
    -- The broker user whose validated user_id its messages must carry, where they carry one.
    broker_user text    NOT NULL,
    is_active   boolean NOT NULL DEFAULT true,
    CONSTRAINT channels_name_plain CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    CONSTRAINT channels_key_is_sha256 CHECK (key_hash ~ '^[0-9a-f]{64}$')
);

-- What Sales says of its people. The last sequence wins.
CREATE TABLE staff (
    id          uuid    PRIMARY KEY,
    name        text    NOT NULL,
    role        text    NOT NULL,
    team_id     uuid,
    team_name   text,
    manager_id  uuid,
    projects    text[]  NOT NULL,
    districts   text[]  NOT NULL,
    capacity    integer NOT NULL,
    is_on_shift boolean NOT NULL,
    is_active   boolean NOT NULL,
    language    text    NOT NULL,
    sequence    bigint  NOT NULL
);
CREATE INDEX staff_by_team ON staff (team_id);

-- Fair rotation: every eligible agent earns an equal share of each lead, who gets it pays for it. Whoever is owed most is
-- next. The rows are locked, all and in order, before anybody is chosen; so every agent has one from the first day.
CREATE TABLE rotation (
    agent_id  uuid   PRIMARY KEY REFERENCES staff (id),
    team_id   uuid,
    -- In 1/720720 of a lead.
    credit    bigint NOT NULL DEFAULT 0,
    served    bigint NOT NULL DEFAULT 0,
    -- The turn at which the agent was last served; 0 for never.
    last_turn bigint NOT NULL DEFAULT 0
);

-- Which agents may take a lead, first match wins. `kind` is the way to look for them, the rest narrows when it applies.
CREATE TABLE assignment_rules (
    position integer PRIMARY KEY,
    name     text    NOT NULL UNIQUE,
    kind     text    NOT NULL,
    version  integer NOT NULL,
    -- Applies only to leads of this channel, grade, project or district, where set.
    channel  text,
    grade    text,
    project  text,
    district text,
    -- Gives to this team only, where set.
    team_id  uuid,
    CONSTRAINT assignment_rules_kind CHECK (kind IN ('previous-owner', 'project', 'district', 'any'))
);
INSERT INTO assignment_rules (position, name, kind, version) VALUES
    (10, 'assign.previous-owner', 'previous-owner', 1),
    (20, 'assign.project', 'project', 1),
    (30, 'assign.district', 'district', 1),
    (40, 'assign.any-team', 'any', 1);

-- By when somebody must have spoken with the person, and what happens when nobody has. Seconds.
CREATE TABLE response_targets (
    grade          text    PRIMARY KEY,
    respond_within integer NOT NULL,
    -- From the reminder to the next agent.
    reassign_after integer NOT NULL,
    -- From the next agent to the manager.
    manager_after  integer NOT NULL,
    version        integer NOT NULL,
    CONSTRAINT response_targets_grade CHECK (grade IN ('A', 'B', 'C')),
    CONSTRAINT response_targets_positive CHECK (respond_within > 0 AND reassign_after > 0 AND manager_after > 0)
);
INSERT INTO response_targets (grade, respond_within, reassign_after, manager_after, version) VALUES
    ('A', 300, 300, 300, 1),
    ('B', 1800, 300, 300, 1),
    ('C', 7200, 300, 300, 1);
