"""Writes the last results (.local/chaos.json) into the table of docs/chaos.md: python Tests/Chaos/table.py"""
import ast
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs/chaos.md"
FILES = ["processes", "database", "standby", "disk", "broker", "lines", "cluster", "broker_away", "clocks", "storm"]


def tests(file):
    """(name, what it does) of every test of a file, in its order."""
    for node in ast.parse((HERE / f"test_{file}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, " ".join((ast.get_docstring(node) or "").split())


def result(found):
    """One cell: how it ended, when, and the figures that tell something."""
    confirmed = sum(found["confirmed"].values()) if "confirmed" in found else None
    words = ["held" if found["verdict"] == "held" else f"no verdict: {found['verdict']}" if "load failed" in found["verdict"] else f"**{found['verdict']}**"]
    if confirmed:
        words.append(f"{confirmed} confirmed, {found['events']} events")
    shown = ("slowest stop", "minutes", "accepted by HTTP", "backlog", "drained at (events/s)", "caught up after (s)", "faults", "met by")
    words += [f"{name}: {found[name]}" for name in shown if name in found]
    if kills := sum(count for what, count in found.get("ends", {}).items() if what != "SIGTERM"):
        words.append(f"{kills} kills")
    return "; ".join(words)


def known(text):
    """What the table says already: (of, fault) -> last result. It stays until there is a newer one."""
    return {(of, fault): cell for of, fault, _, cell in re.findall(r"^\| (.*?) \| (.*?) \| (.*?) ?\| (.*) \|$", text, flags=re.M)}


def rows(results, before):
    for file in FILES:
        of = file.replace("_", " ")
        for name, what in tests(file):
            title = name.removeprefix("test_").replace("_", " ")
            cells = {fault: cell for (group, fault), cell in before.items() if group == of and fault.partition(" (")[0] == title}
            for key, found in results.get(file, {}).items():
                if re.split(r"\[| \(", key)[0] == name:
                    case = re.search(r"[\[(](.*)[\])]", key)
                    cells[title + (f" ({case[1]})" if case else "")] = result(found)
            if len(cells) > 1 and cells.get(title) == "not run":
                del cells[title]  # stood for its cases
            for fault, cell in sorted(cells.items()) or [(title, "not run")]:
                yield f"| {of} | {fault} | {what} | {cell} |"
                what = ""  # once for all cases


def main(file=HERE.parents[1] / ".local/chaos.json"):
    results = json.loads(Path(file).read_text())
    text = DOCUMENT.read_text()
    table = "\n".join(["| of | fault | | last result |", "|---|---|---|---|", *rows(results, known(text))])
    DOCUMENT.write_text(re.sub(r"(<!-- results -->\n).*(\n<!-- end -->)", lambda mark: mark[1] + table + mark[2], text, flags=re.S))


if __name__ == "__main__":
    main(*sys.argv[1:])
