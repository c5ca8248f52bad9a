-- Without STRICT, which keeps a function with a CASE from becoming a part of the statement that calls it; it is called for
-- every row of the inbox that a tally looks at.
CREATE OR REPLACE FUNCTION told_minute(id text) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN length(id) = 36 AND substr(id, 15, 1) = '7'
                THEN ('x' || substr(id, 1, 8) || substr(id, 10, 4))::bit(48)::bigint / 60000 END
$$;
