-- Where there are very many referrals: how many there were when they were counted last, by what decides who sees them,
-- so that nobody who asks for the sums waits for the lead of each. When that was is in kept_counts, `referrals`.
CREATE TABLE referral_sums (
    -- In the order of all that follows.
    place    bigint  PRIMARY KEY,
    -- Of the lead.
    owner_id uuid,
    team_id  uuid,
    project  text,
    is_won   boolean NOT NULL,
    state    text    NOT NULL,
    -- It was paid, whether it is owed or not.
    is_paid  boolean NOT NULL,
    -- What each of them brings.
    rewards  jsonb   NOT NULL,
    count    bigint  NOT NULL
);
