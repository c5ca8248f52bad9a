"""A file of leads is imported, and taken back, by a service that is killed at random moments: no row is lost, none is done twice."""
import os
import random

import pytest
from conftest import installed
from installation import wait_until

ROWS = 2_400
KNOWN = 40  # people whom the website has told of before
KILLS = 3  # in each of the check, the import and the undo


@pytest.fixture(scope="module")
def mortal(private_folder):
    with installed(private_folder / "mortal") as installation:
        yield installation


@pytest.fixture(scope="module")
def chance():
    """The same seed each time, though not the same moments; LINTEL_TEST_SEED tries another."""
    seed = int(os.environ.get("LINTEL_TEST_SEED") or 20_261_123)
    print(f"LINTEL_TEST_SEED={seed}")
    return random.Random(seed)


def written(chance):
    """The rows of a file, each with what it comes to, which follows from the rows before it and from who is known."""
    seen, phones = set(), {known_phone(number) for number in range(KNOWN)}
    for number in range(ROWS):
        kind = chance.random()
        if kind < 0.02:
            row = f"无号{number},12,,,"
        elif kind < 0.05 and seen:
            row = chance.choice(sorted(seen))
        elif kind < 0.10:
            row = f"客户{number},{known_phone(chance.randrange(KNOWN))},c{number}@example.com,静安,否"
        elif kind < 0.15 and seen:
            row = f"客户{number},{chance.choice(sorted(seen)).split(',')[1]},,浦东,是"
        else:
            row = f"客户{number},137{number:08d},c{number}@example.com,{300 + number % 200}万,是"
        phone = row.split(",")[1]
        if phone == "12":
            verdict = "rejected"
        elif row in seen:
            verdict = "duplicate"
        else:
            verdict = "joined" if phone in phones else "new"
            seen.add(row)
            phones.add(phone)
        yield row, verdict


def known_phone(number):
    return f"1390000{number:04d}"


def ask(client, method, path, **more):
    """Asks until the service is there again."""
    def answer():
        got = client.request(method, path, **more)
        return got if got.status_code < 500 else None

    return wait_until(answer, 60, f"{method} {path}")


def kill_during(mortal, client, path, order, reached, chance, progress):
    """Gives the order, and kills the service each time when a random number of rows is through."""
    moments = sorted(chance.sample(range(1, progress.rows), KILLS))
    lives = set()
    # Killed between the order and its answer, it is given again: the same order again changes nothing.
    assert ask(client, "POST", f"{path}/{order}").status_code in (200, 409)
    for moment in moments:
        wait_until(lambda m=moment: progress(order) >= m or status_of(client, path) == reached, 240, f"{order}: row {moment}")
        pid = mortal.kill("leads")
        lives.add(pid)
        mortal.wait_restarted("leads", pid, 120)
    wait_until(lambda: status_of(client, path) == reached, 240, reached)
    assert len(lives) == KILLS


def status_of(client, path):
    return ask(client, "GET", path).json()["status"]


class Progress:
    """How many rows are through, by what the database says."""

    COUNTED = {"check": "forecast IS NOT NULL", "start": "verdict IS NOT NULL", "undo": "undo IS NOT NULL OR withdrawn"}

    def __init__(self, mortal, rows):
        self.mortal, self.rows = mortal, rows

    def __call__(self, order):
        return self.mortal.query("leads", f"SELECT count(*) FROM import_rows WHERE {self.COUNTED[order]}")[0][0]


def people(mortal):
    """Everything that is known of those whom the website has told of."""
    phones = [f"+86{known_phone(number)}" for number in range(KNOWN)]
    ours = "SELECT uid FROM identifiers WHERE value = ANY(%s)"
    return {
        table: mortal.query("leads", f"{columns} IN ({ours}) ORDER BY 1", phones)
        for table, columns in {
            "persons": "SELECT uid, name, consent_sms, consent_email, consent_call FROM persons WHERE uid",
            "identifiers": "SELECT value, kind, uid, created_at FROM identifiers WHERE uid",
            "tellings": "SELECT id, origin, told::text, told_at FROM tellings WHERE origin",
            "tags": "SELECT uid::text || key || value, noted_at, is_winner FROM tags WHERE source = 'enquiry' AND uid",
            "leads": "SELECT id, need::text, grade, status FROM leads WHERE uid",
        }.items()
    }


