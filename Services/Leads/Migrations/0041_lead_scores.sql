-- The learned probability as something that leads are sorted and narrowed by: what it is reckoned from is kept per lead, so that
-- the number in a list and the page that explains it are one.

-- What had been learned when it was last brought into the lists. Lists and pages go by these, not by `score_counts`, which every
-- deal that comes to an end changes.
CREATE TABLE score_models (
    version        integer     PRIMARY KEY,
    policy_version integer     NOT NULL,
    policy         jsonb       NOT NULL,
    made_at        timestamptz NOT NULL,
    -- False while there were too few cases.
    speaks         boolean     NOT NULL,
    -- Leads up to this one go by it, those after it still by the version before; null: all.
    through        uuid
);
CREATE TABLE score_model_counts (
    version integer NOT NULL REFERENCES score_models (version) ON DELETE CASCADE,
    factor  text    NOT NULL,
    value   text    NOT NULL,
    won     bigint  NOT NULL,
    lost    bigint  NOT NULL,
    PRIMARY KEY (version, factor, value)
);

-- What is said of each lead that is under way, in whole percent, and what of it was looked at: nobody's name or number. No
-- foreign key: checking it would lock leads that somebody claims at the same moment.
CREATE TABLE lead_scores (
    lead_id     uuid        PRIMARY KEY,
    received_at timestamptz NOT NULL,
    -- Value by factor.
    factors     jsonb       NOT NULL,
    percent     smallint    NOT NULL,
    CONSTRAINT lead_scores_percent CHECK (percent BETWEEN 0 AND 100)
) WITH (fillfactor = 85);
-- Lists walk it in both directions; equal ones stand as they do everywhere, the newest first.
CREATE INDEX lead_scores_in_order ON lead_scores (percent DESC, received_at DESC, lead_id DESC);

-- How far each channel's chain was looked through for new leads: the intake itself does nothing for the scores.
CREATE TABLE score_cursors (
    channel  text   PRIMARY KEY,
    sequence bigint NOT NULL
);

-- Leads that have changed in what is looked at; only ever added to, so that nobody waits for whoever takes them.
CREATE TABLE score_changes (lead_id uuid NOT NULL);

CREATE FUNCTION note_score_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO score_changes (lead_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER leads_score_changed AFTER UPDATE OF status, grade, contacted_at, channel, campaign, project, need ON leads
   FOR EACH ROW
  WHEN ((OLD.status IN ('open', 'contacted'), OLD.grade, OLD.contacted_at, OLD.channel, OLD.campaign, OLD.project, OLD.need)
        IS DISTINCT FROM
        (NEW.status IN ('open', 'contacted'), NEW.grade, NEW.contacted_at, NEW.channel, NEW.campaign, NEW.project, NEW.need))
EXECUTE FUNCTION note_score_change();

-- The kind of its channel is looked at too.
CREATE FUNCTION note_score_kind() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO score_changes (lead_id) SELECT id FROM leads WHERE channel = NEW.name AND status IN ('open', 'contacted');
    RETURN NULL;
END
$$;
CREATE TRIGGER channels_score_changed AFTER UPDATE OF kind ON channels FOR EACH ROW
  WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION note_score_kind();
