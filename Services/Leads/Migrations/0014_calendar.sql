-- When the office is open, for first-response clocks that stand still while it is closed. Every version is kept.
CREATE TABLE business_calendars (
    version    integer     PRIMARY KEY,
    value      jsonb       NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    note       text
);
