-- Who works here and who is served: built from events of Sales and Leads, never read from their schemas.

-- Staff as Sales last told of them. `sequence` is the version of that telling; an older one never overwrites a newer.
CREATE TABLE staff (
    id          uuid    PRIMARY KEY,
    name        text    NOT NULL,
    role        text    NOT NULL,
    team_id     uuid,
    is_on_shift boolean NOT NULL,
    is_active   boolean NOT NULL,
    sequence    bigint  NOT NULL,
    -- Fair rotation: of two who are equally busy, the one who was given a case the longer ago is next.
    last_given_at timestamptz
);
CREATE INDEX staff_on_duty ON staff (role) WHERE is_active;

-- Everybody whom Leads has identified, since anybody may complain; `name` is empty until somebody has said it.
CREATE TABLE customers (
    uid               uuid   PRIMARY KEY,
    name              text,
    phone             text,
    email             text,
    language          text,
    consent           jsonb  NOT NULL DEFAULT '{}',
    -- The agent who answers for the person, and the agent's team: they see the person's cases.
    agent_id          uuid,
    agent_team_id     uuid,
    identity_sequence bigint NOT NULL DEFAULT 0,
    consent_sequence  bigint NOT NULL DEFAULT 0
);
-- The desk looks people up by the beginning of their name or the end of their number.
CREATE INDEX customers_by_name ON customers (lower(name) text_pattern_ops);
CREATE INDEX customers_by_phone ON customers (reverse(phone) text_pattern_ops);
CREATE INDEX customers_by_agent ON customers (agent_id) WHERE agent_id IS NOT NULL;
CREATE INDEX customers_by_team ON customers (agent_team_id) WHERE agent_team_id IS NOT NULL;

-- What they bought. Together it makes a customer's tier.
CREATE TABLE purchases (
    contract_id uuid   PRIMARY KEY,
    uid         uuid   NOT NULL REFERENCES customers,
    price_minor bigint NOT NULL,
    currency    text   NOT NULL
);
CREATE INDEX purchases_by_customer ON purchases (uid);
