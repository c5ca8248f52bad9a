"""A whole Lintel of our own: started in a folder and on ports of its own, driven as people and channels would drive it."""
import contextlib
import json
import mailbox
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import httpx
import pika
import psycopg

REPOSITORY = Path(__file__).resolve().parents[2]
LOCAL = REPOSITORY / "deploy/local"
SERVICES = ["leads", "sales", "service", "notify"]


def patience():
    """How much longer than on a machine of our own things may take: as many times as there are more who want to run than cores."""
    return min(8, max(1, os.getloadavg()[0] / os.cpu_count()))


def wait_until(condition, within=30, what=None):
    """Waits for the condition to be truthy and returns it; never sleeps longer than needed, and says what did not happen.
    `within` is meant for a machine of our own: cores elsewhere may be half as quick, and may become busy while we wait."""
    began, limit = time.monotonic(), 0
    while True:
        value = condition()
        if value:
            return value
        limit = max(limit, within * 2 * patience())
        if time.monotonic() - began > limit:
            raise AssertionError(f"not within {limit:.0f} s: {what or condition}; last seen: {value!r}")
        time.sleep(0.05)


class Installation:
    """One `lintel up` in its own LINTEL_HOME."""

    def __init__(self, home, **settings):
        self.home = Path(home)
        self.environment = os.environ | {"LINTEL_HOME": str(home), "LINTEL_PORT": "auto", "LINTEL_DEMO": "staff"} | settings
        for name in ("LINTEL_PUBLIC_URL", "LINTEL_TLS"):
            self.environment.pop(name, None)
        self.values = {}

    # Life

    def up(self, *arguments):
        self._lintel("up", *arguments)
        lines = (self.home / "connection.env").read_text().splitlines()
        self.values = dict(line.split("=", 1) for line in lines)
        self.environment["LINTEL_PORT"] = (self.home / "run/base-port").read_text()  # the same ports at the next start

    def down(self):
        self._lintel("down")

    def remove(self):
        self.down()
        subprocess.run([LOCAL / "postgres.sh", "remove", self.home / "postgres"], check=False)
        subprocess.run([LOCAL / "rabbitmq.sh", "remove", self.home / "rabbitmq"], check=False)

    def _lintel(self, *arguments):
        result = subprocess.run(
            [LOCAL / "lintel", *arguments], env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )
        if result.returncode:
            raise AssertionError(f"lintel {' '.join(arguments)} failed:\n{result.stdout}\n{result.stderr}")

    def pid(self, name):
        return int((self.home / "run" / f"{name}.pid").read_text())

    def kill(self, name, number=signal.SIGKILL):
        """Kills a service (or proxy, mail, bearerbox, smsbox, operator); the supervisor starts it again. Returns its process id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def wait_restarted(self, name, old_pid, within=60):
        """Waits until a killed service runs as a new process and says that it is ready."""
        wait_until(lambda: self.pid(name) != old_pid and self.ready(name), within, f"{name} ready again")

    def ready(self, service):
        try:
            return httpx.get(self.ops(service) + "/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def broker(self, verb):
        """start, stop, restart or kill the broker; what is killed is started again by the supervisor, what is stopped is not."""
        self._script("rabbitmq", verb)

    def database(self, verb):
        self._script("postgres", verb)

    def _script(self, name, verb):
        subprocess.run([LOCAL / f"{name}.sh", verb, self.home / name], check=True, timeout=240)

    def execute(self, service, *arguments, check=True):
        """Runs a service's executable with its own settings: execute("leads", "audit")."""
        return subprocess.run(
            [LOCAL / "lintel", "exec", service, *arguments], env=self.environment,
            capture_output=True, text=True, timeout=120, check=check,
        )

    # Talking to it

    def __getitem__(self, name):
        """A value of connection.env, without its prefix LINTEL_."""
        return self.values["LINTEL_" + name]

    def ops(self, service):
        return self["OPS_URL_" + service.upper()]

    def metrics(self, service):
        """What a service tells Prometheus."""
        return httpx.get(self.ops(service) + "/metrics", timeout=60).text

    def log_lines(self, service):
        """The lines of a service's log. One that is being written has no end yet, and is none."""
        return (self.home / f"log/{service}.log").read_text().split("\n")[:-1]

    def anonymous(self):
        return httpx.Client(base_url=self["URL"], timeout=60)

    def sign_in(self, role="AGENT"):
        """A client of the API, signed in as ADMIN, MANAGER, AGENT or SERVICE."""
        return self.signed_in(self[f"{role}_EMAIL"], self[f"{role}_PASSWORD"])

    def signed_in(self, email, password):
        with self.anonymous() as client:
            answer = client.post("/sales/api/v1/session", json={"email": email, "password": password})
        assert answer.status_code == 200, f"sign-in as {email}: {answer.status_code} {answer.text}"
        client = self.anonymous()
        client.headers["Authorization"] = "Bearer " + answer.json()["token"]
        return client

    def staff(self, email):
        """The seed of a member of staff: name, phone, team, password…"""
        seed = json.loads((self.home / "seed/staff.json").read_text())
        return next(one for one in seed["staff"] if one["email"] == email)

    def sign_in_as(self, email):
        """A client of the API for anybody of the demonstration's staff."""
        return self.signed_in(email, self.staff(email)["password"])

    def email_of(self, staff_id):
        """The mail address of a member of staff, who signs in with it."""
        return self.query("sales", "SELECT email FROM staff WHERE id = %s", staff_id)[0][0]

    def advance_clock(self, by, services=SERVICES):
        """Sets the development clock forward (an ISO 8601 duration) on each service."""
        with self.sign_in("ADMIN") as admin:
            for service in services:
                answer = admin.post(f"/{service}/api/v1/dev/clock", json={"advance": by})
                assert answer.is_success, f"{service}: {answer.status_code} {answer.text}"

    def push(self, *bodies, channel="web", routing_key=None, **properties):
        """Publishes onto the intake as the channel's own user; returns when the broker has confirmed all. A body is bytes or JSON."""
        url = self["AMQP_URL_" + channel.upper()]
        connection = pika.BlockingConnection(pika.URLParameters(url))
        try:
            queue = connection.channel()
            queue.confirm_delivery()
            options = pika.BasicProperties(**({"content_type": "application/json", "delivery_mode": 2} | properties))
            for body in bodies:
                data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
                queue.basic_publish("lintel.intake", routing_key or f"lead.{channel}", data, options, mandatory=True)
        finally:
            if connection.is_open:
                connection.close()

    def query(self, service, statement, *parameters):
        """Rows of a service's own schema, read as that service."""
        with psycopg.connect(self["DATABASE_URL_" + service.upper()]) as connection:
            return connection.execute(statement, parameters).fetchall()

    def change(self, service, statement, *parameters):
        """Changes a service's own schema behind its back, as somebody with psql would."""
        with psycopg.connect(self["DATABASE_URL_" + service.upper()]) as connection:
            connection.execute(statement, parameters)

    def never_closes(self):
        """The office is open day and night, so that clocks run at whatever hour tests do."""
        always = json.dumps({"week": {str(day): [{"from": 0, "to": 1440}] for day in range(1, 8)}, "holidays": [], "workdays": []})
        self.change(
            "leads",
            "INSERT INTO business_calendars (version, value, changed_by, changed_at) VALUES (1, %s::jsonb, 'test', now()) ON CONFLICT DO NOTHING",
            always,
        )

    # The broker, as its administrator

    def publish_as_admin(self, exchange, routing_key, body, **properties):
        """Publishes what none of ours would, confirmed."""
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(self["AMQP_URL_ADMIN"]))) as connection:
            queue = connection.channel()
            queue.confirm_delivery()
            queue.basic_publish(exchange, routing_key, body, pika.BasicProperties(delivery_mode=2, **properties))

    def bindings(self, exchange, routing_key):
        """The queues that are bound to an exchange with that key."""
        with self._management() as client:
            found = client.get(f"/api/exchanges/lintel/{exchange}/bindings/source").json()
        return {one["destination"] for one in found if one["routing_key"] == routing_key}

    def unbind(self, exchange, routing_key):
        """Takes every queue off that key."""
        with self._management() as client:
            for queue in self.bindings(exchange, routing_key):
                client.delete(f"/api/bindings/lintel/e/{exchange}/q/{queue}/{routing_key}").raise_for_status()

    def _management(self):
        user, password = urlsplit(self["AMQP_URL_ADMIN"]).username, urlsplit(self["AMQP_URL_ADMIN"]).password
        return httpx.Client(base_url=self["AMQP_MANAGEMENT_URL"], auth=(user, password), timeout=20)

    # What reached people

    def mails(self, to=None):
        """The mails that the mail server took, oldest first."""
        box = mailbox.Maildir(self["MAILDIR"], create=True)
        found = [message for _, message in sorted(box.items())]
        return [message for message in found if to is None or message["X-Envelope-To"] == to]

    def texts(self, to=None):
        """The texts that reached the SMS operator, oldest first, as (number, text); the parts of a long one are put together."""
        lines = Path(self["SMS_LOG"]).read_text(errors="replace").splitlines()
        found = joined(match.groups() for line in lines if (match := GOT_MESSAGE.search(line)))
        return [(number, text) for number, text in found if to is None or number == to]

    def reply_by_text(self, number, text):
        """Sends us a text from somebody's phone, through the SMS gateway."""
        command = ["/usr/lib/kannel/test/fakesmsc", "-H", "127.0.0.1", "-r", self["SMS_HANDSETS_PORT"], "-i", "1", "-m", "1"]
        process = subprocess.Popen([*command, f"{number} 10690000 text {text}"], stderr=subprocess.PIPE, text=True)
        try:
            for line in process.stderr:
                if "sent message 1" in line:
                    return
        finally:
            process.kill()
            process.wait()


