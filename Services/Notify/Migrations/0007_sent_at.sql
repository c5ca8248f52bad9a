-- When the latest attempt began: how often people are written to is counted by it.
ALTER TABLE messages ADD COLUMN sent_at timestamptz;
