"""Claims: everybody wants the same lead of a pool at the same moment. One has it; how long do the others wait for the answer that says who?

Each claim comes over a connection of its own, open before the first is sent, from one of the agents in turn. Whoever asks is a small C
program (`Benchmarks/floor/claims.c`): one in Python took a good part of the processor that the answers needed."""
import json
import subprocess
import urllib.request
import uuid

from . import growth, latency
from .clock import percentile
from .installation import WORK, Installation
from .whole import Whole

CLAIMS = {"tiny": [20], "quick": [50, 500], "full": [50, 500]}
ROUNDS = {"tiny": 1, "quick": 3, "full": 5}


def run(options, report):
    with Installation("claims", ["postgres", "rabbitmq"], options.bin) as installation:
        with Whole(installation, ["sales", "leads"]) as whole:
            whole.wait_for_staff()
            sizes, rounds = CLAIMS[options.mode], ROUNDS[options.mode]
            latency.pace(installation, 1 + len(sizes) * rounds, 2, seed=5)
            administrator, agents = growth.sign_in(installation), [sign_in(installation, one) for one in agents_of(installation)]
            with installation.database() as database:
                leads = [row[0] for row in database.execute("SELECT id FROM leads WHERE status = 'open' ORDER BY id LIMIT %s", (1 + len(sizes) * rounds,))]
            call(installation, administrator, "/leads/api/v1/leads/bulk", {"leads": [str(lead) for lead in leads], "act": "pool"})
            measure(installation, agents, leads.pop(), 20)  # connections, prepared statements
            report.section("Claims of one lead at once: milliseconds until those who lost know who won")
            for size in sizes:
                waits = [wait for _ in range(rounds) for wait in measure(installation, agents, leads.pop(), size)]
                report.line(f"  {size} at once: p50 {percentile(waits, 0.5):.0f}, p99 {percentile(waits, 0.99):.0f}, most {max(waits):.0f} ms; one winner each time")
                report.measure(f"claims: {size} at once, a loser's wait, p99", percentile(waits, 0.99), None, "ms", target="< 100")


def agents_of(installation):
    staff = json.loads((installation.folder / "seed/staff.json").read_text())["staff"]
    return [(person["email"], person["password"]) for person in staff if person["role"] == "agent"]


def sign_in(installation, account):
    return call(installation, None, "/sales/api/v1/session", dict(zip(["email", "password"], account)))["token"]


def call(installation, token, path, content):
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())} | ({"Authorization": f"Bearer {token}"} if token else {})
    service = path.split("/")[1]
    request = urllib.request.Request(f"http://{installation.home.address(service)}{path}", data=json.dumps(content).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def measure(installation, agents, lead, size):
    """The waits of those who did not get the lead, in milliseconds."""
    address = installation.home.address("leads")
    requests = b"".join(request(address, agents[number % len(agents)], lead) for number in range(size))
    done = subprocess.run([WORK / "bin/claims", *address.rsplit(":", 1)], input=requests, capture_output=True, check=True)
    answers = [(int(code), float(wait)) for code, wait in (line.split() for line in done.stdout.splitlines())]
    codes = [code for code, _ in answers]
    if codes.count(200) != 1 or codes.count(409) != size - 1:
        raise SystemExit(f"{size} claims of one lead were answered with {({code: codes.count(code) for code in codes})}")
    return [wait for code, wait in answers if code == 409]


def request(address, token, lead):
    text = (f"POST /leads/api/v1/leads/{lead}/claim HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}").encode()
    return b"%d\n%s" % (len(text), text)
