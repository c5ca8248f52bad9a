-- One timeline of everything that concerns a person, from the events of all services. It is a projection: it can be
-- emptied and built again from the events.

CREATE TABLE timeline (
    event_id    text        PRIMARY KEY,
    -- Keeps events of one instant in the order of their journal.
    position    bigint      GENERATED ALWAYS AS IDENTITY,
    uid         uuid        NOT NULL,
    occurred_at timestamptz NOT NULL,
    name        text        NOT NULL,
    subject     text        NOT NULL,
    actor       text,
    -- What the entry's words are made of: the event's data without how the person is reached.
    inputs      jsonb       NOT NULL,
    why         jsonb
);
CREATE INDEX timeline_by_person ON timeline (uid, occurred_at, position);
