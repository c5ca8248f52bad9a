"""`leads audit` notices what another service has not received and which row of the ledger was touched; what is missing can be
sent again."""
import contextlib
import time

import pika
import psycopg
import pytest
from installation import Installation, wait_until
from oracle import settle
from people import Somebody, ledger


@pytest.fixture(scope="module")
def lintel(private_folder):
    """An installation in which the services tell often what they received, and the audit has no patience."""
    installation = Installation(private_folder / "audited", LINTEL_TALLY_SECONDS="1", LINTEL_AUDIT_PATIENCE_SECONDS="1")
    try:
        installation.up()
        yield installation
    finally:
        installation.remove()


def audit(lintel):
    """The exit status and what it says."""
    result = lintel.execute("leads", "audit", check=False)
    return result.returncode, result.stdout


def calm(somebody, external_id=None):
    """Grade B, whose clock runs half an hour: nobody is reminded of it meanwhile, and nothing is told that the tests did not do."""
    return somebody.submission(external_id, need={"projects": ["river-park"], "timeframe": "6m"})


def enquire(lintel, *somebodies):
    """Enquiries that have reached every service."""
    for one in somebodies:
        lintel.push(calm(one, f"{one.number}-{time.monotonic_ns()}"))
    wait_until(lambda: all(leads_of(lintel, one) for one in somebodies))
    settle(lintel)


def leads_of(lintel, somebody):
    return lintel.query(
        "leads", "SELECT l.id::text FROM leads l JOIN identifiers i ON i.uid = l.uid WHERE i.value = %s", somebody.phone
    )


def into_the_next_minute():
    """Events are counted by the minute: whatever comes in the next one shows that this one is over."""
    time.sleep(61 - time.time() % 60)


def early_in_a_minute():
    """What is about to happen, with all that follows from it by itself, falls into one minute."""
    if time.time() % 60 > 30:
        into_the_next_minute()


@contextlib.contextmanager
def unheard(lintel, service, routing_key):
    """Meanwhile a service's queue gets nothing of this event, and nobody says so."""
    connection = pika.BlockingConnection(pika.URLParameters(lintel["AMQP_URL_ADMIN"]))
    try:
        channel = connection.channel()
        channel.queue_unbind(f"{service}.events", "lintel.events", routing_key)
        try:
            yield
        finally:
            channel.queue_bind(f"{service}.events", "lintel.events", routing_key)
    finally:
        connection.close()


def test_an_event_that_never_reached_a_service_is_named_and_can_be_sent_again(lintel):
    somebody = Somebody()
    enquire(lintel, somebody, Somebody())
    wait_until(lambda: "sales has received" in audit(lintel)[1], 30, "the first tally")
    early_in_a_minute()
    with unheard(lintel, "sales", "leads.lead.touched"):
        lintel.push(calm(somebody, f"lost-{somebody.number}"))
        (row,) = wait_until(lambda: ledger(lintel, f"lost-{somebody.number}"))
        assert row["outcome"] == "merged"
        wait_until(lambda: lintel.query("leads", "SELECT count(*) FROM outbox") == [(0,)], what="everything sent")
    (((event, position),)) = lintel.query(
        "leads", "SELECT id::text, position FROM journal WHERE name = 'leads.lead.touched.v1' AND subject = %s", str(row["lead_id"])
    )
    status, said = audit(lintel)
    assert status == 0, "it may still be under way: " + said
    into_the_next_minute()
    lintel.push(calm(Somebody()))
    status, said = wait_until(lambda: (found := audit(lintel))[0] and found, 30, "the audit misses it")
    assert status == 1
    assert "BROKEN event-not-received (1)" in said
    assert f"sales leads.lead.touched.v1 {event}" in said

    rehearsed = lintel.execute("leads", "replay", "--receiver", "sales", "--from", str(position), "--to", str(position), "--dry-run")
    assert rehearsed.stdout == "1\tleads.lead.touched.v1\nnothing was sent\n"
    assert audit(lintel)[0] == 1
    lintel.execute("leads", "replay", "--receiver", "sales", "--from", str(position), "--to", str(position))
    wait_until(lambda: audit(lintel)[0] == 0, 30, "the audit holds again")
    settle(lintel)


def test_a_row_of_the_ledger_that_was_changed_or_deleted_is_named(lintel):
    somebody = Somebody()
    enquire(lintel, somebody)
    wait_until(lambda: audit(lintel)[0] == 0, 30, "a sound audit")
    with psycopg.connect(lintel["DATABASE_URL_LEADS"]) as connection:
        (sequence,) = connection.execute("SELECT max(sequence) FROM submissions WHERE channel = 'web'").fetchone()
        connection.execute("UPDATE submissions SET external_id = 'x' || external_id WHERE channel = 'web' AND sequence = 1")
    status, said = audit(lintel)
    assert status == 1 and "BROKEN ledger-row-changed (1)" in said and "\n  web 1 " in said, said
    with psycopg.connect(lintel["DATABASE_URL_LEADS"]) as connection:
        connection.execute("UPDATE submissions SET external_id = substr(external_id, 2) WHERE channel = 'web' AND sequence = 1")
    # What the others have not told of yet is missed without any patience, and comes.
    wait_until(lambda: audit(lintel)[0] == 0, 30, "the audit holds again")
    lintel.push(b"{}", message_id="to be deleted")
    wait_until(lambda: f"chain of web: {sequence + 1} rows" in audit(lintel)[1])
    with psycopg.connect(lintel["DATABASE_URL_LEADS"]) as connection:
        connection.execute("DELETE FROM submissions WHERE submission_key = 'to be deleted'")
    status, said = audit(lintel)
    assert status == 1 and f"\n  web {sequence + 1}\n" in said and "ledger-row-missing" in said, said
    with psycopg.connect(lintel["DATABASE_URL_LEADS"]) as connection:
        connection.execute(
            "UPDATE chains c SET sequence = s.sequence, link = s.link FROM submissions s"
            " WHERE c.channel = 'web' AND s.channel = 'web' AND s.sequence = %s", (sequence,)
        )
    wait_until(lambda: audit(lintel)[0] == 0, 30, "the audit holds once more")
