"""What waits for people, and how it got there: doubtful doubles, leads in pools, recommendations, people in sequences, files that were
brought, and one lead with a long story; written straight into the tables, upon the leads that `pages` has stored."""
import json
import uuid

from .timers import ID

# Of a million leads: 50,000 reviews, 100,000 leads in pools, 50,000 referrals, 200,000 enrolments.
REVIEWS_OF, REFERRALS_OF, ENROLMENTS_OF = 20, 20, 5
POOLS, SEQUENCES, IMPORTS = 10, 20, 300
STORY, TOUCHES, ROWS = 2_000, 500, 50_000
MANAGER = "manager.garden@lintel.example"

ADD_POOLS = "INSERT INTO pools (name, title) SELECT 'pool-' || n, 'Pool ' || n FROM generate_series(0, {pools} - 1) AS n"

# Everybody once, with the first of their leads.
PEOPLE = """
CREATE UNLOGGED TABLE people AS
SELECT row_number() OVER (ORDER BY uid) - 1 AS n, uid, lead(uid) OVER (ORDER BY uid) AS next, created_at AS at,
       (SELECT l.id FROM leads l WHERE l.uid = p.uid ORDER BY l.id LIMIT 1) AS lead
  FROM persons p;
CREATE INDEX ON people (n);
"""

REVIEWS = """
INSERT INTO reviews (id, low, high, why, found_at)
SELECT gen_random_uuid(), uid, next, jsonb_build_object('rule', CASE WHEN n % 2 = 0 THEN 'identity.name-and-project' ELSE 'identity.phone-one-off' END,
       'version', 1, 'inputs', '{{}}'::jsonb), at
  FROM people WHERE next IS NOT NULL AND n % (SELECT greatest(1, count(*) / {count}) FROM people) = 0 LIMIT {count};
"""

REFERRALS = """
INSERT INTO referral_codes (code, uid, made_by, made_at) SELECT 'R-' || lpad(n::text, 7, '0'), uid, 'system', at FROM people WHERE n < {count} / 10;
INSERT INTO referrals (id, lead_id, code, referrer, referred, state, objection, why, rewards, policy_version, arrived_at, expires_at,
                       deal_id, earned_at, paid_at, paid_by, reference)
SELECT gen_random_uuid(), p.lead, c.code, c.uid, p.uid, s.state, CASE WHEN s.state = 'blocked' THEN 'known-already' END,
       '{{"rule": "referral.code", "version": 1, "inputs": {{}}}}', '[{{"kind": "fee-months", "amount": 24}}, {{"kind": "points", "amount": 5000}}]', 1,
       p.at, p.at + interval '1 year', CASE WHEN s.is_won THEN gen_random_uuid() END, CASE WHEN s.is_won THEN p.at END,
       CASE WHEN s.is_paid THEN p.at END, CASE WHEN s.is_paid THEN 'system' END, CASE WHEN s.is_paid THEN 'FB-' || p.n END
  FROM people p JOIN people r ON r.n = p.n % ({count} / 10) JOIN referral_codes c ON c.uid = r.uid
  CROSS JOIN LATERAL (SELECT (ARRAY['pending', 'pending', 'pending', 'pending', 'earned', 'paid', 'paid', 'reversed', 'blocked', 'expired'])[1 + p.n % 10] AS state,
                             p.n % 10 BETWEEN 4 AND 7 AS is_won, p.n % 10 IN (5, 6) AS is_paid) AS s
 WHERE p.n BETWEEN {count} / 10 AND {count} / 10 + {count} - 1;
INSERT INTO referral_moves (referral_id, state, why, actor, moved_at) SELECT id, state, why, 'system', arrived_at FROM referrals;
"""

