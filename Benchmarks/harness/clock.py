"""How much processor time processes have used, read from /proc."""
import os
import statistics

TICK = os.sysconf("SC_CLK_TCK")


def fields(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def processes():
    """pid -> (parent, session, own seconds, seconds of children that have ended)."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = fields(name)
        except OSError:
            continue
        found[int(name)] = (int(stat[1]), int(stat[3]), (int(stat[11]) + int(stat[12])) / TICK, (int(stat[13]) + int(stat[14])) / TICK)
    return found


def cpu_of_trees(roots):
    """Seconds used by each of these processes and everything they have started."""
    table = processes()
    children = {}
    for pid, (parent, *_) in table.items():
        children.setdefault(parent, []).append(pid)

    def used(pid):
        if pid not in table:
            return 0.0
        return table[pid][2] + table[pid][3] + sum(used(child) for child in children.get(pid, []))

    return [used(root) for root in roots]


def resident(pid):
    """Resident memory in MB."""
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values):
    return statistics.median(values)
