-- What people allow is known for each purpose and means, with what it goes by.
--
-- Everything that was said is told, as before: `consent.contact.sms` speaks of every purpose, as it always did, and
-- `consent.marketing.sms` of one. What holds now is derived from that and kept with the person: a list of what they allow or
-- refuse, each with where it comes from and when it was said. A person of whom this list is missing is as the three old
-- columns say, for every purpose: what they allowed was meant for all of them, and nothing is added to it. The old columns go
-- on to be written for the version before this one, which may still run: a means is allowed in them where it is for every
-- purpose.
ALTER TABLE persons ADD COLUMN consents jsonb;

-- How a member of staff heard it, why it was noted, when it was said where that was earlier, and what was agreed to.
ALTER TABLE tellings ADD COLUMN heard_by text;
ALTER TABLE tellings ADD COLUMN reason   text;
ALTER TABLE tellings ADD COLUMN said_at  timestamptz;
ALTER TABLE tellings ADD COLUMN words    text;
