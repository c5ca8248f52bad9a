"""Writes the last results (.local/chaos.json) into the table of docs/chaos.md: python Tests/Chaos/table.py"""
import ast
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs/chaos.md"
FILES = ["processes", "database", "standby", "disk", "broker", "cluster", "broker_away", "clocks", "storm"]


def tests(file):
    """(name, what it does) of every test of a file, in its order."""
    for node in ast.parse((HERE / f"test_{file}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, " ".join((ast.get_docstring(node) or "").split())


def result(found):
    """One cell: how it ended, when, and the figures that tell something."""
    if not found:
        return "not run"
    confirmed = sum(found["confirmed"].values()) if "confirmed" in found else None
    words = ["held" if found["verdict"] == "held" else f"no verdict: {found['verdict']}" if "load failed" in found["verdict"] else f"**{found['verdict']}**"]
    if confirmed:
        words.append(f"{confirmed} confirmed, {found['events']} events")
    shown = ("slowest stop", "minutes", "accepted by HTTP", "backlog", "drained at (events/s)", "caught up after", "faults")
    words += [f"{name}: {found[name]}" for name in shown if name in found]
    if kills := sum(count for what, count in found.get("ends", {}).items() if what != "SIGTERM"):
        words.append(f"{kills} kills")
    return "; ".join(words)


def rows(results):
    for file in FILES:
        for name, what in tests(file):
            cases = {key: value for key, value in results.get(file, {}).items() if re.split(r"\[| \(", key)[0] == name}
            title = name.removeprefix("test_").replace("_", " ")
            for key, found in sorted(cases.items()) or [(name, None)]:
                case = re.search(r"[\[(](.*)[\])]", key)
                yield f"| {file.replace('_', ' ')} | {title}{' (' + case[1] + ')' if case else ''} | {what} | {result(found)} |"


def main(file=HERE.parents[1] / ".local/chaos.json"):
    results = json.loads(Path(file).read_text())
    table = "\n".join(["| of | fault | | last result |", "|---|---|---|---|", *rows(results)])
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(r"(<!-- results -->\n).*(\n<!-- end -->)", lambda mark: mark[1] + table + mark[2], text, flags=re.S))


if __name__ == "__main__":
    main(*sys.argv[1:])
