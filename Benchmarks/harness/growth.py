"""Growth: what a lead costs with a million stored, beside what it costs with ten thousand; how quickly lists and searches answer; how
much memory the services hold.

What is stored is written straight into the tables, a row for each in every table that intake writes (bodies and events shorter than
real ones), since taking a million submissions in would take an hour. Of these leads 98 in 100 are closed."""
import json
import subprocess
import time
import urllib.parse
import urllib.request

from . import intake
from .clock import median, percentile, resident
from .contenders import Lintel
from .installation import Installation
from .timers import ID
from .whole import Whole

SIZES = {"tiny": [200, 1_000], "quick": [10_000, 50_000], "full": [10_000, 1_000_000]}
SUBMISSIONS = {"tiny": 200, "quick": 3_000, "full": 10_000}
ROUNDS = {"tiny": 1, "quick": 2, "full": 3}

FILL = """
CREATE UNLOGGED TABLE grown AS
SELECT n, {id} AS uid, {id} AS lead, {id} AS submission, {id} AS event,
       now() - n * interval '20 seconds' AS at, '客户' || n AS name, '+86177' || lpad(n::text, 8, '0') AS phone
  FROM generate_series({first}, {last}) AS n;
INSERT INTO persons (uid, name, language, consent_sms, created_at, updated_at) SELECT uid, name, 'zh', true, at, at FROM grown;
INSERT INTO identifiers (kind, value, uid, created_at) SELECT 'phone', phone, uid, at FROM grown;
INSERT INTO leads (id, uid, status, grade, grade_why, channel, campaign, project, district, need, message, owner_id, team_id, owner_why, owners,
                   response_step, response_due_at, discard_reason, received_at, assigned_at, last_touch_at)
SELECT lead, uid, CASE WHEN n % 50 = 0 THEN 'open' WHEN n % 3 = 0 THEN 'discarded' ELSE 'converted' END, chr(65 + (n % 3)::int),
       '{{"rule": "grade.b", "version": 1, "inputs": {{}}}}', 'web', 'autumn-2026', 'river-park', '浦东', '{{"purpose": "buy", "projects": ["river-park"]}}',
       '想了解一下首付比例和贷款年限。', s.id, s.team_id, '{{"rule": "assign.any-team", "version": 1, "inputs": {{}}}}', ARRAY[s.id], 'stopped', at,
       CASE WHEN n % 50 <> 0 AND n % 3 = 0 THEN 'not-interested' END, at, at, at
  FROM grown JOIN (SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff WHERE role = 'agent') AS s
    ON s.place = n % (SELECT count(*) FROM staff WHERE role = 'agent');
INSERT INTO submissions (id, channel, submission_key, digest, transport, external_id, campaign, outcome, lead_id, uid, received_at, last_at, body, body_size)
SELECT submission, 'web', 'grown-' || n, encode(sha256(n::text::bytea), 'hex'), 'amqp', 'grown-' || n, 'autumn-2026', 'accepted', lead, uid, at, at,
       convert_to(rpad('{{', 700, 'x'), 'UTF8'), 700 FROM grown;
INSERT INTO decisions (lead_id, kind, outcome, why, actor, decided_at) SELECT lead, 'grade', 'B', '{{"rule": "grade.b"}}', 'system', at FROM grown;
INSERT INTO streams (subject, version) SELECT lead::text, 2 FROM grown;
INSERT INTO journal (id, name, subject, sequence, uid, actor, correlation_id, occurred_at, data)
SELECT {id}, e.name, lead::text, sequence, uid, 'channel:web', submission::text, at, jsonb_build_object('leadID', lead, 'text', repeat('x', 300))
  FROM grown, (VALUES ('leads.lead.received.v1', 1), ('leads.lead.assigned.v1', 2)) AS e (name, sequence);
DROP TABLE grown;
"""


class Grown(Lintel):
    """Lintel upon what is stored already."""

    def prepare(self, database):
        self.progress = "SELECT NOT EXISTS (SELECT FROM leads.outbox), (SELECT coalesce(sum(deliveries), 0) FROM leads.submissions WHERE external_id LIKE 'b%' AND received_at > " \
            f"to_timestamp({time.time()}))"


def run(options, report):
    # No audit beside it: its cost grows with what is stored, which is measured by itself.
    with Installation("growth", ["postgres", "rabbitmq"], options.bin, LINTEL_AUDIT_SECONDS="0") as installation:
        with Whole(installation, ["sales", "leads"]) as whole:
            whole.wait_for_staff()
            intake.add_channels_and_staff(installation.database())
        intake.one_listener(installation)
        costs, stored, seed = {}, 0, 100
        for size in SIZES[options.mode]:
            fill(installation, stored + 1, size)
            stored = size
            results = []
            for _ in range(options.rounds or ROUNDS[options.mode]):
                seed += 1
                results.append(intake.measure(Grown(installation), installation.database(), SUBMISSIONS[options.mode], seed))
            costs[size] = {key: median([one[key] for one in results]) for key in results[0]}
            report.line(f"  {size:>9,} leads stored " + intake.describe(costs[size]))
        few, many = (cost["own CPU per 1000"] + cost["PostgreSQL CPU per 1000"] for cost in costs.values())
        report.measure("growth: CPU of a lead, many stored beside few", many * 1000, few * 1000, "µs", target="<= 1.3")
        report.line(f"  an audit of all of it: {seconds_of_audit(installation):.1f} s")
        with Whole(installation, ["sales", "leads"]) as whole:
            for name, path in {"list": "/leads/api/v1/leads", "page": "/leads/leads", "search by name": f"/leads/api/v1/leads?name={urllib.parse.quote('客户777')}",
                               "search by phone": "/leads/api/v1/leads?phone=17700000777"}.items():
                milliseconds = ask(installation, path, 40)
                report.line(f"  {name}: p50 {percentile(milliseconds, 0.5):.1f} ms, p99 {percentile(milliseconds, 0.99):.1f} ms")
                report.measure(f"growth: {name} at {stored:,} leads, p50", percentile(milliseconds, 0.5), None, "ms", target="< 50")
            report.measure("growth: resident memory of Leads", resident(whole.pids["leads"]), None, "MB", target="< 200")


def seconds_of_audit(installation):
    """It complains, since the leads were not brought by channels, but looks at everything all the same."""
    start = time.monotonic()
    subprocess.run([installation.executable("leads"), "audit"], env=installation.service_environment("leads"), capture_output=True, check=False)
    return time.monotonic() - start


def fill(installation, first, last):
    with installation.database() as database:
        for start in range(first, last + 1, 100_000):
            database.execute(FILL.format(id=ID, first=start, last=min(last, start + 99_999)))
    with installation.database(superuser=True) as database:
        for table in ["persons", "identifiers", "leads", "submissions", "decisions", "streams", "journal"]:
            database.execute(f"VACUUM ANALYZE leads.{table}")


def ask(installation, path, times, token=None):
    """Milliseconds until the whole answer is there, as the administrator."""
    token = token or sign_in(installation)
    found = []
    for _ in range(times):
        request = urllib.request.Request(f"http://{installation.home.address('leads')}{path}", headers={"Authorization": f"Bearer {token}"})
        start = time.monotonic()
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
        found.append(1000 * (time.monotonic() - start))
    return found


def sign_in(installation, **whom):
    email, password = installation.account(**whom or {"role": "admin"})
    body = json.dumps({"email": email, "password": password}).encode()
    request = urllib.request.Request(f"http://{installation.home.address('sales')}/sales/api/v1/session", data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["token"]
