"""The lines to the database and to the broker are silent, cut, long and narrow, under load."""
import pytest
from faults import line, pause
from installation import SERVICES

pytestmark = pytest.mark.parametrize("far", ["db", "mq"], ids=["to the database", "to the broker"])


def test_silent(lintel, ordeal, dice, far):
    """A partition that nobody is told of, longer than the sessions' patience and than two heartbeats: for one replica, for all of a service, for everybody."""
    with ordeal():
        for whose in (dice.choice(lintel.replicas).name, f"{dice.choice(SERVICES)}.*", "*"):
            with line(lintel, f"{whose}.{far}", "freeze"):
                pause(20)


def test_cut_again_and_again(lintel, ordeal, far):
    with ordeal():
        for _ in range(10):
            lintel.links(f"*.{far}", "cut")
            pause(1)


def test_far_away_and_narrow(lintel, ordeal, far):
    """50 ms to the database and 200 ms to the broker each way; then 100 and 50 KB a second for each connection."""
    seconds, bytes_per_second = {"db": (0.05, 100_000), "mq": (0.2, 50_000)}[far]
    with ordeal():
        with line(lintel, f"*.{far}", "delay", seconds=seconds):
            pause(15)
        with line(lintel, f"*.{far}", "throttle", bytes=bytes_per_second):
            pause(15)
