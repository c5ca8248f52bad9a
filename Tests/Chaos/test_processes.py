"""Processes that die, freeze and are told to stop, with replicas beside them and under load."""
import signal
import time

import pytest
from conftest import IS_SHORT
from faults import frozen, kill, pause
from installation import SERVICES, patience, wait_until
from replicas import failpoints

KILLS = 20 if IS_SHORT else 200


@pytest.mark.short
def test_kills_at_random_moments(lintel, ordeal, dice):
    with ordeal() as load:
        for number in range(KILLS):
            victim = dice.choice(lintel.replicas)
            wait_until(lambda: victim.pid is not None, 30, f"{victim.name} to be there to be killed")
            kill(victim)
            pause(dice.uniform(0.1, 1.5))
            if number % 10 == 5:
                load.plant_letter()


@pytest.mark.parametrize("how", ["kill", "stop"])
@pytest.mark.parametrize("point", failpoints())
def test_at_every_failpoint(lintel, ordeal, dice, point, how):
    """All replicas of every service that comes by carry the failpoint, so that it is met whoever has the work. Letters that nobody can read are among the load."""
    services = failpoints()[point]
    wanted = must_meet(point, services, how)
    armed = [replica for service in services for replica in lintel.of(service)]
    with ordeal() as load:
        for replica in armed:
            lintel.arm(replica, f"{point}:{dice.randint(1, 5) if wanted else 1}" + (":stop" if how == "stop" else ""))
        for _ in range(4):
            load.plant_letter()
        met = wait_met(armed, how, wanted)
        ordeal.more["met by"] = sorted(met)
        for replica in armed:
            if replica.is_frozen():
                replica.signal(signal.SIGCONT)
        pause(2 if how == "stop" else 0)  # the frozen go on where they were, in a world that has moved on
        for replica in armed:
            lintel.disarm(replica)
        assert met >= wanted, f"only {met} came by {point}"
        wait_until(lambda: all(lintel.ready(service) for service in services), 90, "all ready again")


def must_meet(point, services, how):
    """The services that the load makes come by this place for certain. While Leads is frozen nobody else has much to do."""
    is_certain = {"inbox": {"leads", "sales", "service", "notify"}, "relay": {"leads", "sales", "notify"}, "sending": {"notify"}}
    certain = is_certain.get(point.split(".")[0], set()) & set(services)
    return certain & {"leads"} or certain if how == "stop" else certain


def wait_met(armed, how, wanted, within=25):
    """The services of which a replica died or froze at its failpoint. Waits for those that must; what is frozen stays so for a while."""
    deadline = time.monotonic() + within * (patience() if wanted else 1)
    met = set()
    while time.monotonic() < deadline and not (wanted and met >= wanted):
        met |= {replica.service for replica in armed if (replica.is_frozen() if how == "stop" else replica.failpoint is None)}
        time.sleep(0.1)
    pause(3 if how == "stop" else 1)
    return met


@pytest.mark.parametrize("seconds", [3, 30])
def test_frozen_for_a_while(lintel, ordeal, dice, seconds):
    """30 s is more than the broker's and the database's patience: another replica takes over, then the first wakes up and believes that it still leads."""
    with ordeal() as load:
        for service in SERVICES:
            with frozen(dice.choice(lintel.of(service))):
                pause(seconds)
        with frozen(*[lintel.of(service)[0] for service in SERVICES]):
            pause(seconds)


def test_all_replicas_at_once(lintel, ordeal):
    with ordeal():
        for _ in range(3):
            for replica in lintel.replicas:
                kill(replica)
            lintel.wait_ready()
            pause(2)


def test_told_to_stop_a_hundred_times(lintel, ordeal, dice):
    """Drained within 30 s, exit status 0, each time."""
    slow = []
    with ordeal() as load:
        for number in range(100):
            victim = lintel.of(SERVICES[number % 4])[dice.randrange(lintel.count)]
            wait_until(lambda: victim.ready(), 60, f"{victim.name} ready")
            process, told = victim.process, time.monotonic()
            victim.signal(signal.SIGTERM)
            code = process.wait(45)
            slow.append(time.monotonic() - told)
            assert code == 0, f"{victim.name} ended with {code} when it was told to stop for the {number + 1}th time"
        ordeal.more["slowest stop"] = round(max(slow), 1)
        assert max(slow) < 30, f"a stop took {max(slow):.1f} s"
