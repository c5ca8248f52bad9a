-- What is due is looked for by lane: what staff wait for, what customers wait for, and after them what nobody asked for.
-- A version that still runs finds its own by the first column.
DROP INDEX messages_due;
CREATE INDEX messages_due ON messages (
    channel,
    (CASE WHEN purpose = 'work' THEN 0
          WHEN cause_name IN ('leads.nurture.due.v1', 'leads.audience.ready.v1') THEN 2
          ELSE 1 END),
    next_at
) WHERE state = 'queued';
