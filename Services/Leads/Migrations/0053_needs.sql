-- Who of ours has last said what a person wants, and when; nobody where the last word is an enquiry's.
ALTER TABLE leads
    ADD COLUMN need_set_by uuid,
    ADD COLUMN need_set_at timestamptz;
