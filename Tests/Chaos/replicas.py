"""An installation whose services run as several replicas each, every one behind links that can be broken."""
import contextlib
import ctypes
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from installation import LOCAL, REPOSITORY, SERVICES, Installation, wait_until

sys.path.insert(0, str(LOCAL))
from lintel_local import environment, parts  # noqa: E402
from lintel_local.home import Home, is_free  # noqa: E402

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
SERVERS = "postgres,rabbitmq,mail,kannel,proxy"
HEARTBEAT = 5  # seconds; a silent broker is given up after two


def end_with_us():
    """In a child: the kernel ends it when the thread that started it ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def failpoints():
    """The places in the code at which a process can be told to die: name -> the services that come by."""
    found = {}
    for folder, services in (("Shared", SERVICES), *((f"Services/{name.capitalize()}", [name]) for name in SERVICES)):
        for file in (REPOSITORY / folder).rglob("*.swift"):
            for name in re.findall(r'Failpoint\.hit\("([^"]+)"\)', file.read_text()):
                found.setdefault(name, services)
    return found


class Replica:
    """One process of a service. It is started again whenever it ends, as a supervisor would."""

    def __init__(self, lintel, service, number, ports):
        self.lintel, self.service, self.number = lintel, service, number
        self.name = f"{service}.{number}"
        self.http, self.ops, self.database, self.broker = ports
        self.process = None
        self.is_wanted = True
        self.dooms = []      # ends that are expected, by whatever caused them
        self.failpoint = None
        self.carried = None  # the failpoint of the process that runs, which may meet it while it is being taken off
        self.more = {}       # environment of the next start only
        self.starts = 0

    def environment(self):
        of_service = environment.of_service(self.lintel.layout, self.service)
        values = of_service | {"LINTEL_HTTP_PORT": str(self.http), "LINTEL_OPS_PORT": str(self.ops)}
        values["LINTEL_DATABASE_URL"] = self.lintel.database_url(of_service["LINTEL_DATABASE_URL"], self)
        values["LINTEL_AMQP_URL"] = self.lintel.broker_url(of_service["LINTEL_AMQP_URL"], self) + f"?heartbeat={HEARTBEAT}"
        if self.failpoint:
            values["LINTEL_FAILPOINT"] = self.failpoint
        values, self.more = values | self.lintel.everywhere | self.more, {}
        return values

    def start(self):
        self.carried = self.failpoint
        binary = Path(os.environ.get("LINTEL_BIN") or REPOSITORY / ".build/debug") / self.service
        with open(self.lintel.home / "log" / f"{self.name}.log", "ab") as log:
            self.process = subprocess.Popen(
                [binary, "serve"], env=self.environment(), cwd=REPOSITORY, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_us,
            )
        self.starts += 1

    @property
    def pid(self):
        return self.process.pid if self.process and self.process.poll() is None else None

    def signal(self, number):
        if pid := self.pid:
            if number in (signal.SIGKILL, signal.SIGTERM):
                self.dooms.append(signal.Signals(number))
            with contextlib.suppress(ProcessLookupError):  # it has just ended, and the keeper has seen it
                os.kill(pid, number)

    def is_frozen(self):
        """Stopped by SIGSTOP, our own or that of a failpoint."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"
        except OSError:
            return False

    def ready(self):
        try:
            return self.pid is not None and httpx.get(f"http://127.0.0.1:{self.ops}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def why_unready(self):
        try:
            return httpx.get(f"http://127.0.0.1:{self.ops}/health/ready", timeout=5).text
        except httpx.HTTPError as error:
            return f"{error!r}; running: {self.pid}"

    def metric(self, name):
        """The sum of a metric over its labels."""
        text = httpx.get(f"http://127.0.0.1:{self.ops}/metrics", timeout=5).text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if re.match(rf"{name}[ {{]", line))


