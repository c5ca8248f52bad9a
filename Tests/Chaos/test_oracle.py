"""The oracle itself: each thing that may go wrong is done to an installation at rest, and the oracle must see it."""
import contextlib
import shutil
from pathlib import Path

import psycopg
import pytest
import verdict
from installation import wait_until
from producers import Load


def change(lintel, service, statement):
    with psycopg.connect(lintel["DATABASE_URL_" + service.upper()]) as connection:
        connection.execute(statement)


@contextlib.contextmanager
def changed(service, do, undo):
    change(LINTEL, service, do)
    try:
        yield
    finally:
        change(LINTEL, service, undo)


@contextlib.contextmanager
def kept_aside(service, table, which):
    """A row is gone for a while."""
    change(LINTEL, service, f"CREATE TABLE aside AS SELECT * FROM {table} WHERE {which}")
    change(LINTEL, service, f"DELETE FROM {table} WHERE {which}")
    try:
        yield
    finally:
        change(LINTEL, service, f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM aside")
        change(LINTEL, service, "DROP TABLE aside")


@contextlib.contextmanager
def confirmed_but_never_sent(load, kind, key):
    load.book.note("tried", kind, key)
    load.book.note("confirmed", kind, key)
    try:
        yield
    finally:
        del load.book.tried[kind][key], load.book.confirmed[kind][key]


@contextlib.contextmanager
def forgotten(load, kind):
    """An effect of which the book knows nothing."""
    key = next(iter(load.book.confirmed[kind]))
    tried, confirmed = load.book.tried[kind].pop(key), load.book.confirmed[kind].pop(key)
    try:
        yield
    finally:
        load.book.tried[kind][key], load.book.confirmed[kind][key] = tried, confirmed


@contextlib.contextmanager
def a_mail_twice(lintel):
    folder = Path(lintel["MAILDIR"]) / "new"
    original = next(iter(folder.iterdir()))
    copy = folder / ("0" + original.name)
    shutil.copy(original, copy)
    try:
        yield
    finally:
        copy.unlink()


@contextlib.contextmanager
def a_text_twice(lintel):
    log = Path(lintel["SMS_LOG"])
    before = log.stat().st_size
    lines = [line for line in log.read_text(errors="replace").splitlines() if "Got message" in line and " ucs-2 " in line]
    with open(log, "a", encoding="utf-8") as file:
        file.write(lines[-1] + "\n")
    try:
        yield
    finally:
        with open(log, "r+", encoding="utf-8") as file:
            file.truncate(before)


ASSIGNED = "(SELECT max(event_id) FROM timeline WHERE name LIKE 'leads.lead.assigned%')"  # never the first of its subject
LETTER = "md5('x')::uuid"

DEEDS = {
    "a confirmed lead is lost": ("confirmed without an outcome", lambda load: confirmed_but_never_sent(load, "http", "chaos-lost")),
    "a confirmed contact is lost": ("lost", lambda load: confirmed_but_never_sent(load, "contact", "contact-lost")),
    "a confirmed opt-out is lost": ("lost", lambda load: confirmed_but_never_sent(load, "stop", "+8613900000000")),
    "a lead that nobody pushed": ("nothing unexpected", lambda load: forgotten(load, "amqp")),
    "a case that nobody opened": ("unexpected", lambda load: forgotten(load, "case")),
    "a letter that nobody planted": ("dead letters exactly the planted", lambda load: changed(
        "sales", f"""INSERT INTO dead_letters (id, inlet, source, message_id, exchange, routing_key, properties, body, reason, detail, attempts, first_at)
                     VALUES ({LETTER}, 'sales.events', 'x', 'x', 'x', 'x', '{{}}', '', 'x', 'x', 1, now())""",
        f"DELETE FROM dead_letters WHERE id = {LETTER}")),
    "an event that was not handled": ("unheard", lambda load: kept_aside(
        "sales", "inbox", f"message_id = {ASSIGNED}")),
    "an event that was not sent": ("leads.outbox", lambda load: changed(
        "leads", "INSERT INTO outbox (position, recorded_at, subject, available_at) SELECT -1, now(), 'x', 'infinity'", "DELETE FROM outbox WHERE position = -1")),
    "a hole in the journal": ("sequences without gap", lambda load: changed(
        "service", "UPDATE journal SET sequence = sequence + 1000 WHERE position = (SELECT max(position) FROM journal)",
        "UPDATE journal SET sequence = sequence - 1000 WHERE position = (SELECT max(position) FROM journal)")),
    "events in the wrong order": ("order per subject", lambda load: changed(
        "sales", f"UPDATE inbox SET received_at = received_at - interval '1 day' WHERE message_id = {ASSIGNED}",
        f"UPDATE inbox SET received_at = received_at + interval '1 day' WHERE message_id = {ASSIGNED}")),
    "an arrival that is not in the timeline": ("each in the timeline", lambda load: kept_aside(
        "sales", "timeline", "event_id = (SELECT max(event_id) FROM timeline WHERE name LIKE 'leads.lead.received%')")),
    "a customer whom Service does not know": ("not known to service", lambda load: kept_aside(
        "service", "customers", "uid = (SELECT max(uid::text)::uuid FROM customers WHERE uid NOT IN (SELECT uid FROM cases))")),
    "a mail twice": ("sent as recorded", lambda load: a_mail_twice(LINTEL)),
    "a text twice": ("text twice", lambda load: a_text_twice(LINTEL)),
    "a text that never went out": ("never sent", lambda load: changed(
        "notify", "UPDATE messages SET address = address || '0' WHERE id = (SELECT max(id::text)::uuid FROM messages WHERE channel = 'sms' AND state = 'delivered')",
        "UPDATE messages SET address = left(address, -1) WHERE id = (SELECT max(id::text)::uuid FROM messages WHERE channel = 'sms' AND state = 'delivered')")),
    "nobody was told": ("nobody was told", lambda load: kept_aside(
        "notify", "messages", "cause_id = (SELECT max(cause_id) FROM messages WHERE cause_name = 'leads.lead.received.v1')")),
    "a timer is missing": ("leads audit", lambda load: kept_aside("leads", "timers", "key = (SELECT max(key) FROM timers)")),
    "a process ended by itself": ("by themselves", lambda load: surprised(LINTEL)),
}


@contextlib.contextmanager
def surprised(lintel):
    lintel.surprises.append(("leads.1", -11))
    try:
        yield
    finally:
        lintel.surprises.clear()


@pytest.fixture(scope="module")
def rest(house):
    """Something has happened, and everything is at rest."""
    global LINTEL
    LINTEL = lintel = house()
    with Load(lintel, "rest", per_second=20, http_per_second=20) as load:
        load.wait_confirmed(150)
        wait_until(lambda: load.book.of("stop") and load.book.of("case") and load.book.of("contact"), 60, "some of everything")
        load.plant_letter()
    verdict.check(lintel, load)
    return load


@pytest.mark.parametrize("deed", DEEDS)
def test_sees_that(rest, deed):
    words, doing = DEEDS[deed]
    with doing(rest):
        with pytest.raises(verdict.Wrong, match=words):
            verdict.check(LINTEL, rest, settles_within=1)
