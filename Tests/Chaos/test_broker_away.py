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
    """Events that wait in the outbox, by service."""
    return {service: lintel.query(service, "SELECT count(*) FROM outbox")[0][0] for service in SERVICES}


def drained(lintel, waiting, within=900):
    """Waits until no event waits, and says how fast the largest backlog went, from its first event on (a service may take up to
    30 s to find the broker again), and after how long there was none."""
    largest = max(waiting, key=waiting.get)
    came, began, ended = time.monotonic(), None, None
    while any((left := backlog(lintel)).values()):
        if began is None and left[largest] < waiting[largest]:
            began = time.monotonic()
        if ended is None and left[largest] == 0:
            ended = time.monotonic()
        assert time.monotonic() - came < within, f"{left} of {waiting} still wait"
        time.sleep(0.05)
    seconds = (ended or time.monotonic()) - (began or came)
    return {"drained at (events/s)": round(waiting[largest] / max(seconds, 0.05)), "caught up after": round(time.monotonic() - came)}


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
        rate = drained(lintel, waiting)
        load.paused.clear()
        ordeal.more |= {"minutes": minutes, "accepted by HTTP": accepted, "backlog": sum(waiting.values())} | rate
        assert not refused, f"{len(refused)} refused, such as {refused[:3]}"
