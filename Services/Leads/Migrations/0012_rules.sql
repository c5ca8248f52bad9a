-- The rules of assignment as people edit them, the agents' hours, and what each decision was made from.

-- Every version of the whole set, for ever: decisions name theirs.
CREATE TABLE rule_sets (
    version    integer     PRIMARY KEY,
    rules      jsonb       NOT NULL,
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    note       text
);

-- Version 1 is what stood in the table of rules, which stays for a process of the version before.
INSERT INTO rule_sets (version, rules, changed_by, changed_at)
SELECT 1, jsonb_build_object('fallback', 'main', 'rules', coalesce(jsonb_agg(jsonb_build_object(
           'name', name, 'isEnabled', true,
           'target', jsonb_strip_nulls(jsonb_build_object('kind', kind, 'teamID', team_id)),
           'conditions', (SELECT coalesce(jsonb_agg(jsonb_build_object('field', field, 'operator', 'is',
                                                                       'values', jsonb_build_array(value))), '[]')
                            FROM (VALUES ('channel', channel), ('grade', grade), ('project', project),
                                         ('district', district)) AS c (field, value)
                           WHERE value IS NOT NULL)
       ) ORDER BY position), '[]')), 'system', now()
  FROM assignment_rules;

-- What somebody is working on and has not switched on yet.
CREATE TABLE rule_drafts (
    staff_id     uuid        PRIMARY KEY,
    base_version integer     NOT NULL,
    rules        jsonb       NOT NULL,
    changed_at   timestamptz NOT NULL
);

-- When an agent works, besides the switch that says whether they are there now. Without a shift at all: always.
CREATE TABLE agent_shifts (
    agent_id    uuid    NOT NULL,
    -- 1 is Monday, as ISO 8601 says.
    weekday     integer NOT NULL,
    -- Minutes since midnight, in the office's zone; the end is not worked any more.
    from_minute integer NOT NULL,
    to_minute   integer NOT NULL,
    PRIMARY KEY (agent_id, weekday, from_minute),
    CONSTRAINT agent_shifts_of_a_day CHECK (weekday BETWEEN 1 AND 7 AND from_minute >= 0 AND from_minute < to_minute
                                            AND to_minute <= 1440)
);

-- Days on which an agent does not work, both ends included.
CREATE TABLE agent_leaves (
    agent_id  uuid NOT NULL,
    first_day date NOT NULL,
    last_day  date NOT NULL,
    PRIMARY KEY (agent_id, first_day),
    CONSTRAINT agent_leaves_in_order CHECK (first_day <= last_day)
);

-- How many leads an agent is given a day at most; without a row as many as they have room for.
CREATE TABLE agent_quotas (
    agent_id uuid    PRIMARY KEY,
    per_day  integer NOT NULL,
    CONSTRAINT agent_quotas_positive CHECK (per_day BETWEEN 0 AND 1000)
);

-- How many leads the rotation has given an agent on a day of the office's calendar.
ALTER TABLE rotation ADD COLUMN taken bigint NOT NULL DEFAULT 0, ADD COLUMN taken_on date;

-- Everybody who could be given leads at one moment: what changes rarely, stored once however often it was looked at.
CREATE TABLE roster_staff (
    digest text  PRIMARY KEY,
    -- In the order of their ids.
    agents jsonb NOT NULL
);

-- And what changes with every lead: from here a decision can be made again. One row for all decisions of a batch.
CREATE TABLE rosters (
    id            uuid        PRIMARY KEY,
    taken_at      timestamptz NOT NULL,
    rules_version integer     NOT NULL,
    staff_digest  text        NOT NULL REFERENCES roster_staff (digest),
    turn          bigint      NOT NULL,
    -- In the order of `roster_staff.agents`.
    loads         bigint[]    NOT NULL,
    credits       bigint[]    NOT NULL,
    last_turns    bigint[]    NOT NULL,
    taken         bigint[]    NOT NULL,
    -- 0 present, 1 off shift, 2 outside of their hours, 3 on leave.
    absences      bigint[]    NOT NULL,
    -- The leads that were decided from it, in order.
    leads         uuid[]      NOT NULL
);

ALTER TABLE decisions
    ADD COLUMN roster_id uuid,
    -- Its place among those of the same roster.
    ADD COLUMN ordinal   bigint,
    -- What was asked: enough to ask again.
    ADD COLUMN question  jsonb;
