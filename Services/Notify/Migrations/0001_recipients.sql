-- Whom we may have to write to, as the other services' events tell.

-- Customers: how they are reached, what they allow, and who answers for them.
CREATE TABLE customers (
    uid              uuid   PRIMARY KEY,
    name             text,
    -- E.164; the first of the card.
    phone            text,
    email            text,
    -- BCP 47, as the card has it.
    language         text,
    consent_sms      boolean,
    consent_email    boolean,
    -- An old event that comes late must not undo a newer one: the card and the consent each have their own last.
    card_sequence    bigint NOT NULL DEFAULT 0,
    consent_sequence bigint NOT NULL DEFAULT 0,
    -- Who may see the whole number: the owner of the latest lead, and the team.
    owner_id         uuid,
    team_id          uuid,
    -- After-sales staff see customers who have a case.
    has_case         boolean NOT NULL DEFAULT false
);
-- A text that comes in is known by its number only.
CREATE INDEX customers_by_phone ON customers (phone) WHERE phone IS NOT NULL;

CREATE TABLE staff (
    staff_id   uuid    PRIMARY KEY,
    name       text    NOT NULL,
    email      text    NOT NULL,
    phone      text,
    role       text    NOT NULL,
    team_id    uuid,
    manager_id uuid,
    language   text    NOT NULL,
    is_active  boolean NOT NULL,
    sequence   bigint  NOT NULL
);

-- What people told us themselves: STOP counts from the moment it came, whatever Leads makes of it later.
CREATE TABLE opt_outs (
    uid     uuid        NOT NULL,
    channel text        NOT NULL,
    source  text        NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (uid, channel),
    CONSTRAINT opt_outs_channel CHECK (channel IN ('sms', 'email'))
);
