-- What is due is looked for by lane: messages for staff do not wait behind those for customers.
DROP INDEX messages_due;
CREATE INDEX messages_due ON messages (channel, (purpose = 'work'), next_at) WHERE state = 'queued';
