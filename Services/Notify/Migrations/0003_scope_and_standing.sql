-- What whoever works on a project sees of its customers' messages: the project of the latest lead or contract.
ALTER TABLE customers ADD COLUMN project text;

-- Sign-ins of an earlier epoch have ended; Sales says which is the present one.
ALTER TABLE staff ADD COLUMN sign_in_epoch integer NOT NULL DEFAULT 0;
