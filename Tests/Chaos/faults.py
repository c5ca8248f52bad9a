"""What is done to an installation. Each leaves it able to recover by itself, or undoes itself at the end of its `with`."""
import contextlib
import json
import signal
import subprocess
import time
from urllib.parse import quote

import psycopg
from installation import LOCAL, SERVICES, wait_until

MISSING = "sales.chaos"


# Processes


def kill(replica):
    replica.signal(signal.SIGKILL)


@contextlib.contextmanager
def frozen(*replicas):
    """Stopped by SIGSTOP: alive for the kernel, dead for everybody else."""
    pids = [replica.pid for replica in replicas]
    for replica in replicas:
        replica.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for replica, pid in zip(replicas, pids):
            if replica.pid == pid:
                replica.signal(signal.SIGCONT)


# The broker


def close_connections(lintel, user=None):
    """The broker ends the connections of the services, or of one user."""
    count = 0
    for one in lintel.broker_api("GET", "/connections").json():
        if one.get("user") in ([user] if user else SERVICES):
            lintel.broker_api("DELETE", "/connections/" + quote(one["name"], safe=""), check=False)
            count += 1
    return count


@contextlib.contextmanager
def forbidden_to_write(lintel, service):
    """The broker closes the channel of whoever publishes (403)."""
    path = f"/permissions/lintel/{service}"
    allowed = lintel.broker_api("GET", path).json()
    rights = {name: allowed[name] for name in ("configure", "write", "read")}
    lintel.broker_api("PUT", path, json=rights | {"write": "^$"})
    try:
        yield
    finally:
        lintel.broker_api("PUT", path, json=rights)


def delete_queue(lintel, queue):
    lintel.broker_api("DELETE", f"/queues/lintel/{queue}")


def unbind(lintel, queue, pattern=lambda key: True):
    """Takes away bindings to the events; returns their keys."""
    gone = []
    for binding in lintel.broker_api("GET", f"/bindings/lintel/e/lintel.events/q/{queue}").json():
        if pattern(binding["routing_key"]):
            key = quote(binding["properties_key"], safe="")
            lintel.broker_api("DELETE", f"/bindings/lintel/e/lintel.events/q/{queue}/{key}")
            gone.append(binding["routing_key"])
    return gone


@contextlib.contextmanager
def full(lintel, queue, length=5):
    """The queue takes no more than so many messages."""
    policy = lintel.broker_api("GET", f"/policies/lintel/{queue}").json()
    narrow = {"pattern": policy["pattern"], "apply-to": "queues", "priority": 9, "definition": policy["definition"] | {"max-length": length}}
    lintel.broker_api("PUT", "/policies/lintel/chaos", json=narrow)
    try:
        yield
    finally:
        lintel.broker_api("DELETE", "/policies/lintel/chaos")


@contextlib.contextmanager
def alarm(lintel, kind):
    """The broker is short of memory or disk and blocks everybody who publishes."""
    setting, restored = {
        "memory": (["set_vm_memory_high_watermark", "absolute", "1kB"], ["set_vm_memory_high_watermark", "absolute", "1GB"]),
        "disk": (["set_disk_free_limit", "9999GB"], ["set_disk_free_limit", "100MB"]),
    }[kind]
    control(lintel, *setting)
    try:
        yield
    finally:
        control(lintel, *restored)


@contextlib.contextmanager
def consumer_timeout(lintel, seconds):
    """The broker closes the channel of a consumer that has not acknowledged for so long."""
    def set_to(milliseconds):
        control(lintel, "eval", f"application:set_env(rabbit, consumer_timeout, {milliseconds}).")

    set_to(int(seconds * 1000))
    try:
        yield
    finally:
        set_to(1_800_000)


@contextlib.contextmanager
def broker_away(lintel):
    lintel.broker("stop")
    try:
        yield
    finally:
        lintel.broker("start")


def control(lintel, *arguments):
    subprocess.run([LOCAL / "rabbitmq.sh", "ctl", lintel.home / "rabbitmq", *arguments],
                   check=True, timeout=120, stdout=subprocess.DEVNULL)


# The database


def superuser(lintel, database="lintel"):
    url = subprocess.run([LOCAL / "postgres.sh", "url", lintel.home / "postgres", database],
                         check=True, capture_output=True, text=True).stdout.strip()
    return psycopg.connect(url, autocommit=True)


def restart_immediately(lintel):
    """pg_ctl restart -m immediate: no goodbye to anybody, recovery at the start."""
    subprocess.run([LOCAL / "postgres.sh", "restart", lintel.home / "postgres", "immediate"], check=True, timeout=120)


def terminate_backends(lintel, user=None):
    with superuser(lintel) as connection:
        return connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = ANY(%s)", ([user] if user else SERVICES,)
        ).fetchone()[0]


@contextlib.contextmanager
def locked(lintel, service, table="inbox"):
    """Nobody gets at a table: what its consumers do takes as long as this lasts."""
    with psycopg.connect(lintel["DATABASE_URL_" + service.upper()]) as connection:
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def database_away(lintel):
    lintel.database("stop")
    try:
        yield
    finally:
        lintel.database("start")


# The lines between


@contextlib.contextmanager
def line(lintel, names, do, **options):
    """Does something to links and opens them again."""
    lintel.links(names, do, **options)
    try:
        yield
    finally:
        lintel.links(names, "open")


def cuts(lintel, names="*"):
    return sum(one["cuts"] for one in lintel.links(names).values())


def lose(lintel, names, what, count=1, within=60, do="lose"):
    """Cuts connections in place of passing on `what`, and waits until that has happened somewhere."""
    before = cuts(lintel, names)
    lintel.links(names, do, what=what, count=count)
    try:
        wait_until(lambda: cuts(lintel, names) > before, within, f"{what} cut at {names}")
    finally:
        lintel.links(names, "open")


# Clocks


def jump(lintel, replica, by):
    """Starts a replica whose clock on the wall is wrong (+3600, -3600 seconds); the next start has the right time."""
    # The system's allocator goes before jemalloc, which asks for the time before libfaketime can tell it, and hangs.
    libraries = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 libc.so.6"
    lintel.restart(replica, LD_PRELOAD=libraries, FAKETIME=f"{by:+d}", FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1")


def dump(value):
    return json.dumps(value, ensure_ascii=False, default=str)


def pause(seconds):
    """How long a fault lasts. It is part of the fault, not a way of waiting for something."""
    time.sleep(seconds)
