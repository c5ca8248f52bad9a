-- What customers write back, and numbers that never work.

-- What a message is about: the lead, case or other thing whose event caused it, and the person whom that concerned. An answer
-- is about the same; and what staff were told of a person is found when the person is forgotten. Older messages say neither.
ALTER TABLE messages ADD COLUMN about text;
ALTER TABLE messages ADD COLUMN concerns uuid;
-- To whom a number was written last: an answer is theirs, whoever else has it.
CREATE INDEX messages_by_number ON messages (address, sent_at DESC) WHERE channel = 'sms' AND uid IS NOT NULL;

-- Every text that somebody sent us, once.
CREATE TABLE incoming_texts (
    id          uuid        PRIMARY KEY,
    -- The gateway's own id of the text, or a digest of all that it told of it: what it hands over twice is one.
    key         text        NOT NULL,
    -- E.164 where it could be told; empty once the person is forgotten.
    phone       text,
    words       text        NOT NULL,
    kind        text        NOT NULL,
    -- Who is taken to have written it, by the UIDs of then.
    uids        uuid[]      NOT NULL DEFAULT '{}',
    -- The message that it answers.
    message_id  uuid,
    -- By which rule it is theirs.
    why         jsonb       NOT NULL,
    received_at timestamptz NOT NULL,
    -- How often the gateway handed it over.
    deliveries  integer     NOT NULL DEFAULT 1,
    CONSTRAINT incoming_texts_once UNIQUE (key),
    CONSTRAINT incoming_texts_kind CHECK (kind IN ('answer', 'stop', 'colleague', 'stranger', 'empty')),
    CONSTRAINT incoming_texts_answers_are_somebodys CHECK (kind <> 'answer' OR uids <> '{}')
);
CREATE INDEX incoming_texts_by_number ON incoming_texts (phone, received_at DESC) WHERE phone IS NOT NULL;
-- The page of those that are nobody's.
CREATE INDEX incoming_texts_of_strangers ON incoming_texts (received_at DESC, id DESC) WHERE kind = 'stranger';

-- Numbers and addresses to which messages have failed for good, one after another: any that arrives ends the row.
CREATE TABLE failing_addresses (
    channel   text        NOT NULL,
    address   text        NOT NULL,
    -- In a row.
    failures  integer     NOT NULL,
    first_at  timestamptz NOT NULL,
    last_at   timestamptz NOT NULL,
    -- How the last one ended.
    reason    text        NOT NULL,
    -- Since when nothing is sent there that nobody waits for, and by which version of the policy.
    marked_at timestamptz,
    why       jsonb,
    PRIMARY KEY (channel, address),
    CONSTRAINT failing_addresses_channel CHECK (channel IN ('sms', 'email')),
    CONSTRAINT failing_addresses_marked_why CHECK ((marked_at IS NULL) = (why IS NULL))
);
