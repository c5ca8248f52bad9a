"""The demonstration: staff with passwords of their own, channels with keys, and leads that go through the real queue."""
import json
import os
import subprocess
import sys

from .home import REPOSITORY, Trouble, write

DEMO = REPOSITORY / "deploy/demo"


def channels(home):
    """Channel name -> API key; writes the file from which Leads learns its channels."""
    entries = json.loads((DEMO / "channels.json").read_text())
    for entry in entries["channels"]:
        entry["key"] = home.secret(f"channel-key-{entry['name']}")
    write(home.path("seed", "channels.json"), json.dumps(entries, ensure_ascii=False, indent=1), mode=0o600)
    return {entry["name"]: entry["key"] for entry in entries["channels"]}


def staff(home):
    """Account -> (mail, password); writes the file from which Sales seeds its staff. An entry with `account` gets a password of
    its own, which is told to the person who started it; the others share one."""
    entries = json.loads((DEMO / "staff.json").read_text())
    accounts = {}
    for person in entries["staff"]:
        account = person.pop("account", None)
        person["password"] = home.secret(f"password-{account.lower() if account else 'demonstration'}", length=16)
        if account:
            accounts[account] = (person["email"], person["password"])
    write(home.path("seed", "staff.json"), json.dumps(entries, ensure_ascii=False, indent=1), mode=0o600)
    return accounts


def push_leads_once(home, connection):
    """Pushes the demonstration's leads at the first start; LINTEL_DEMO=staff leaves them out. Pushing them again would do no harm:
    each has an externalId."""
    done = home.path("seed", "leads-pushed")
    if done.exists() or os.environ.get("LINTEL_DEMO", "full") != "full":
        return
    command = [python_with_pika(home), str(REPOSITORY / "deploy/local/push_leads.py"), str(DEMO / "leads.csv")]
    result = subprocess.run(command, env=os.environ | {k: str(v) for k, v in connection.items()}, check=False)
    if result.returncode:
        raise Trouble("pushing the demonstration's leads failed")
    write(done, "")


def python_with_pika(home):
    """An interpreter that has pika: this one, or that of a virtual environment made for it."""
    if subprocess.run([sys.executable, "-c", "import pika"], capture_output=True, check=False).returncode == 0:
        return sys.executable
    python = home.path("venv", "bin", "python")
    if not home.path("venv", "complete").exists():
        print("Installing pika for the demonstration's channels", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home.path("venv"))], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "pika"], check=True)
        write(home.path("venv", "complete"), "")
    return str(python)
