-- Messages that were written to many at once say so: a person has one of them by each channel, whatever is told twice.
ALTER TABLE messages ADD COLUMN audience_id uuid;
CREATE UNIQUE INDEX messages_of_audience ON messages (audience_id, uid, channel) WHERE audience_id IS NOT NULL;
