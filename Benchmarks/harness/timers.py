"""Timers: how many are set and cancelled a second with a million pending, and how long a hundred thousand that fall due within the same
second take, while submissions come in at a steady rate.

The first is asked of the library (Benchmarks/Timers), the second of the real executables: reminders of Leads, and in full mode the holds
of Sales and the care of Service too. Each must have fired exactly once, by its rows and by the events that were journalled."""
import json
import os
import subprocess
import threading
import time

import psycopg

from . import intake, latency
from .clock import percentile
from .contenders import wait_until
from .installation import Installation
from .whole import Whole

PENDING = {"tiny": 1_000, "quick": 100_000, "full": 1_000_000}
DUE = {"tiny": 200, "quick": 20_000, "full": 100_000}
# From when the timers are written until they are due: by then the service has started and submissions come in.
AHEAD = {"tiny": 8, "quick": 10, "full": 20}
RATE = 200
CAPACITY = 10_000
# An id as Lintel makes them, rising with time (UUIDv7): of row `n`.
ID = "(lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint + n), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid"


class FirstResponses:
    """Leads that nobody has answered: their owners are reminded."""

    service, kind, name = "leads", "leads.first-response", "reminders of leads"
    fill = """
        CREATE UNLOGGED TABLE due AS
        SELECT n, {id} AS uid, {id} AS id, lpad(n::text, 8, '0') AS digits FROM generate_series(1, {due}) AS n;
        INSERT INTO persons (uid, name, language, consent_sms, created_at, updated_at) SELECT uid, '客户' || n, 'zh', true, now(), now() FROM due;
        INSERT INTO identifiers (kind, value, uid, created_at) SELECT 'phone', '+86177' || digits, uid, now() FROM due;
        INSERT INTO leads (id, uid, status, grade, grade_why, channel, project, owner_id, team_id, owner_why, owners, response_step, response_due_at,
                           received_at, assigned_at, last_touch_at)
        SELECT d.id, uid, 'open', 'A', '{{"rule": "grade.a", "version": 1, "inputs": {{}}}}', 'web', 'river-park', s.id, s.team_id,
               '{{"rule": "assign.any-team", "version": 1, "inputs": {{}}}}', ARRAY[s.id], 'waiting', now(), now(), now(), now()
          FROM due d JOIN (SELECT id, team_id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff WHERE role = 'agent') AS s
            ON s.place = n % (SELECT count(*) FROM staff WHERE role = 'agent');
        INSERT INTO streams (subject, version) SELECT id::text, 2 FROM due"""
    keys = "SELECT id::text AS key, n FROM due"
    tables = ["persons", "identifiers", "leads", "streams"]
    # The rows that say that one fired, and how many different ones.
    rows = "SELECT count(*), count(DISTINCT lead_id) FROM decisions WHERE kind = 'response' AND outcome = 'remind' AND lead_id IN (SELECT id FROM due)"
    event = "leads.lead.response_overdue.v1"


