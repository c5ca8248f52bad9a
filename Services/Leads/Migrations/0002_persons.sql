-- People, once each, and how they are reached.

CREATE TABLE persons (
    uid           uuid        PRIMARY KEY,
    name          text,
    language      text,
    consent_sms   boolean,
    consent_email boolean,
    consent_call  boolean,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

-- The primary key is what makes one person of two who enquire at once on two replicas. The reference is deferred because
-- a new identifier is claimed before it is known whose it is.
CREATE TABLE identifiers (
    kind       text        NOT NULL,
    value      text        NOT NULL,
    uid        uuid        NOT NULL REFERENCES persons (uid) DEFERRABLE INITIALLY DEFERRED,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (kind, value),
    CONSTRAINT identifiers_kind CHECK (kind IN ('phone', 'email', 'wechat'))
);
CREATE INDEX identifiers_by_uid ON identifiers (uid);

-- A submission that speaks of two people we knew as two: the older UID got the lead, and somebody should look.
CREATE TABLE identity_conflicts (
    kept_uid      uuid        NOT NULL REFERENCES persons (uid),
    other_uid     uuid        NOT NULL REFERENCES persons (uid),
    submission_id uuid        NOT NULL,
    seen_at       timestamptz NOT NULL,
    PRIMARY KEY (kept_uid, other_uid)
);
