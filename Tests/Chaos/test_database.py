"""PostgreSQL restarted, cut off, slow, full and replaced, under load."""
import contextlib

import pytest
from faults import database_away, locked, lose, pause, restart_immediately, superuser, terminate_backends
from installation import SERVICES


def test_restarted_immediately(lintel, ordeal):
    with ordeal():
        for _ in range(3):
            restart_immediately(lintel)
            pause(2)


def test_killed(lintel, ordeal):
    with ordeal():
        lintel.database("kill")
        pause(3)


def test_away_for_longer_than_a_batch_waits(lintel, ordeal):
    """After a minute the deliveries go back to the broker."""
    with ordeal():
        with database_away(lintel):
            pause(75)


def test_backends_terminated(lintel, ordeal):
    with ordeal():
        for _ in range(8):
            assert terminate_backends(lintel), "nobody was connected"
            pause(1.5)


@pytest.mark.parametrize("how", ["lose", "hear"])
def test_the_answer_to_commit_is_cut_off(lintel, ordeal, dice, how):
    """`lose`: it was committed and nobody hears so. `hear`: COMMIT was sent and the line is cut at once."""
    what = "commit-answer" if how == "lose" else "commit"
    with ordeal():
        for service in SERVICES:
            lose(lintel, f"{service}.*.db", what, count=3, do=how)
            pause(1)
        for _ in range(10):
            lose(lintel, "*.db", what, do=how)


@pytest.mark.parametrize("service", SERVICES)
def test_a_table_is_locked(lintel, ordeal, service):
    """Its consumers hang in the middle of a batch until the lock's time-out, again and again."""
    with ordeal():
        with locked(lintel, service):
            pause(12)
        with locked(lintel, service, "outbox"):
            pause(8)


def test_no_connection_is_left(lintel, ordeal):
    """Somebody else has taken all of them."""
    with ordeal():
        with contextlib.ExitStack() as greedy:
            terminate_backends(lintel)
            with contextlib.suppress(Exception):
                for _ in range(200):
                    greedy.enter_context(superuser(lintel))
            pause(10)
