"""Clients that keep at it whatever happens to the other side, and know what they tried and what was confirmed to them."""
import hashlib
import json
import random
import threading
import time
import uuid

import httpx
import pika
from events import publish_event, told
from installation import patience
from people import Somebody
from pika.exceptions import AMQPError, NackError, UnroutableError

FRIENDS = 0.2   # of the submissions are by somebody who has enquired before
REPEATS = 0.02  # are pushed once more although they were confirmed
POISON = 0.01   # cannot be understood
REGULARS = 8    # customers whom the staff work with


class Book:
    """What was tried and what was confirmed, by kind and key; also as lines in a file."""

    def __init__(self, file):
        self.file = open(file, "a", encoding="utf-8")
        self.lock = threading.Lock()
        self.tried, self.confirmed = {}, {}
        self.refusals = []  # (time, kind, key, why)
        self.retries = 0

    def note(self, what, kind, key, more=None):
        with self.lock:
            line = {"at": round(time.time(), 3), "what": what, "kind": kind, "key": key, "more": more}
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.file.flush()
            if what == "tried":
                self.tried.setdefault(kind, {}).setdefault(key, more)
            elif what == "confirmed":
                self.confirmed.setdefault(kind, {})[key] = more
            else:
                self.refusals.append((line["at"], kind, key, more))
                self.retries += 1

    def count(self):
        with self.lock:
            return sum(map(len, self.confirmed.values()))

    def of(self, kind):
        with self.lock:
            return dict(self.confirmed.get(kind, {}))

    def tries(self, kind):
        with self.lock:
            return dict(self.tried.get(kind, {}))


