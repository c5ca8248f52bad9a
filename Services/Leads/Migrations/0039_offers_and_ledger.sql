-- Leads that were offered to a pool's members who have not been told yet.
CREATE TABLE offer_notices (
    lead_id uuid PRIMARY KEY,
    pool    text NOT NULL
);
-- When members were last told of offers; whoever tells them locks it.
CREATE TABLE offer_notice_pace (
    only_one boolean     PRIMARY KEY DEFAULT true,
    told_at  timestamptz NOT NULL,
    CONSTRAINT offer_notice_pace_one_row CHECK (only_one)
);
INSERT INTO offer_notice_pace (told_at) VALUES ('epoch');

-- The ledger by channel, and what was rejected by why.
CREATE INDEX submissions_by_channel ON submissions (channel, received_at DESC, id DESC);
CREATE INDEX submissions_by_reason ON submissions (reason, received_at DESC, id DESC) WHERE reason IS NOT NULL;
