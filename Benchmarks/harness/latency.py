"""Latency at a steady load: from the channel's publish to the SMS gateway having the agent's message, hop by hop.

Real parts: Leads, Sales, Notify, Kannel with a fakesmsc for operator, the mail catcher. When a transaction committed is asked of
PostgreSQL (track_commit_timestamp), when an event reached a listener of a tap queue beside the services' own."""
import functools
import re
import string
import threading
import time
import uuid

import pika

from . import submissions
from .clock import cpu_of_trees, percentile, resident
from .contenders import wait_until
from .installation import Installation
from .whole import Whole

SECONDS = {"tiny": 3, "quick": 20, "full": 120}
RATE = 200
# The short link of a text message: `/s/l` and the lead's id in 22 digits of base 62 (`ShortLink` of Notify).
LEAD_IN_LINK = re.compile(rb"/s/l([0-9A-Za-z]{22})")
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def run(options, report):
    with Installation("whole", ["postgres", "rabbitmq", "mail", "kannel"], options.bin, LINTEL_PG_OPTIONS="-c track_commit_timestamp=on") as installation:
        with Whole(installation, ["sales", "leads", "notify"]) as whole:
            whole.wait_for_staff()
            pace(installation, 2, RATE, seed=7)  # connections, prepared statements, caches
            time.sleep(2)
            seconds = SECONDS[options.mode]
            tap, texts = Tap(installation), Texts(installation)
            pids = list(whole.pids.values()) + list(installation.server_pids().values())
            used, start = cpu_of_trees(pids), time.monotonic()
            sent = pace(installation, seconds, RATE, seed=8)
            spent = [after - before for after, before in zip(cpu_of_trees(pids), used)]
            elapsed = time.monotonic() - start
            settle(installation)
            tap.stop(), texts.stop()
            memory = {name: resident(pid) for name, pid in whole.pids.items()}
            tell(report, collect(installation, sent, tap, texts), elapsed, dict(zip([*whole.pids, *installation.server_pids()], spent)), memory)


def pace(installation, seconds, rate, seed, over=None):
    """Publishes at a steady rate; external id -> when it was due, from when a submission counts, so that nothing that a slow machine
    delays is left out. Nobody waits for the confirm of one before the next, as channels do not wait for one another; the connection
    stays until all of it is in the ledger, since what was not confirmed may be lost with it. `over` ends it before its time."""
    sent = {}
    connection = pika.BlockingConnection(pika.URLParameters(installation.amqp_url))
    channel = connection.channel()
    start = time.time() + 0.1
    for number, (name, message_id, body) in enumerate(submissions.stream(int(seconds * rate), seed)):
        if over and over.is_set():
            break
        due = start + number / rate
        if (ahead := due - time.time()) > 0:
            time.sleep(ahead)
        sent.setdefault(message_id, due)
        channel.basic_publish("lintel.intake", f"lead.{name}", body.encode(), pika.BasicProperties(content_type="application/json", delivery_mode=2, message_id=message_id))
    with installation.database() as leads:
        while leads.execute("SELECT count(*) FROM submissions WHERE external_id = ANY(%s)", (list(sent),)).fetchone()[0] < len(sent):
            if time.time() > start + seconds + 300:
                raise SystemExit("not everything was taken in within five minutes")
            connection.sleep(0.5)
    connection.close()
    return sent


class Tap(threading.Thread):
    """A listener of its own beside the services: event id -> when it arrived, for leads that were assigned."""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.connection = installation.broker()
        self.channel = self.connection.channel()
        self.channel.queue_declare("bench.tap", durable=True, arguments={"x-queue-type": "quorum"})
        self.channel.queue_bind("bench.tap", "lintel.events", "leads.lead.assigned")
        self.arrived = {}
        self.channel.basic_qos(prefetch_count=500)
        self.channel.basic_consume("bench.tap", self.take)
        self.start()

    def take(self, channel, method, properties, body):
        self.arrived[properties.message_id] = time.time()
        channel.basic_ack(method.delivery_tag)

    def run(self):
        self.channel.start_consuming()

    def stop(self):
        self.connection.add_callback_threadsafe(self.channel.stop_consuming)
        self.join(10)


class Texts(threading.Thread):
    """What the operator's end of the gateway prints: lead id -> when the text about it was there."""

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.file = open(installation.folder / "log/operator.log", "rb")
        self.file.seek(0, 2)
        self.arrived, self.ends = {}, False
        self.start()

    def run(self):
        while not self.ends:
            line, now = self.file.readline(), time.time()
            if not line:
                time.sleep(0.0005)
                continue
            # Chinese texts go out as UCS-2, of which the operator prints bytes that are no letters as %XX.
            for lead in LEAD_IN_LINK.findall(line.replace(b"%00", b"").replace(b"%2F", b"/")):
                self.arrived.setdefault(lead_of(lead.decode()), now)

    def stop(self):
        self.ends = True
        self.join()