class Replicated(Installation):
    """`lintel up` for the servers; the services are ours. Where a service is expected there is a load balancer."""

    def __init__(self, home, replicas=2, has_links=True, **settings):
        super().__init__(home, **({"LINTEL_PORT": os.environ.get("LINTEL_PORT") or "auto"} | settings))
        self.count = replicas
        self.replicas = []
        self.everywhere = {}     # environment of every replica
        self.has_links = has_links  # without, replicas reach the servers directly: the proxy is slower than they
        self.database_hosts = None  # several, when a standby may take over: "127.0.0.1:1,127.0.0.1:2"
        self.broker_ports = None  # of a cluster, instead of the one node
        self.surprises = []      # processes that ended without our doing
        self.ends = []           # (replica, signal or failpoint, return code, seconds since it was told)
        self.sent_again = {}     # service -> ranges of the journal's positions
        self.keeper = None
        self.proxy = None
        self.is_spoiled = False  # a test has failed on it
        self.stopping = threading.Event()

    # Life

    def up_servers(self):
        self.up("--only", SERVERS)
        self.layout = Home(self.home, int((self.home / "run/base-port").read_text()))
        parts.make_signing_key(self.layout)
        self.replicas = []
        ports = iter(free_ports(self.count * len(SERVICES) * 4))
        for service in SERVICES:
            for number in range(1, self.count + 1):
                self.replicas.append(Replica(self, service, number, [next(ports) for _ in range(4)]))

    def up_services(self):
        self._start_links()
        self.stopping.clear()
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()
        self.wait_ready()

    def down(self):
        self.end_services()
        if self.proxy:
            self.proxy.terminate()
            self.proxy.wait()
            self.proxy = None
        super().down()

    def end_services(self):
        """SIGTERM to all; returns (replica, return code, seconds) of each."""
        told = time.monotonic()
        ended = []
        for replica in self.replicas:
            replica.is_wanted = False
            replica.signal(signal.SIGCONT)
            replica.signal(signal.SIGTERM)
        for replica in self.replicas:
            if replica.process:
                try:
                    code = replica.process.wait(max(1, 40 - (time.monotonic() - told)))
                except subprocess.TimeoutExpired:
                    code = None
                    os.killpg(replica.process.pid, signal.SIGKILL)
                    replica.process.wait()
                ended.append((replica.name, code, time.monotonic() - told))
        self.stopping.set()
        if self.keeper:
            self.keeper.join()
            self.keeper = None
        return ended

    def _start_links(self):
        links = []
        for replica in self.replicas:
            brokers = self.broker_ports or [self.layout.port("amqp")]
            links.append({"name": replica.name + ".db", "listen": replica.database, "protocol": "postgres",
                          "targets": [self.layout.port("postgres")]})
            links.append({"name": replica.name + ".mq", "listen": replica.broker, "protocol": "amqp", "targets": brokers})
        for service in SERVICES:
            links.append({"name": service + ".http", "listen": self.layout.port(service),
                          "targets": [replica.http for replica in self.of(service)]})
        file = self.home / "run/links.json"
        file.write_text(json.dumps(links))
        self.control = self.home / "run/links.sock"
        self.control.unlink(missing_ok=True)
        self.proxy = subprocess.Popen([sys.executable, Path(__file__).with_name("faultproxy.py"), self.control, file], preexec_fn=end_with_us)
        wait_until(self.control.exists, what="the links")

    def _keep(self):
        """Starts what is wanted and does not run. The kernel ends the children with this thread, so it lives as long as they."""
        try:
            self._keep_going()
        except Exception as error:
            self.surprises.append(("the keeper of the processes", repr(error)))
            raise

    def _keep_going(self):
        again = {}
        while not self.stopping.is_set():
            for replica in self.replicas:
                if replica.process and replica.process.poll() is not None and replica.name not in again:
                    self._note_end(replica)
                    again[replica.name] = time.monotonic() + 0.2
                if replica.is_wanted and (replica.process is None or time.monotonic() > again.get(replica.name, 1e18)):
                    again.pop(replica.name, None)
                    replica.start()
            self.stopping.wait(0.05)

    def _note_end(self, replica):
        code = replica.process.returncode
        if replica.carried and code == -signal.SIGKILL and not replica.dooms:
            self.ends.append((replica.name, replica.carried, code))
            replica.failpoint = None
        elif replica.dooms and code in (0, -signal.SIGTERM, -signal.SIGKILL):  # -SIGTERM: told before it could listen
            self.ends.append((replica.name, replica.dooms[-1].name, code))
        else:
            self.surprises.append((replica.name, code))
        replica.dooms = []

    def remove(self):
        self.down()
        for script in ("postgres", "rabbitmq"):
            subprocess.run([LOCAL / f"{script}.sh", "remove", self.home / script], check=False)

    # Parts

    def of(self, service):
        return [replica for replica in self.replicas if replica.service == service]

    def ready(self, service):
        return all(replica.ready() for replica in self.of(service))

    def wait_ready(self, within=120):
        try:
            wait_until(lambda: all(replica.ready() for replica in self.replicas), within)
        except AssertionError:
            unready = {replica.name: replica.why_unready() for replica in self.replicas if not replica.ready()}
            raise AssertionError(f"not ready within {within} s: {unready}") from None

    def restart(self, *replicas, **environment_of_next_start):
        """Kills them; they come back with these variables."""
        for replica in replicas:
            replica.more = environment_of_next_start
            replica.signal(signal.SIGKILL)

    def arm(self, replica, failpoint):
        """Starts a replica anew that dies or freezes at a failpoint; the start after that is a plain one."""
        replica.failpoint = failpoint
        replica.signal(signal.SIGKILL)

    def disarm(self, replica):
        """Makes a replica a plain one again, whatever it carries by now. The kill comes first: the keeper waits before it starts it anew."""
        if replica.failpoint:
            replica.signal(signal.SIGKILL)
            replica.failpoint = None

    def broker_api(self, method, path, check=True, **options):
        """The management API: "/queues/lintel"."""
        account = urlsplit(self["AMQP_URL_ADMIN"])
        answer = httpx.request(method, self["AMQP_MANAGEMENT_URL"] + "/api" + path, auth=(account.username, account.password), timeout=20, **options)
        if check:
            answer.raise_for_status()
        return answer

    # Links

    def links(self, names, do=None, **options):
        """A command to the links whose names match: links("leads.*.db", "cut")."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.control))
            line.sendall(json.dumps({"links": names} | ({"do": do} if do else {}) | options).encode() + b"\n")
            return json.loads(line.makefile().readline())

    def database_url(self, url, replica):
        if self.database_hosts:
            parts = urlsplit(url)
            account = parts.netloc.rpartition("@")[0]
            return parts._replace(netloc=f"{account}@{self.database_hosts}", query=parts.query + "&target_session_attrs=read-write").geturl()
        return with_port(url, replica.database) if self.has_links else url

    def broker_url(self, url, replica):
        return with_port(url, replica.broker) if self.has_links else url


def with_port(url, port):
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}").geturl()


HANDED_OUT = []  # the last port; what is not bound yet must not be given to somebody else


def free_ports(count):
    """A block of free ports below the kernel's own; LINTEL_CHAOS_PORTS says where to look first."""
    first = (HANDED_OUT[-1] + 1) if HANDED_OUT else int(os.environ.get("LINTEL_CHAOS_PORTS") or 16000)
    if first > 32000:
        first = 16000
    for base in range(first, 32768 - count, count):
        if all(is_free(port) for port in range(base, base + count)):
            HANDED_OUT.append(base + count - 1)
            return range(base, base + count)
    raise AssertionError("no free ports")
