-- Two persons whom Leads found to be one, and how that is taken back: what was the merged one's is the survivor's, and
-- keeps whose it was first.

-- Who old UIDs are now.
CREATE TABLE aliases (
    uid      uuid PRIMARY KEY,
    survivor uuid NOT NULL
);
CREATE INDEX aliases_by_survivor ON aliases (survivor);

ALTER TABLE purchases ADD COLUMN origin uuid;
ALTER TABLE handovers ADD COLUMN origin uuid;
ALTER TABLE cases ADD COLUMN origin uuid;

-- Whatever is still told of an old UID is the survivor's, and keeps whose it was.
CREATE FUNCTION resolve_person() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    moved uuid;
BEGIN
    SELECT survivor INTO moved FROM aliases WHERE uid = NEW.uid;
    IF FOUND THEN
        NEW.origin := NEW.uid;
        NEW.uid := moved;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER purchases_resolve_person BEFORE INSERT ON purchases FOR EACH ROW EXECUTE FUNCTION resolve_person();
CREATE TRIGGER handovers_resolve_person BEFORE INSERT ON handovers FOR EACH ROW EXECUTE FUNCTION resolve_person();
CREATE TRIGGER cases_resolve_person BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION resolve_person();
