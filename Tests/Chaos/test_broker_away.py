"""The broker is away for long: people go on working with all four services, and afterwards everything is caught up with."""
import contextlib
import os
import time

import psycopg
import pytest
from conftest import MINUTES, installed
from crowd import Crowd
from faults import pause
from installation import SERVICES

BY_AMQP = ("amqp", "poison", "letter")


@pytest.fixture(scope="module")
def lintel():
    with installed("away", 2, has_links=False) as installation:
        yield installation


class Backlog:
    """The events that wait in the outboxes when the broker comes back. What is told while they drain does not count."""

    def __init__(self, lintel, stack):
        self.sessions = {
            service: stack.enter_context(psycopg.connect(lintel["DATABASE_URL_" + service.upper()], autocommit=True)) for service in SERVICES
        }
        self.ends = {service: self._ask(service, "SELECT coalesce(max(position), 0) FROM outbox") for service in SERVICES}
        self.waiting = self.left()

    def _ask(self, service, statement, *parameters):
        return self.sessions[service].execute(statement, parameters).fetchone()[0]

    def left(self):
        return {service: self._ask(service, "SELECT count(*) FROM outbox WHERE position <= %s", self.ends[service]) for service in SERVICES}

    def drain(self, within=900):
        """Waits until none of them waits, and says how fast they went, all together and where most were, from the first that went
        (a service may take up to 30 s to find the broker again) to the last."""
        largest = max(self.waiting, key=self.waiting.get)
        came, began, ended = time.monotonic(), {}, {}
        while len(ended) < len(SERVICES):
            left, now = self.left(), time.monotonic()
            for service in SERVICES:
                if left[service] < self.waiting[service]:
                    began.setdefault(service, now)
                if not left[service]:
                    ended.setdefault(service, now)
            assert now - came < within, f"{left} of {self.waiting} still wait"
            time.sleep(0.1)
        all_seconds = max(ended.values()) - min(began.values())
        seconds = ended[largest] - began[largest]
        return {
            "backlog": sum(self.waiting.values()),
            "drained at (events/s)": round(sum(self.waiting.values()) / max(all_seconds, 0.1)),
            f"{largest} drained at (events/s)": round(self.waiting[largest] / max(seconds, 0.1)),
            "caught up after (s)": round(time.monotonic() - came),
        }


def refused_by_http(load):
    return [one for one in load.book.refusals if one[1] not in BY_AMQP]


def accepted_by_http(load):
    return sum(len(keys) for kind, keys in load.book.confirmed.items() if kind not in BY_AMQP)


def test_nobody_notices_and_it_is_caught_up_with(lintel, ordeal):
    """Every request is accepted at its first try; the backlog then drains in order. The rate is measured, not demanded."""
    minutes = min(10, MINUTES)
    with ordeal(per_second=4, http_per_second=12, settles_within=900) as load, contextlib.ExitStack() as stack:
        crowd = Crowd(lintel, load)
        lintel.broker("stop")
        before = len(refused_by_http(load)), accepted_by_http(load)
        with crowd:
            pause(minutes * 60)
        load.paused.set()
        pause(2)
        refused, accepted = refused_by_http(load)[before[0]:], accepted_by_http(load) - before[1]
        backlog = Backlog(lintel, stack)
        print(f"\nthe broker comes back to a backlog of {backlog.waiting}", flush=True)
        pause(2)
        lintel.broker("start")
        rate = backlog.drain()
        print(f"drained: {rate}; load average {os.getloadavg()[0]:.1f}", flush=True)
        ordeal.more |= {"minutes": minutes, "accepted by HTTP": accepted} | rate
        load.paused.clear()
        assert not refused, f"{len(refused)} refused, such as {refused[:3]}"
