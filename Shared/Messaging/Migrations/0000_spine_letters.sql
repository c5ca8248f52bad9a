-- What was mended before it was handed over again has an id of its own: this one leads from the old letter to it.
ALTER TABLE dead_letters ADD COLUMN replayed_as text;
-- The story of a message over several letters.
CREATE INDEX dead_letters_by_message ON dead_letters (message_id);
CREATE INDEX dead_letters_by_successor ON dead_letters (replayed_as) WHERE replayed_as IS NOT NULL;
-- Timers that failed are few among many, and the operations page counts them every few seconds.
CREATE INDEX timers_failed ON timers (kind) WHERE attempts > 0;
