"""Fan-out: how many of Leads' events a second Sales turns into effects (customers, timeline), beside its own floor, a bare program that
stores of the same events that each was heard, and one row."""
import subprocess
import time

from . import submissions
from .clock import cpu_of_trees, median
from .contenders import wait_until
from .installation import WORK, Installation
from .whole import Whole

SUBMISSIONS = {"tiny": 1_500, "quick": 3_000, "full": 15_000}
ROUNDS = {"tiny": 1, "quick": 2, "full": 3}


def run(options, report):
    with Installation("fanout", ["postgres", "rabbitmq"], options.bin) as installation:
        results = {"Sales": [], "floor": []}
        with Whole(installation, ["sales", "leads"]) as whole:
            whole.wait_for_staff()
            with installation.database(superuser=True) as database, installation.broker() as broker:
                prepare(database, broker.channel())
                for number in range(options.rounds or ROUNDS[options.mode]):
                    count = fill(installation, whole, SUBMISSIONS[options.mode], seed=number + 20)
                    results["floor"].append(drain_by_floor(installation, database, count))
                    results["Sales"].append(drain_by_sales(whole, database, count))
        report.section("Fan-out: events a second, from a full queue to their effects (medians)")
        for name, runs in results.items():
            report.line(f"  {name:24}{median([run[0] for run in runs]):8,.0f}/s  {median([run[1] for run in runs]):8,.0f} per CPU s")
        report.measure("fan-out", median([run[0] for run in results["Sales"]]), median([run[0] for run in results["floor"]]), "events/s", target=">= 0.5")


def prepare(database, channel):
    database.execute("CREATE SCHEMA floor AUTHORIZATION sales")
    database.execute("SET ROLE sales")
    database.execute("CREATE TABLE floor.inbox (LIKE sales.inbox INCLUDING ALL)")
    database.execute("CREATE TABLE floor.effects (id uuid PRIMARY KEY, recorded_at timestamptz NOT NULL, data jsonb NOT NULL)")
    database.execute("RESET ROLE")
    channel.queue_declare("bench.fanout", durable=True, arguments={"x-queue-type": "quorum"})
    for key in ["leads.lead.*", "leads.person.*", "leads.consent.*"]:
        channel.queue_bind("bench.fanout", "lintel.events", key)


def fill(installation, whole, count, seed):
    """Leads takes submissions in while Sales is away, so that its queue, and the floor's, hold the same events."""
    whole.stop("sales")
    path = submissions.push_file(WORK, count, seed)
    with installation.database() as database:
        before = journalled(database)
        taken_in = "SELECT coalesce(sum(deliveries), 0) FROM submissions WHERE submission_key LIKE %s"
        subprocess.run([WORK / "bin/push", installation.amqp_url, path], check=True, capture_output=True)
        wait_until(lambda: database.execute(taken_in, (f"b{seed}-%",)).fetchone()[0] >= count, "taking the submissions in", seconds=300, every=0.2)
        wait_until(lambda: database.execute("SELECT NOT EXISTS (SELECT FROM outbox)").fetchone()[0], "publishing the events", seconds=300, every=0.2)
        return journalled(database) - before


def journalled(database):
    """Events that Sales hears: all of Leads' own."""
    return database.execute("SELECT count(*) FROM journal WHERE name LIKE 'leads.%'").fetchone()[0]


def drain_by_floor(installation, database, count):
    database.execute("TRUNCATE floor.inbox, floor.effects")
    url = installation.database_url("sales") + "?options=-csearch_path%3Dfloor"
    child = subprocess.Popen([WORK / "bin/fanout-floor", installation.amqp_url, url, "bench.fanout", "500"])
    try:
        return clocked(child.pid, lambda: database.execute("SELECT count(*) FROM floor.effects").fetchone()[0], 0, count)
    finally:
        child.terminate()
        child.wait()


def drain_by_sales(whole, database, count):
    heard = lambda: database.execute("SELECT count(*) FROM sales.inbox WHERE inlet = 'sales.events'").fetchone()[0]  # noqa: E731
    before = heard()
    whole.start("sales")
    return clocked(whole.pids["sales"], heard, before, before + count)


def clocked(pid, progress, before, wanted):
    """(events a second, events for a second of processor time), from the first effect on."""
    wait_until(lambda: progress() > before, "the first effect", every=0.005)
    done, start, used = progress(), time.monotonic(), cpu_of_trees([pid])[0]
    wait_until(lambda: progress() >= wanted, "the last effect", seconds=300, every=0.02)
    seconds, spent = time.monotonic() - start, cpu_of_trees([pid])[0] - used
    return (wanted - done) / seconds, (wanted - done) / max(0.01, spent)
