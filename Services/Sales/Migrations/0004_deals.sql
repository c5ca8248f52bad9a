-- Deals on the board, with the way that each has come.

CREATE TABLE deals (
    id               uuid        PRIMARY KEY,
    uid              uuid        NOT NULL REFERENCES customers (uid),
    lead_id          uuid,
    title            text        NOT NULL,
    project          text,
    unit_id          uuid        REFERENCES units (id),
    expected_minor   bigint,
    currency         text        NOT NULL DEFAULT 'CNY',
    stage            text        NOT NULL,
    lost_reason      text,
    lost_note        text,
    owner_id         uuid        NOT NULL REFERENCES staff (id),
    team_id          uuid,
    opened_at        timestamptz NOT NULL,
    stage_entered_at timestamptz NOT NULL,
    CONSTRAINT deals_stage CHECK (
        stage IN ('first-talk', 'need-confirmed', 'plan-made', 'negotiation', 'won', 'lost')
    ),
    CONSTRAINT deals_lost_says_why CHECK ((stage = 'lost') = (lost_reason IS NOT NULL)),
    CONSTRAINT deals_lost_reason CHECK (
        lost_reason IN ('price', 'school', 'competitor', 'financing', 'no-need', 'other')
    )
);
CREATE INDEX deals_by_owner ON deals (owner_id, stage);
CREATE INDEX deals_by_team ON deals (team_id, stage);
CREATE INDEX deals_by_stage ON deals (stage, stage_entered_at DESC);
CREATE INDEX deals_by_customer ON deals (uid, opened_at);

-- When a deal entered and left each stage: funnels and times in stage come from here.
CREATE TABLE deal_stages (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deal_id    uuid        NOT NULL REFERENCES deals (id),
    stage      text        NOT NULL,
    entered_at timestamptz NOT NULL,
    left_at    timestamptz,
    moved_by   text        NOT NULL
);
-- A deal stands in one stage at a time.
CREATE UNIQUE INDEX deal_stages_current ON deal_stages (deal_id) WHERE left_at IS NULL;

-- Who keeps a unit from being sold to others, and until when.
CREATE TABLE unit_holds (
    id         uuid        PRIMARY KEY,
    unit_id    uuid        NOT NULL REFERENCES units (id),
    deal_id    uuid        NOT NULL REFERENCES deals (id),
    uid        uuid        NOT NULL,
    staff_id   uuid        NOT NULL REFERENCES staff (id),
    held_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    end_reason text,
    CONSTRAINT unit_holds_end_says_why CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT unit_holds_end_reason CHECK (end_reason IN ('expired', 'released', 'deal-lost', 'signed'))
);
-- A unit cannot be held twice: no race can get around an index.
CREATE UNIQUE INDEX unit_holds_live ON unit_holds (unit_id) WHERE ended_at IS NULL;
CREATE INDEX unit_holds_by_deal ON unit_holds (deal_id) WHERE ended_at IS NULL;

CREATE SEQUENCE contract_numbers;

CREATE TABLE contracts (
    id              uuid             PRIMARY KEY,
    number          text             NOT NULL,
    deal_id         uuid             NOT NULL REFERENCES deals (id),
    uid             uuid             NOT NULL,
    unit_id         uuid             NOT NULL REFERENCES units (id),
    price_minor     bigint           NOT NULL,
    currency        text             NOT NULL,
    area            double precision NOT NULL,
    staff_id        uuid             NOT NULL REFERENCES staff (id),
    signed_at       timestamptz      NOT NULL,
    handover_due_at timestamptz,
    recorded_at     timestamptz      NOT NULL,
    CONSTRAINT contracts_price_is_positive CHECK (price_minor > 0),
    CONSTRAINT contracts_number UNIQUE (number),
    -- A deal is won once, and a unit is sold once.
    CONSTRAINT contracts_deal UNIQUE (deal_id),
    CONSTRAINT contracts_unit UNIQUE (unit_id)
);