# As fakesmsc prints it: sender, number, kind, and the text; the header of a long text's part has its reference, count and number.
GOT_MESSAGE = re.compile(r"Got message \d+: <\S+ (\S+) (\S+) (.*)>$")
PART = re.compile(r"%05%00%03(%..|.)(%..|.)(%..|.) data (.*)", re.DOTALL)


def joined(messages):
    """(number, text) of (number, kind, text), long texts put together from their parts."""
    waiting = {}
    for number, kind, text in messages:
        part = PART.fullmatch(text)
        if kind != "udh" or not part:
            yield number, decoded(kind, unquote_plus_to_bytes(text))
            continue
        reference, count, _, data = part.groups()
        parts = waiting.setdefault((number, reference), [])
        parts.append(unquote_plus_to_bytes(data))
        if len(parts) == unquote_to_bytes(count)[0]:
            whole = b"".join(waiting.pop((number, reference)))
            yield number, decoded("ucs-2" if 0 in whole else kind, whole)


def unquote_plus_to_bytes(text):
    """As in a form: a plus is a space."""
    return unquote_to_bytes(text.replace("+", " "))


def decoded(kind, text):
    """A Chinese text is UTF-16."""
    return text.decode("utf-16-be" if kind == "ucs-2" else "utf-8", errors="replace")
