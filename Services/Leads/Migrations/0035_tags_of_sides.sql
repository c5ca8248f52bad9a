-- Tags belong to a person. Whom one was noted for is kept beside, as with identifiers and leads: a merge gives it to the
-- survivor, and taking the merge back finds whose it was. Null, as for most, is the person itself.
ALTER TABLE tags ADD COLUMN told_of uuid;
ALTER TABLE tags DROP CONSTRAINT tags_pkey;
CREATE UNIQUE INDEX tags_once ON tags (uid, key, value, source, coalesce(told_of, uid));
CREATE INDEX tags_moved ON tags (told_of) WHERE told_of IS NOT NULL;

-- People whose tags are to be put in order: who was joined with another or parted, who came to see us. Whoever notes that
-- only adds a row and waits for nobody; the tags follow a moment later.
CREATE TABLE tags_due (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid      uuid        NOT NULL,
    attempts integer     NOT NULL DEFAULT 0,
    retry_at timestamptz
);
-- Whoever was joined with another before this.
INSERT INTO tags_due (uid) SELECT DISTINCT survivor FROM aliases;
