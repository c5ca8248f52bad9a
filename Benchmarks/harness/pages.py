"""Pages: how quickly Leads' pages answer with a million leads of 700,000 persons stored.

What is stored is written straight into the tables: leads of eighteen months in every state, of several channels, campaigns, projects,
grades and agents, with their persons' tags and stages and marketing's sums. Three in ten are of persons who have another one, one in ten waits
in a pool. What else waits for people is in `queues`."""
import json
import random
import urllib.parse
import urllib.request
import uuid

from . import growth, queues
from .clock import percentile, resident
from .contenders import wait_until
from .installation import Installation
from .whole import Whole

SIZES = {"tiny": 2_000, "quick": 50_000, "full": 1_000_000}
# Of persons; seven in ten of the leads bring one.
COUNTED_LIVE_UP_TO = 75_000
TIMES = {"tiny": 2, "quick": 10, "full": 20}

ID = "(lpad(to_hex((extract(epoch FROM now() - n * interval '47 seconds') * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"

FILL = """
CREATE UNLOGGED TABLE grown AS
SELECT n, {id} AS uid, {id} AS lead, now() - n * interval '47 seconds' AS at, '客户' || n AS name, '+86177' || lpad(n::text, 8, '0') AS phone,
       ((n::bigint * 7919) % 1000)::int AS r, ((n::bigint * 104729) % 1000)::int AS q,
       CASE WHEN n % 50 BETWEEN 2 AND 6 THEN 'pool-' || n / 50 % 10 END AS pool
  FROM generate_series({first}, {last}) AS n;
INSERT INTO persons (uid, name, language, consent_sms, created_at, updated_at) SELECT uid, name, 'zh', q < 800, at, at FROM grown WHERE n % 10 < 7;
INSERT INTO identifiers (kind, value, uid, created_at) SELECT 'phone', phone, uid, at FROM grown WHERE n % 10 < 7;
INSERT INTO leads (id, uid, status, grade, grade_why, channel, campaign, project, district, need, message, owner_id, team_id, pool, owner_why, owners,
                   response_step, response_due_at, discard_reason, received_at, assigned_at, pooled_at, contacted_at, last_touch_at)
SELECT g.lead, coalesce(p.uid, g.uid),
       CASE WHEN g.n % 50 = 0 OR g.pool IS NOT NULL THEN 'open' WHEN g.n % 50 = 1 THEN 'contacted' WHEN g.r < 400 THEN 'discarded' ELSE 'converted' END,
       CASE WHEN g.q < 100 THEN 'A' WHEN g.q < 400 THEN 'B' ELSE 'C' END, '{{"rule": "grade.b", "version": 1, "inputs": {{}}}}',
       CASE WHEN g.r % 10 < 5 THEN 'web' WHEN g.r % 10 < 8 THEN 'douyin' WHEN g.r < 990 THEN 'wechat' ELSE 'anjuke' END,
       CASE WHEN g.n > {last} - 100 THEN 'rare-2026' WHEN g.q % 3 = 0 THEN 'autumn-2026' WHEN g.q % 3 = 1 THEN 'spring-2026' END,
       CASE WHEN (g.q + g.r) % 4 < 2 THEN 'river-park' WHEN (g.q + g.r) % 4 = 2 THEN 'lake-view' WHEN g.r < 5 THEN 'garden' END,
       '浦东', '{{"purpose": "buy", "projects": ["river-park"]}}', '想了解一下首付比例和贷款年限。', CASE WHEN g.pool IS NULL THEN s.id END,
       CASE WHEN g.pool IS NULL THEN s.team_id END, g.pool, '{{"rule": "assign.any-team", "version": 1, "inputs": {{}}}}', ARRAY[s.id], 'stopped', g.at,
       CASE WHEN g.n % 50 NOT IN (0, 1) AND g.pool IS NULL AND g.r < 400 THEN 'no-need' END, g.at, g.at, CASE WHEN g.pool IS NOT NULL THEN g.at END,
       CASE WHEN g.n % 50 <> 0 AND g.pool IS NULL THEN g.at END, g.at
  FROM grown g LEFT JOIN grown p ON g.n % 10 >= 7 AND p.n = g.n - 5
  JOIN (SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff WHERE role = 'agent') AS s
    ON s.place = g.n % (SELECT count(*) FROM staff WHERE role = 'agent');
INSERT INTO tags (uid, key, value, source, confidence, origin, noted_at, valid_until, is_winner)
SELECT uid, t.key, t.value, 'enquiry', 80, 'lead:' || lead, at, at + interval '18 months', true
  FROM grown CROSS JOIN LATERAL (VALUES ('budget', (ARRAY['1m-2m', '2m-3m', '3m-5m', '5m-8m'])[1 + q % 4]), ('purpose', CASE WHEN r < 900 THEN 'buy' ELSE 'rent' END),
                                        ('interest', (ARRAY['education', 'transport', 'finance', 'elderly'])[1 + r % 4])) AS t (key, value)
 WHERE n % 10 < 7;
INSERT INTO life_cycles (uid, stage, why, since)
SELECT uid, CASE WHEN q < 700 THEN 'potential' WHEN q < 900 THEN 'intent' WHEN q < 950 THEN 'deal' ELSE 'owner' END, '{{"rule": "life.reckoned", "version": 1, "inputs": {{}}}}', at
  FROM grown WHERE n % 10 < 7;
INSERT INTO return_leads (lead_id, day, first_channel, first_campaign, last_channel, last_campaign, is_valid, is_contacted, is_visited, is_won, revenue)
SELECT l.id, l.received_at::date, l.channel, coalesce(l.campaign, ''), l.channel, coalesce(l.campaign, ''), true, l.contacted_at IS NOT NULL, q < 200, q < 30,
       CASE WHEN q < 30 THEN 300000000 ELSE 0 END
  FROM grown g JOIN leads l ON l.id = g.lead;
DROP TABLE grown;
"""