NURTURE = """
INSERT INTO nurture_sequences (id, name, version) VALUES ('{id}', '{name}', 1);
INSERT INTO nurture_versions (sequence_id, version, plan, changed_by, changed_at) VALUES ('{id}', 1, '{plan}', 'system', now());
CREATE UNLOGGED TABLE enrolled AS
SELECT gen_random_uuid() AS id, uid, at, (n / {sequences} % 10)::int AS place, (n / {sequences} % 7)::int AS done
  FROM people WHERE n % {sequences} = {number} ORDER BY n LIMIT {count};
INSERT INTO nurture_enrolments (id, sequence_id, version, origin, uid, state, steps_done, started_at, next_at, ended_at, reason, why)
SELECT id, '{id}', 1, uid, uid, s.state, done, at, CASE WHEN s.is_under_way THEN now() + interval '30 days' END, CASE WHEN NOT s.is_under_way THEN at END,
       CASE WHEN s.state = 'exited' THEN 'deal' END, '{{"rule": "nurture.due", "version": 1, "inputs": {{}}}}'
  FROM enrolled CROSS JOIN LATERAL (
       SELECT (ARRAY['active', 'active', 'active', 'active', 'paused', 'finished', 'finished', 'finished', 'exited', 'exited'])[1 + place] AS state, place < 5 AS is_under_way) AS s;
INSERT INTO nurture_steps (enrolment_id, step, template, sent_at) SELECT id, step, 'nurture-layout-cases', at FROM enrolled CROSS JOIN generate_series(0, done - 1) AS step;
INSERT INTO nurture_sent (sequence_id, version, step, count) SELECT '{id}', 1, step, count(*) FROM enrolled CROSS JOIN generate_series(0, done - 1) AS step GROUP BY step;
DROP TABLE enrolled;
"""

FILES = """
INSERT INTO imports (id, name, status, size, header, columns, channel, start, position, row, forecast, outcome, created_by, created_at, ordered_by, changed_at)
SELECT gen_random_uuid(), 'fair-' || n || '.csv', 'done', 1000000, ARRAY['name', 'phone'], ARRAY['name', 'phone'], 'csv', 11, 1000000, {rows},
       '{{"new": {rows}, "joined": 0, "duplicate": 0, "rejected": 0}}', '{{"new": {rows}, "joined": 0, "duplicate": 0, "rejected": 0}}', s.id, now() - n * interval '1 day', s.id,
       now() - n * interval '1 day'
  FROM generate_series(1, {imports}) AS n, (SELECT id FROM staff ORDER BY id LIMIT 1) AS s;
INSERT INTO import_rows (import_id, number, forecast, verdict, reason, field, lead_id)
SELECT i.id, 2 + p.n, v.verdict, v.verdict, CASE WHEN v.verdict = 'rejected' THEN 'invalid-phone' END, CASE WHEN v.verdict = 'rejected' THEN 'phones/0' END,
       CASE WHEN v.verdict <> 'rejected' THEN p.lead END
  FROM (SELECT id FROM imports ORDER BY created_at DESC LIMIT 1) AS i, people p
 CROSS JOIN LATERAL (SELECT CASE WHEN p.n % 100 = 0 THEN 'rejected' WHEN p.n % 10 = 0 THEN 'joined' ELSE 'new' END AS verdict) AS v
 WHERE p.n < {rows};
"""

# Of one who has enquired again and again, and went from agent to agent.
STORY_OF = """
INSERT INTO streams (subject, version) VALUES ('{lead}', {story}) ON CONFLICT (subject) DO UPDATE SET version = EXCLUDED.version;
INSERT INTO journal (id, name, subject, sequence, uid, actor, correlation_id, occurred_at, data)
SELECT {id}, CASE WHEN n % 2 = 0 THEN 'leads.lead.touched.v1' ELSE 'leads.lead.assigned.v1' END, l.id::text, n, l.uid, 'channel:web', 'bench',
       now() - n * interval '47 seconds',
       CASE WHEN n % 2 = 0 THEN jsonb_build_object('leadID', l.id, 'uid', l.uid, 'channel', 'web', 'message', repeat('想看房。', 20), 'touches', n)
            ELSE jsonb_build_object('leadID', l.id, 'uid', l.uid, 'ownerID', l.owner_id, 'teamID', l.team_id, 'grade', 'A', 'channel', 'web',
                 'firstResponseDueAt', '2026-11-22T03:04:05.000Z', 'why', '{{"rule": "assign.any-team", "version": 1, "inputs": {{"free": "3", "load": "2 of 40", "turn": "7"}}}}'::jsonb) END
  FROM leads l, generate_series(1, {story}) AS n WHERE l.id = '{lead}';
INSERT INTO submissions (id, channel, submission_key, digest, transport, external_id, outcome, lead_id, uid, received_at, last_at, body, body_size)
SELECT {id}, 'web', 'story-' || n, encode(sha256(n::text::bytea), 'hex'), 'amqp', 'story-' || n, 'merged', l.id, l.uid, now() - n * interval '47 seconds', now(),
       convert_to(rpad('{{', 700, 'x'), 'UTF8'), 700
  FROM leads l, generate_series(1, {touches}) AS n WHERE l.id = '{lead}';
"""

