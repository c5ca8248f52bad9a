-- For how many hours nobody may claim what has come into a pool; where it is not set, the policy holds.
ALTER TABLE pools ADD COLUMN new_leads_wait integer;
