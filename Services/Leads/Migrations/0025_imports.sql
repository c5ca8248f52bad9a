-- Files of leads that people upload, and what became of each of their rows.

-- Rows of files come in by a way of their own. Everything that is there fulfils the wider rule as well, so nothing is looked at.
ALTER TABLE submissions
    DROP CONSTRAINT submissions_transport,
    ADD CONSTRAINT submissions_transport CHECK (transport IN ('amqp', 'http', 'import')) NOT VALID;

-- Where a file's leads come from when nobody names another channel.
INSERT INTO channels (name, kind, broker_user, broker_state) VALUES ('csv', 'file', 'channel-csv', 'none') ON CONFLICT (name) DO NOTHING;

CREATE TABLE imports (
    id          uuid        PRIMARY KEY,
    name        text        NOT NULL,
    status      text        NOT NULL,
    -- SHA-256 of the file, in hexadecimal: the same file again is noticed.
    digest      text        NOT NULL DEFAULT '',
    size        bigint      NOT NULL DEFAULT 0,
    encoding    text        NOT NULL DEFAULT 'utf-8',
    separator   text        NOT NULL DEFAULT ',',
    header      text[]      NOT NULL DEFAULT '{}',
    -- What each column of the header says.
    columns     text[]      NOT NULL DEFAULT '{}',
    channel     text        NOT NULL REFERENCES channels (name),
    campaign    text,
    -- Where in the file the rows begin, the next one begins, and which row that is; in an undo the last row that was dealt with.
    start       bigint      NOT NULL DEFAULT 0,
    position    bigint      NOT NULL DEFAULT 0,
    row         bigint      NOT NULL DEFAULT 0,
    -- How many rows are expected to come to what, how many came to it, and what an undo did.
    forecast    jsonb       NOT NULL DEFAULT '{}',
    outcome     jsonb       NOT NULL DEFAULT '{}',
    undone      jsonb       NOT NULL DEFAULT '{}',
    created_by  uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    -- Who gave the last order: what follows is done in their name.
    ordered_by  uuid        NOT NULL,
    -- Since when it stands as it does.
    changed_at  timestamptz NOT NULL,
    CONSTRAINT imports_status CHECK (status IN ('uploading', 'mapping', 'checking', 'checked', 'running', 'paused', 'done',
                                                'cancelled', 'undoing', 'undone'))
);
CREATE INDEX imports_by_time ON imports (created_at DESC, id DESC);
CREATE INDEX imports_under_way ON imports (changed_at) WHERE status IN ('uploading', 'checking', 'running', 'undoing');

-- The file in pieces of one size, so that any replica can go on from anywhere without holding all of it.
CREATE TABLE import_pieces (
    import_id uuid   NOT NULL REFERENCES imports (id),
    number    bigint NOT NULL,
    bytes     bytea  NOT NULL,
    PRIMARY KEY (import_id, number)
);
ALTER TABLE import_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- One row for each row of a file: what it would come to, and what it came to. Nothing of a person: that is in the ledger.
CREATE TABLE import_rows (
    import_id     uuid   NOT NULL REFERENCES imports (id),
    -- As a spreadsheet counts: the header is 1.
    number        bigint NOT NULL,
    forecast      text,
    verdict       text,
    -- Why it is rejected, and by which field; of a duplicate the row of the file that it repeats.
    reason        text,
    field         text,
    same_as       bigint,
    submission_id uuid,
    lead_id       uuid,
    -- What an undo did with its lead, and why it was left.
    undo          text,
    PRIMARY KEY (import_id, number),
    CONSTRAINT import_rows_forecast CHECK (forecast IN ('new', 'joined', 'duplicate', 'rejected')),
    CONSTRAINT import_rows_verdict CHECK (verdict IN ('new', 'joined', 'duplicate', 'rejected')),
    CONSTRAINT import_rows_undo CHECK (undo IN ('discarded', 'closed', 'spoken-with', 'enquired-again', 'given-by-hand'))
);

-- What a check has met in the file so far: salted digests of keys and identifiers, gone when the check has ended.
CREATE TABLE import_marks (
    import_id uuid   NOT NULL REFERENCES imports (id),
    mark      text   NOT NULL,
    number    bigint NOT NULL,
    PRIMARY KEY (import_id, mark)
);

-- How the columns of a header were read the last time.
CREATE TABLE import_mappings (
    header_digest text        PRIMARY KEY,
    columns       text[]      NOT NULL,
    used_at       timestamptz NOT NULL
);
