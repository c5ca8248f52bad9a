-- What is sent, and when, to people who have not bought yet.
CREATE TABLE nurture_sequences (
    id      uuid    PRIMARY KEY,
    name    text    NOT NULL,
    -- The version that new people are taken into.
    version integer NOT NULL,
    CONSTRAINT nurture_sequences_name_once UNIQUE (name)
);

-- Every version for ever: who is on the way goes on by the one that they were taken into.
CREATE TABLE nurture_versions (
    sequence_id uuid        NOT NULL REFERENCES nurture_sequences (id),
    version     integer     NOT NULL,
    plan        jsonb       NOT NULL,
    changed_by  text        NOT NULL,
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (sequence_id, version)
);

-- A person on the way through a sequence, once in a lifetime. The person is not a foreign key: neither the intake, which
-- locks persons, nor this is to wait for the other.
CREATE TABLE nurture_enrolments (
    id          uuid             PRIMARY KEY,
    sequence_id uuid             NOT NULL,
    version     integer          NOT NULL,
    -- Who they were when they were taken in, and who that is now.
    origin      uuid             NOT NULL,
    uid         uuid             NOT NULL,
    state       text             NOT NULL,
    -- Steps that were sent or passed over.
    steps_done  integer          NOT NULL DEFAULT 0,
    started_at  timestamptz      NOT NULL,
    -- By how much pauses have put off everything that follows, in seconds.
    put_off     double precision NOT NULL DEFAULT 0,
    -- When the next step is due, or is looked at again.
    next_at     timestamptz,
    -- When somebody has last spoken with the person.
    replied_at  timestamptz,
    ended_at    timestamptz,
    -- Why they left.
    reason      text,
    why         jsonb            NOT NULL,
    FOREIGN KEY (sequence_id, version) REFERENCES nurture_versions (sequence_id, version),
    CONSTRAINT nurture_enrolments_once UNIQUE (sequence_id, origin),
    CONSTRAINT nurture_enrolments_state CHECK (state IN ('active', 'paused', 'finished', 'exited')),
    CONSTRAINT nurture_enrolments_due CHECK ((state IN ('active', 'paused')) = (next_at IS NOT NULL)),
    CONSTRAINT nurture_enrolments_left_why CHECK ((state = 'exited') = (reason IS NOT NULL))
);
-- Of two who turn out to be one person, one goes on.
CREATE UNIQUE INDEX nurture_enrolments_one_way ON nurture_enrolments (sequence_id, uid)
 WHERE state IN ('active', 'paused');
CREATE INDEX nurture_enrolments_by_person ON nurture_enrolments (uid);
-- What the page of a sequence counts and lists.
CREATE INDEX nurture_enrolments_counted ON nurture_enrolments (sequence_id, state, version, steps_done, reason, id);

-- Every step that was sent: none twice.
CREATE TABLE nurture_steps (
    enrolment_id uuid        NOT NULL REFERENCES nurture_enrolments (id),
    step         integer     NOT NULL,
    template     text        NOT NULL,
    sent_at      timestamptz NOT NULL,
    PRIMARY KEY (enrolment_id, step)
);
