-- Two persons whom Leads found to be one. What is known of each stays under the UID that it was told of, and so do the
-- messages: who somebody is now is asked when it is needed, so that a merge that is taken back leaves nothing behind.

-- Who old UIDs are now.
CREATE TABLE aliases (
    uid           uuid        PRIMARY KEY,
    survivor      uuid        NOT NULL,
    merged_at     timestamptz NOT NULL,
    -- What the survivor refused then: Leads tells of the whole person afterwards, and the later word of two wins there.
    refused_sms   boolean     NOT NULL DEFAULT false,
    refused_email boolean     NOT NULL DEFAULT false
);
CREATE INDEX aliases_by_survivor ON aliases (survivor);

-- Merges that were taken back, also those of which we hear too late.
CREATE TABLE undone_merges (
    merge_id uuid PRIMARY KEY
);

-- When the person last agreed to a channel themselves: only such a yes lifts what one of the two had refused.
ALTER TABLE customers ADD COLUMN agreed_sms_at timestamptz;
ALTER TABLE customers ADD COLUMN agreed_email_at timestamptz;