def lead_of(key):
    """The id that a short link stands for."""
    return str(uuid.UUID(int=functools.reduce(lambda number, digit: number * 62 + DIGITS.index(digit), key, 0)))


def settle(installation, within=120):
    """Until all that the submissions cause has gone out."""
    with installation.database(superuser=True) as database:
        wait_until(
            lambda: database.execute("SELECT count(*) FROM notify.messages WHERE state IN ('queued', 'sending') AND channel = 'sms'").fetchone()[0] == 0
            and database.execute("SELECT NOT EXISTS (SELECT FROM leads.outbox) AND NOT EXISTS (SELECT FROM notify.outbox)").fetchone()[0],
            "sending everything", seconds=within, every=0.5)


def collect(installation, sent, tap, texts):
    """Seconds since its publish at which each lead reached each place.

    The agent's messages are written together, so the event of the one in the console, which has come to its end then, tells of all.
    What was sent twice is left out: counting its second delivery writes its row anew, so that nobody knows any more when it was stored."""
    with installation.database(superuser=True) as database:
        rows = database.execute("""
            WITH told AS (SELECT m.id, m.channel, (regexp_match(m.link, '[0-9a-f-]{36}'))[1] AS lead FROM notify.messages m WHERE template = 'lead-assigned')
            SELECT s.external_id, s.lead_id::text, j.id::text, extract(epoch FROM pg_xact_commit_timestamp(s.xmin))::float8,
                   extract(epoch FROM pg_xact_commit_timestamp(q.xmin))::float8, extract(epoch FROM pg_xact_commit_timestamp(a.xmin))::float8
              FROM leads.submissions s
              JOIN leads.journal j ON j.subject = s.lead_id::text AND j.name = 'leads.lead.assigned.v1'
              JOIN told sms ON sms.lead = s.lead_id::text AND sms.channel = 'sms'
              JOIN told notice ON notice.lead = s.lead_id::text AND notice.channel = 'in-app'
              LEFT JOIN notify.journal q ON q.subject = notice.id::text AND q.name = 'notify.message.delivered.v1'
              LEFT JOIN notify.attempts a ON a.message_id = sms.id AND a.kind = 'call'
             WHERE s.outcome = 'accepted' AND s.deliveries = 1 AND s.external_id = ANY(%s)""", (list(sent),)).fetchall()
    hops = {name: [] for name in ["stored", "event at a listener", "relay alone", "message queued", "gateway has it", "operator has it"]}
    for external, lead, event, stored, queued, accepted in rows:
        begin = sent[external]
        at_operator = texts.arrived.get(lead)
        hops["stored"].append(stored - begin)
        if event in tap.arrived:
            hops["event at a listener"].append(tap.arrived[event] - begin)
            hops["relay alone"].append(tap.arrived[event] - stored)
        if queued:
            hops["message queued"].append(queued - begin)
        # The gateway had it before its answer was stored, and before the operator got it: the earlier is the better bound.
        bounds = [moment for moment in (accepted, at_operator) if moment]
        if bounds:
            hops["gateway has it"].append(min(bounds) - begin)
        if at_operator:
            hops["operator has it"].append(at_operator - begin)
    return hops


def tell(report, hops, elapsed, spent, memory):
    report.section(f"Latency at {RATE} submissions a second, in ms since the publish (p50, p90, p99, most; how many)")
    for name, values in hops.items():
        if values:
            marks = [1000 * percentile(values, share) for share in (0.5, 0.9, 0.99, 1)]
            report.line(f"  {name:22}" + "".join(f"{mark:9.1f}" for mark in marks) + f"{len(values):9}")
    report.line("  cores used: " + ", ".join(f"{name} {seconds / elapsed:.2f}" for name, seconds in spent.items()))
    report.line("  resident MB: " + ", ".join(f"{name} {value:.0f}" for name, value in memory.items()))
    for share, limit in [(0.5, 20), (0.99, 100)]:
        report.measure(f"latency to the gateway, p{share * 100:.0f}", 1000 * percentile(hops["gateway has it"], share), None, "ms", target=f"< {limit}")
    report.measure("relay wake-up, p99", 1000 * percentile(hops["relay alone"], 0.99), None, "ms", target="< 20")
    report.measure("most resident memory of a service", max(memory.values()), None, "MB", target="< 200")
