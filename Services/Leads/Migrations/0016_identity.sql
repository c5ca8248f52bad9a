-- Persons that turn out to be one, and how that is taken back. Whatever is known of somebody keeps the UID that it was told
-- of, its origin; a merge is a line from one UID to another. So nothing is moved that could not be found again, and a merge
-- that is undone leaves no trace in what each side has.

-- Every UID that is no person of its own now. It resolves for as long as that lasts, which is for ever unless it is undone.
CREATE TABLE aliases (
    uid      uuid PRIMARY KEY REFERENCES persons (uid),
    -- Whom it was merged into.
    parent   uuid NOT NULL REFERENCES persons (uid),
    -- Who that is now: the end of the line, kept so that one look-up is enough.
    survivor uuid NOT NULL REFERENCES persons (uid),
    merge_id uuid NOT NULL,
    CONSTRAINT aliases_not_to_itself CHECK (uid <> parent AND uid <> survivor)
);
CREATE INDEX aliases_by_survivor ON aliases (survivor);

-- Each merge, standing or undone, with what each side had.
CREATE TABLE merges (
    id        uuid        PRIMARY KEY,
    survivor  uuid        NOT NULL REFERENCES persons (uid),
    merged    uuid        NOT NULL REFERENCES persons (uid),
    why       jsonb       NOT NULL,
    snapshot  jsonb       NOT NULL,
    actor     text        NOT NULL,
    merged_at timestamptz NOT NULL,
    undone_by text,
    undone_at timestamptz,
    CONSTRAINT merges_undone_by_somebody CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);
CREATE UNIQUE INDEX merges_standing ON merges (merged) WHERE undone_at IS NULL;
CREATE INDEX merges_by_survivor ON merges (survivor, merged_at);
CREATE INDEX merges_by_merged ON merges (merged, merged_at);

-- `uid` is whose it is now; the origin, whose it was first, is null for most: then they are the same.
ALTER TABLE identifiers
    ADD COLUMN origin uuid,
    DROP CONSTRAINT identifiers_kind,
    -- Of a document only a keyed digest of its number. Not checked against what is there: it can only be wider.
    ADD CONSTRAINT identifiers_kind CHECK (kind IN ('phone', 'email', 'wechat', 'document')) NOT VALID;

ALTER TABLE leads
    ADD COLUMN origin uuid,
    -- Of a person with two open leads one stands; the other waits behind it, and comes back when the merge is undone.
    ADD COLUMN merged_into uuid REFERENCES leads (id),
    ADD COLUMN hidden_status text,
    ADD COLUMN hidden_at timestamptz,
    DROP CONSTRAINT leads_status,
    ADD CONSTRAINT leads_status CHECK (status IN ('open', 'contacted', 'converted', 'discarded', 'merged')) NOT VALID,
    ADD CONSTRAINT leads_merged_into_one CHECK (
        (status = 'merged') = (merged_into IS NOT NULL) AND (status = 'merged') = (hidden_status IS NOT NULL)
    ) NOT VALID;
CREATE INDEX leads_merged ON leads (uid) WHERE status = 'merged';

-- Everything that somebody has told of a person, in their words: one row for each time, never changed. Which value of a
-- field holds is a rule (PersonFact.swift), not a row. It is written for every new person, so it refers to nothing by a
-- constraint; persons are never deleted.
CREATE TABLE tellings (
    origin        uuid        NOT NULL,
    -- The person's own UID for what was told first of them.
    id            uuid        NOT NULL,
    -- 'submission', 'staff', 'stop-reply', or 'earlier' for what was known before tellings were kept.
    source        text        NOT NULL,
    submission_id uuid,
    actor         text        NOT NULL,
    -- How much it is worth, 0 to 100: the highest wins.
    confidence    smallint    NOT NULL,
    -- Value by field, as text.
    told          jsonb       NOT NULL,
    told_at       timestamptz NOT NULL,
    PRIMARY KEY (origin, id)
);

-- Two UIDs that may be one person, for somebody to look at; `low` is the older one.
CREATE TABLE reviews (
    id            uuid        PRIMARY KEY,
    low           uuid        NOT NULL REFERENCES persons (uid),
    high          uuid        NOT NULL REFERENCES persons (uid),
    -- The rules that think so.
    why           jsonb       NOT NULL,
    -- What spoke of both of them, if something did.
    submission_id uuid,
    status        text        NOT NULL DEFAULT 'open',
    found_at      timestamptz NOT NULL,
    decided_by    text,
    decided_at    timestamptz,
    CONSTRAINT reviews_once UNIQUE (low, high),
    CONSTRAINT reviews_older_first CHECK (low < high),
    CONSTRAINT reviews_status CHECK (status IN ('open', 'later', 'merged', 'different', 'settled'))
);
CREATE INDEX reviews_waiting ON reviews (found_at DESC, id DESC) WHERE status IN ('open', 'later');
CREATE INDEX reviews_by_high ON reviews (high);

-- "These are different people", said by somebody: stands for ever, also against a phone that they share.
CREATE TABLE pins (
    low       uuid        NOT NULL REFERENCES persons (uid),
    high      uuid        NOT NULL REFERENCES persons (uid),
    actor     text        NOT NULL,
    pinned_at timestamptz NOT NULL,
    PRIMARY KEY (low, high),
    CONSTRAINT pins_older_first CHECK (low < high)
);
CREATE INDEX pins_by_high ON pins (high);

-- What persons who may be the same have in common, as 64 bits of a digest: who shares a key is looked at, nobody else.
CREATE TABLE match_keys (
    key bigint NOT NULL,
    uid uuid   NOT NULL,
    PRIMARY KEY (key, uid)
);

-- What was only noted until now is something to look at.
INSERT INTO reviews (id, low, high, why, submission_id, found_at)
SELECT gen_random_uuid(), least(kept_uid, other_uid), greatest(kept_uid, other_uid),
       '{"rule": "identity.one-submission", "version": 1, "inputs": {}}'::jsonb, submission_id, seen_at
  FROM identity_conflicts WHERE kept_uid <> other_uid
ON CONFLICT DO NOTHING;
