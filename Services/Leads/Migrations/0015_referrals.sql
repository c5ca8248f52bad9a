-- Who recommended us to whom, and what they get for it.

-- What people pass on. It belongs to the UID that it was made for, also when that one is merged.
CREATE TABLE referral_codes (
    code    text        PRIMARY KEY,
    uid     uuid        NOT NULL UNIQUE REFERENCES persons (uid),
    made_by text        NOT NULL,
    made_at timestamptz NOT NULL
);

-- One referrer per lead. Referrer and referred are whom it was told of; who they are now say the aliases.
CREATE TABLE referrals (
    id             uuid        PRIMARY KEY,
    lead_id        uuid        NOT NULL UNIQUE REFERENCES leads (id),
    code           text        NOT NULL,
    -- NULL where nobody has the code.
    referrer       uuid        REFERENCES persons (uid),
    referred       uuid        NOT NULL REFERENCES persons (uid),
    state          text        NOT NULL,
    -- Why it counts for nothing from the start.
    objection      text,
    why            jsonb       NOT NULL,
    -- What was promised when it arrived, and under which version of the policy.
    rewards        jsonb       NOT NULL,
    policy_version integer     NOT NULL,
    arrived_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    deal_id        uuid,
    earned_at      timestamptz,
    paid_at        timestamptz,
    paid_by        text,
    reference      text,
    CONSTRAINT referrals_state CHECK (state IN ('pending', 'earned', 'paid', 'reversed', 'blocked', 'expired')),
    CONSTRAINT referrals_by_somebody CHECK (referrer IS NOT NULL OR state = 'blocked'),
    CONSTRAINT referrals_paid_once_earned CHECK (paid_at IS NULL OR earned_at IS NOT NULL),
    CONSTRAINT referrals_paid_by_somebody CHECK ((paid_at IS NULL) = (paid_by IS NULL))
);
CREATE INDEX referrals_by_referrer ON referrals (referrer, arrived_at);
CREATE INDEX referrals_by_referred ON referrals (referred, arrived_at);
CREATE INDEX referrals_by_state ON referrals (state, arrived_at DESC, id DESC);
CREATE INDEX referrals_by_arrival ON referrals (arrived_at DESC, id DESC);

-- Every state that each came to, in order.
CREATE TABLE referral_moves (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    referral_id uuid        NOT NULL REFERENCES referrals (id),
    state       text        NOT NULL,
    why         jsonb       NOT NULL,
    actor       text        NOT NULL,
    moved_at    timestamptz NOT NULL
);
CREATE INDEX referral_moves_by_referral ON referral_moves (referral_id, id);