SUMS = """
INSERT INTO return_days (touch, day, channel, campaign, leads, valid, contacted, visited, won, revenue)
SELECT t.touch, day, t.channel, t.campaign, count(*), count(*) FILTER (WHERE is_valid), count(*) FILTER (WHERE is_contacted), count(*) FILTER (WHERE is_visited),
       count(*) FILTER (WHERE is_won), sum(revenue)
  FROM return_leads CROSS JOIN LATERAL (VALUES ('first', first_channel, first_campaign), ('last', last_channel, last_campaign)) AS t (touch, channel, campaign)
 GROUP BY 1, 2, 3, 4;
INSERT INTO return_outcomes (day, channel, campaign, outcome, reason, count)
SELECT day, last_channel, last_campaign, 'accepted', '', count(*) FROM return_leads GROUP BY 1, 2, 3;
"""

# What the leads of the last month were assigned from, a roster for each: the most that a simulation may have to read.
ROSTERS = """
INSERT INTO roster_staff (digest, agents)
SELECT 'grown', jsonb_agg(jsonb_build_object('id', id, 'team', team_id, 'projects', '[]'::jsonb, 'districts', '[]'::jsonb, 'capacity', capacity) ORDER BY id)
  FROM staff WHERE role = 'agent';
INSERT INTO rosters (id, taken_at, rules_version, staff_digest, turn, loads, credits, last_turns, taken, absences, leads)
SELECT l.id, l.received_at, (SELECT max(version) FROM rule_sets), 'grown', 1, n.zeros, n.zeros, n.zeros, n.zeros, n.zeros, ARRAY[l.id]
  FROM leads l, (SELECT array_fill(0::bigint, ARRAY[count(*)::int]) AS zeros FROM staff WHERE role = 'agent') AS n
 WHERE l.received_at > now() - interval '30 days';
INSERT INTO decisions (lead_id, kind, outcome, why, actor, decided_at, roster_id, ordinal, question)
SELECT l.id, 'assign', 'assigned', l.owner_why, 'system', l.received_at, l.id, 0, '{"facts": {}}'
  FROM leads l WHERE l.received_at > now() - interval '30 days';
"""

SEGMENTS = {
    "all who may be written to": [{"field": "sms-allowed", "values": [], "isNot": False}],
    "schools, five million": [{"field": "tag.interest", "values": ["education"], "isNot": False}, {"field": "tag.budget", "values": ["5m-8m"], "isNot": False}],
    "quiet for half a year, not bought": [{"field": "quiet-for-days", "values": ["180"], "isNot": False}, {"field": "bought", "values": [], "isNot": True}],
    "intent, of a rare project": [{"field": "stage", "values": ["intent"], "isNot": False}, {"field": "project", "values": ["garden"], "isNot": False}],
    "nobody": [{"field": "tag.interest", "values": ["golf"], "isNot": False}, {"field": "status", "values": ["open"], "isNot": False}],
}


def run(options, report):
    # No audit beside it: its cost grows with what is stored.
    with Installation("pages", ["postgres", "rabbitmq"], options.bin, LINTEL_AUDIT_SECONDS="0") as installation:
        with Whole(installation, ["sales", "leads"]) as whole:
            whole.wait_for_staff()
        size = SIZES[options.mode]
        queues.add_pools(installation)
        fill(installation, size)
        queues.fill(installation, size)
        with Whole(installation, ["sales", "leads"]) as whole:
            segments = [save_segment(installation, name, tests) for name, tests in SEGMENTS.items()]
            wait_for_counts(installation, len(segments), size)
            everything = [*pages(installation, segments), *queues.pages(installation)]
            measure(installation, options, report, everything, growth.sign_in(installation))
            measure(installation, options, report, queues.pages_of_a_team(), growth.sign_in(installation, email=queues.MANAGER))
            milliseconds = growth.ask(installation, "/leads/rules/simulate?days=30", 3, growth.sign_in(installation))
            report.line(f"  a simulation of thirty days, some 20,000 leads of {size:,} at most: {percentile(milliseconds, 0.5) / 1000:.1f} s")
            report.measure("pages: simulation of thirty days, p50", percentile(milliseconds, 0.5), None, "ms")
            report.measure("pages: resident memory of Leads", resident(whole.pids["leads"]), None, "MB", target="< 200")