class Load:
    """Pushes by AMQP and works over HTTP with all four services, until it is told to stop. With `poison` some of it cannot be understood.
    On a busy machine it pushes and works the slower, and waits the longer.

    kind       key                      effect
    amqp       external id              a row of the ledger
    http       external id              the same
    poison     external id              a row of the ledger with the outcome rejected
    letter     message id               a dead letter of every service that hears the event
    contact    note                     a contact at Sales
    case       title                    a case at Service
    stop       phone                    an opt-out at Notify
    """

    def __init__(self, lintel, seed=None, per_second=10, http_per_second=6, poison=True, amqp=True):
        self.lintel = lintel
        self.random = random.Random(seed)
        self.book = Book(lintel.home / "log/load.jsonl")
        self.pace, self.http_pace = 1 / per_second, 4 / http_per_second
        self.poison = poison
        self.people = []
        self.regulars = []
        self.stopping = threading.Event()
        self.paused = threading.Event()
        self.errors = []
        # heartbeats from our side too, so that a broker that has vanished is noticed
        self.url = lintel["AMQP_URL_WEB"] + "?connection_attempts=1&socket_timeout=5&heartbeat=6&blocked_connection_timeout=600&stack_timeout=10"
        self.amqp_urls = [self.url]
        self.letters_heard = True
        workers = [self._enquire, self._log_contacts, self._open_cases, self._stop_texts]
        workers += [self._push, self._push] if amqp else []
        self.threads = [threading.Thread(target=self._run, args=(worker,), daemon=True) for worker in workers]

    def __enter__(self):
        self._meet_regulars()
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120 + 30 * patience())
        assert not any(thread.is_alive() for thread in self.threads), "a producer does not come to its end"

    def _run(self, worker):
        try:
            worker()
        except Exception as error:  # a fault of the load itself must not pass for a quiet afternoon
            self.errors.append(repr(error))
            raise

    # Who and what

    def _submission(self):
        with self.book.lock:
            if self.people and self.random.random() < FRIENDS:
                somebody = self.random.choice(self.people)
            else:
                somebody = Somebody("压")
                self.people.append(somebody)
        external_id = f"chaos-{somebody.number}-{uuid.uuid4().hex[:8]}"
        words = "想看看" + "河畔公园的三居室,周末有空。" * self.random.randint(1, 20)
        return somebody, somebody.submission(external_id, need={"projects": ["river-park"], "timeframe": "6m"}, message=words)

    def _meet_regulars(self):
        """Customers whom the staff know: contacts, cases and texts are about them."""
        while len(self.regulars) < REGULARS:
            somebody, submission = Somebody("常"), None
            submission = somebody.submission(f"chaos-regular-{somebody.number}", need={"projects": ["river-park"], "timeframe": "6m"})
            receipt = self._intake(submission, somebody)
            with self.lintel.anonymous() as client:
                client.headers["X-Channel-Key"] = self.lintel["CHANNEL_KEY_WEB"]
                uid = client.get(f"/leads/api/v1/receipts/{receipt}").json()["uid"]
            self.regulars.append(uid)
        deadline = time.monotonic() + 60 * patience()
        for service in ("sales", "service"):
            statement = "SELECT count(*) FROM customers WHERE uid = ANY(%s)"
            while self.lintel.query(service, statement, self.regulars)[0][0] < REGULARS:
                assert time.monotonic() < deadline, f"{service} does not know the regulars"
                time.sleep(0.1)

    # AMQP

    def _push(self):
        waiting = None
        while not self.stopping.is_set() or waiting:
            try:
                connection = pika.BlockingConnection(pika.URLParameters(self.random.choice(self.amqp_urls)))
                try:
                    channel = connection.channel()
                    channel.confirm_delivery()
                    while not self.stopping.is_set() or waiting:
                        connection.sleep(self.pace * 2 * self.random.random() * 2 * patience())
                        while self.paused.is_set() and not self.stopping.is_set():
                            connection.sleep(0.2)
                        waiting = waiting or self._next_push()
                        kind, key, phone, body = waiting
                        self.book.note("tried", kind, key, phone)
                        options = pika.BasicProperties(content_type="application/json", delivery_mode=2)
                        channel.basic_publish("lintel.intake", "lead.web", body, options, mandatory=True)
                        self.book.note("confirmed", kind, key, phone)
                        repeat = self.random.random() < REPEATS
                        waiting = waiting if repeat else None
                finally:
                    if connection.is_open:
                        connection.close()
            except (AMQPError, OSError, NackError, UnroutableError) as error:
                if waiting:
                    self.book.note("refused", waiting[0], waiting[1], repr(error)[:200])
                if self.stopping.wait(0.2) and self._given_up():
                    return

    def _given_up(self):
        """After the end what is unconfirmed is tried for two minutes more."""
        self.ended = getattr(self, "ended", None) or time.monotonic()
        return time.monotonic() - self.ended > 120

    def _next_push(self):
        somebody, submission = self._submission()
        key = submission["externalId"]
        if self.poison and self.random.random() < POISON:
            submission["person"] = {"name": "nobody can reach"}
            return "poison", key, None, json.dumps(submission).encode()
        return "amqp", key, somebody.phone, json.dumps(submission).encode()

    def plant_letter(self):
        """An event that nobody can understand, as if Leads had told it."""
        message_id = str(uuid.uuid4())
        body = told(id=message_id)
        self.book.note("tried", "letter", message_id, hashlib.sha256(body).hexdigest())
        try:
            publish_event(self.lintel, body, message_id)
            self.book.note("confirmed", "letter", message_id)
        except (AMQPError, OSError) as error:
            self.book.note("refused", "letter", message_id, repr(error)[:200])

    # HTTP

    def _call(self, kind, key, more, request):
        """Repeats a request until it is answered well, or until two minutes after the end."""
        self.book.note("tried", kind, key, more)
        while True:
            try:
                answer = request()
                if answer.is_success:
                    self.book.note("confirmed", kind, key, more)
                    return answer
                why = f"{answer.status_code} {answer.text[:200]}"
            except httpx.HTTPError as error:
                why = repr(error)[:200]
            self.book.note("refused", kind, key, why)
            if self.stopping.wait(0.3) and self._given_up():
                return None

    def _intake(self, submission, somebody):
        headers = {"X-Channel-Key": self.lintel["CHANNEL_KEY_WEB"]}
        url = self.lintel["URL"] + "/leads/api/v1/intake/web"
        answer = self._call("http", submission["externalId"], somebody.phone,
                            lambda: httpx.post(url, json=submission, headers=headers, timeout=10))
        return answer and answer.json()["receiptId"]

    def _enquire(self):
        while not self._pause():
            somebody, submission = self._submission()
            self._intake(submission, somebody)

    def _log_contacts(self):
        staff = self._sign_in("ADMIN")
        while staff and not self._pause():
            key = f"contact-{uuid.uuid4()}"
            path = f"/sales/api/v1/customers/{self.random.choice(self.regulars)}/contacts"
            self._call("contact", key, None, lambda: staff.post(
                path, json={"kind": "call", "note": key}, headers={"Idempotency-Key": key}, timeout=10))

    def _open_cases(self):
        staff = self._sign_in("SERVICE")
        while staff and not self._pause():
            key = f"case-{uuid.uuid4()}"
            body = {"uid": self.random.choice(self.regulars), "kind": "enquiry", "title": key, "text": "请回电"}
            self._call("case", key, None, lambda: staff.post(
                "/service/api/v1/cases", json=body, headers={"Idempotency-Key": key}, timeout=10))

    def _stop_texts(self):
        """Customers of their own who want no more texts; the gateway tells Notify."""
        port = self.lintel.layout.port("notify")
        while not self._pause():
            with self.book.lock:
                known = list(self.people)
            tried = self.book.tries("stop")
            phone = self._known_to_notify([one.phone for one in known[:-20] if one.phone not in tried])
            if phone:
                self._call("stop", phone, None, lambda: httpx.get(
                    f"http://127.0.0.1:{port}/notify/hooks/sms/inbound", params={"from": phone, "text": "TD"}, timeout=10))

    def _known_to_notify(self, phones):
        """One of them, if there is one."""
        try:
            rows = self.lintel.query("notify", "SELECT min(phone) FROM customers WHERE phone = ANY(%s)", phones[:50])
            return rows[0][0]
        except Exception:  # the database may be away
            return None

    def _sign_in(self, role):
        while not self.stopping.wait(0.2):
            try:
                return self.lintel.sign_in(role)
            except (AssertionError, httpx.HTTPError):
                continue

    def _pause(self):
        """Waits a while; says whether it is over."""
        pace = self.http_pace * 2 * self.random.random() * patience()
        self.stopping.wait(pace)
        while self.paused.is_set() and not self.stopping.wait(0.2):
            pass
        return self.stopping.is_set()

    # Waiting for it

    def wait_confirmed(self, more, within=120):
        """Waits until so many more were confirmed: the load goes on."""
        goal, within = self.book.count() + more, round(within * patience())
        deadline = time.monotonic() + within
        while self.book.count() < goal:
            assert time.monotonic() < deadline, f"{self.book.count() - goal + more} of {more} confirmed in {within} s; {self.book.refusals[-3:]}"
            assert not self.errors, self.errors
            assert not self.lintel.surprises, self.lintel.surprises
            time.sleep(0.05)
