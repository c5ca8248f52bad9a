"""A nurture sequence whose service dies at every step, between what it does and its commit, and at random moments: nothing is sent
twice, nothing is left out."""
import contextlib
import os
import random
import signal
import uuid

import pytest
from conftest import installed
from installation import SERVICES, wait_until
from oracle import dead_letters, sent_twice, settle
from people import Somebody
from test_import import ask

PEOPLE = 60
TEMPLATES = ["nurture-layout-cases", "nurture-area-paper", "nurture-greeting"]
KILLS = 2  # at random, in each step, beside those at the commit


@pytest.fixture(scope="module")
def mortal(private_folder):
    with installed(private_folder / "nurturing") as installation:
        yield installation


def make_mortal(installation):
    """Every life of the service ends from now on when it is about to commit the second batch of timers that it has fired.

    Only when everybody is on the way: intake sets a timer with each of its batches, so that a life would hardly take in one lead."""
    installation.down()
    installation.environment["LINTEL_FAILPOINT"] = "timer.before-commit:2"
    installation.up()


@pytest.fixture(scope="module")
def chance():
    """The same seed each time, though not the same moments; LINTEL_TEST_SEED tries another."""
    seed = int(os.environ.get("LINTEL_TEST_SEED") or 20_261_123)
    print(f"LINTEL_TEST_SEED={seed}")
    return random.Random(seed)


def pass_a_day(mortal, client):
    """Asks each service until it says that its clock was set; what was done twice brings two steps on one day."""
    for service in SERVICES:
        assert ask(client, "POST", f"/{service}/api/v1/dev/clock", json={"advance": "P1D"}).is_success


def kill(mortal):
    """Kills Leads, unless it has just died by itself, and waits for the next. Returns its process id."""
    pid = mortal.pid("leads")
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    mortal.wait_restarted("leads", pid, 120)
    return pid


def sent(mortal):
    """How many steps were told of."""
    return mortal.query("leads", "SELECT count(*) FROM journal WHERE name = 'leads.nurture.due.v1'")[0][0]


def test_a_sequence_whose_service_dies_at_every_step_sends_each_of_them_once(mortal, chance):
    people = [Somebody() for _ in range(PEOPLE)]
    mortal.push(*(one.submission(consent={"email": True}) for one in people))
    wait_until(lambda: mortal.query("leads", "SELECT count(*) FROM leads") == [(PEOPLE,)], 120, "the leads")
    segment, sequence = uuid.uuid4(), uuid.uuid4()
    with mortal.sign_in("ADMIN") as admin, mortal.sign_in_as("marketing@lintel.example") as marketing:
        values = {"hasQuietHours": 0, "perDay": 100, "perWeek": 100}
        policy = ask(admin, "POST", "/notify/api/v1/policies/notify.marketing", json={"version": 1, "values": values})
        assert policy.status_code in (200, 409), policy.text
        tests = [{"field": "channel", "values": ["web"], "isNot": False}]
        made = ask(marketing, "POST", f"/leads/api/v1/segments/{segment}", json={"name": "Everybody", "tests": tests})
        assert made.status_code in (200, 409), made.text
        lines = [{"day": day, "template": template} for day, template in enumerate(TEMPLATES, start=1)]
        wish = {"name": "Three days", "segmentId": str(segment), "lines": lines, "isActive": True}
        assert ask(marketing, "POST", f"/leads/api/v1/nurture/{sequence}", json=wish).status_code in (200, 409)
        enrolled = "SELECT count(*) FROM nurture_enrolments"
        wait_until(lambda: mortal.query("leads", enrolled) == [(PEOPLE,)], 120, "everybody on the way")
    make_mortal(mortal)
    with mortal.sign_in("ADMIN") as admin:
        lives = {mortal.pid("leads")}
        for step in range(len(TEMPLATES)):
            moments = sorted(chance.sample(range(1, PEOPLE + 1), KILLS))
            pass_a_day(mortal, admin)
            for moment in moments:
                wait_until(lambda m=step * PEOPLE + moment: sent(mortal) >= m, 120, f"step {step + 1}: {moment} people")
                lives.add(kill(mortal))
            wait_until(lambda n=(step + 1) * PEOPLE: sent(mortal) >= n, 120, f"step {step + 1} for everybody")
        lives.add(mortal.pid("leads"))
    assert len(lives) > KILLS * len(TEMPLATES), "it must have died again and again"
    settle(mortal, 240)
    check(mortal, people)


def check(mortal, people):
    """Each person has each step once: told of, written, and in their mailbox."""
    told = mortal.query("leads", "SELECT count(*), count(DISTINCT (uid, data ->> 'step')) FROM journal WHERE name = 'leads.nurture.due.v1'")
    assert told == [(PEOPLE * len(TEMPLATES), PEOPLE * len(TEMPLATES))]
    uids = [uid for uid, in mortal.query("leads", "SELECT uid FROM leads ORDER BY uid")]
    written = mortal.query(
        "notify", "SELECT uid, template, state, count(*) FROM messages WHERE template = ANY(%s) AND channel = 'email' GROUP BY 1, 2, 3 ORDER BY 1, 2",
        TEMPLATES,
    )
    assert written == [(uid, template, "accepted", 1) for uid in uids for template in sorted(TEMPLATES)]
    for one in people:
        assert len(mortal.mails(one.email)) == len(TEMPLATES)
    assert sent_twice(mortal) == []
    assert dead_letters(mortal) == []
    done = "SELECT state, steps_done, count(*) FROM nurture_enrolments GROUP BY 1, 2"
    assert mortal.query("leads", done) == [("finished", len(TEMPLATES), PEOPLE)]
    audit = mortal.execute("leads", "audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr
