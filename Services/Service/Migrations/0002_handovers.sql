-- Hand-overs of sold units, and the care that follows from them.

CREATE TABLE handovers (
    id              uuid PRIMARY KEY,
    contract_id     uuid NOT NULL,
    contract_number text NOT NULL,
    uid             uuid NOT NULL REFERENCES customers,
    unit_id         uuid NOT NULL,
    project         text NOT NULL,
    unit_number     text NOT NULL,
    area            double precision NOT NULL,
    status          text NOT NULL DEFAULT 'open',
    opened_at       timestamptz NOT NULL,
    -- When the unit is promised.
    due_at          timestamptz,
    completed_at    timestamptz,
    completed_by    uuid,
    note            text,
    -- One contract is handed over once, however often it is told of.
    CONSTRAINT handovers_once_per_contract UNIQUE (contract_id),
    CONSTRAINT handovers_status CHECK (status IN ('open', 'completed')),
    CONSTRAINT handovers_completed_at CHECK ((status = 'completed') = (completed_at IS NOT NULL))
);
CREATE INDEX handovers_by_customer ON handovers (uid);
CREATE INDEX handovers_open ON handovers (due_at, id) WHERE status = 'open';
CREATE INDEX handovers_done ON handovers (completed_at DESC, id DESC) WHERE status = 'completed';

-- What is done for a customer so many calendar months after hand-over, at which minute of the day.
CREATE TABLE care_rules (
    step        text    PRIMARY KEY,
    version     integer NOT NULL,
    months      integer NOT NULL,
    minute      integer NOT NULL,
    CONSTRAINT care_rules_months CHECK (months BETWEEN 0 AND 600),
    CONSTRAINT care_rules_minute CHECK (minute BETWEEN 0 AND 1439)
);
INSERT INTO care_rules (step, version, months, minute) VALUES ('decoration-guide', 1, 3, 600);

-- Each step of each hand-over's care plan: the primary key is why none is sent twice.
CREATE TABLE care_steps (
    handover_id uuid        NOT NULL REFERENCES handovers,
    step        text        NOT NULL,
    due_at      timestamptz NOT NULL,
    sent_at     timestamptz,
    why         jsonb       NOT NULL,
    PRIMARY KEY (handover_id, step)
);
