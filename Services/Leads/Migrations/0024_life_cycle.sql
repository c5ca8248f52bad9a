-- How far people have come with us. Kept is what speaks for it; the stage follows from that, from deals, and from what staff
-- have said.

-- That somebody came to see us, was spoken with, or moved in; of whom it was told.
CREATE TABLE life_marks (
    kind        text        NOT NULL,
    -- The contact or the hand-over.
    ref         text        NOT NULL,
    origin      uuid        NOT NULL,
    -- The lead's grade when they were spoken with.
    grade       text,
    -- What was handed over.
    contract_id uuid,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (kind, ref),
    CONSTRAINT life_marks_kind CHECK (kind IN ('visit', 'contact', 'handover'))
);
CREATE INDEX life_marks_by_origin ON life_marks (origin);

-- What staff have said; the newest holds. Without a stage it is that things shall take their course again.
CREATE TABLE life_orders (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin    uuid        NOT NULL,
    stage     text,
    reason    text        NOT NULL,
    ordered_by text       NOT NULL,
    ordered_at timestamptz NOT NULL,
    CONSTRAINT life_orders_stage CHECK (stage IN ('potential', 'intent', 'deal', 'owner', 'historic'))
);
CREATE INDEX life_orders_by_origin ON life_orders (origin, id);

-- The stage of everybody of whom more is known than that they enquired; who has no row is potential.
CREATE TABLE life_cycles (
    uid   uuid        PRIMARY KEY REFERENCES persons (uid),
    stage text        NOT NULL,
    why   jsonb       NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT life_cycles_stage CHECK (stage IN ('potential', 'intent', 'deal', 'owner', 'historic'))
);
CREATE INDEX life_cycles_by_stage ON life_cycles (stage, uid);

-- What was known before: visits and deals.
INSERT INTO life_marks (kind, ref, origin, happened_at)
SELECT 'visit', v.lead_id::text, coalesce(l.origin, l.uid), v.visited_at
  FROM lead_visits v JOIN leads l ON l.id = v.lead_id;
WITH known AS (
    SELECT coalesce(a.survivor, m.origin) AS uid, 0 AS won, m.happened_at AS at
      FROM life_marks m LEFT JOIN aliases a ON a.uid = m.origin
     UNION ALL
    SELECT coalesce(a.survivor, d.origin), (d.outcome = 'won')::int, coalesce(d.won_at, d.noted_at)
      FROM deal_facts d LEFT JOIN aliases a ON a.uid = d.origin
)
INSERT INTO life_cycles (uid, stage, why, since)
SELECT uid, CASE WHEN sum(won) > 1 THEN 'historic' WHEN sum(won) = 1 THEN 'deal' ELSE 'intent' END,
       '{"rule": "life.known-before", "version": 1, "inputs": {}}', max(at)
  FROM known JOIN persons p USING (uid) GROUP BY uid;
