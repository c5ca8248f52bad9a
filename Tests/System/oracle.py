"""What must be true of an installation once everything has come to rest."""
import functools
import json
import re
from collections import Counter

from installation import REPOSITORY, SERVICES, wait_until


@functools.cache
def bindings():
    """Which events each service hears, as the broker's definitions say (test_topology sees to it that they are true)."""
    definitions = json.loads((REPOSITORY / "deploy/rabbitmq/definitions.json").read_text())
    heard = {service: [] for service in SERVICES}
    for binding in definitions["bindings"]:
        service, _, kind = binding["destination"].partition(".")
        if binding["source"] == "lintel.events" and kind == "events":
            heard[service].append(pattern(binding["routing_key"]))
    return heard


def pattern(routing_key):
    """A topic's routing key as a regular expression over the type of an event, which is the key with its version."""
    words = [{"*": r"[^.]+", "#": r".+"}.get(word, re.escape(word)) for word in routing_key.split(".")]
    return re.compile(r"\.".join(words) + r"\.v\d+")


def unheard(lintel):
    """Journalled events that a service listens to and has not handled: (listener, event, id)."""
    told = [row for service in SERVICES for row in lintel.query(service, "SELECT name, id::text FROM journal")]
    missing = []
    for service in SERVICES:
        handled = {row[0] for row in lintel.query(service, "SELECT message_id FROM inbox UNION SELECT message_id FROM dead_letters")}
        missing += [
            (service, name, event) for name, event in told
            if not name.startswith(service + ".") and event not in handled and any(key.fullmatch(name) for key in bindings()[service])
        ]
    return missing


def unfinished(lintel):
    """What is still under way; empty at rest."""
    left = {}
    for service in SERVICES:
        for table in ("outbox", "retries"):
            (count,) = lintel.query(service, f"SELECT count(*) FROM {table}")[0]
            if count:
                left[f"{service}.{table}"] = count
    sending = lintel.query("notify", "SELECT state, count(*) FROM messages WHERE state IN ('queued', 'sending') GROUP BY state")
    left |= {f"notify.{state}": count for state, count in sending}
    if not left and (missing := unheard(lintel)):
        left["unheard"] = missing[:5]
    return left


def settle(lintel, within=60):
    """Waits until every event was sent and handled and nothing is left to be sent to people."""
    seen = {}

    def at_rest():
        seen.clear()
        seen.update(unfinished(lintel))
        return not seen

    try:
        wait_until(at_rest, within)
    except AssertionError:
        raise AssertionError(f"not at rest within {within} s: {seen}") from None


def dead_letters(lintel):
    """Every dead letter of every service."""
    return [(service, *row) for service in SERVICES
            for row in lintel.query(service, "SELECT inlet, name, reason, detail FROM dead_letters WHERE status = 'waiting'")]


def sent_twice(lintel):
    """Whatever reached somebody more than once: texts by number and words, mails by their Message-ID."""
    texts = Counter(lintel.texts())
    mails = Counter((mail["X-Envelope-To"], mail["Message-ID"]) for mail in lintel.mails())
    return [one for counts in (texts, mails) for one, count in counts.items() if count > 1]
