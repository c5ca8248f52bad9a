-- A lead changes several times in its first hours: it is touched, reminded of, spoken about. With room left on its page the new
-- version stands beside the old one, and the indexes whose columns have not changed, mostly all of them, are left alone.
ALTER TABLE leads SET (fillfactor = 60);
