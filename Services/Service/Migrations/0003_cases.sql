-- Complaints, suggestions, enquiries and repairs, with the clock that runs until somebody answers.

-- By when a case is to be answered first. The rules of the newest version are tried in order; NULL matches everything.
-- One hour for customers of the high tier would be one more row, in a new version.
CREATE TABLE response_rules (
    version            integer NOT NULL,
    position           integer NOT NULL,
    name               text    NOT NULL,
    kind               text,
    tier               text,
    minutes            integer NOT NULL,
    -- How long after the deadline the head hears of it.
    escalation_minutes integer NOT NULL,
    PRIMARY KEY (version, position),
    CONSTRAINT response_rules_minutes CHECK (minutes > 0 AND escalation_minutes > 0)
);
INSERT INTO response_rules (version, position, name, kind, tier, minutes, escalation_minutes)
VALUES (1, 1, 'complaint', 'complaint', NULL, 120, 120),
       (1, 2, 'any', NULL, NULL, 120, 120);

-- The last number given in each year. The row stays locked until its case commits, so that no number is skipped.
CREATE TABLE case_numbers (
    year integer PRIMARY KEY,
    last integer NOT NULL
);

CREATE TABLE cases (
    id               uuid        PRIMARY KEY,
    number           text        NOT NULL,
    uid              uuid        NOT NULL REFERENCES customers,
    kind             text        NOT NULL,
    severity         text        NOT NULL,
    title            text        NOT NULL,
    text             text        NOT NULL,
    unit_id          uuid,
    project          text,
    status           text        NOT NULL,
    owner_id         uuid,
    opened_by        uuid,
    opened_at        timestamptz NOT NULL,
    response_due_at  timestamptz NOT NULL,
    escalation_at    timestamptz NOT NULL,
    first_replied_at timestamptz,
    closed_at        timestamptz,
    result           text,
    deadline_why     jsonb       NOT NULL,
    owner_why        jsonb       NOT NULL,
    CONSTRAINT cases_number_once UNIQUE (number),
    CONSTRAINT cases_kind CHECK (kind IN ('complaint', 'suggestion', 'enquiry', 'repair')),
    CONSTRAINT cases_severity CHECK (severity IN ('low', 'normal', 'high')),
    CONSTRAINT cases_status CHECK (status IN ('open', 'closed')),
    CONSTRAINT cases_closed_with_result CHECK ((status = 'closed') = (closed_at IS NOT NULL AND result IS NOT NULL)),
    CONSTRAINT cases_escalation_after_deadline CHECK (escalation_at > response_due_at)
);
CREATE INDEX cases_open ON cases ((first_replied_at IS NOT NULL), response_due_at, id) WHERE status = 'open';
CREATE INDEX cases_closed ON cases (closed_at DESC, id DESC) WHERE status = 'closed';
CREATE INDEX cases_by_customer ON cases (uid);
CREATE INDEX cases_by_owner ON cases (owner_id) WHERE status = 'open';

-- What happened in a case, in order: its timeline.
CREATE TABLE case_entries (
    id       uuid        PRIMARY KEY,
    case_id  uuid        NOT NULL REFERENCES cases,
    at       timestamptz NOT NULL,
    kind     text        NOT NULL,
    -- NULL when a clock did it.
    staff_id uuid,
    text     text        NOT NULL,
    why      jsonb,
    -- The message that told the other services of it.
    event    text,
    CONSTRAINT case_entries_kind CHECK (kind IN ('opened', 'reply', 'alert', 'owner', 'closed'))
);
CREATE INDEX case_entries_by_case ON case_entries (case_id, at, id);

-- Which alerts went out. The primary key is why each goes out once, whatever restarts in between.
CREATE TABLE sla_steps (
    case_id    uuid        NOT NULL REFERENCES cases,
    clock      text        NOT NULL,
    step       integer     NOT NULL,
    fired_at   timestamptz NOT NULL,
    recipients uuid[]      NOT NULL,
    PRIMARY KEY (case_id, clock, step)
);
