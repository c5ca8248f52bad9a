"""Fixtures of the fault tests: an installation with replicas that is broken by one module, and the load upon it."""
import contextlib
import fcntl
import json
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "System"))

import verdict  # noqa: E402
from installation import REPOSITORY  # noqa: E402
from producers import Load  # noqa: E402
from replicas import Replicated  # noqa: E402

SEED = int(os.environ.get("LINTEL_CHAOS_SEED") or random.randrange(1_000_000))
MINUTES = float(os.environ.get("LINTEL_CHAOS_MINUTES") or 10)
IS_SHORT = os.environ.get("LINTEL_CHAOS") == "short"
REPLICAS = int(os.environ.get("LINTEL_CHAOS_REPLICAS") or 0)  # of every service; otherwise each module has its own number
RESULTS = Path(os.environ.get("LINTEL_CHAOS_RESULTS") or REPOSITORY / ".local/chaos.json")


def pytest_report_header(config):
    return f"chaos: SEED={SEED} MINUTES={MINUTES:g}" + (" (short form)" if IS_SHORT else "")


def pytest_configure(config):
    config.addinivalue_line("markers", "short: in the short form, which `make test` runs (-m short)")


@pytest.fixture
def dice(request):
    """Chance that can be had again: by the seed and the name of the test."""
    return random.Random(f"{SEED} {request.node.nodeid}")


@contextlib.contextmanager
def installed(name, replicas=2, services=True, before=lambda home: None, **options):
    """An installation that goes away afterwards; with LINTEL_CHAOS_KEEP its folder stays, to look into. `before` prepares its folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"lintel-chaos-{name}."))
    os.chmod(folder, 0o755)  # the database's own user has to get in
    lintel = Replicated(folder / "home", replicas, **options)
    try:
        before(lintel.home)
        lintel.up_servers()
        if services:
            lintel.up_services()
        yield lintel
    finally:
        with contextlib.suppress(Exception):
            lintel.down()
        if os.environ.get("LINTEL_CHAOS_KEEP"):
            print(f"kept: {folder}")
        else:
            with contextlib.suppress(Exception):
                lintel.remove()
            shutil.rmtree(folder, ignore_errors=True)


def replicas_of(module):
    """Three of every service; in the short form two, unless the module asks for as many as in the full one."""
    return REPLICAS or (getattr(module, "REPLICAS_WHEN_SHORT", 2) if IS_SHORT else 3)


@pytest.fixture(scope="module")
def house(request):
    """Makes the module's installation: one for all of its tests, and a new one after a test that failed."""
    with contextlib.ExitStack() as stack:
        kept = []

        def make():
            if not kept or kept[-1].is_spoiled:
                stack.close()
                kept.append(stack.enter_context(installed("full", replicas_of(request.module))))
            return kept[-1]

        yield make


@pytest.fixture
def lintel(house):
    """Three replicas of every service (in the short form two, in its storm three)."""
    return house()


class Ordeal:
    """One test's load and its verdict, which is written down."""

    def __init__(self, lintel, name, of, dice):
        self.lintel, self.name, self.of, self.dice = lintel, name, of, dice
        self.more = {}

    @contextlib.contextmanager
    def __call__(self, settles_within=verdict.SETTLES_WITHIN, **options):
        """Runs the load around the faults, then asks the oracle."""
        lintel, began = self.lintel, time.monotonic()
        lintel.wait_ready()
        lintel.ends.clear()
        ended = {"verdict": "the fault or the load failed"}
        load = getattr(lintel, "load", None)
        book = load and load.book
        load = Load(lintel, f"{SEED} {self.name}", **options)
        if book:  # one book per installation: what was confirmed under an earlier test must still be there
            load.book, load.people, load.regulars = book, lintel.load.people, lintel.load.regulars
        lintel.load = load
        try:
            with load:
                load.wait_confirmed(20)
                yield load
                load.wait_confirmed(20, 180)  # it works again
            lintel.wait_ready()
            settling = time.monotonic()
            ended = verdict.check(lintel, load, settles_within) | {"verdict": "held", "settled after": round(time.monotonic() - settling)}
        except BaseException as error:
            lintel.is_spoiled = True
            ended |= {"why": str(error)[:500]}
            if isinstance(error, verdict.Wrong):
                ended |= {"verdict": "broken"}
            raise
        finally:
            ended |= {"seconds": round(time.monotonic() - began), "seed": SEED} | self.more
            write_down(self.of, self.name, ended)
            print(f"\n{self.name}: {json.dumps(ended, ensure_ascii=False, default=str)}")


@pytest.fixture
def ordeal(lintel, request, dice):
    of = request.node.path.stem.removeprefix("test_")
    return Ordeal(lintel, request.node.name, of, dice)


def write_down(of, name, ended):
    """The last result of every ordeal, for docs/chaos.md."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with open(RESULTS.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may end at the same time
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        known.setdefault(of, {})[name] = ended | {"on": time.strftime("%Y-%m-%d", time.gmtime())}
        RESULTS.write_text(json.dumps(known, ensure_ascii=False, indent=1, default=str) + "\n")
