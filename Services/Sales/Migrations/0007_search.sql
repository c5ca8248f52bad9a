-- Search stays quick with a million customers.

-- Every two neighbouring characters of a name, in lower case (and what is left over at its end): what a search for a part
-- of a name looks up. Two, because most Chinese names have no more than three.
CREATE FUNCTION name_pairs(name text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT string_to_array(regexp_replace(lower(name), '(..)', E'\\1\x1f', 'g') || E'\x1f'
                           || regexp_replace(substr(lower(name), 2), '(..)', E'\\1\x1f', 'g'), E'\x1f')
$$;

-- What customers are searched by. A table of its own, since customers are touched far more often than their names change,
-- and every touch would write into these indexes again.
CREATE TABLE customer_search (
    uid   uuid   PRIMARY KEY REFERENCES customers (uid) ON DELETE CASCADE,
    pairs text[],
    -- The last four digits of every number.
    ends  text[] NOT NULL
);
CREATE INDEX customer_search_by_name ON customer_search USING gin (pairs);
CREATE INDEX customer_search_by_number ON customer_search USING gin (ends);

CREATE FUNCTION keep_customer_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_search (uid, pairs, ends)
    VALUES (NEW.uid, name_pairs(NEW.name), ARRAY(SELECT right(phone, 4) FROM unnest(NEW.phones) AS t (phone)))
    ON CONFLICT (uid) DO UPDATE SET pairs = EXCLUDED.pairs, ends = EXCLUDED.ends;
    RETURN NULL;
END $$;
CREATE TRIGGER customer_added AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION keep_customer_search();
CREATE TRIGGER customer_renamed AFTER UPDATE OF name, phones ON customers FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.phones IS DISTINCT FROM NEW.phones)
    EXECUTE FUNCTION keep_customer_search();

INSERT INTO customer_search (uid, pairs, ends)
SELECT uid, name_pairs(name), ARRAY(SELECT right(phone, 4) FROM unnest(phones) AS t (phone)) FROM customers;

-- What is overdue, for Today and for lists: either what was agreed, or the first response. Few rows are in them.
CREATE INDEX customers_next ON customers (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX customers_unanswered ON customers (first_response_due_at)
 WHERE next_at IS NULL AND stage = 'enquiry' AND last_contact_at IS NULL;

-- The stages that may be rare: of those a walk by activity would see every customer there is. Whoever is new is in none.
CREATE INDEX customers_by_stage ON customers (stage, active_at DESC, uid DESC)
 WHERE stage IN ('deal', 'won', 'lost', 'discarded');
