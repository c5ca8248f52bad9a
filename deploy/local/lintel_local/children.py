"""Processes that the supervisor keeps alive."""
import ctypes
import os
import signal
import socket
import subprocess
import time

from .home import write

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
STEADY = 30  # seconds after which a process counts as healthy again
LOG_LIMIT = 50_000_000  # bytes; a longer log is put aside when its process starts


def end_with_parent():
    """The kernel ends a child when the supervisor itself is killed: nothing is left over that would keep the ports."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process in a session of its own (Ctrl-C must reach the supervisor only), started again when it ends, later and later."""

    def __init__(self, home, name, command, environment=None, folder=None, needs=None):
        """`needs` is a port that must answer first."""
        self.home = home
        self.name = name
        self.command = [str(word) for word in command]
        self.environment = environment
        self.folder = folder
        self.needs = needs
        self.process = None
        self.started = 0.0
        self.failures = 0
        self.again_at = None
        self.pid_file = home.path("run", f"{name}.pid")
        self.log = home.path("log", f"{name}.log")

    def start(self):
        if self.needs and not connects(self.needs):
            return  # look_after comes again
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent,
            )
        self.started = time.monotonic()
        self.again_at = None
        write(self.pid_file, str(self.process.pid))  # never half, for who reads it meanwhile

    def running(self):
        return self.process is not None and self.process.poll() is None

    def look_after(self):
        """Starts it again when it has ended: after half a second, doubling up to ten seconds while it keeps failing."""
        if self.process is None:
            self.start()
            return
        if self.running():
            return
        now = time.monotonic()
        if self.again_at is None:
            self.failures = 0 if now - self.started > STEADY else self.failures + 1
            delay = min(10, 0.5 * 2 ** max(0, self.failures - 1))
            self.again_at = now + delay
            print(f"{self.name} ended ({describe(self.process.returncode)}); starting it again in {delay:g} s", flush=True)
        elif now >= self.again_at:
            self.start()

    def tell(self, number):
        if self.running():
            self.process.send_signal(number)

    def wait(self, deadline):
        """Waits for its end; what does not end in time is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{self.name} did not stop in time: killed", flush=True)
            kill_group(self.process.pid)
            self.process.wait()
        self.pid_file.unlink(missing_ok=True)

    def last_lines(self, count=15):
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def describe(code):
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Server:
    """PostgreSQL or RabbitMQ, which a script starts and stops, and which is a daemon of its own."""

    def __init__(self, home, name, script, folder, environment):
        self.home = home
        self.name = name
        self.script = script
        self.folder = folder
        self.environment = environment
        self.starting = None

    def call(self, verb):
        with open(self.home.path("log", f"{self.name}.log"), "ab") as log:
            return subprocess.Popen(
                [str(self.script), verb, str(self.folder)], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )

    def start(self):
        self.starting = self.call("start")

    def pid(self):
        for name in ["main.pid", "pid"]:
            path = self.folder / name
            if path.exists() and path.read_text().strip().isdigit():
                return int(path.read_text())
        return None

    def running(self):
        pid = self.pid()
        return pid is not None and os.path.exists(f"/proc/{pid}")

    def look_after(self):
        """Starts it again when it has died, unless somebody has stopped it on purpose."""
        if self.starting is not None:
            if self.starting.poll() is None:
                return
            self.starting = None
        if not self.running() and not (self.folder / "stopped").exists():
            print(f"{self.name} ended; starting it again", flush=True)
            self.start()

    def stop(self):
        if self.starting is not None and self.starting.poll() is None:
            self.starting.wait()
        if self.folder.exists():
            self.call("stop").wait()