def settled(mortal):
    """What follows by itself has followed: who is who, and the tags."""
    return mortal.query("leads", "SELECT count(*) FROM tags_said")[0][0] == 0 and mortal.query(
        "leads", "SELECT count(*) FROM timers WHERE kind = 'leads.identity'")[0][0] == 0


def test_an_import_that_is_killed_at_any_moment_takes_every_row_once_and_gives_all_back(mortal, chance):
    mortal.push(*[
        {"channel": "web", "externalId": f"k{number}", "person": {"name": f"张{number}", "phones": [known_phone(number)]},
         "need": {"districts": ["浦东"]}, "consent": {"sms": True}}
        for number in range(KNOWN)
    ])
    wait_until(lambda: mortal.query("leads", "SELECT count(*) FROM leads")[0][0] == KNOWN and settled(mortal), 60, "who is known")
    before = people(mortal)
    rows = list(written(chance))
    text = "".join(line + "\r\n" for line in ["姓名,手机,邮箱,区域,同意联系", *[row for row, _ in rows]])
    progress = Progress(mortal, ROWS)
    with mortal.sign_in("ADMIN") as client:
        policy = client.post("/leads/api/v1/policies/import.files", json={"version": 1, "values": {"atOnce": 20}})
        assert policy.is_success, policy.text
        headers = {"Content-Type": "text/csv"}
        file = ask(client, "POST", "/leads/api/v1/imports?name=fair.csv", content=text.encode(), headers=headers)
        assert file.status_code == 201, file.text
        path = f"/leads/api/v1/imports/{file.json()['id']}"
        kill_during(mortal, client, path, "check", "checked", chance, progress)
        kill_during(mortal, client, path, "start", "done", chance, progress)
        came_to_what_the_file_says(mortal, rows, ask(client, "GET", path).json())
        wait_until(lambda: settled(mortal), 240, "what the rows said is taken in")
        kill_during(mortal, client, path, "undo", "undone", chance, progress)
    wait_until(lambda: settled(mortal), 60, "what follows the undo")
    after = people(mortal)
    for table, known in before.items():
        assert after[table] == known, table
    left = mortal.query("leads", "SELECT count(*) FROM leads WHERE channel = 'csv' AND status <> 'discarded'")
    assert left == [(0,)]
    assert mortal.query("leads", "SELECT count(*) FROM import_rows WHERE verdict IN ('new', 'joined') AND NOT withdrawn") == [(0,)]
    audit = mortal.execute("leads", "audit", check=False)
    assert "touches-do-not-add-up" not in audit.stdout and "lead-without" not in audit.stdout, audit.stdout


def came_to_what_the_file_says(mortal, rows, answer):
    """Verdicts, ledger and leads, each against the file itself."""
    expected = [(number, verdict) for number, (_, verdict) in enumerate(rows, start=2)]
    assert mortal.query("leads", "SELECT number, verdict FROM import_rows ORDER BY number") == expected
    counts = {verdict: sum(1 for _, one in rows if one == verdict) for verdict in ("new", "joined", "duplicate", "rejected")}
    assert counts == answer["outcome"] == answer["forecast"]
    ledger = dict(mortal.query("leads", "SELECT outcome, count(*) FROM submissions WHERE transport = 'import' GROUP BY 1"))
    # A row that repeats another is the same submission again; that nobody can be reached by it does not use a key up.
    assert ledger == {"accepted": counts["new"], "merged": counts["joined"], "rejected": counts["rejected"]}
    deliveries = mortal.query("leads", "SELECT sum(deliveries) FROM submissions WHERE transport = 'import'")
    assert deliveries == [(len(rows),)]
    leads = "SELECT count(*), count(DISTINCT uid) FROM leads WHERE channel = 'csv'"
    assert mortal.query("leads", leads) == [(counts["new"], counts["new"])]
    told = "SELECT count(*), count(DISTINCT subject) FROM journal WHERE name = 'leads.lead.received.v1'"
    assert mortal.query("leads", told) == [(counts["new"] + KNOWN, counts["new"] + KNOWN)]
