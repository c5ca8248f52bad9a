#!/usr/bin/env python3
"""Makes what `docker compose up` needs and git does not hold: passwords, keys, and the broker's definitions with them.

  deploy/compose/prepare.py [--demo] [FOLDER]      FOLDER: default .local/compose, as compose.yaml expects

Run again it keeps what is there. With --demo the demonstration's staff can sign in; without it only admin@lintel.example.
The files are world-readable (the containers' users are not ours), the folder is not.
"""
import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "local"))

from lintel_local import demo, parts  # noqa: E402  (found through the line above)
from lintel_local.home import REPOSITORY, SERVICES, Home, write  # noqa: E402


def write_urls(home):
    """What a service connects with is one secret: the whole address, password included."""
    for service in SERVICES:
        database, broker = home.secret(f"db-{service}"), home.secret(f"amqp-{service}")
        options = "connect_timeout=5&tcp_user_timeout=10000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
        write(home.secret_file(f"{service}-database-url"), f"postgresql://{service}:{database}@postgres:5432/lintel?{options}")
        write(home.secret_file(f"{service}-amqp-url"), f"amqp://{service}:{broker}@rabbitmq:5672/lintel")


def fill_definitions(home, channels):
    script = REPOSITORY / "deploy/rabbitmq/fill_definitions.py"
    subprocess.run(
        [sys.executable, str(script), str(home.path("secrets")), str(home.path("definitions.json"))],
        env=os.environ | {"LINTEL_CHANNELS": " ".join(channels)}, check=True,
    )


def keep_administrator_only(home):
    path = home.path("seed", "staff.json")
    entries = json.loads(path.read_text())
    entries["staff"] = [person for person in entries["staff"] if person["role"] == "admin"]
    entries["teams"] = []
    write(path, json.dumps(entries, ensure_ascii=False, indent=1))


def open_to_containers(home):
    home.folder.chmod(0o700)
    home.path("secrets").chmod(0o755)
    for file in [*home.path("secrets").iterdir(), *home.path("seed").iterdir(), home.path("definitions.json")]:
        file.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--demo", action="store_true", help="seed the demonstration's staff")
    parser.add_argument("folder", nargs="?", default=str(REPOSITORY / ".local/compose"))
    options = parser.parse_args()
    home = Home(Path(options.folder).resolve(), None)
    home.make_folders()
    for name in ["db-superuser", "smtp-notify", "sms-notify", "grafana-admin", "document-key"]:
        home.secret(name)
    channels = demo.channels(home)
    accounts = demo.staff(home)
    if not options.demo:
        keep_administrator_only(home)
    parts.make_signing_key(home)
    parts.make_certificate(home, ["DNS:mail", "DNS:rabbitmq", "DNS:localhost", "IP:127.0.0.1"])
    write_urls(home)
    fill_definitions(home, channels)
    open_to_containers(home)
    for account, (email, password) in accounts.items():
        if options.demo or account == "ADMIN":
            print(f"{account.lower():8} {email:32} {password}")


if __name__ == "__main__":
    main()
