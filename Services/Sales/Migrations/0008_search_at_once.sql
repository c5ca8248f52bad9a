-- New customers come hundreds at a time: what they are searched by is written once for all of them, not once for each.

DROP TRIGGER customer_added ON customers;

CREATE FUNCTION add_customer_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customer_search (uid, pairs, ends)
    SELECT uid, name_pairs(name), ARRAY(SELECT right(phone, 4) FROM unnest(phones) AS t (phone)) FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER customer_added AFTER INSERT ON customers REFERENCING NEW TABLE AS added
   FOR EACH STATEMENT EXECUTE FUNCTION add_customer_search();
