-- "These are different people" may be taken back by whoever sees both: it does not stand any more, and is kept with why.
ALTER TABLE pins
    ADD COLUMN lifted_at   timestamptz,
    ADD COLUMN lifted_by   text,
    ADD COLUMN lift_reason text,
    ADD CONSTRAINT pins_lifted_whole CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)
                                            AND (lifted_at IS NULL) = (lift_reason IS NULL)),
    ADD CONSTRAINT pins_lift_reason CHECK (lift_reason IN ('mistake', 'new-evidence', 'other'));
