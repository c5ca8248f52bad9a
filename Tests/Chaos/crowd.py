"""Many at once who log contacts with customers at Sales, as fast as they may: what fills an outbox with tens of thousands of events."""
import http.client
import json
import random
import threading
import time
import uuid

from installation import wait_until
from people import Somebody


class Crowd:
    """Logs contacts through the replicas' own ports, each with an `Idempotency-Key`, and notes them in the load's book."""

    def __init__(self, lintel, load, customers=400, per_second=150, threads=6):
        self.lintel, self.load = lintel, load
        self.stopping = threading.Event()
        self.customers = self._meet(customers)
        self.token = lintel.sign_in("ADMIN").headers["Authorization"]
        self.pace = threads / per_second
        self.threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in self.threads), "one of the crowd does not come to an end"

    def _meet(self, count):
        """Customers who have enquired and whom Sales knows; the subjects of the events to come."""
        found = [Somebody("众") for _ in range(count)]
        wanted = [one.phone for one in found]
        bodies = []
        for one in found:
            submission = one.submission(f"chaos-crowd-{one.number}", need={"projects": ["river-park"], "timeframe": "6m"})
            self.load.book.note("tried", "amqp", submission["externalId"], one.phone)
            bodies.append(submission)
        self.lintel.push(*bodies)
        for submission, one in zip(bodies, found):
            self.load.book.note("confirmed", "amqp", submission["externalId"], one.phone)
        return wait_until(lambda: self._known(wanted), 120, "Sales to know the crowd's customers")

    def _known(self, phones):
        """Their ids, once Sales knows them all."""
        rows = self.lintel.query("sales", "SELECT uid::text FROM customers WHERE phones && %s", phones)
        return [row[0] for row in rows] if len(rows) == len(phones) else None

    def _work(self, number):
        replicas = self.lintel.of("sales")
        line = http.client.HTTPConnection("127.0.0.1", replicas[number % len(replicas)].http, timeout=30)
        headers = {"Authorization": self.token, "Content-Type": "application/json"}
        next_at = time.monotonic()
        while not self.stopping.is_set():
            key = f"contact-{uuid.uuid4()}"
            self.load.book.note("tried", "contact", key)
            self._log(line, key, headers)
            next_at = max(next_at + self.pace, time.monotonic() - 1)  # what was missed is made up for, a second of it
            self.stopping.wait(max(0, next_at - time.monotonic()))
        line.close()

    def _log(self, line, key, headers):
        """Once: what is not accepted at its first try is a refusal, and asked again for the books' sake."""
        path = f"/sales/api/v1/customers/{random.choice(self.customers)}/contacts"
        body = json.dumps({"kind": "call", "note": key})
        while True:
            try:
                line.request("POST", path, body, headers | {"Idempotency-Key": key})
                answer = line.getresponse()
                text = answer.read()
                if answer.status < 300:
                    return self.load.book.note("confirmed", "contact", key)
                why = f"{answer.status} {text[:200]}"
            except (OSError, http.client.HTTPException) as error:
                why = repr(error)[:200]
                line.close()
            self.load.book.note("refused", "contact", key, why)
            if self.stopping.wait(0.3):
                return None
