"""Intake: how many submissions a second each contender takes from a full queue until its last event is confirmed, and how many for a
second of processor time. The contenders take turns, round after round."""
import time
import uuid

from . import submissions
from .clock import cpu_of_trees, median
from .contenders import Celery, FastStream, Floor, HandMade, Lintel, LintelTwice, wait_until
from .installation import WORK, Installation

# How many submissions each is given: about so much work that a round takes a few seconds.
AMOUNTS = {Lintel: 1.0, LintelTwice: 1.0, Floor: 1.5, HandMade: 0.5, FastStream: 0.2, Celery: 0.2}
BASE = {"tiny": 400, "quick": 10_000, "full": 30_000}
ROUNDS = {"tiny": 1, "quick": 2, "full": 5}
AGENTS = 24
# Open leads that an agent takes. Together they have room for most of a run; what comes later waits in the pool, as it would anywhere.
CAPACITY = 400


def run(options, report):
    with Installation("intake", ["postgres", "rabbitmq"], options.bin) as installation:
        arrange(installation)
        with installation.database() as database:
            contenders = [kind(installation) for kind in AMOUNTS if kind in wanted(options)]
            results = {contender.name: [] for contender in contenders}
            warm_up(installation, database, options)
            for number in range(options.rounds or ROUNDS[options.mode]):
                # Turn about, so that whatever else the machine does meets everybody.
                for contender in contenders if number % 2 == 0 else reversed(contenders):
                    result = measure(contender, database, int(BASE[options.mode] * AMOUNTS[type(contender)]))
                    results[contender.name].append(result)
                    report.line(f"  round {number + 1}  {contender.name:24}" + describe(result))
        summarise(results, report)


def wanted(options):
    if not options.contenders:
        return list(AMOUNTS)
    return [kind for kind in AMOUNTS if kind.__name__.lower() in options.contenders]


def arrange(installation):
    """Schemas for the others, staff that leads can go to, and one queue that hears every event.

    The other services' queues are taken away: they would take as much of the broker's time whoever publishes."""
    installation.command("leads", "migrate")
    with installation.database(superuser=True) as database:
        database.execute("CREATE SCHEMA IF NOT EXISTS floor AUTHORIZATION leads; CREATE SCHEMA IF NOT EXISTS peer AUTHORIZATION leads")
    with installation.database() as database:
        add_channels_and_staff(database)
        for table in ["submissions", "persons", "identifiers", "leads", "decisions", "journal", "outbox", "streams", "timers"]:
            database.execute(f"CREATE TABLE floor.{table} (LIKE leads.{table} INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES)")
        database.execute("CREATE SEQUENCE floor.places CACHE 1000")
        database.execute((WORK.parents[1] / "Benchmarks/peers/schema.sql").read_text())
    one_listener(installation)


def one_listener(installation):
    with installation.broker() as broker:
        channel = broker.channel()
        for name in ["sales", "service", "notify"]:
            channel.queue_delete(f"{name}.events")
        for queue, key in [("bench.events", "#"), ("peer.celery", None)]:
            channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
            if key:
                channel.queue_bind(queue, "lintel.events", key)


