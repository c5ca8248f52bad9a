"""The oracle: what must be true of an installation once everything has come to rest, whatever was done to it before."""
import time
from collections import Counter, defaultdict

import httpx
import psycopg
from installation import SERVICES, patience
from oracle import bindings, unheard

SETTLES_WITHIN = 300  # seconds; a message that failed a few times waits two minutes for its next turn


class Wrong(AssertionError):
    """Something was lost, doubled, out of order or left over."""


def check(lintel, load, settles_within=SETTLES_WITHIN):
    """Waits until everything is at rest and then judges. Returns figures for the report."""
    assert not load.errors, load.errors
    settle(lintel, load, settles_within)
    faults = {name: found for name, judge in JUDGES.items() if (found := judge(lintel, load))}
    if lintel.surprises:
        faults["processes that ended by themselves"] = lintel.surprises
    if faults:
        raise Wrong("\n".join(f"{name}: {str(found)[:3000]}" for name, found in faults.items()))
    return figures(lintel, load)


# At rest


def settle(lintel, load, within):
    within = round(within * patience())
    deadline = time.monotonic() + within
    while left := unfinished(lintel, load):
        if time.monotonic() > deadline:
            raise Wrong(f"not at rest within {within} s: {left}")
        time.sleep(0.5)


def unfinished(lintel, load):
    """What is still under way, the cheapest questions first; empty at rest."""
    left = {}
    try:
        for service in SERVICES:
            for table in ("outbox", "retries", "crash_suspects"):
                (count,) = lintel.query(service, f"SELECT count(*) FROM {table}")[0]
                if count:
                    left[f"{service}.{table}"] = count
        rows = lintel.query("notify", "SELECT state, count(*) FROM messages WHERE state IN ('queued', 'sending') GROUP BY state")
        left |= {f"notify.{state}": count for state, count in rows}
        if left:
            return left
        left = queued(lintel)
        missing = [key for kind in ("amqp", "http", "poison") for key in load.book.of(kind)]
        if not left and (count := len(missing) - len(outcomes(lintel, missing))):
            left["confirmed without an outcome"] = count
        if not left and (lost := missing_letters(lintel, load)):
            left["letters"] = list(lost)[:3]
            left["filed otherwise"] = strange_letters(lintel, load)[:3]
        if not left and (events := unheard(lintel)):
            left["unheard"] = events[:5]
    except (psycopg.Error, httpx.HTTPError, OSError) as error:
        left["cannot be asked"] = repr(error)[:200]
    return left


def queued(lintel):
    """Messages that are in the broker, ready or unacknowledged."""
    found = {}
    for queue in lintel.broker_api("GET", "/queues/lintel").json():
        if count := queue.get("messages", 0):
            found["queue " + queue["name"]] = count
    return found


# Submissions and leads


def outcomes(lintel, external_ids):
    """What the ledger says of each: {external id: [(outcome, transport, lead, uid)]}."""
    found = defaultdict(list)
    statement = "SELECT external_id, outcome, transport, lead_id, uid FROM submissions WHERE external_id = ANY(%s)"
    for external_id, *row in lintel.query("leads", statement, list(external_ids)):
        found[external_id].append(tuple(row))
    return found


def one_outcome_each(lintel, load):
    """Confirmed: exactly one. Tried only: none or one. Nothing else in the ledger."""
    faults = []
    for kind in ("amqp", "http", "poison"):
        wanted = {"rejected"} if kind == "poison" else {"accepted", "merged"}
        found = outcomes(lintel, load.book.tries(kind))
        confirmed = load.book.of(kind)
        for key in load.book.tries(kind):
            rows = found.get(key, [])
            if len(rows) > 1 or (key in confirmed and not rows) or any(row[0] not in wanted for row in rows):
                faults.append((kind, key, rows))
    return faults


def nothing_unexpected(lintel, load):
    tried = {key for kind in ("amqp", "http", "poison") for key in load.book.tries(kind)}
    rows = lintel.query("leads", "SELECT external_id, outcome, reason FROM submissions WHERE external_id IS NULL OR external_id LIKE 'chaos-%%'")
    return [row for row in rows if row[0] not in tried]


