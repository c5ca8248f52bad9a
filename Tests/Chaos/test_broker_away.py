"""The broker is away for long: people go on working with all four services, and afterwards everything is caught up with."""
import time

import pytest
from conftest import MINUTES, installed
from faults import pause
from installation import SERVICES


@pytest.fixture(scope="module")
def lintel():
    with installed("away", 2) as installation:
        yield installation


def backlog(lintel):
    return sum(lintel.query(service, "SELECT count(*) FROM outbox")[0][0] for service in SERVICES)


def test_nobody_notices_and_it_is_caught_up_with(lintel, ordeal):
    """Every request is accepted at its first try; the backlog then drains in order. The rate is measured, not demanded."""
    minutes = min(10, MINUTES)
    with ordeal(per_second=4, http_per_second=120) as load:
        pause(3)
        lintel.broker("stop")
        http_refused = [one for one in load.book.refusals if one[1] not in ("amqp", "poison", "letter")]
        before = len(http_refused), load.book.count()
        pause(minutes * 60)
        refused = [one for one in load.book.refusals if one[1] not in ("amqp", "poison", "letter")][before[0]:]
        accepted = load.book.count() - before[1]
        load.paused.set()
        pause(2)
        waiting = backlog(lintel)
        lintel.broker("start")
        began = None
        deadline = time.monotonic() + 900
        while (left := backlog(lintel)) > 0:
            if left < waiting and began is None:
                began = time.monotonic()
            assert time.monotonic() < deadline, f"{left} of {waiting} events still wait"
            time.sleep(0.05)
        drained = time.monotonic() - (began or time.monotonic() - 0.05)
        load.paused.clear()
        ordeal.more |= {"minutes": minutes, "accepted by HTTP": accepted, "backlog": waiting, "drained at (events/s)": round(waiting / max(drained, 0.05))}
        assert not refused, f"{len(refused)} refused, such as {refused[:3]}"