class Holds:
    """Units whose holds run out."""

    service, kind, name = "sales", "sales.unit-hold", "holds of units"
    fill = """
        CREATE UNLOGGED TABLE due AS
        SELECT n, {id} AS uid, {id} AS id, {id} AS deal FROM generate_series(1, {due}) AS n;
        INSERT INTO projects (key, name_en, name_zh, city, district, position) VALUES ('bench', 'Bench', '台', '上海', '浦东', 999);
        INSERT INTO buildings (key, project, name, floors, position) VALUES ('bench-1', 'bench', '1', 99, 1);
        INSERT INTO units (id, key, project, building, number, floor, layout, area, price_minor, currency, state)
        SELECT id, 'bench-' || n, 'bench', 'bench-1', '1-' || n, 1, '3室2厅', 118, 520000000, 'CNY', 'held' FROM due;
        INSERT INTO customers (uid, name, first_seen_at, active_at) SELECT uid, '客户' || n, now(), now() FROM due;
        INSERT INTO deals (id, uid, title, project, unit_id, stage, owner_id, team_id, opened_at, stage_entered_at)
        SELECT deal, uid, 'deal ' || n, 'bench', due.id, 'first-talk', s.id, s.team_id, now(), now()
          FROM due, (SELECT id, team_id FROM staff WHERE role = 'agent' LIMIT 1) AS s;
        INSERT INTO unit_holds (id, unit_id, deal_id, uid, staff_id, held_at, expires_at)
        SELECT {id}, due.id, deal, uid, s.id, now(), now() FROM due, (SELECT id FROM staff WHERE role = 'agent' LIMIT 1) AS s"""
    keys = "SELECT id::text AS key, n FROM due"
    tables = ["units", "customers", "deals", "unit_holds"]
    rows = """SELECT count(*), count(DISTINCT h.unit_id) FROM unit_holds h JOIN units u ON u.id = h.unit_id
               WHERE h.end_reason = 'expired' AND u.state = 'free' AND u.project = 'bench'"""
    event = "sales.unit.released.v1"


class Care:
    """Customers who are written to months after the hand-over."""

    service, kind, name = "service", "service.care", "care of customers"
    fill = """
        CREATE UNLOGGED TABLE due AS SELECT n, {id} AS uid, {id} AS id FROM generate_series(1, {due}) AS n;
        INSERT INTO customers (uid, name) SELECT uid, '客户' || n FROM due;
        INSERT INTO handovers (id, contract_id, contract_number, uid, unit_id, project, unit_number, area, status, opened_at, completed_at)
        SELECT id, gen_random_uuid(), 'C' || n, uid, gen_random_uuid(), 'river-park', '1-' || n, 118, 'completed', now(), now() FROM due;
        INSERT INTO care_steps (handover_id, step, due_at, why)
        SELECT id, 'decoration-guide', now(), '{{"rule": "care.decoration-guide", "version": 1, "inputs": {{"months": "3"}}}}' FROM due"""
    keys = "SELECT id || ':decoration-guide' AS key, n FROM due"
    tables = ["customers", "handovers", "care_steps"]
    rows = "SELECT count(*), count(DISTINCT handover_id) FROM care_steps WHERE sent_at IS NOT NULL"
    event = "service.care.due.v1"


def run(options, report):
    # No audits: they would rightly complain of leads that no submission has brought.
    settings = {"LINTEL_PG_OPTIONS": "-c track_commit_timestamp=on", "LINTEL_AUDIT_SECONDS": "0"}
    with Installation("timers", ["postgres", "rabbitmq"], options.bin, **settings) as installation:
        pending, due = PENDING[options.mode], DUE[options.mode]
        report.section(f"Timers: {pending:,} pending")
        set_and_cancel(installation, pending, report)
        with Whole(installation, ["sales", "leads", "service"]):
            pass  # each has made its tables, and Sales its staff
        with installation.database() as database:
            intake.add_channels_and_staff(database, CAPACITY)
        intake.one_listener(installation)
        for promise in [FirstResponses, Holds, Care] if options.mode != "quick" else [FirstResponses]:
            fire(installation, promise, pending, due, AHEAD[options.mode], report)


def set_and_cancel(installation, pending, report):
    done = subprocess.run([installation.executable("TimersBench"), "--json", str(pending)], capture_output=True, text=True, check=False,
                          env=os.environ | {"LINTEL_TEST_DATABASE_URL": installation.superuser_url})
    if done.returncode:
        raise SystemExit(f"TimersBench failed:\n{done.stdout}{done.stderr}")
    for size, rate in sorted(json.loads(done.stdout).items()):
        report.line(f"  set and cancelled, {size} a transaction: {rate:,.0f} a second")
        report.measure(f"timers: set and cancelled, {size} a transaction", rate, None, "timers/s", target=">= 5,000" if size != "1" else "")


