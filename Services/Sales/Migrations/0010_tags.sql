-- What marketing knew of a customer when their lead was handed over.
ALTER TABLE customers ADD COLUMN tags jsonb;
