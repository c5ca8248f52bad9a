"""The broker closes, deletes, refuses, blocks, stops, dies and comes back, under load."""
import pytest
from faults import (
    alarm, broker_away, close_connections, consumer_timeout, delete_queue, forbidden_to_write, frozen, full, locked, lose, pause, unbind,
)
from installation import SERVICES, wait_until
from verdict import outcomes


def journal_end(lintel, service):
    return lintel.query(service, "SELECT coalesce(max(position), 0) FROM journal")[0][0]


def send_again(lintel, start, *services):
    """What docs/operating.md tells the operator to do after events have missed a queue."""
    for service in services or SERVICES:
        if (end := journal_end(lintel, service)) > start[service]:
            lintel.sent_again.setdefault(service, []).append(range(start[service] + 1, end + 1))
            lintel.execute(service, "replay", "--from", str(start[service] + 1), "--to", str(end))


def given_back(lintel):
    """Whether the broker has given events back."""
    return any(lintel.query(service, "SELECT count(*) FROM outbox WHERE is_unroutable")[0][0] for service in SERVICES)


def test_stopped_and_started(lintel, ordeal):
    with ordeal():
        with broker_away(lintel):
            pause(15)


def test_killed(lintel, ordeal):
    with ordeal():
        for _ in range(3):
            lintel.broker("kill")
            wait_until(lambda: any(replica.ready() for replica in lintel.of("leads")), 120, "Leads ready again")
            pause(3)


def test_restarted_three_times(lintel, ordeal):
    with ordeal():
        for _ in range(3):
            lintel.broker("restart")
            pause(3)


def test_connections_closed_by_the_broker(lintel, ordeal):
    with ordeal():
        for _ in range(5):
            wait_until(lambda: close_connections(lintel), 30, "connections to close")
            pause(3)


def test_channels_closed_by_the_broker(lintel, ordeal):
    """403 to whoever publishes; and 406 to whoever does not acknowledge in time."""
    with ordeal():
        for service in SERVICES:
            with forbidden_to_write(lintel, service):
                pause(6)
        with consumer_timeout(lintel, 1):
            with locked(lintel, "sales"), locked(lintel, "leads"):
                pause(25)


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_blocked_by_an_alarm(lintel, ordeal, kind):
    with ordeal():
        with alarm(lintel, kind):
            pause(20)


@pytest.mark.parametrize("service", ["sales", "notify"])
def test_a_queue_is_full(lintel, ordeal, service):
    """The relay is refused and waits; what it may not send keeps its place."""
    with ordeal():
        with full(lintel, f"{service}.events"), frozen(*lintel.of(service)):
            pause(15)


def test_the_intake_is_full(lintel, ordeal):
    """The channel is refused and keeps its lead."""
    with ordeal() as load:
        with full(lintel, "leads.intake"), frozen(*lintel.of("leads")):
            before = load.book.retries
            wait_until(lambda: load.book.retries > before, 30, "the channel to be refused")


def test_no_binding(lintel, ordeal):
    """Events that no queue takes wait in the outbox; the services bind anew as they connect, and what some queues took and others missed is sent again."""
    with ordeal():
        start = {service: journal_end(lintel, service) for service in SERVICES}
        for service in SERVICES:
            unbind(lintel, f"{service}.events")
        wait_until(lambda: given_back(lintel), 60, "events that are given back")
        wait_until(lambda: close_connections(lintel), 30, "connections to close")
        wait_until(lambda: bound(lintel), 60, "the bindings again")
        lintel.wait_ready()
        pause(2)  # what was confirmed before the bindings stood is in the journal before the replay
        send_again(lintel, start)


def bound(lintel):
    return all(lintel.broker_api("GET", f"/bindings/lintel/e/lintel.events/q/{service}.events").json() for service in SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_queue_is_deleted(lintel, ordeal, service):
    """Under its consumer: it is told, declares it anew, and what was missed is sent again."""
    queue = f"{service}.events"
    with ordeal():
        start = {name: journal_end(lintel, name) for name in SERVICES}
        start = {name: max(0, position - 500) for name, position in start.items()}  # what was still in the queue
        delete_queue(lintel, queue)
        wait_until(lambda: lintel.broker_api("GET", f"/queues/lintel/{queue}", check=False).is_success, 60, f"{queue} declared anew")
        wait_until(lambda: consumers(lintel, queue) >= lintel.count, 60, f"every replica to consume {queue} again")
        send_again(lintel, start)


def consumers(lintel, queue):
    return lintel.broker_api("GET", f"/queues/lintel/{queue}").json().get("consumers", 0)


def test_the_intake_queue_is_deleted(lintel, ordeal):
    """It was empty. Until it stands again the channel's messages come back and it keeps its leads."""
    with ordeal() as load:
        load.paused.set()
        wait_until(lambda: all_taken_in(lintel, load), 60, "everything that was pushed to be in the ledger")
        delete_queue(lintel, "leads.intake")
        load.paused.clear()
        wait_until(lambda: lintel.broker_api("GET", "/queues/lintel/leads.intake", check=False).is_success, 60, "the intake declared anew")


def all_taken_in(lintel, load):
    """Whether nothing is being pushed, and what was has its outcome. (A quorum queue cannot be told to go only if it is empty.)"""
    tried, confirmed = ({key for kind in ("amqp", "poison") for key in of(kind)} for of in (load.book.tries, load.book.of))
    return tried == confirmed and len(outcomes(lintel, confirmed)) == len(confirmed)


@pytest.mark.parametrize("what", ["confirm", "ack"])
def test_an_answer_is_cut_off(lintel, ordeal, what):
    """The broker's confirm of an event, which is sent again; our acknowledgement of a delivery, which comes again."""
    with ordeal():
        for service in SERVICES:
            if what == "confirm" or service != "service":
                lose(lintel, f"{service}.*.mq", what, count=3)
            pause(1)
        for _ in range(5):
            lose(lintel, "*.mq", what)


@pytest.mark.parametrize("service", ["leads", "sales", "notify"])
def test_a_slow_consumer(lintel, ordeal, service):
    """A batch takes 8 s, again and again: the queue grows, memory does not, and nobody else waits."""
    with ordeal():
        for _ in range(3):
            with locked(lintel, service):
                pause(8)
            pause(1)
