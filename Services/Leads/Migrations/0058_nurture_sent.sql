-- How often each step of a version was sent, counted as steps are noted: so that no page reads them all.
CREATE TABLE nurture_sent (
    sequence_id uuid    NOT NULL,
    version     integer NOT NULL,
    step        integer NOT NULL,
    count       bigint  NOT NULL,
    PRIMARY KEY (sequence_id, version, step),
    FOREIGN KEY (sequence_id, version) REFERENCES nurture_versions (sequence_id, version)
);
INSERT INTO nurture_sent (sequence_id, version, step, count)
SELECT e.sequence_id, e.version, s.step, count(*)
  FROM nurture_steps s JOIN nurture_enrolments e ON e.id = s.enrolment_id GROUP BY 1, 2, 3;
