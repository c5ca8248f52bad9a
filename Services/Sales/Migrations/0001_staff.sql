-- Who works here, and how they prove it. Sales owns the staff; the other services learn of them by sales.staff.changed.

CREATE TABLE teams (
    id         uuid PRIMARY KEY,
    -- What the seed file and people who operate Lintel call it; names may change, the key does not.
    key        text NOT NULL UNIQUE,
    name_en    text NOT NULL,
    name_zh    text NOT NULL,
    manager_id uuid
);

CREATE TABLE staff (
    id            uuid        PRIMARY KEY,
    email         text        NOT NULL UNIQUE,
    name          text        NOT NULL,
    phone         text,
    role          text        NOT NULL,
    team_id       uuid        REFERENCES teams (id),
    projects      text[]      NOT NULL DEFAULT '{}',
    districts     text[]      NOT NULL DEFAULT '{}',
    -- Open leads at most.
    capacity      integer     NOT NULL,
    is_on_shift   boolean     NOT NULL DEFAULT true,
    is_active     boolean     NOT NULL DEFAULT true,
    language      text        NOT NULL,
    -- scrypt with its parameters and salt, so that the cost can rise without locking anybody out.
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    CONSTRAINT staff_email_is_lower_case CHECK (email = lower(email)),
    CONSTRAINT staff_role CHECK (
        role IN ('agent', 'manager', 'service', 'supervisor', 'head', 'clerk', 'marketing', 'admin')
    ),
    CONSTRAINT staff_capacity_is_not_negative CHECK (capacity >= 0),
    CONSTRAINT staff_language CHECK (language IN ('en', 'zh-Hans'))
);
CREATE INDEX staff_by_team ON staff (team_id);

ALTER TABLE teams ADD CONSTRAINT teams_manager FOREIGN KEY (manager_id) REFERENCES staff (id);

-- Sign-ins that failed or are still being checked. Each is counted before the password is looked at, so that many at
-- once cannot slip under the limit. The address is kept as a digest: it may be a stranger's.
CREATE TABLE sign_in_attempts (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email_digest bytea       NOT NULL,
    attempted_at timestamptz NOT NULL
);
CREATE INDEX sign_in_attempts_by_email ON sign_in_attempts (email_digest, attempted_at);
CREATE INDEX sign_in_attempts_by_age ON sign_in_attempts (attempted_at);
