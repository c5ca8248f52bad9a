-- Lists and search stay quick with a million leads.

-- Leads of one status, newest first: of a rare status a walk by arrival would see every lead there is.
CREATE INDEX leads_by_status ON leads (status, received_at DESC, id DESC);

-- Every two neighbouring characters of a name, in lower case (and what is left over at its end): what a search for a part
-- of a name looks up. Two, because most Chinese names have no more than three. Only built-in functions, so that an
-- index entry costs little.
CREATE FUNCTION name_pairs(name text) RETURNS text[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT string_to_array(regexp_replace(lower(name), '(..)', E'\\1\x1f', 'g') || E'\x1f'
                           || regexp_replace(substr(lower(name), 2), '(..)', E'\\1\x1f', 'g'), E'\x1f')
$$;
CREATE INDEX persons_by_name ON persons USING gin (name_pairs(name));
