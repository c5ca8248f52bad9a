"""Faults in random combination: `make chaos SEED=… MINUTES=…`. The seed decides which, when and how many at once."""
import contextlib
import signal
import threading
import time

import httpx
import pytest
from conftest import IS_SHORT, MINUTES
from faults import (
    alarm, broker_away, close_connections, database_away, forbidden_to_write, frozen, full, jump, kill, line, lose, pause,
    restart_immediately, terminate_backends,
)
from installation import SERVICES
from replicas import failpoints

REPLICAS_WHEN_SHORT = 3  # kills alone are tried with two, so that every run sees both
SHORT = [  # what the short form does, once each in random order, among its kills
    "kill", "kill", "kill", "failpoint", "failpoint", "term", "freeze", "close", "terminate", "immediate", "commit", "confirm", "ack", "cut",
]


class Storm:
    def __init__(self, lintel, load, dice):
        self.lintel, self.load, self.dice = lintel, load, dice
        self.points = failpoints()
        self.done = []
        self.sky = threading.Lock()  # one fault of a whole server at a time: they would undo each other's undoing

    def strike(self, name):
        self.done.append(name)
        try:
            getattr(self, name)()
        except (AssertionError, OSError, httpx.HTTPError) as error:
            # A fault that could not be put in place while others were there is not the product's.
            self.done.append(f"{name} could not be done: {str(error)[:80]}")

    def victim(self):
        return self.dice.choice(self.lintel.replicas)

    def lines(self, kind):
        return f"{self.dice.choice([*SERVICES, '*'])}{self.dice.choice(['.1', '.*', '.*'])}.{kind}".replace("*.1", "*")

    # Processes

    def kill(self):
        kill(self.victim())

    def failpoint(self):
        victim, how = self.victim(), self.dice.choice(["", ":stop"])
        point = self.dice.choice([point for point, services in self.points.items() if victim.service in services])
        self.lintel.arm(victim, f"{point}:{self.dice.randint(1, 8)}{how}")
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline and victim.failpoint and not victim.is_frozen():
            time.sleep(0.1)
        if victim.is_frozen():
            pause(self.dice.choice([1, 4, 14]))
            victim.signal(signal.SIGCONT)
            pause(2)  # it goes on where it was, in a world that has moved on
        self.lintel.disarm(victim)

    def term(self):
        self.victim().signal(signal.SIGTERM)

    def freeze(self):
        with frozen(*{self.victim() for _ in range(self.dice.randint(1, 3))}):
            pause(self.dice.choice([1, 3, 14]))

    def clock(self):
        victim = self.victim()
        jump(self.lintel, victim, self.dice.choice([-3600, -60, 60, 240]))
        pause(6)
        kill(victim)

    # Lines

    def commit(self):
        for _ in range(3):
            lose(self.lintel, self.lines("db"), "commit-answer", within=10)

    def confirm(self):
        lose(self.lintel, self.lines("mq"), "confirm", within=10)

    def ack(self):
        lose(self.lintel, self.lines("mq"), "ack", within=10)

    def cut(self):
        self.lintel.links(self.lines(self.dice.choice(["db", "mq"])), "cut")

    def silence(self):
        with line(self.lintel, self.lines(self.dice.choice(["db", "mq"])), "freeze"):
            pause(self.dice.choice([2, 6, 18]))

    def distance(self):
        with line(self.lintel, self.lines(self.dice.choice(["db", "mq"])), "delay", seconds=0.1):
            pause(5)

    # Servers

    def close(self):
        close_connections(self.lintel)

    def forbid(self):
        with forbidden_to_write(self.lintel, self.dice.choice(SERVICES)):
            pause(5)

    def narrow(self):
        with self.sky, full(self.lintel, f"{self.dice.choice(SERVICES)}.events", 3):
            pause(6)

    def alarm(self):
        with self.sky, alarm(self.lintel, self.dice.choice(["memory", "disk"])):
            pause(self.dice.choice([3, 12]))

    def broker(self):
        with self.sky:
            self.lintel.broker(self.dice.choice(["kill", "restart"]))

    def no_broker(self):
        with self.sky, broker_away(self.lintel):
            pause(self.dice.choice([2, 10]))

    def terminate(self):
        with contextlib.suppress(Exception):  # nobody to ask while the database is away
            terminate_backends(self.lintel)

    def immediate(self):
        with self.sky:
            restart_immediately(self.lintel)

    def database(self):
        with self.sky:
            self.lintel.database("kill")
            self.lintel.database("start")

    def no_database(self):
        with self.sky, database_away(self.lintel):
            pause(self.dice.choice([2, 10]))

    ALL = (
        ["kill"] * 8 + ["failpoint"] * 5 + ["term"] * 2 + ["freeze", "clock", "commit", "confirm", "ack", "cut", "silence", "distance"]
        + ["close", "forbid", "narrow", "alarm", "broker", "no_broker", "terminate", "immediate", "database", "no_database"]
    )


@pytest.mark.short
def test_everything_in_any_combination(lintel, ordeal, dice):
    with ordeal() as load:
        storm = Storm(lintel, load, dice)
        if IS_SHORT:
            for name in dice.sample(SHORT, len(SHORT)):
                storm.strike(name)
                pause(dice.uniform(0.5, 2))
        else:
            rage(storm, dice, MINUTES * 60)
        load.plant_letter()
        ordeal.more["faults"] = len(storm.done)
        print("\n" + ", ".join(storm.done))


def rage(storm, dice, seconds):
    """Up to three faults at the same time; a rest after every minute, so that there is something left to break."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        minute = time.monotonic() + min(60, seconds)
        threads = []
        while time.monotonic() < minute:
            threads = [thread for thread in threads if thread.is_alive()]
            if len(threads) < 3:
                thread = threading.Thread(target=storm.strike, args=(dice.choice(Storm.ALL),))
                thread.start()
                threads.append(thread)
            pause(dice.uniform(0.2, 2.5))
        for thread in threads:
            thread.join()
        storm.load.plant_letter()
        storm.load.wait_confirmed(10, 240)