def one_lead_for_each_person(lintel, load):
    """And every other service knows the person."""
    phones = {phone for kind in ("amqp", "http") for key, phone in load.book.tries(kind).items() if phone}
    statement = """SELECT i.value, count(DISTINCT i.uid), count(DISTINCT l.id), min(i.uid::text) FROM identifiers i LEFT JOIN leads l ON l.uid = i.uid
                    WHERE i.kind = 'phone' AND i.value = ANY(%s) GROUP BY 1"""
    rows = lintel.query("leads", statement, list(phones))
    faults = [row for row in rows if row[1:3] != (1, 1)]
    confirmed = {phone for kind in ("amqp", "http") for phone in load.book.of(kind).values()}
    faults += [("no person", phone) for phone in confirmed - {row[0] for row in rows}]
    uids = [row[3] for row in rows]
    for service in ("sales", "service", "notify"):
        known = {str(row[0]) for row in lintel.query(service, "SELECT uid FROM customers WHERE uid = ANY(%s::uuid[])", uids)}
        faults += [("not known to " + service, uid) for uid in uids if uid not in known]
    return faults


# Effects of what people did


def one_effect_for_each_request(lintel, load):
    faults = []
    for kind, service, statement in (
        ("contact", "sales", "SELECT note, count(*) FROM contacts WHERE note LIKE 'contact-%%' GROUP BY 1"),
        ("case", "service", "SELECT title, count(*) FROM cases WHERE title LIKE 'case-%%' GROUP BY 1"),
        ("stop", "notify", "SELECT c.phone, count(*) FROM opt_outs o JOIN customers c USING (uid) WHERE o.channel = 'sms' GROUP BY 1"),
    ):
        found = dict(lintel.query(service, statement))
        tried, confirmed = load.book.tries(kind), load.book.of(kind)
        faults += [(kind, "lost", key) for key in confirmed if key not in found]
        faults += [(kind, "twice", key) for key, count in found.items() if count != 1]
        faults += [(kind, "unexpected", key) for key in found if key not in tried]
    told_twice = "SELECT uid, count(*) FROM journal WHERE name = 'notify.recipient.opted_out.v1' GROUP BY 1 HAVING count(*) > 1"
    return faults + [("opted out twice", *row) for row in lintel.query("notify", told_twice)]


# Events


def journals(lintel):
    """event id -> (service, name, subject, sequence, whether it was sent again: then it may come after its successors)."""
    return {
        event: (service, name, subject, sequence, any(position in sent for sent in lintel.sent_again.get(service, ())))
        for service in SERVICES
        for event, name, subject, sequence, position in lintel.query(service, "SELECT id::text, name, subject, sequence, position FROM journal")
    }


def sequences_without_gap(lintel, load):
    faults = []
    for service in SERVICES:
        faults += lintel.query(service, "SELECT subject, count(*), max(sequence) FROM journal GROUP BY 1 HAVING count(*) <> max(sequence) OR min(sequence) <> 1")
    return faults


def order_per_subject(lintel, load):
    """Every service has taken the events of a subject in the order of their sequence, and Sales' timeline has them in it."""
    told = journals(lintel)
    faults = []
    for service in SERVICES:
        rows = lintel.query(service, "SELECT message_id, received_at FROM inbox WHERE inlet = %s ORDER BY received_at", service + ".events")
        faults += out_of_order(((event, at) for event, at in rows), told, service)
    rows = lintel.query("sales", "SELECT event_id, position FROM timeline ORDER BY position")
    faults += out_of_order(rows, told, "timeline", is_strict=True)
    return faults


def out_of_order(rows, told, where, is_strict=False):
    """`rows` are (event id, when): by subject a later sequence must not have an earlier `when`."""
    by_subject = defaultdict(list)
    for event, at in rows:
        if event in told:
            service, name, subject, sequence, is_late = told[event]
            if not is_late:
                by_subject[service, subject].append((sequence, at, name))
    faults = []
    for subject, seen in by_subject.items():
        seen.sort()
        for (_, before, first), (_, after, second) in zip(seen, seen[1:]):
            if after < before or (is_strict and after == before):
                faults.append((where, *subject, first, second))
    return faults


def each_in_the_timeline(lintel, load):
    """Sales' timeline has every lead's arrival once (its key is the event)."""
    arrived = {row[0] for row in lintel.query("leads", "SELECT id::text FROM journal WHERE name = 'leads.lead.received.v1'")}
    shown = {row[0] for row in lintel.query("sales", "SELECT event_id FROM timeline WHERE name LIKE 'leads.lead.received%%'")}
    return sorted(arrived - shown)


# What reached people