def measure(installation, options, report, asked, token):
    for name, paths in asked:
        times = 1 if len(paths) > 1 else TIMES[options.mode]
        milliseconds = [one for path in paths for one in growth.ask(installation, path, times, token)]
        report.line(f"  {name}: p50 {percentile(milliseconds, 0.5):.1f} ms, slowest {max(milliseconds):.1f} ms")
        report.measure(f"pages: {name}, p50", percentile(milliseconds, 0.5), None, "ms", target="< 100")


def wait_for_counts(installation, segments, size):
    """Until Leads has counted beside what it does not count for each look (`KeptCountStore`)."""
    if size <= COUNTED_LIVE_UP_TO:
        return
    with installation.database() as database:
        kept = "SELECT count(*) FILTER (WHERE name LIKE 'segment:%'), coalesce(max(people) FILTER (WHERE name = 'referrals'), 0) FROM kept_counts"
        wait_until(lambda: all(found >= wanted for found, wanted in zip(database.execute(kept).fetchone(), (segments, 1))), "counting segments and referrals", seconds=120)


def fill(installation, size):
    with installation.database() as database:
        for start in range(1, size + 1, 100_000):
            database.execute(FILL.format(id=ID, first=start, last=min(size, start + 99_999)))
        database.execute(SUMS)
        database.execute(ROSTERS)
    with installation.database(superuser=True) as database:
        for table in ["persons", "identifiers", "leads", "tags", "life_cycles", "return_leads", "return_days", "return_outcomes", "rosters", "decisions"]:
            database.execute(f"VACUUM ANALYZE leads.{table}")


def pages(installation, segments):
    """Names of pages, and the paths that are asked for."""
    with installation.database() as database:
        lead, uid = database.execute("SELECT id, uid FROM leads WHERE status = 'open' ORDER BY received_at DESC LIMIT 1 OFFSET 10").fetchone()
        owner, team = database.execute("SELECT id, team_id FROM staff WHERE role = 'agent' ORDER BY id LIMIT 1").fetchone()
    name = urllib.parse.quote("客户777")
    yield "list", ["/leads/leads"]
    yield "list, one filter or two", [f"/leads/leads?{query}" for query in narrowed(owner, team)]
    yield "search by name", [f"/leads/leads?q={name}"]
    yield "search by phone", ["/leads/leads?q=17700000777"]
    yield "a lead", [f"/leads/leads/{lead}"]
    yield "a person", [f"/leads/persons/{uid}"]
    yield "tags", ["/leads/tags"]
    yield "segments", ["/leads/segments"]
    for segment, name in zip(segments, SEGMENTS):
        yield f"segment: {name}", [f"/leads/segments/{segment}"]
    yield "life cycle", ["/leads/lifecycle"]
    yield "a stage's leads", ["/leads/leads?stage=intent"]
    yield "return on marketing", ["/leads/return"]
    yield "return, drilled down", ["/leads/leads?touch=last&channel=douyin", "/leads/leads?touch=first&channel=web&reached=won", "/leads/leads?touch=last&campaign=rare-2026",
                                         "/leads/leads?touch=first&channel=wechat&reached=visited"]


def narrowed(owner, team):
    """Queries with one filter, and some with two; the same at every run."""
    values = {"status": ["open", "contacted", "converted", "discarded"], "grade": ["A", "B", "C"], "channel": ["web", "douyin", "wechat", "anjuke"],
              "campaign": ["autumn-2026", "spring-2026", "rare-2026"], "project": ["river-park", "lake-view", "garden"], "period": ["1d", "7d", "30d", "90d"],
              "view": ["mine", "pool", "overdue"], "owner": [str(owner)], "team": [str(team)]}
    single = [(key, value) for key in values for value in values[key]]
    pairs = [(one, other) for one in single for other in single if one[0] < other[0]]
    chosen = [[one] for one in single] + [list(pair) for pair in random.Random(5).sample(pairs, 60)]
    return [urllib.parse.urlencode(query) for query in chosen]


def save_segment(installation, name, tests):
    identity = uuid.uuid4()
    request = urllib.request.Request(
        f"http://{installation.home.address('leads')}/leads/api/v1/segments/{identity}", data=json.dumps({"name": name, "tests": tests}).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {growth.sign_in(installation)}", "Idempotency-Key": str(identity)})
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
    return identity
