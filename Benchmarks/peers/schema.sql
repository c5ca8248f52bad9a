-- What each peer keeps: the ids that it has seen, a row per lead, and the events that the broker does not have yet.
CREATE TABLE peer.inbox (
    message_id  text        PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE peer.leads (
    id          uuid        PRIMARY KEY,
    channel     text        NOT NULL,
    external_id text        NOT NULL,
    name        text,
    phone       text,
    submission  jsonb       NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE peer.outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid   NOT NULL,
    body     text   NOT NULL
);
