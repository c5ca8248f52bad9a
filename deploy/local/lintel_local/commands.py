"""run, up, down and status."""
import fcntl
import os
import signal
import subprocess
import sys
import time

from . import demo, environment, ready
from .children import Child, Server, kill_group
from .home import REPOSITORY, SERVICES, Trouble
from .parts import DEPLOY, PARTS, executable, make

READY_WITHIN = 180  # seconds; a busy machine takes two minutes for RabbitMQ
STOP_WITHIN = 30
GIVE_UP_AFTER = 5  # failed starts of one process, which take about eight seconds


class Stop(Exception):
    """Somebody asked for the end (Ctrl-C, SIGTERM)."""


def run(home, options):
    """Starts everything and stays; whatever ends this stops everything."""
    home.make_folders()
    lock = hold(home)
    if lock is None:
        raise Trouble(f"an installation in {home.folder} runs already (`lintel down` stops it)")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stop)
    home.path("run", "supervisor.pid").write_text(str(os.getpid()))
    supervisor = Supervisor(home, options.only)
    try:
        supervisor.start()
        home.path("run", "ready").write_text("")
        supervisor.stay()
    except Stop:
        return 0
    except Trouble as trouble:
        print(f"lintel: {trouble}", file=sys.stderr, flush=True)
        supervisor.show_logs()
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("\nStopping…", flush=True)
        supervisor.stop()
        for name in ("ready", "supervisor.pid", "base-port"):
            home.path("run", name).unlink(missing_ok=True)


def up(home, options):
    """Starts everything in the background and returns when it is ready."""
    home.make_folders()
    if hold(home) is None:
        print(f"It runs already: {home.path('connection.env')}")
        return 0
    home.path("run", "ready").unlink(missing_ok=True)
    log = home.path("log", "supervisor.log")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "deploy/local/lintel"), "run", "--only", ",".join(options.only)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=REPOSITORY,
        )
    try:
        while not home.path("run", "ready").exists():
            if process.poll() is not None:
                print(log.read_text(errors="replace"), file=sys.stderr)
                return 1
            time.sleep(0.1)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 130
    print(log.read_text(errors="replace"), end="")
    return 0


def down(home, options):
    """Stops everything, also what a supervisor that was killed left behind."""
    if not home.folder.exists():
        return 0
    home.make_folders()
    pid_file = home.path("run", "supervisor.pid")
    deadline = time.monotonic() + STOP_WITHIN + 30
    while (lock := hold(home)) is None:
        if pid_file.exists():
            os.kill(int(pid_file.read_text()), signal.SIGTERM)
        if time.monotonic() > deadline:
            raise Trouble(f"the supervisor (process {pid_file.read_text()}) does not stop")
        time.sleep(0.2)
    clear_leftovers(home)
    lock.close()
    return 0


def status(home, options):
    """What runs and what is ready."""
    if hold(home) is not None:
        print(f"Nothing runs in {home.folder}")
        return 3
    for part in PARTS:
        print(f"{part:10} {'ready' if ready.check(home, part) else 'not ready'}")
    return 0 if all(ready.check(home, part) for part in PARTS) else 1


def execute(home, arguments):
    """Becomes a service's executable, with the settings that the running service has."""
    if not arguments or arguments[0] not in SERVICES:
        raise Trouble("usage: lintel exec " + "|".join(SERVICES) + " ARGUMENT…")
    if home.base is None or not home.path("secrets").exists():
        raise Trouble(f"there is no installation in {home.folder}: `lintel up` makes one")
    path = executable(arguments[0])
    os.execve(path, [path, *arguments[1:]], environment.of_service(home, arguments[0]))


def raise_stop(number, frame):
    raise Stop()