def fire(installation, promise, pending, due, ahead, report):
    with psycopg.connect(installation.database_url(promise.service), autocommit=True) as database:
        database.execute(promise.fill.format(due=due, id=ID))
        database.execute(f"INSERT INTO timers (kind, key, due_at, payload, correlation_id) SELECT %s, {ID}, now() + interval '1 day' + n * interval '1 second', "
                         "'{}', 'far' FROM generate_series(1, %s) AS n", (promise.kind, pending))
    with installation.database(superuser=True) as database:
        for table in promise.tables:
            database.execute(f"VACUUM ANALYZE {promise.service}.{table}")
        database.execute("CHECKPOINT")
    with psycopg.connect(installation.database_url(promise.service), autocommit=True) as database:
        at = time.time() + ahead
        database.execute(f"INSERT INTO timers (kind, key, due_at, payload, correlation_id) SELECT %s, key, to_timestamp(%s + n / %s::float8), '{{}}', key FROM ({promise.keys}) AS k",
                         (promise.kind, at, due))
        database.execute("ANALYZE timers")
        seconds, drained, sent = let_fire(installation, promise, database, at)
        check(promise, database, due)
    tell(report, installation, promise, due, seconds, drained, sent, at)


def let_fire(installation, promise, database, at):
    """Seconds from when the first was due until the last had fired, and until their events were confirmed; and what was sent meanwhile."""
    over, sent = threading.Event(), {}
    with Whole(installation, list({"leads", promise.service})):
        if time.time() > at - 1:
            raise SystemExit("the services were ready too late: more time ahead is needed")
        load = threading.Thread(target=lambda: sent.update(latency.pace(installation, 300, RATE, seed=11, over=over)), daemon=True)
        load.start()
        wait_until(lambda: time.time() > at + 1, "the timers falling due", every=0.01)
        # The first by the index: whether there is none would be asked of the whole table, time and again. What makes way comes later.
        first = "SELECT coalesce((SELECT coalesce(retry_at, due_at) FROM timers WHERE NOT makes_way ORDER BY coalesce(retry_at, due_at) LIMIT 1) >= to_timestamp(%s), true)"
        wait_until(lambda: database.execute(first, (at + 2,)).fetchone()[0], "firing everything", seconds=300, every=0.1)
        seconds = time.time() - at
        wait_until(lambda: database.execute("SELECT count(*) < 200 FROM outbox").fetchone()[0], "telling of everything", seconds=300, every=0.1)
        drained = time.time() - at
        over.set()
        load.join()
    return seconds, drained, sent


def check(promise, database, due):
    """Each of them once: in the tables, and in the journal."""
    rows = database.execute(promise.rows).fetchone()
    events = database.execute("SELECT count(*), count(DISTINCT subject) FROM journal WHERE name = %s AND subject IN (SELECT id::text FROM due)", (promise.event,)).fetchone()
    failed = database.execute("SELECT count(*) FROM timers WHERE attempts > 0").fetchone()[0]
    if rows != (due, due) or events != (due, due) or failed:
        raise SystemExit(f"{due} {promise.name} were due; rows {rows}, events {events}, failed timers {failed}")


def tell(report, installation, promise, due, seconds, drained, sent, at):
    with installation.database() as database:
        stored = dict(database.execute("SELECT external_id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM submissions WHERE external_id = ANY(%s)", (list(sent),)).fetchall())
    waits = [1000 * (stored[name] - moment) for name, moment in sent.items() if at <= moment <= at + seconds] or [float("nan")]
    report.line(f"  {due:,} {promise.name}: all fired after {seconds:.1f} s, each once, and told after {drained:.1f} s; meanwhile {len(waits) / seconds:.0f} submissions/s, "
                f"stored after {percentile(waits, 0.5):.0f} ms (p50), {percentile(waits, 0.99):.0f} ms (p99)")
    report.measure(f"timers: {due:,} {promise.name} due at once", seconds, None, "s", target="< 20")
