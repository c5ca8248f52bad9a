-- Pools: where leads wait that nobody has. Some give them to whoever is free, from others people take them themselves.
CREATE TABLE pools (
    -- What leads and rules call it.
    name           text    PRIMARY KEY,
    title          text    NOT NULL,
    -- Only this team's agents may claim from it, where set.
    team_id        uuid,
    -- Its leads go to whoever is free and next, oldest first; nobody needs to claim them.
    gives_out      boolean NOT NULL DEFAULT false,
    -- What nobody has followed up for long comes here: into the team's own one, where there is one.
    takes_recycled boolean NOT NULL DEFAULT false,
    is_active      boolean NOT NULL DEFAULT true,
    CONSTRAINT pools_name_plain CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    -- A lead that was recycled would come back at once.
    CONSTRAINT pools_recycled_are_claimed CHECK (NOT (gives_out AND takes_recycled))
);
CREATE UNIQUE INDEX pools_one_takes_recycled ON pools (coalesce(team_id, '00000000-0000-0000-0000-000000000000'))
 WHERE takes_recycled AND is_active;
INSERT INTO pools (name, title, gives_out, takes_recycled) VALUES ('main', 'main', true, false), ('shared', 'shared', false, true);

ALTER TABLE leads
    -- Nobody may claim it and nobody is given it until a manager lets it go.
    ADD COLUMN frozen_at     timestamptz,
    ADD COLUMN frozen_by     uuid,
    -- Until then only those may have it who claim it; then the rules after `offered_rule` are tried.
    ADD COLUMN offered_until timestamptz,
    ADD COLUMN offered_rule  text,
    -- When somebody has last called or tried to.
    ADD COLUMN followed_up_at timestamptz,
    -- When it came into its pool.
    ADD COLUMN pooled_at     timestamptz;

-- What waits in one pool, the longest first.
CREATE INDEX leads_by_pool ON leads (pool, received_at, id) WHERE pool IS NOT NULL AND status IN ('open', 'contacted');

-- Who has taken which lead from a pool.
CREATE TABLE claims (
    id         uuid        PRIMARY KEY,
    lead_id    uuid        NOT NULL REFERENCES leads (id),
    agent_id   uuid        NOT NULL,
    pool       text        NOT NULL,
    claimed_at timestamptz NOT NULL
);
CREATE INDEX claims_by_agent ON claims (agent_id, claimed_at);
CREATE INDEX claims_by_lead ON claims (lead_id, claimed_at);

-- Whose a lead was before it came into a pool: they wait before they may claim it again.
CREATE TABLE pool_exits (
    lead_id  uuid        NOT NULL REFERENCES leads (id),
    agent_id uuid        NOT NULL,
    left_at  timestamptz NOT NULL,
    PRIMARY KEY (lead_id, agent_id)
);
