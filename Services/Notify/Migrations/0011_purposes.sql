-- What people allow for each purpose, and what it goes by. What nothing is said of here goes by the columns that were there
-- before, which are still written: the version before this one reads them.
ALTER TABLE customers ADD COLUMN consent_purposes jsonb;
ALTER TABLE customers ADD COLUMN consent_grounds  jsonb;
-- They belong to that word of Leads: once the version before has stored a later one, they are old.
ALTER TABLE customers ADD COLUMN purposes_sequence bigint NOT NULL DEFAULT 0;

-- What the survivor of a merge refused then, by purpose: `marketing.sms`.
ALTER TABLE aliases ADD COLUMN refused text[];

-- What a message to a customer is for, and the consent that it was sent or kept back by.
ALTER TABLE messages ADD COLUMN topic   text;
ALTER TABLE messages ADD COLUMN consent jsonb;
