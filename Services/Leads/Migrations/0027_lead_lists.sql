-- Lists of leads that people come back to, and filters that stay quick with a million leads.
CREATE TABLE lead_views (
    staff_id   uuid        NOT NULL,
    name       text        NOT NULL,
    query      text        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (staff_id, name)
);

-- One walk for each thing that a list is narrowed by, newest first: of a campaign of ten leads a walk by arrival would see
-- every lead there is.
CREATE INDEX leads_by_channel ON leads (channel, received_at DESC, id DESC);
CREATE INDEX leads_by_campaign ON leads (campaign, received_at DESC, id DESC) WHERE campaign IS NOT NULL;
CREATE INDEX leads_by_project ON leads (project, received_at DESC, id DESC) WHERE project IS NOT NULL;
-- Several at once: what the walk looks at is in the index, so that hardly any lead is fetched in vain.
CREATE INDEX leads_inbox ON leads (received_at DESC, id DESC)
       INCLUDE (status, grade, channel, campaign, project, owner_id, team_id, pool);
DROP INDEX leads_by_arrival;

-- Where leads were before somebody moved many of them at once: for as long as that can be taken back.
CREATE TABLE bulk_changes (
    id         uuid        PRIMARY KEY,
    actor      text        NOT NULL,
    before     jsonb       NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX bulk_changes_by_time ON bulk_changes (changed_at);
