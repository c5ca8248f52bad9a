"""Waiting until each part does its work, not merely runs."""
import base64
import ssl
import subprocess
import time
import urllib.error
import urllib.request

from . import environment
from .children import connects
from .home import REPOSITORY, SERVICES, Trouble

ANY_CERTIFICATE = ssl._create_unverified_context()


def status(url, **headers):
    """The answer's status code, or 0 when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ANY_CERTIFICATE), NoRedirect)
    try:
        return opener.open(urllib.request.Request(url, headers=headers), timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def broker_answers(home):
    """Its management answers some seconds before it listens for clients."""
    if not connects(home.port("amqp")):
        return False
    credentials = base64.b64encode(f"admin:{home.secret('amqp-admin')}".encode()).decode()
    address = home.address("amqp-management")
    return status(f"http://{address}/api/overview", Authorization=f"Basic {credentials}") == 200


def kannel_answers(home):
    """Ready when the smsbox takes requests and the operator's line is up; before, texts would only be queued."""
    if not connects(home.port("kannel-sendsms")):
        return False
    url = f"http://{home.address('kannel-admin')}/status.txt?password={home.secret('kannel-admin')}"
    try:
        text = urllib.request.urlopen(url, timeout=2).read().decode(errors="replace")
    except OSError:
        return False
    return any("operator" in line and "online" in line for line in text.splitlines()) and "smsbox:" in text


def service_ready(home, name):
    return status(f"http://{home.address(name + '-ops')}/health/ready") == 200


def proxy_ready(home):
    return status(environment.public_url(home) + "/") == 302


def check(home, part):
    if part in SERVICES:
        return service_ready(home, part)
    return {
        "postgres": lambda: connects(home.port("postgres")),
        "rabbitmq": lambda: broker_answers(home),
        "mail": lambda: connects(home.port("smtp")),
        "kannel": lambda: kannel_answers(home),
        "proxy": lambda: proxy_ready(home),
    }[part]()


def wait_for(home, parts, look_after, seconds):
    """Waits until every part is ready, keeping them alive meanwhile."""
    waiting = list(parts)
    deadline = time.monotonic() + seconds
    while waiting:
        look_after()
        waiting = [part for part in waiting if not check(home, part)]
        if waiting and time.monotonic() > deadline:
            raise Trouble(f"not ready after {seconds} s: {', '.join(waiting)}; see {home.path('log')}")
        if waiting:
            time.sleep(0.1)


def prepare_database(home):
    """The database with a schema and a role for each service; harmless when they are there."""
    script = str(REPOSITORY / "deploy/local/postgres.sh")
    folder = str(home.path("postgres"))
    for service in SERVICES:
        home.secret(f"db-{service}")

    def psql(*arguments, text):
        variables = environment.passed_through() | {"LINTEL_SECRETS": str(home.path("secrets"))}
        result = subprocess.run(
            [script, "psql", folder, *arguments], input=text, text=True, capture_output=True, env=variables, check=False
        )
        if result.returncode:
            raise Trouble("preparing the database failed: " + result.stderr)

    psql(text="SELECT 'CREATE DATABASE lintel' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'lintel')\n\\gexec\n")
    psql("-d", "lintel", text=(REPOSITORY / "deploy/postgres/roles.sql").read_text())
