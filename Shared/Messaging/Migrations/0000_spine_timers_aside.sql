-- A timer that nobody waits for: it is fired beside the others, and makes way in a rush. By an index of its own, so that nobody
-- looks for it among all that are pending.
ALTER TABLE timers ADD COLUMN makes_way boolean NOT NULL DEFAULT false;
CREATE INDEX timers_aside ON timers ((coalesce(retry_at, due_at))) WHERE makes_way;
