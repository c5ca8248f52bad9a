-- Two persons whom Leads found to be one, and how that is taken back: what was the merged one's is the survivor's, and
-- keeps whose it was first.

-- Who old UIDs are now.
CREATE TABLE aliases (
    uid      uuid PRIMARY KEY,
    survivor uuid NOT NULL
);
CREATE INDEX aliases_by_survivor ON aliases (survivor);

-- The rows of `customers` of those who were merged, as they were.
CREATE TABLE merged_people (
    uid uuid  PRIMARY KEY,
    was jsonb NOT NULL,
    -- What the survivor's stage was, and what it became by what the other brought.
    stage_before text,
    stage_after  text
);

ALTER TABLE contacts ADD COLUMN origin uuid;
ALTER TABLE deals ADD COLUMN origin uuid;

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
CREATE TRIGGER contacts_resolve_person BEFORE INSERT ON contacts FOR EACH ROW EXECUTE FUNCTION resolve_person();
CREATE TRIGGER deals_resolve_person BEFORE INSERT ON deals FOR EACH ROW EXECUTE FUNCTION resolve_person();
