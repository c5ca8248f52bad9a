-- What was received, counted by minute and name, so that the sender can compare it with what it told.

-- Which event it was; unknown of what was received before this column was there. No index: it is only read together
-- with a range of received_at.
ALTER TABLE inbox ADD COLUMN name text;

-- When an id was made, as the minute since 1970: the first 48 bits of a UUIDv7 are its milliseconds. Null for other ids.
CREATE FUNCTION told_minute(id text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN length(id) = 36 AND substr(id, 15, 1) = '7'
                THEN ('x' || substr(id, 1, 8) || substr(id, 10, 4))::bit(48)::bigint / 60000 END
$$;

-- The halves of an id, whose exclusive or over many ids is their digest.
CREATE FUNCTION id_high(id text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT ('x' || substr(replace(id, '-', ''), 1, 16))::bit(64)::bigint
$$;
CREATE FUNCTION id_low(id text) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT ('x' || substr(replace(id, '-', ''), 17, 16))::bit(64)::bigint
$$;
CREATE FUNCTION ids_digest(high bigint, low bigint) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT lpad(to_hex(high), 16, '0') || lpad(to_hex(low), 16, '0')
$$;

-- The tallies as they were told last. A minute whose tally is the same again is not told again, so an idle system is
-- silent, and the minutes of inbox rows that were aged out stay as they were.
CREATE TABLE tallies (
    source text   NOT NULL,
    minute bigint NOT NULL,
    name   text   NOT NULL,
    events bigint NOT NULL,
    digest text   NOT NULL,
    PRIMARY KEY (source, minute, name)
);

-- How far the inbox was looked through, and what else was told last.
CREATE TABLE tally_state (
    source     text        PRIMARY KEY,
    scanned_to timestamptz NOT NULL,
    newest     timestamptz,
    waiting    bigint      NOT NULL DEFAULT 0,
    dead       bigint      NOT NULL DEFAULT 0
);

-- Since when an event is listened to.
CREATE TABLE heard (
    name  text        PRIMARY KEY,
    since timestamptz NOT NULL
);
