-- Whoever follows the link of a mail that nobody asked for takes back that purpose alone; STOP by text takes back all of them.
ALTER TABLE opt_outs ADD COLUMN purpose text;
COMMENT ON COLUMN opt_outs.purpose IS 'The only purpose that is taken back; null for every one.';
