-- What marketing costs and what it brings. Counted off the intake's way: a fold reads what is new in the ledger's chains and
-- what has changed of leads, and keeps sums by day that equal a recount.

CREATE TABLE campaigns (
    id       uuid        PRIMARY KEY,
    -- What submissions name.
    key      text        NOT NULL UNIQUE,
    title    text,
    channel  text        NOT NULL REFERENCES channels (name),
    from_day date        NOT NULL,
    to_day   date        NOT NULL,
    made_by  text        NOT NULL,
    made_at  timestamptz NOT NULL,
    CONSTRAINT campaigns_period CHECK (from_day <= to_day),
    CONSTRAINT campaigns_key CHECK (length(key) BETWEEN 1 AND 100)
);

-- Costs as they were booked, for a day or a period. Never changed: a wrong one is cancelled and stays visible.
CREATE TABLE campaign_costs (
    id           uuid        PRIMARY KEY,
    campaign_id  uuid        NOT NULL REFERENCES campaigns (id),
    from_day     date        NOT NULL,
    to_day       date        NOT NULL,
    minor        bigint      NOT NULL,
    note         text,
    booked_by    text        NOT NULL,
    booked_at    timestamptz NOT NULL,
    cancelled_by text,
    cancelled_at timestamptz,
    CONSTRAINT campaign_costs_period CHECK (from_day <= to_day),
    CONSTRAINT campaign_costs_positive CHECK (minor > 0)
);
CREATE INDEX campaign_costs_by_campaign ON campaign_costs (campaign_id, from_day);

-- What Sales tells of the leads that marketing is interested in.
CREATE TABLE lead_visits (
    lead_id    uuid        PRIMARY KEY,
    visited_at timestamptz NOT NULL
);
CREATE TABLE lead_wins (
    deal_id  uuid        PRIMARY KEY,
    lead_id  uuid        NOT NULL,
    minor    bigint      NOT NULL,
    currency text        NOT NULL,
    won_at   timestamptz NOT NULL
);
CREATE INDEX lead_wins_by_lead ON lead_wins (lead_id);

-- What each lead adds to the sums of its day, as it was counted last.
CREATE TABLE return_leads (
    lead_id        uuid    PRIMARY KEY,
    day            date    NOT NULL,
    first_channel  text    NOT NULL,
    first_campaign text    NOT NULL,
    last_channel   text    NOT NULL,
    last_campaign  text    NOT NULL,
    is_valid       boolean NOT NULL,
    is_contacted   boolean NOT NULL,
    is_visited     boolean NOT NULL,
    is_won         boolean NOT NULL,
    revenue        bigint  NOT NULL
);
CREATE INDEX return_leads_first ON return_leads (first_channel, day);
CREATE INDEX return_leads_last ON return_leads (last_channel, day);

-- The sums, by the day on which the lead arrived. The campaign is empty where none is named.
CREATE TABLE return_days (
    touch     text   NOT NULL,
    day       date   NOT NULL,
    channel   text   NOT NULL,
    campaign  text   NOT NULL,
    leads     bigint NOT NULL,
    valid     bigint NOT NULL,
    contacted bigint NOT NULL,
    visited   bigint NOT NULL,
    won       bigint NOT NULL,
    revenue   bigint NOT NULL,
    PRIMARY KEY (touch, day, channel, campaign),
    CONSTRAINT return_days_touch CHECK (touch IN ('first', 'last'))
);

-- What submissions came to, by day.
CREATE TABLE return_outcomes (
    day      date   NOT NULL,
    channel  text   NOT NULL,
    campaign text   NOT NULL,
    outcome  text   NOT NULL,
    -- Why it was rejected; empty otherwise.
    reason   text   NOT NULL,
    count    bigint NOT NULL,
    PRIMARY KEY (day, channel, campaign, outcome, reason)
);

-- How far each channel's chain was counted.
CREATE TABLE return_cursors (
    channel  text   PRIMARY KEY,
    sequence bigint NOT NULL
);

-- Leads that have changed since they were counted; only ever added to, so that nobody waits for the fold.
CREATE TABLE return_changes (lead_id uuid NOT NULL);

CREATE FUNCTION note_return_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.uid IS DISTINCT FROM NEW.uid THEN
        -- The person's first touch may be another one now, for all of their leads.
        INSERT INTO return_changes (lead_id) SELECT id FROM leads WHERE uid IN (OLD.uid, NEW.uid);
    ELSE
        INSERT INTO return_changes (lead_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leads_return_changed AFTER UPDATE OF status, contacted_at, discard_reason, uid ON leads FOR EACH ROW
  WHEN ((OLD.status, OLD.contacted_at, OLD.discard_reason, OLD.uid)
        IS DISTINCT FROM (NEW.status, NEW.contacted_at, NEW.discard_reason, NEW.uid))
EXECUTE FUNCTION note_return_change();

-- The fold walks each channel's chain from where it stopped.
CREATE INDEX submissions_in_chain ON submissions (channel, sequence);
