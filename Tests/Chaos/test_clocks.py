"""A replica whose clock on the wall is wrong, beside others that are right. Needs libfaketime."""
from pathlib import Path

import pytest
from faults import jump, pause
from installation import SERVICES, wait_until

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="the package faketime is not installed")


@pytest.mark.parametrize("seconds", [-3600, 240, 3600])
def test_a_clock_jumps(lintel, ordeal, seconds):
    """Nothing is lost or doubled or out of order: the time is the database's."""
    with ordeal():
        for service in SERVICES:
            victim = lintel.of(service)[-1]
            jump(lintel, victim, seconds)
            wait_until(lambda: victim.starts and victim.ready(), 90, f"{victim.name} ready")
        pause(15)
        for service in SERVICES:
            victim = lintel.of(service)[-1]
            lintel.restart(victim)
