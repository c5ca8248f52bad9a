"""A file of leads is imported by a service that is killed again and again: no row is lost, none is done twice."""
import pytest
from conftest import installed
from installation import wait_until

ROWS = 2_400
SAME = 60  # rows that repeat an earlier one
BAD = 40  # rows that nobody can be reached by


@pytest.fixture(scope="module")
def mortal(private_folder):
    """Every life of the service ends in the middle of its fourth transaction of an import."""
    with installed(private_folder / "mortal", LINTEL_FAILPOINT="import.before-commit:4") as installation:
        yield installation


def people(count):
    lines = ["姓名,手机,预算"]
    for number in range(count):
        if number % (count // BAD) == 7:
            lines.append(f"无号{number},12,")
        elif number % (count // SAME) == 9 and number > count // SAME:
            lines.append(lines[2])
        else:
            lines.append(f"客户{number},137{number:08d},{300 + number % 200}万")
    return "\r\n".join(lines) + "\r\n"


def ask(client, method, path, **more):
    """Asks until the service is there again."""
    def answer():
        got = client.request(method, path, **more)
        return got if got.status_code < 500 else None

    return wait_until(answer, 60, f"{method} {path}")


def status_of(client, path):
    return ask(client, "GET", path).json()["status"]


def test_an_import_that_is_killed_at_any_row_takes_every_row_once(mortal):
    text = people(ROWS)
    with mortal.sign_in("ADMIN") as client:
        headers = {"Content-Type": "text/csv"}
        file = ask(client, "POST", "/leads/api/v1/imports?name=fair.csv", content=text.encode(), headers=headers)
        assert file.status_code == 201, file.text
        path = f"/leads/api/v1/imports/{file.json()['id']}"
        lives = {mortal.pid("leads")}
        for order, reached in {"check": "checked", "start": "done"}.items():
            # Killed between the order and its answer, it is given again: the same order again changes nothing.
            assert ask(client, "POST", f"{path}/{order}").status_code in (200, 409)
            wait_until(lambda: lives.add(mortal.pid("leads")) or status_of(client, path) == reached, 240, reached)
        answer = ask(client, "GET", path).json()
    assert len(lives) > 3, "it must have been killed several times"
    rows = mortal.query("leads", "SELECT number, verdict, lead_id FROM import_rows ORDER BY number")
    assert [number for number, _, _ in rows] == list(range(2, ROWS + 2))
    counts = {verdict: sum(1 for _, one, _ in rows if one == verdict) for verdict in ("new", "joined", "duplicate", "rejected")}
    assert counts == answer["outcome"] == answer["forecast"]
    distinct = len({line.split(",")[1] for line in text.split("\r\n")[1:-1]} - {"12"})
    assert counts["new"] == distinct
    assert mortal.query("leads", "SELECT count(*), count(DISTINCT uid) FROM leads") == [(distinct, distinct)]
    accepted = mortal.query("leads", "SELECT count(*) FROM submissions WHERE transport = 'import' AND outcome = 'accepted'")
    assert accepted == [(distinct,)]
    told = mortal.query("leads", "SELECT count(*), count(DISTINCT subject) FROM journal WHERE name = 'leads.lead.received.v1'")
    assert told == [(distinct, distinct)]
    audit = mortal.execute("leads", "audit", check=False)
    assert "touches-do-not-add-up" not in audit.stdout and "lead-without" not in audit.stdout, audit.stdout