def hold(home):
    """The lock that says that a supervisor lives here; nothing when another has it. It is free again when that process ends."""
    if not home.path("run").exists():
        return open(os.devnull)
    lock = open(home.path("run", "lock"), "a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    except BlockingIOError:
        lock.close()
        return None


def clear_leftovers(home):
    """Ends what an earlier supervisor did not live to stop. A pid file counts only while the process has our folder in its
    command or environment: numbers are used again."""
    for pid_file in home.path("run").glob("*.pid"):
        pid = pid_file.read_text().strip()
        if pid == str(os.getpid()):
            continue
        if pid.isdigit() and is_ours(home, pid):
            kill_group(int(pid))
        pid_file.unlink()
    for name in ["rabbitmq", "postgres"]:
        if home.path(name).exists():
            Server(home, name, DEPLOY / f"local/{name}.sh", home.path(name), dict(os.environ)).stop()


def is_ours(home, pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command, open(f"/proc/{pid}/environ", "rb") as variables:
            return str(home.folder).encode() in command.read() + variables.read()
    except OSError:
        return False


class Supervisor:
    """Keeps the parts of one installation alive."""

    def __init__(self, home, only):
        self.home = home
        self.only = [part for part in PARTS if part in only]
        self.members = {}  # part -> its processes

    def start(self):
        began = time.monotonic()
        for service in set(self.only) & set(SERVICES):
            executable(service)  # complains before anything has been started
        clear_leftovers(self.home)
        self.home.claim_ports(self.only)
        channels = demo.channels(self.home)
        accounts = demo.staff(self.home)
        self._start_parts([part for part in self.only if part not in SERVICES and part != "proxy"], channels)
        if "postgres" in self.only:
            ready.prepare_database(self.home)
        self._start_parts([part for part in self.only if part in SERVICES or part == "proxy"], channels)
        values = environment.write_connection_file(self.home, channels, accounts)
        if set(SERVICES) | {"rabbitmq"} <= set(self.only):
            demo.push_leads_once(self.home, values)
        self._announce(values, time.monotonic() - began)

    def _start_parts(self, parts, channels):
        """Starts them side by side and waits for all: in turn it would take three times as long."""
        for part in parts:
            self.members[part] = make(self.home, part, channels)
            for member in self.members[part]:
                member.start()
        ready.wait_for(self.home, parts, self._look_after_start, READY_WITHIN)

    def _look_after_start(self):
        """As later, but what keeps ending right after its start will not become ready by waiting."""
        self.look_after()
        for child in [member for members in self.members.values() for member in members if isinstance(member, Child)]:
            if child.failures >= GIVE_UP_AFTER:
                raise Trouble(f"{child.name} keeps ending: see {child.log}")

    def look_after(self):
        for members in self.members.values():
            for member in members:
                member.look_after()

    def stay(self):
        while True:
            self.look_after()
            time.sleep(0.1)

    def stop(self):
        """Services first, so that they can finish what they have begun; the database last."""
        for group in [SERVICES, ["proxy", "kannel", "mail"]]:
            self._stop_children([m for part in group for m in self.members.get(part, [])])
        for part in ["rabbitmq", "postgres"]:
            for server in self.members.get(part, []):
                server.stop()

    def _stop_children(self, children):
        deadline = time.monotonic() + STOP_WITHIN
        for child in children:
            child.tell(signal.SIGTERM)
        for child in children:
            child.wait(deadline)

    def show_logs(self):
        """The last lines of what is not ready: nobody should have to look for them."""
        for part, members in self.members.items():
            if not ready.check(self.home, part):
                for member in members:
                    if isinstance(member, Child):
                        print(f"--- {member.name}\n{member.last_lines()}", file=sys.stderr, flush=True)

    def _announce(self, values, seconds):
        if "sales" not in self.only:
            print(f"Ready after {seconds:.0f} s: {', '.join(self.only)}", flush=True)
            return
        print(f"\nLintel is ready after {seconds:.0f} s: {values['LINTEL_URL']}\n")
        for role in ["ADMIN", "MANAGER", "AGENT", "SERVICE"]:
            if f"LINTEL_{role}_EMAIL" in values:
                print(f"  {role.lower():8} {values[f'LINTEL_{role}_EMAIL']:32} {values[f'LINTEL_{role}_PASSWORD']}")
        print(f"\nHow to connect: {self.home.path('connection.env')}; logs: {self.home.path('log')}", flush=True)
