-- The metrics count what nobody knows the fate of, every quarter of a minute: that must not read all messages.
CREATE INDEX messages_unknown ON messages (id) WHERE state = 'unknown';
