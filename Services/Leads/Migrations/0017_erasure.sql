-- A person who wants to be forgotten: nothing says any more who it was, and the counts stay.

-- When it was done. The UID and its leads stay; name, identifiers and all that was told are gone.
ALTER TABLE persons ADD COLUMN erased_at timestamptz;
