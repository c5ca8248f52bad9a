"""A private PostgreSQL and RabbitMQ (and more of Lintel, where a measure needs it), started as `make run` starts them: fsync on."""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pika
import psycopg

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "deploy/local"))
from lintel_local import environment, parts as lintel_parts, ready  # noqa: E402
from lintel_local.home import Home  # noqa: E402

WORK = REPOSITORY / ".local/bench"
LOCAL = REPOSITORY / "deploy/local"


class Installation:
    """One installation under .local/bench; use it in a `with`, which stops it again."""

    def __init__(self, name, parts, executables, **settings):
        self.folder = WORK / name
        self.parts = parts
        self.executables = executables
        self.settings = settings
        self.variables = os.environ | {"LINTEL_HOME": str(self.folder), "LINTEL_PORT": os.environ.get("LINTEL_PORT", "auto"),
                                       "LINTEL_BIN": str(executables), "LINTEL_LOG_LEVEL": "warning", "LINTEL_DEMO": "staff"} | settings
        for name in ["LINTEL_FSYNC", "LINTEL_PUBLIC_URL", "LINTEL_TLS", "LINTEL_CHANNELS"]:
            self.variables.pop(name, None)

    def __enter__(self):
        self.remove()  # what an interrupted run has left
        self.call("up", "--only", ",".join(self.parts))
        self.home = Home(self.folder, int((self.folder / "run/base-port").read_text()))
        lintel_parts.make_signing_key(self.home)
        return self

    def __exit__(self, *_):
        self.remove()

    def remove(self):
        if not self.folder.exists():
            return
        self.call("down")
        subprocess.run([LOCAL / "postgres.sh", "remove", self.folder / "postgres"], check=False)
        subprocess.run(["rm", "-rf", self.folder], check=False)

    def call(self, *arguments):
        done = subprocess.run([LOCAL / "lintel", *arguments], env=self.variables, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"lintel {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")

    def command(self, service, *arguments):
        """Runs one of a service's commands to its end."""
        done = subprocess.run([self.executable(service), *arguments], env=self.service_environment(service), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{service} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")

    # Addresses

    @property
    def amqp_url(self):
        return environment.amqp_url(self.home, "admin")

    def database_url(self, role="leads"):
        return environment.database_url(self.home, role)

    def service_environment(self, service, **more):
        saved = dict(os.environ)
        try:
            os.environ.update({"LINTEL_LOG_LEVEL": "warning", "LINTEL_DEVELOPMENT": "true"} | self.settings)
            return environment.of_service(self.home, service) | {key: str(value) for key, value in more.items()}
        finally:
            os.environ.clear()
            os.environ.update(saved)

    def executable(self, service):
        return str(Path(self.executables) / service)

    # The servers

    def database(self, superuser=False):
        if not superuser:
            return psycopg.connect(self.database_url(), autocommit=True)
        return psycopg.connect(self.superuser_url, autocommit=True)

    @property
    def superuser_url(self):
        password = (self.folder / "postgres/superpw").read_text().strip()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.home.port('postgres')}/lintel"

    def broker(self):
        return pika.BlockingConnection(pika.URLParameters(self.amqp_url))

    def server_pids(self):
        """The root process of each server."""
        return {"PostgreSQL": int((self.folder / "postgres/pid").read_text()), "RabbitMQ": int((self.folder / "rabbitmq/main.pid").read_text())}

    def ready(self, service, port, seconds=60):
        deadline = time.monotonic() + seconds
        while ready.status(f"http://127.0.0.1:{port}/health/ready") != 200:
            if time.monotonic() > deadline:
                raise SystemExit(f"{service} is not ready after {seconds} s")
            time.sleep(0.05)

    def account(self, role=None, email=None):
        """Mail address and password of one of the demonstration's staff."""
        staff = json.loads((self.folder / "seed/staff.json").read_text())["staff"]
        one = next(person for person in staff if role in (None, person["role"]) and email in (None, person["email"]))
        return one["email"], one["password"]


def free_port():
    return int(subprocess.run(["bash", "-c", f". {LOCAL / 'common.sh'}; free_port"], capture_output=True, text=True, check=True).stdout)

