"""Where an installation keeps its things: folders, ports and secrets."""
import os
import random
import secrets
import socket
from pathlib import Path

REPOSITORY = Path(os.path.realpath(__file__)).parents[3]
SERVICES = ["leads", "sales", "service", "notify"]

# Added to LINTEL_PORT. A block of 30 makes room for all; the last is taken by the supervisor itself, as a claim on the block.
OFFSETS = {
    "proxy": 0,
    "leads": 1, "sales": 2, "service": 3, "notify": 4,
    "leads-ops": 5, "sales-ops": 6, "service-ops": 7, "notify-ops": 8,
    "postgres": 9,
    "amqp": 10, "amqp-management": 11, "amqp-metrics": 12, "amqp-nodes": 13, "amqp-epmd": 14, "amqp-tls": 15,
    "amqp-tools": 16,  # and the two after it
    "smtp": 19,
    "kannel-admin": 20, "kannel-smsbox": 21, "kannel-sendsms": 22, "kannel-operator": 23, "kannel-handsets": 24,
    "claim": 29,
}
BLOCK = 30


class Trouble(Exception):
    """Something that the person at the terminal has to know, said in a sentence."""


class Home:
    """One installation's folder and its block of ports."""

    def __init__(self, folder, base):
        self.folder = folder
        self.base = base
        self.claim = None

    @classmethod
    def from_environment(cls, running=False):
        """What LINTEL_HOME and LINTEL_PORT say; of an installation that runs already, its own ports count."""
        folder = Path(os.environ.get("LINTEL_HOME") or REPOSITORY / ".local").resolve()
        wanted = os.environ.get("LINTEL_PORT") or ""
        remembered = folder / "run" / "base-port"
        if (running or wanted in ("", "auto")) and remembered.exists():
            return cls(folder, int(remembered.read_text()))
        if wanted == "auto":
            return cls(folder, None)
        if wanted and not (wanted.isdigit() and 1024 <= int(wanted) <= 65535 - BLOCK):
            raise Trouble(f"LINTEL_PORT must be a number between 1024 and {65535 - BLOCK}, or auto; it is {wanted!r}")
        return cls(folder, int(wanted or 8080))

    def path(self, *names):
        return self.folder.joinpath(*names)

    def make_folders(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ["run", "log", "seed", "mail"]:
            self.path(name).mkdir(exist_ok=True)
        self.path("secrets").mkdir(mode=0o700, exist_ok=True)

    # Ports

    def port(self, name):
        return self.base + OFFSETS[name]

    def address(self, name):
        return f"127.0.0.1:{self.port(name)}"

    def claim_ports(self, parts):
        """Chooses the block (when it is to be chosen), holds its last port, and complains of any port that somebody else has."""
        if self.base is None:
            self._find_block()
        else:
            taken = [port for port in self._ports() if not is_free(port)]
            if taken:
                first = OFFSETS_BY_VALUE.get(taken[0] - self.base, "")
                raise Trouble(
                    f"port {taken[0]} (for {first}) is taken. Lintel needs {self.base} to {self.base + BLOCK - 1}: "
                    "stop what listens there, or set LINTEL_PORT to the first of 30 free ports"
                )
            self.claim = listen(self.port("claim"))
        write(self.path("run", "base-port"), str(self.base))

    def _ports(self):
        return [self.base + offset for offset in OFFSETS.values()] + [self.port("amqp-tools") + 1, self.port("amqp-tools") + 2]

    def _find_block(self):
        """Below 32768: the kernel gives the ports above to clients, any of which may take one before a server has bound it."""
        for _ in range(1000):
            self.base = random.randrange(12000, 32767 - BLOCK, BLOCK)
            self.claim = listen(self.port("claim"))
            if self.claim and all(is_free(port) for port in self._ports() if port != self.port("claim")):
                return
            if self.claim:
                self.claim.close()
        raise Trouble("no block of 30 free ports found")

    # Secrets: made once, readable by the owner only

    def secret(self, name, length=32):
        path = self.secret_file(name)
        if not path.exists():
            write(path, secrets.token_hex(length // 2), mode=0o600)
        return path.read_text().strip()

    def secret_file(self, name):
        return self.path("secrets", name)


OFFSETS_BY_VALUE = {offset: name for name, offset in OFFSETS.items()}


def is_free(port):
    probe = listen(port)
    if probe:
        probe.close()
    return probe is not None


def listen(port):
    """A socket that listens on the port, or nothing when somebody else has it."""
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
        probe.listen(1)
        return probe
    except OSError:
        probe.close()
        return None


def write(path, text, mode=0o644):
    """Writes a file whole or not at all, never readable by more than `mode` allows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
