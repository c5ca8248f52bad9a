"""What is printed, and what is kept in .local/bench.json and docs/performance.md."""
import datetime
import json
import os
import platform

from .installation import REPOSITORY


class Report:
    def __init__(self, mode):
        self.mode = mode
        self.measures = {}
        self.lines = []

    def section(self, title):
        self.line("")
        self.line(title)

    def line(self, text):
        print(text, flush=True)
        self.lines.append(text)

    def measure(self, name, ours, floor, unit, target=""):
        """`floor` is what it is compared with; None where there is only a limit, which `target` names."""
        self.measures[name] = {"ours": round(ours, 3), "floor": None if floor is None else round(floor, 3),
                               "ratio": round(ours / floor, 3) if floor else None, "unit": unit, "target": target}

    def finish(self):
        self.section("Measures")
        for name, one in self.measures.items():
            beside = f"{one['floor']:>12,.2f}  ratio {one['ratio']:6.2f}" if one["floor"] is not None else " " * 26
            self.line(f"  {name:48}{one['ours']:>12,.2f}{beside}  {one['unit']:22} {one['target']}")
        path = REPOSITORY / ".local/bench.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | self.measures, indent=1, ensure_ascii=False) + "\n")
        (REPOSITORY / ".local/bench.txt").write_text("\n".join([self.machine(), *self.lines]) + "\n")
        print(f"\nKept in {path.relative_to(REPOSITORY)} and .local/bench.txt")

    def machine(self):
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
        with open("/proc/meminfo") as file:
            memory = int(file.readline().split()[1]) / 2**20
        return (f"{datetime.date.today()}, {self.mode} mode, {os.cpu_count()} cores ({model}), {memory:.0f} GiB, Linux {platform.release()}, "
                f"load average before the run {os.getloadavg()[2]:.1f}")
