"""Who takes the submissions from the queue: Lintel, the floor, and what people would use instead. Each is given its own tables, the
same queue and the same broker, runs as processes of its own, and is done when its outbox is empty."""
import os
import subprocess
import sys
import time

from .installation import REPOSITORY, WORK, free_port

BENCHMARKS = REPOSITORY / "Benchmarks"


class Contender:
    """`progress` asks one row: whether the outbox is empty, and how many of what `expected` counts there are."""

    queue = "leads.intake"
    processes = 1
    # Asks whether what made way has caught up; None for whom nothing does.
    beside = None

    def __init__(self, installation):
        self.installation = installation
        self.children = []

    def fill(self, push_file):
        subprocess.run([WORK / "bin/push", self.installation.amqp_url, push_file], check=True, capture_output=True)

    def expected(self, count, distinct):
        """How far `progress` counts when all of `count` submissions are taken, of which so many are distinct."""
        return count

    def start(self):
        self.children = [self.spawn(number) for number in range(self.processes)]

    def run(self, command, environment=None):
        log = open(WORK / f"{self.name.replace(' ', '-')}.log", "ab")
        # The session's own group makes it easy to end everything that a contender has started.
        return subprocess.Popen([str(part) for part in command], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def check(self):
        for child in self.children:
            if child.poll() is not None:
                raise SystemExit(f"{self.name} ended: see {WORK / (self.name.replace(' ', '-') + '.log')}")

    def stop(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, 9)
                child.wait()
        self.children = []

    @property
    def pids(self):
        return [child.pid for child in self.children]


class Lintel(Contender):
    """The real executable: ledger, person, identifiers, grade, owner, clock, lead, decisions, journal, two to three events."""

    name = "Lintel"
    progress = "SELECT NOT EXISTS (SELECT FROM leads.outbox), coalesce(sum(deliveries), 0) FROM leads.submissions"
    # Tags, scores, marketing's sums and the comparison of people.
    beside = ("SELECT NOT EXISTS (SELECT FROM leads.tags_said) AND NOT EXISTS (SELECT FROM leads.score_changes) "
              "AND NOT EXISTS (SELECT FROM leads.timers WHERE kind = 'leads.identity') AND NOT EXISTS (SELECT FROM leads.chains c "
              "LEFT JOIN leads.return_cursors r USING (channel) WHERE c.sequence > coalesce(r.sequence, 0))")

    def prepare(self, database):
        """Tables as they are before the first submission. Channels, staff, rules and targets stay."""
        kept = ["schema_migrations", "channels", "staff", "rotation", "assignment_rules", "response_targets"]
        empty(database, "leads", kept)
        database.execute("UPDATE leads.rotation SET credit = 0, served = 0, last_turn = 0, load = 0")

    def spawn(self, number):
        home = self.installation.home
        http, ops = (home.port("leads"), home.port("leads-ops")) if number == 0 else (free_port(), free_port())
        variables = self.installation.service_environment("leads", LINTEL_HTTP_PORT=http, LINTEL_OPS_PORT=ops)
        return self.run([self.installation.executable("leads"), "serve"], variables | extra_environment())


class LintelTwice(Lintel):
    """Two processes of the same, as replicas would run."""

    name = "Lintel, two processes"
    processes = 2


class Floor(Contender):
    """A bare C program that writes as many rows and bytes and publishes as many events."""

    name = "floor"
    batch = int(os.environ.get("FLOOR_BATCH", "500"))
    progress = "SELECT NOT EXISTS (SELECT FROM floor.outbox), (SELECT count(*) FROM floor.submissions)"

    def prepare(self, database):
        empty(database, "floor", [])

    def spawn(self, number):
        url = self.installation.database_url() + "?options=-csearch_path%3Dfloor"
        return self.run([WORK / "bin/intake-floor", self.installation.amqp_url, url, WORK / "recipe", self.batch])

    def expected(self, count, distinct):
        """The recipe says how many rows it writes for each submission."""
        return count * next(float(line.split()[1]) for line in (WORK / "recipe").read_text().splitlines() if line.startswith("submissions "))


class Peer(Contender):
    """Deduplicates, stores a row and the event with its outbox in one transaction; a relay publishes the event with confirms."""

    progress = "SELECT NOT EXISTS (SELECT FROM peer.outbox), (SELECT count(*) FROM peer.leads)"
    program = None

    def expected(self, count, distinct):
        return distinct

    def prepare(self, database):
        empty(database, "peer", [])

    def spawn(self, number):
        variables = os.environ | {"BENCH_AMQP_URL": self.installation.amqp_url,
                                  "BENCH_DATABASE_URL": self.installation.database_url() + "?options=-csearch_path%3Dpeer"}
        return self.run(self.command(), variables)

    def command(self):
        return [sys.executable, BENCHMARKS / "peers" / self.program]


class FastStream(Peer):
    name = "FastStream"
    program = "faststream_peer.py"


class HandMade(Peer):
    name = "hand-made batches"
    program = "handmade_peer.py"


class Celery(Peer):
    name = "Celery"
    program = "celery_peer.py"
    queue = "peer.celery"

    def fill(self, push_file):
        variables = os.environ | {"BENCH_AMQP_URL": self.installation.amqp_url, "BENCH_DATABASE_URL": "none"}
        subprocess.run([sys.executable, BENCHMARKS / "peers" / self.program, "push", push_file], env=variables, check=True)


def empty(database, schema, kept):
    tables = database.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind IN ('r', 'p') "
        "AND NOT c.relispartition AND c.relname <> ALL(%s)", (schema, kept)).fetchall()
    database.execute("TRUNCATE " + ", ".join(f"{schema}.{name}" for (name,) in tables) + " RESTART IDENTITY CASCADE")


def extra_environment():
    """Settings to try: BENCH_SET="LINTEL_X=1 LINTEL_Y=2"."""
    return dict(pair.split("=", 1) for pair in os.environ.get("BENCH_SET", "").split())


def wait_until(condition, what, seconds=120, every=0.02):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not happen within {seconds} s")
        time.sleep(every)

