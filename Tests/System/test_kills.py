"""Under load the servers are killed and restarted, and the services told to stop, below the local run's supervisor; afterwards nothing was
lost and nothing happened twice. Kills of services with replicas beside them are in Tests/Chaos."""
import signal

import pytest
from installation import SERVICES, wait_until
from load import Load
from oracle import dead_letters, sent_twice, settle

COUNT = 150


@pytest.fixture
def lintel(fragile):
    """Ready before each case: one case's wreck is not the next one's start."""
    wait_ready(fragile)
    return fragile


def wait_ready(lintel, within=90):
    wait_until(lambda: all(lintel.ready(service) for service in SERVICES), within, "all services ready")


def outcomes(lintel, external_ids):
    """What the ledger says of each: {external id: [outcome]}."""
    found = {external_id: [] for external_id in external_ids}
    rows = lintel.query("leads", "SELECT external_id, outcome FROM submissions WHERE external_id = ANY(%s)", list(external_ids))
    for external_id, outcome in rows:
        found[external_id].append(outcome)
    return found


def check(lintel, load):
    """The oracle: one outcome for each that was confirmed, everybody told once, no letter dead, the books balanced."""
    wait_until(lambda: all(outcomes(lintel, load.confirmed).values()), 60, "an outcome for each that was confirmed")
    settle(lintel, 120)
    found = outcomes(lintel, load.confirmed)
    assert {one: what for one, what in found.items() if len(what) != 1} == {}
    assert {what for (what,) in found.values()} == {"accepted", "merged"}
    leads = lintel.query("leads", "SELECT count(*) FROM submissions WHERE external_id = ANY(%s) AND outcome = 'accepted'", list(found))
    assert leads == [(len(set(load.confirmed.values())),)], "one lead for each person"
    assert dead_letters(lintel) == []
    assert twice(lintel) == []
    assert sent_twice(lintel) == []
    audit = lintel.execute("leads", "audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def twice(lintel):
    """Messages that Notify wrote more than once for one cause, template and recipient."""
    return lintel.query(
        "notify",
        "SELECT cause_id, template, channel FROM messages GROUP BY cause_id, template, channel, coalesce(uid, staff_id) HAVING count(*) > 1",
    )


def test_the_broker_is_restarted_and_killed(lintel):
    with Load(lintel, COUNT) as load:
        load.wait_confirmed(COUNT // 4)
        lintel.broker("restart")
        load.wait_confirmed(COUNT * 2 // 3)
        lintel.broker("kill")
        load.wait_all()
    assert load.retries, "the channel must have noticed"
    wait_ready(lintel)
    check(lintel, load)


def test_the_database_is_restarted_and_killed(lintel):
    """`kill` leaves what `pg_ctl stop -m immediate` or a power cut leaves: a database that has to recover."""
    with Load(lintel, COUNT) as load:
        load.wait_confirmed(COUNT // 4)
        lintel.database("restart")
        load.wait_confirmed(COUNT * 2 // 3)
        lintel.database("kill")
        load.wait_all()
        wait_ready(lintel)
    check(lintel, load)


def test_everything_at_once(lintel):
    with Load(lintel, COUNT) as load:
        load.wait_confirmed(COUNT // 4)
        for service in SERVICES:
            lintel.kill(service)
        lintel.database("kill")
        lintel.broker("kill")
        load.wait_all()
    wait_ready(lintel, 120)
    check(lintel, load)


def test_a_service_that_is_told_to_stop_finishes_what_it_has_begun_and_ends_well(lintel):
    log = lintel.home / "log/supervisor.log"
    with Load(lintel, COUNT) as load:
        for number, service in enumerate(SERVICES):
            load.wait_confirmed((number + 1) * COUNT // 6)
            before = ends(log, service)
            lintel.wait_restarted(service, lintel.kill(service, signal.SIGTERM))
            (end,) = ends(log, service)[len(before):]
            assert "exit status 0" in end, end
        load.wait_all()
    check(lintel, load)


def ends(log, service):
    """What the supervisor saw of the ends of a service."""
    return [line for line in log.read_text().splitlines() if line.startswith(f"{service} ended")]