def add_channels_and_staff(database, capacity=CAPACITY):
    projects = ["river-park", "garden-city", "harbour-one"]
    for name, kind in {"web": "website", "douyin": "ad", "wechat": "ad", "anjuke": "portal", "referral": "referral"}.items():
        database.execute("INSERT INTO leads.channels (name, kind, broker_user) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (name, kind, f"channel-{name}"))
    for number in range(AGENTS):
        agent, team = uuid.UUID(int=1000 + number), uuid.UUID(int=10 + number % 4)
        database.execute(
            "INSERT INTO leads.staff (id, name, role, team_id, team_name, projects, districts, capacity, is_on_shift, is_active, language, sequence) "
            "VALUES (%s, %s, 'agent', %s, 'team', %s, '{浦东}', %s, true, true, 'zh', 1)",
            (agent, f"Agent {number}", team, [projects[number % 4]] if number % 4 < 3 else [], capacity))
        database.execute("INSERT INTO leads.rotation (agent_id, team_id) VALUES (%s, %s)", (agent, team))


def warm_up(installation, database, options):
    """One run of Lintel's, from which the floor learns how many rows and bytes are written."""
    contender = Lintel(installation)
    count = min(3_000, BASE[options.mode])
    measure(contender, database, count)
    write_recipe(installation, database, count)


def write_recipe(installation, database, count):
    tables = {name: f"leads.{name}" for name in ["submissions", "persons", "identifiers", "leads", "decisions", "streams", "timers"]}
    tables["events"] = "leads.journal"
    lines = [f"{name} {database.execute(f'SELECT count(*) FROM {table}').fetchone()[0] / count:.4f}" for name, table in tables.items()]
    for name, column, table in [
        ("lead.text", "jsonb_build_object('need', need, 'message', message, 'why', grade_why, 'owner', owner_why)", "leads"),
        ("decision.text", "why", "decisions"), ("data.text", "data", "journal"), ("timer.text", "payload", "timers"),
    ]:
        lines.append(f"{name} {typical(database, column, table)}")
    lines.append(f"body.text {typical_event(installation)}")
    (WORK / "recipe").write_text("\n".join(lines) + "\n")


def typical(database, column, table):
    """The value whose size is nearest to the average."""
    return database.execute(
        f"WITH v AS (SELECT {column} AS value, octet_length(({column})::text) AS size FROM leads.{table}) "
        "SELECT value::text FROM v ORDER BY abs(size - (SELECT avg(size) FROM v)) LIMIT 1").fetchone()[0].replace("\n", " ")


def typical_event(installation):
    with installation.broker() as broker:
        channel = broker.channel()
        bodies = [body for _, _, body in (channel.basic_get("bench.events", auto_ack=True) for _ in range(300)) if body]
    average = sum(map(len, bodies)) / len(bodies)
    return min(bodies, key=lambda body: abs(len(body) - average)).decode().replace("\n", " ")


def measure(contender, database, count, seed=1):
    """One run: fill the queue, start, and clock from the moment when every process consumes."""
    installation = contender.installation
    push_file = submissions.push_file(WORK, count, seed)
    expected = contender.expected(count, len(set(push_file.read_text().splitlines())))
    contender.prepare(database)
    with installation.broker() as broker:
        channel = broker.channel()
        for queue in [contender.queue, "bench.events"]:
            channel.queue_purge(queue)
        contender.fill(push_file)
        checkpoint(installation)

        def queue():
            contender.check()
            return channel.queue_declare(contender.queue, passive=True).method

        def taken():
            empty, number = database.execute(contender.progress).fetchone()
            return bool(empty), float(number) * count / expected

        servers = list(installation.server_pids().values())
        contender.start()
        try:
            wait_until(lambda: queue().consumer_count >= contender.processes, f"{contender.name} consuming", every=0.002)
            start, used, before = time.monotonic(), cpu_of_trees(contender.pids + servers), taken()[1]
            log_position = position(database)
            wait_until(lambda: queue().message_count == 0, f"{contender.name} emptying the queue", every=0.01)

            def is_done():
                contender.check()
                empty, number = taken()
                return empty and number >= count * 0.999 - 1

            wait_until(is_done, f"{contender.name} finishing", seconds=60, every=0.025)
            seconds = time.monotonic() - start
            spent = [after - before_ for after, before_ in zip(cpu_of_trees(contender.pids + servers), used)]
            log_bytes = position(database) - log_position
            caught_up = seconds_until_caught_up(contender, database)
        finally:
            contender.stop()
    share = (count - before) / count
    return {"rate": (count - before) / seconds, "per CPU second": (count - before) / max(0.01, sum(spent[:-2])), "seconds": seconds,
            "own CPU per 1000": 1000 * sum(spent[:-2]) / count / share, "PostgreSQL CPU per 1000": 1000 * spent[-2] / count / share,
            "RabbitMQ CPU per 1000": 1000 * spent[-1] / count / share,
            "WAL bytes each": log_bytes / count / share, "seconds until caught up": caught_up}


def seconds_until_caught_up(contender, database):
    """How long what has made way needs when everything is taken in; 0 for whom nothing does."""
    start = time.monotonic()
    if contender.beside:
        wait_until(lambda: database.execute(contender.beside).fetchone()[0], f"{contender.name} catching up", seconds=120, every=0.1)
    return time.monotonic() - start


def position(database):
    return int(database.execute("SELECT pg_current_wal_insert_lsn() - '0/0'").fetchone()[0])


def checkpoint(installation):
    """Everybody starts with nothing to be flushed and every page to be logged in full once."""
    with installation.database(superuser=True) as database:
        database.execute("CHECKPOINT")


def describe(result):
    return (f"{result['rate']:8,.0f}/s {result['per CPU second']:8,.0f} per CPU s;  CPU s per 1,000: own {result['own CPU per 1000']:.3f}, "
            f"PostgreSQL {result['PostgreSQL CPU per 1000']:.3f}, RabbitMQ {result['RabbitMQ CPU per 1000']:.3f};  {result['WAL bytes each']:6,.0f} bytes of WAL each"
            + (f";  what made way {result['seconds until caught up']:.0f} s later" if result["seconds until caught up"] > 1 else ""))


def summarise(results, report):
    medians = {name: {key: median([one[key] for one in runs]) for key in runs[0]} for name, runs in results.items() if runs}
    report.section("Intake: submissions a second, queue to confirmed events (medians)")
    for name, result in medians.items():
        report.line(f"  {name:24}" + describe(result))
    ours = medians.get("Lintel")
    if not ours:
        return
    if "floor" in medians:
        report.measure("intake", ours["rate"], medians["floor"]["rate"], "submissions/s", target=">= 0.5")
    if "Lintel, two processes" in medians:
        report.measure("intake, two processes beside one", medians["Lintel, two processes"]["rate"], ours["rate"], "submissions/s", target=">= 1")
    for name, factor in [("FastStream", 8), ("hand-made batches", 3), ("Celery", 6)]:
        if name in medians:
            report.measure(f"intake beside {name}", ours["rate"], medians[name]["rate"], "submissions/s", target=f">= {factor}")
            report.measure(f"intake beside {name}, per CPU second", ours["per CPU second"], medians[name]["per CPU second"], "submissions/CPU s", target=f">= {factor}")

