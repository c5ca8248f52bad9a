-- Customers as Sales knows them, built from what Leads and Service tell. Any of these events may be the first that
-- arrives, so everything but the uid may still be missing.

CREATE TABLE customers (
    uid                   uuid        PRIMARY KEY,
    name                  text,
    phones                text[]      NOT NULL DEFAULT '{}',
    emails                text[]      NOT NULL DEFAULT '{}',
    wechat                text,
    language              text,
    need                  jsonb,
    consent               jsonb,
    -- The person's latest lead.
    lead_id               uuid,
    channel               text,
    grade                 text,
    grade_why             jsonb,
    owner_id              uuid,
    team_id               uuid,
    owner_why             jsonb,
    first_response_due_at timestamptz,
    stage                 text        NOT NULL DEFAULT 'enquiry',
    touches               integer     NOT NULL DEFAULT 1,
    last_contact_at       timestamptz,
    last_contact_kind     text,
    next_action           text,
    next_at               timestamptz,
    -- There is a case or a hand-over: the service desk may see the customer.
    is_with_service       boolean     NOT NULL DEFAULT false,
    first_seen_at         timestamptz NOT NULL,
    -- The last sign of life from either side: what lists are ordered by.
    active_at             timestamptz NOT NULL,
    CONSTRAINT customers_stage CHECK (stage IN ('enquiry', 'contacted', 'deal', 'won', 'lost', 'discarded'))
);
CREATE INDEX customers_by_activity ON customers (active_at DESC, uid DESC);
CREATE INDEX customers_by_owner ON customers (owner_id, active_at DESC, uid DESC);
CREATE INDEX customers_by_team ON customers (team_id, active_at DESC, uid DESC);
CREATE INDEX customers_due ON customers (owner_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX customers_by_phone ON customers USING gin (phones);

-- What was said with whom, and what is to follow.
CREATE TABLE contacts (
    id           uuid        PRIMARY KEY,
    uid          uuid        NOT NULL REFERENCES customers (uid),
    lead_id      uuid,
    staff_id     uuid        NOT NULL REFERENCES staff (id),
    kind         text        NOT NULL,
    is_reached   boolean     NOT NULL,
    note         text,
    next_action  text,
    next_at      timestamptz,
    contacted_at timestamptz NOT NULL,
    logged_at    timestamptz NOT NULL,
    CONSTRAINT contacts_kind CHECK (kind IN ('call', 'visit', 'wechat', 'sms', 'email'))
);
CREATE INDEX contacts_by_customer ON contacts (uid, contacted_at DESC);
