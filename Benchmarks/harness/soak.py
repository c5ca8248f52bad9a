"""Soak: the whole way at half load for an hour (`--minutes`). Resident memory of every service must stay flat, and at the end everything
that was pushed must be in the ledger, everything that follows from it must have gone out, and the books must balance."""
import subprocess
import time

from . import latency
from .clock import median, resident
from .installation import Installation
from .whole import Whole

MINUTES = {"tiny": 1, "quick": 10, "full": 60}
SERVICES = ["sales", "leads", "service", "notify"]


def run(options, report):
    minutes, rate = options.minutes or MINUTES[options.mode], options.rate or latency.RATE // 2
    with Installation("soak", ["postgres", "rabbitmq", "mail", "kannel"], options.bin) as installation:
        with Whole(installation, SERVICES) as whole:
            whole.wait_for_staff()
            pushed, samples, began = 0, [], time.monotonic()
            for minute in range(minutes):
                pushed += len(latency.pace(installation, 60, rate, seed=1_000 + minute))
                samples.append({name: resident(pid) for name, pid in whole.pids.items()})
            elapsed = time.monotonic() - began
            latency.settle(installation, within=3600)
            rests = {name: resident(pid) for name, pid in whole.pids.items()}
            check(installation, pushed)
    report.section(f"Soak: {pushed:,} submissions in {elapsed / 60:.0f} minutes ({pushed / elapsed:.0f} a second), all in the ledger, all sent, audit without a finding")
    for name in SERVICES:
        course = [sample[name] for sample in samples]
        early, late = quarter(course, 1), quarter(course, 3)
        report.line(f"  {name:8} resident MB: second quarter {early:.1f}, last quarter {late:.1f}, most {max(course):.1f}, at rest {rests[name]:.1f}")
        report.measure(f"soak: memory of {name}, last quarter beside the second", late, early, "MB", target="<= 1.1")
    report.measure("soak: most resident memory of a service", max(max(sample.values()) for sample in samples), None, "MB", target="< 200")


def quarter(course, number):
    """The median of a quarter of the hour; the first one is for growing."""
    size = len(course) / 4
    return median(course[int(number * size):max(int(number * size) + 1, int((number + 1) * size))])


def check(installation, pushed):
    with installation.database(superuser=True) as database:
        stored = database.execute("SELECT count(DISTINCT external_id) FROM leads.submissions").fetchone()[0]
        dead = [database.execute(f"SELECT count(*) FROM {schema}.dead_letters").fetchone()[0] for schema in SERVICES]
    if stored != pushed or any(dead):
        raise SystemExit(f"{pushed} were pushed, {stored} are in the ledger, dead letters {dead}")
    subprocess.run([installation.executable("leads"), "audit"], env=installation.service_environment("leads"), check=True, stdout=subprocess.DEVNULL)
