-- A lead that was given up may be opened again by hand, and what is to follow a talk is decided too. What is there satisfies the
-- new constraint as it did the old one, so nobody goes through it.
ALTER TABLE decisions DROP CONSTRAINT decisions_kind;
ALTER TABLE decisions ADD CONSTRAINT decisions_kind
      CHECK (kind IN ('grade', 'assign', 'response', 'reopen', 'follow-up')) NOT VALID;
-- A deal that goes on has come to no end: what was left of an earlier one is taken away. `deal_facts` knows how deals stand.
UPDATE leads l SET deal_outcome = NULL
  FROM deal_facts d
 WHERE d.deal_id = l.deal_id AND d.outcome = 'open' AND l.deal_outcome IS NOT NULL;