TABLES = ["reviews", "pools", "referral_codes", "referrals", "referral_moves", "nurture_sequences", "nurture_versions", "nurture_enrolments", "nurture_steps", "nurture_sent", "imports",
          "import_rows", "journal", "submissions"]


def add_pools(installation):
    """Before the leads, of which every tenth goes into one of them."""
    with installation.database() as database:
        database.execute(ADD_POOLS.format(pools=POOLS))


def fill(installation, size):
    """What waits about so many leads."""
    with installation.database() as database:
        database.execute(PEOPLE)
        database.execute(REVIEWS.format(count=size // REVIEWS_OF))
        database.execute(REFERRALS.format(count=size // REFERRALS_OF))
        lines = [{"day": 30 * month, "template": "nurture-layout-cases"} for month in range(12)]
        for number in range(SEQUENCES):
            name = f"Sequence {number}"
            plan = json.dumps({"name": name, "takes": [], "reply": "pause", "lines": lines, "isActive": False})
            database.execute(NURTURE.format(id=uuid.uuid4(), name=name, plan=plan, number=number, sequences=SEQUENCES, count=size // ENROLMENTS_OF // SEQUENCES))
        database.execute(FILES.format(imports=IMPORTS, rows=min(ROWS, size // 2)))
        database.execute(STORY_OF.format(id=ID, lead=lead_with_a_story(database), story=STORY, touches=TOUCHES))
        database.execute("DROP TABLE people")
    with installation.database(superuser=True) as database:
        for table in TABLES:
            database.execute(f"VACUUM ANALYZE leads.{table}")


def lead_with_a_story(database):
    return database.execute("SELECT id FROM leads WHERE status = 'contacted' ORDER BY received_at DESC LIMIT 1").fetchone()[0]


def pages(installation):
    """Names of pages, and the paths that are asked for."""
    with installation.database() as database:
        one = lambda query: database.execute(query).fetchone()[0]  # noqa: E731
        story = lead_with_a_story(database)
        person = one(f"SELECT uid FROM leads WHERE id = '{story}'")
        review = one("SELECT id FROM reviews ORDER BY found_at DESC LIMIT 1 OFFSET 10")
        referral = one("SELECT id FROM referrals WHERE state = 'paid' ORDER BY arrived_at DESC LIMIT 1")
        sequence = one("SELECT id FROM nurture_sequences ORDER BY name LIMIT 1")
        file = one("SELECT id FROM imports ORDER BY created_at DESC LIMIT 1")
    yield "reviews", ["/leads/reviews"]
    yield "a review", [f"/leads/reviews/{review}"]
    yield "pools", ["/leads/pools"]
    yield "a pool", ["/leads/pools/pool-3"]
    yield "referrals", ["/leads/referrals"]
    yield "referrals that are owed", ["/leads/referrals?state=earned"]
    yield "a referral", [f"/leads/referrals/{referral}"]
    yield "nurture", ["/leads/nurture"]
    yield "a sequence", [f"/leads/nurture/{sequence}"]
    yield "imports", ["/leads/imports"]
    yield "an import", [f"/leads/imports/{file}"]
    yield "an import's rejected rows", [f"/leads/imports/{file}?show=rejected"]
    yield "a lead with a long story", [f"/leads/leads/{story}"]
    yield "the person of that lead", [f"/leads/persons/{person}"]


def pages_of_a_team():
    """What somebody looks at who leads a team: of all that waits only what is about the team's leads."""
    for name in ["leads", "reviews", "pools", "referrals"]:
        yield f"{name}, a team's manager", [f"/leads/{name}"]
