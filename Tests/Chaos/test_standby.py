"""PostgreSQL with a synchronous standby that is promoted when the primary dies; the services know both addresses."""
import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from conftest import installed
from faults import pause, superuser
from installation import LOCAL, REPOSITORY, wait_until
from replicas import free_ports, with_port

SERVER = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]


class Standby:
    """A streaming copy of the installation's database, made by pg_basebackup."""

    def __init__(self, lintel, port):
        self.lintel, self.port = lintel, port
        self.folder = Path((lintel.home / "postgres/place").read_text().strip()) / "standby"

    def start(self):
        lintel, primary = self.lintel, self.lintel.layout.port("postgres")
        password = (lintel.home / "postgres/superpw").read_text().strip()
        with superuser(lintel, "postgres") as connection:
            data = Path(connection.execute("SHOW data_directory").fetchone()[0])
        hba = data / "pg_hba.conf"
        hba.write_text(hba.read_text() + "host replication postgres 127.0.0.1/32 scram-sha-256\n")
        with superuser(lintel, "postgres") as connection:
            connection.execute("SELECT pg_reload_conf()")
        source = f"host=127.0.0.1 port={primary} user=postgres password={password} application_name=standby"
        self.run("pg_basebackup", "-d", source, "-D", self.folder, "-R", "-X", "stream", "-c", "fast")
        sockets = (lintel.home / "postgres/sockets").read_text().strip()
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={sockets} -c max_connections=200 -c hot_standby=on"
        self.run("pg_ctl", "-D", self.folder, "-w", "-s", "-l", self.folder.with_suffix(".log"), "-o", options, "start")
        # Only what the standby has, too, counts as committed; without that a promotion may lose what was confirmed.
        with superuser(lintel, "postgres") as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            connection.execute("SELECT pg_reload_conf()")
            wait_until(lambda: connection.execute("SELECT sync_state FROM pg_stat_replication").fetchall() == [("sync",)], 30, "a synchronous standby")

    def promote(self):
        self.run("pg_ctl", "-D", self.folder, "-w", "-s", "promote")

    def stop(self):
        self.run("pg_ctl", "-D", self.folder, "-m", "immediate", "-s", "stop", check=False)

    def run(self, program, *arguments, check=True):
        runner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        subprocess.run([*runner, str(SERVER / program), *map(str, arguments)], check=check, cwd="/", timeout=120)


@pytest.fixture(scope="module")
def lintel():
    with installed("standby", services=False) as installation:
        (port,) = free_ports(1)
        standby = Standby(installation, port)
        standby.start()
        installation.standby = standby
        installation.database_hosts = f"127.0.0.1:{installation.layout.port('postgres')},127.0.0.1:{port}"
        try:
            installation.up_services()
            yield installation
        finally:
            installation.end_services()
            standby.stop()


def test_a_standby_is_promoted(lintel, ordeal):
    with ordeal() as load:
        pause(5)
        home = lintel.home / "postgres"
        (home / "stopped").touch()  # nobody starts the old primary again: there must never be two
        subprocess.run([LOCAL / "postgres.sh", "kill", home], check=True, timeout=60)
        pause(3)
        lintel.standby.promote()
        for service in ("leads", "sales", "service", "notify"):  # the oracle asks the new primary
            name = "LINTEL_DATABASE_URL_" + service.upper()
            lintel.values[name] = with_port(lintel.values[name], lintel.standby.port)
        audit_on_the_new_primary(lintel)
        wait_until(lambda: writable(lintel), 30, "the new primary to take writes")
        load.wait_confirmed(20, 180)


def writable(lintel):
    with psycopg.connect(lintel["DATABASE_URL_LEADS"]) as connection:
        return connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()[0]


def audit_on_the_new_primary(lintel):
    """`leads audit` is told both addresses, like every replica."""
    def on_the_new_primary(service, *arguments, check=True):
        binary = Path(os.environ.get("LINTEL_BIN") or REPOSITORY / ".build/debug") / service
        return subprocess.run([binary, *arguments], env=lintel.of(service)[0].environment(),
                              capture_output=True, text=True, timeout=120, check=check)

    lintel.execute = on_the_new_primary
