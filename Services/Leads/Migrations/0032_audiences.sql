-- Messages to everybody who belonged to a segment when somebody said so: handed to Notify piece by piece.
CREATE TABLE audiences (
    id              uuid        PRIMARY KEY,
    segment_id      uuid        NOT NULL,
    -- As they were when it was ordered: the segment may be changed while it is handed over.
    segment         text        NOT NULL,
    segment_version integer     NOT NULL,
    tests           jsonb       NOT NULL,
    template        text        NOT NULL,
    state           text        NOT NULL,
    -- Handed over so far.
    pieces          integer     NOT NULL DEFAULT 0,
    people          integer     NOT NULL DEFAULT 0,
    -- The last person who was handed over; the walk is in the order of their ids.
    after           uuid,
    requested_by    text        NOT NULL,
    requested_at    timestamptz NOT NULL,
    ended_at        timestamptz,
    CONSTRAINT audiences_state CHECK (state IN ('sending', 'paused', 'sent')),
    CONSTRAINT audiences_ended CHECK ((state = 'sent') = (ended_at IS NOT NULL))
);
CREATE INDEX audiences_by_time ON audiences (requested_at DESC, id);
