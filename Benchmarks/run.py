#!/usr/bin/env python3
"""How fast Lintel is beside the floor of this machine and beside what people would use instead.

Everything runs on this machine, against a private PostgreSQL (fsync on) and a private RabbitMQ (quorum queues). Needs a release build:
`make bench` makes it. What comes out is printed, and kept in .local/bench.json and .local/bench.txt.
"""
import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
MEASURES = ["intake", "latency", "fanout", "timers", "growth"]
ONLY_WHEN_ASKED = ["claims", "pages", "soak"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--quick", dest="mode", action="store_const", const="quick", default="quick", help="under three minutes (the default)")
    mode.add_argument("--full", dest="mode", action="store_const", const="full", help="more and longer rounds, and growth")
    mode.add_argument("--tiny", dest="mode", action="store_const", const="tiny", help="only whether it runs at all")
    parser.add_argument("--only", metavar="A,B", help="only these, of: " + ", ".join(MEASURES + ONLY_WHEN_ASKED))
    parser.add_argument("--contenders", metavar="A,B", help="for intake: lintel, lintelTwice, floor, handMade, fastStream, celery")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--minutes", type=int, help="of the soak (full: 60)")
    parser.add_argument("--rate", type=int, help="submissions a second of the soak (100)")
    parser.add_argument("--bin", type=Path, default=REPOSITORY / ".build/release", help="where the services' executables are")
    options = parser.parse_args()
    options.only = options.only.split(",") if options.only else [name for name in MEASURES if name != "growth" or options.mode == "full"]
    options.bin = options.bin.resolve()
    options.contenders = options.contenders.lower().split(",") if options.contenders else None
    return options


def in_own_python():
    """Runs this program with an interpreter that has what the harness and the peers need, made at the first run."""
    venv, wanted = REPOSITORY / ".local/bench-venv", (HERE / "requirements.txt").read_text()
    python, mark = venv / "bin/python", venv / "made-from"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", HERE / "requirements.txt"], check=True)
        mark.write_text(wanted)
    if Path(sys.prefix) != venv:
        os.execv(python, [str(python), __file__, *sys.argv[1:]])


def main():
    options = parse()
    in_own_python()
    compiler = ["CC=clang"] if shutil.which("cc") is None else []
    subprocess.run(["make", "-s", "-C", HERE / "floor", *compiler], check=True)
    from harness import claims, fanout, growth, intake, latency, pages, soak, timers
    from harness.report import Report
    report = Report(options.mode)
    report.line(report.machine())
    for name in options.only:
        {
            "intake": intake, "latency": latency, "fanout": fanout, "timers": timers, "growth": growth, "claims": claims, "pages": pages, "soak": soak,
        }[name].run(options, report)
    report.finish()


if __name__ == "__main__":
    main()
