-- Sign-ins of an earlier epoch have ended; Sales says which is the present one.
ALTER TABLE staff ADD COLUMN sign_in_epoch integer NOT NULL DEFAULT 0;
