-- Leads, and the ledger that proves that none was lost.

CREATE TABLE leads (
    id               uuid        PRIMARY KEY,
    uid              uuid        NOT NULL REFERENCES persons (uid),
    status           text        NOT NULL,
    grade            text        NOT NULL,
    grade_why        jsonb       NOT NULL,
    channel          text        NOT NULL,
    campaign         text,
    -- The first of each that was asked for; the whole need is in `need`.
    project          text,
    district         text,
    need             jsonb,
    message          text,
    owner_id         uuid,
    team_id          uuid,
    pool             text,
    owner_why        jsonb       NOT NULL,
    -- Everybody who has had it, the present owner last: the ladder does not give it to the same agent twice.
    owners           uuid[]      NOT NULL DEFAULT '{}',
    touches          integer     NOT NULL DEFAULT 1,
    -- Calls that did not reach the person.
    attempts         integer     NOT NULL DEFAULT 0,
    response_step    text        NOT NULL DEFAULT 'waiting',
    response_due_at  timestamptz NOT NULL,
    contacted_at     timestamptz,
    contacted_by     uuid,
    deal_id          uuid,
    deal_outcome     text,
    discard_reason   text,
    discard_note     text,
    received_at      timestamptz NOT NULL,
    assigned_at      timestamptz NOT NULL,
    last_touch_at    timestamptz NOT NULL,
    CONSTRAINT leads_status CHECK (status IN ('open', 'contacted', 'converted', 'discarded')),
    CONSTRAINT leads_grade CHECK (grade IN ('A', 'B', 'C')),
    CONSTRAINT leads_step CHECK (response_step IN ('waiting', 'reminded', 'reassigned', 'escalated', 'stopped')),
    -- No lead without somebody who has it or a pool that it waits in.
    CONSTRAINT leads_owner_or_pool CHECK ((owner_id IS NULL) <> (pool IS NULL)),
    CONSTRAINT leads_discarded_for_a_reason CHECK (status <> 'discarded' OR discard_reason IS NOT NULL),
    CONSTRAINT leads_deal_outcome CHECK (deal_outcome IN ('won', 'lost'))
);
-- A person has at most one open lead; who enquires again touches it.
CREATE UNIQUE INDEX leads_one_open ON leads (uid) WHERE status IN ('open', 'contacted');
CREATE INDEX leads_by_uid ON leads (uid, id DESC);
CREATE INDEX leads_by_arrival ON leads (received_at DESC, id DESC);
CREATE INDEX leads_by_owner ON leads (owner_id, received_at DESC) WHERE owner_id IS NOT NULL;
CREATE INDEX leads_open_by_owner ON leads (owner_id) WHERE status IN ('open', 'contacted') AND owner_id IS NOT NULL;
CREATE INDEX leads_by_team ON leads (team_id, received_at DESC) WHERE team_id IS NOT NULL;
CREATE INDEX leads_in_pool ON leads (received_at, id) WHERE pool IS NOT NULL AND status = 'open';
CREATE INDEX leads_unanswered ON leads (response_due_at) WHERE status = 'open';

-- Every submission that a channel had confirmed: one row, one outcome. Rows are never deleted; `deliveries` counts how
-- often the same bytes arrived under the same key.
CREATE TABLE submissions (
    id             uuid        PRIMARY KEY,
    channel        text        NOT NULL,
    -- The channel's own id of it, else the message's id, else the digest of the body.
    submission_key text        NOT NULL,
    -- SHA-256 of the body, in hexadecimal.
    digest         text        NOT NULL,
    transport      text        NOT NULL,
    broker_user    text,
    external_id    text,
    campaign       text,
    outcome        text        NOT NULL,
    -- Why it was rejected: a stable slug, the field at fault, and one sentence.
    reason         text,
    field          text,
    detail         text,
    -- What was left out of a submission that was accepted all the same, and why.
    notes          jsonb       NOT NULL DEFAULT '[]',
    lead_id        uuid        REFERENCES leads (id),
    uid            uuid        REFERENCES persons (uid),
    duplicate_of   uuid        REFERENCES submissions (id),
    deliveries     integer     NOT NULL DEFAULT 1,
    received_at    timestamptz NOT NULL,
    last_at        timestamptz NOT NULL,
    -- The bytes as they came; of a body over 256 KiB only its beginning.
    body           bytea       NOT NULL,
    body_size      bigint      NOT NULL,
    CONSTRAINT submissions_once UNIQUE (channel, submission_key, digest),
    CONSTRAINT submissions_transport CHECK (transport IN ('amqp', 'http')),
    CONSTRAINT submissions_outcome CHECK (
        CASE outcome
            WHEN 'accepted' THEN lead_id IS NOT NULL AND uid IS NOT NULL AND duplicate_of IS NULL AND reason IS NULL
            WHEN 'merged' THEN lead_id IS NOT NULL AND uid IS NOT NULL AND duplicate_of IS NULL AND reason IS NULL
            WHEN 'duplicate' THEN duplicate_of IS NOT NULL AND reason IS NULL
            WHEN 'rejected' THEN reason IS NOT NULL AND lead_id IS NULL AND duplicate_of IS NULL
            ELSE false
        END
    )
);
-- One submission of a key takes effect. What was rejected does not use the key up: it may be mended and sent again.
CREATE UNIQUE INDEX submissions_effective ON submissions (channel, submission_key)
 WHERE outcome IN ('accepted', 'merged');
-- A lead was born of exactly one submission.
CREATE UNIQUE INDEX submissions_birth ON submissions (lead_id) WHERE outcome = 'accepted';
CREATE INDEX submissions_by_lead ON submissions (lead_id, received_at) WHERE lead_id IS NOT NULL;
CREATE INDEX submissions_by_arrival ON submissions (received_at DESC, id DESC);
CREATE INDEX submissions_rejected ON submissions (received_at DESC, id DESC) WHERE outcome = 'rejected';

-- Every decision about a lead, with what it was made from.
CREATE TABLE decisions (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id    uuid        NOT NULL REFERENCES leads (id),
    kind       text        NOT NULL,
    outcome    text        NOT NULL,
    why        jsonb       NOT NULL,
    actor      text        NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT decisions_kind CHECK (kind IN ('grade', 'assign', 'response'))
);
CREATE INDEX decisions_by_lead ON decisions (lead_id, id);
