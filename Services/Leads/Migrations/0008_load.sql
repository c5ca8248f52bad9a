-- How many open leads each agent has, kept instead of counted: whoever gives a lead to somebody needs it while everybody
-- else waits.

-- As of the last time that somebody chose an agent.
ALTER TABLE rotation ADD COLUMN load bigint NOT NULL DEFAULT 0;

-- What has changed since. Only ever added to, so that closing a lead waits for nobody who is choosing; whoever chooses next
-- takes these rows into `rotation.load`.
CREATE TABLE load_changes (
    agent_id uuid   NOT NULL,
    change   bigint NOT NULL
);

CREATE FUNCTION note_new_load() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO load_changes (agent_id, change)
    SELECT owner_id, count(*) FROM arrived
     WHERE status IN ('open', 'contacted') AND owner_id IS NOT NULL GROUP BY owner_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER leads_load_new AFTER INSERT ON leads REFERENCING NEW TABLE AS arrived
   FOR EACH STATEMENT EXECUTE FUNCTION note_new_load();

CREATE FUNCTION note_moved_load() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.owner_id IS NOT NULL AND OLD.status IN ('open', 'contacted') THEN
        INSERT INTO load_changes (agent_id, change) VALUES (OLD.owner_id, -1);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.owner_id IS NOT NULL AND NEW.status IN ('open', 'contacted') THEN
        INSERT INTO load_changes (agent_id, change) VALUES (NEW.owner_id, 1);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER leads_load_moved AFTER UPDATE OF owner_id, status ON leads FOR EACH ROW
  WHEN ((OLD.owner_id, OLD.status IN ('open', 'contacted')) IS DISTINCT FROM (NEW.owner_id, NEW.status IN ('open', 'contacted')))
EXECUTE FUNCTION note_moved_load();
CREATE TRIGGER leads_load_gone AFTER DELETE ON leads FOR EACH ROW EXECUTE FUNCTION note_moved_load();

-- After the triggers, which hold off everybody who would write leads until this transaction ends.
INSERT INTO load_changes (agent_id, change)
SELECT owner_id, count(*) FROM leads
 WHERE status IN ('open', 'contacted') AND owner_id IS NOT NULL GROUP BY owner_id;
