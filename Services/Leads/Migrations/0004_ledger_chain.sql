-- The ledger's chain: per channel every row has a number and a hash over the hash before it and its own facts, so that a
-- row which was changed, deleted, added or put elsewhere can be named.

ALTER TABLE submissions
    -- From 1, without gaps, per channel. Null until the row is chained, which Leads does when it starts.
    ADD COLUMN sequence bigint,
    -- A digest of what may be erased: the body, and what was taken from it.
    ADD COLUMN content  bytea,
    -- SHA-256 over the link before and this row's facts.
    ADD COLUMN link     bytea,
    -- When the person's content was erased: body, external_id, campaign, detail, notes and broker_user may be blank then,
    -- and `content` stays, so that the chain still holds.
    ADD COLUMN erased_at timestamptz;

-- The end of each channel's chain, without which the last rows could be cut off unseen. Its row is locked last and for a
-- moment, so that batches which come at once follow one another.
CREATE TABLE chains (
    channel  text   PRIMARY KEY,
    sequence bigint NOT NULL DEFAULT 0,
    link     bytea  NOT NULL
);

-- A value with its length before it, so that no two rows of values read the same.
CREATE FUNCTION ledger_text(value text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN value IS NULL THEN '-' ELSE octet_length(value)::text || ':' || value END
$$;

CREATE FUNCTION ledger_content(body bytea, external_id text, campaign text, broker_user text, detail text, notes jsonb)
RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT sha256(sha256(body) || convert_to(
        ledger_text(external_id) || ledger_text(campaign) || ledger_text(broker_user) || ledger_text(detail)
        || ledger_text(notes::text), 'UTF8'))
$$;

-- What became of a submission, and when: the outcome's facts and the digest of the content, never the content.
CREATE FUNCTION ledger_facts(
    sequence bigint, id uuid, channel text, submission_key text, digest text, transport text, outcome text, reason text,
    field text, lead_id uuid, uid uuid, duplicate_of uuid, received_at timestamptz, body_size bigint, content bytea
) RETURNS bytea IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT sha256(convert_to(
        sequence::text || ' ' || id::text || ledger_text(channel) || ledger_text(submission_key) || ledger_text(digest)
        || ledger_text(transport) || ledger_text(outcome) || ledger_text(reason) || ledger_text(field)
        || ledger_text(lead_id::text) || ledger_text(uid::text) || ledger_text(duplicate_of::text)
        || (extract(epoch FROM received_at) * 1000000)::bigint::text || ' ' || body_size::text, 'UTF8') || content)
$$;

CREATE FUNCTION ledger_link(previous bytea, facts bytea) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT sha256(previous || facts)
$$;

-- Over a window it gives the link of every row: the first piece stands for itself, each following one is linked to it.
CREATE AGGREGATE ledger_chain(bytea) (SFUNC = ledger_link, STYPE = bytea);

-- What a channel's first row is linked to.
CREATE FUNCTION ledger_origin(channel text) RETURNS bytea IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT sha256(convert_to('lintel ledger of ' || channel, 'UTF8'))
$$;