def notified_once(lintel, load):
    """Every lead's arrival was answered by one text to the customer and told to its owner; nobody was written to twice for one cause."""
    faults = lintel.query("notify", """SELECT cause_id, template, channel, count(*) FROM messages
                                        GROUP BY 1, 2, 3, coalesce(uid, staff_id) HAVING count(*) > 1""")
    for name, service in (("leads.lead.received.v1", "leads"), ("leads.lead.assigned.v1", "leads"), ("service.case.opened.v1", "service")):
        told = {row[0] for row in lintel.query(service, "SELECT id::text FROM journal WHERE name = %s", name)}
        if name == "leads.lead.assigned.v1":
            nobody = "SELECT id::text FROM journal WHERE name = %s AND data->>'ownerId' IS NULL"
            told -= {row[0] for row in lintel.query("leads", nobody, name)}
        written = {row[0] for row in lintel.query("notify", "SELECT DISTINCT cause_id FROM messages WHERE cause_name = %s", name)}
        faults += [("nobody was told of", name, event) for event in told - written]
    return faults


def sent_as_recorded(lintel, load):
    """A text was sent once when Notify says so, never twice; a mail as often as an attempt was begun, and once unless one was interrupted."""
    faults = []
    texts = Counter(lintel.texts())
    faults += [("text twice", *one) for one, count in texts.items() if count > 1]
    rows = lintel.query("notify", "SELECT id::text, channel, state, address, body, attempt FROM messages WHERE channel IN ('sms', 'email') AND attempt > 0")
    crashed = {row[0] for row in lintel.query("notify", "SELECT message_id::text FROM attempts WHERE outcome IN ('requeued', 'unknown')")}
    mails = Counter((mail["Message-ID"] or "").strip("<>").partition("@")[0].lower() for mail in lintel.mails())
    for message, channel, state, address, body, attempt in rows:
        sent = texts[address, body] if channel == "sms" else mails[message]
        if state in ("accepted", "delivered") and not sent:
            faults.append((channel, state, message, "never sent"))
        if sent > max(1, attempt) or (sent > 1 and message not in crashed):
            faults.append((channel, state, message, f"sent {sent} times in {attempt} attempts"))
    if len(mails) > len({row[0] for row in rows if row[1] == "email"}):
        faults.append(("mails that nobody wrote", list(mails)[:3]))
    failed = lintel.query("notify", "SELECT id::text, channel, reason, detail FROM messages WHERE state = 'failed'")
    return faults + failed


# Dead letters and the books


def expected_letters(load):
    """(service, message id) of what was planted: of those that the broker may have, those that have arrived count too."""
    hearers = [service for service in SERVICES if any(key.fullmatch("leads.lead.received.v1") for key in bindings()[service])]
    return {(service, one) for one in load.book.of("letter") for service in hearers}


def letters(lintel, load):
    """(service, message id, inlet, name, reason, detail) of those that wait. What a process has died of three times is not read
    any more but filed by its bytes; that is known by them."""
    planted = {digest: one for one, digest in load.book.tries("letter").items()}
    statement = "SELECT message_id, inlet, name, reason, detail FROM dead_letters WHERE status = 'waiting'"
    return [(service, planted.get(one, one) if reason == "crash-loop" else one, inlet, name, reason, detail)
            for service in SERVICES for one, inlet, name, reason, detail in lintel.query(service, statement)]


def missing_letters(lintel, load):
    return expected_letters(load) - {row[:2] for row in letters(lintel, load)}


def dead_letters_exactly(lintel, load):
    return strange_letters(lintel, load) + [("missing", *one) for one in missing_letters(lintel, load)]


def strange_letters(lintel, load):
    """Dead letters that nobody has planted."""
    planted = set(load.book.tries("letter"))
    return [row for row in letters(lintel, load) if row[1] not in planted]


def books_balance(lintel, load):
    audit = lintel.execute("leads", "audit", check=False)
    return None if audit.returncode == 0 else audit.stdout[-2000:] + audit.stderr[-2000:]


JUDGES = {
    "one outcome each": one_outcome_each,
    "nothing unexpected": nothing_unexpected,
    "one lead for each person": one_lead_for_each_person,
    "one effect for each request": one_effect_for_each_request,
    "sequences without gap": sequences_without_gap,
    "order per subject": order_per_subject,
    "each in the timeline": each_in_the_timeline,
    "notified once": notified_once,
    "sent as recorded": sent_as_recorded,
    "dead letters exactly the planted": dead_letters_exactly,
    "leads audit": books_balance,
}


def figures(lintel, load):
    """What the report says of a run."""
    ended = Counter(end[1] for end in lintel.ends)
    return {
        "confirmed": {kind: len(keys) for kind, keys in load.book.confirmed.items()},
        "repeated tries": load.book.retries,
        "events": sum(lintel.query(service, "SELECT count(*) FROM journal")[0][0] for service in SERVICES),
        "texts of unknown end": lintel.query("notify", "SELECT count(*) FROM messages WHERE state = 'unknown'")[0][0],
        "ends": dict(ended),
    }
