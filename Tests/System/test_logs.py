"""Nobody's name, number, address or words are in a log, whether things go well or not.

Looked at are the services, the proxy, PostgreSQL and RabbitMQ. The mail catcher, the SMS gateway and the operator's stand-in are
other people's servers: to them messages are handed over, words and all.
"""
import json

import pytest
from installation import SERVICES, wait_until
from people import Somebody, ledger

# Each is a word that stands nowhere else, in a place where people write what is personal.
NAME, WORDS, STREET = "欧阳Xanthippe", "Quiddity卧室朝南", "Floccinaucini-Weg"
PHONE, OTHER_PHONE, MAIL = "13977712345", "13977754321", "xanthippe.marker@example.com"
MARKS = [NAME, "Xanthippe", WORDS, "Quiddity", STREET, "Floccinaucini", PHONE, "139 7771 2345", OTHER_PHONE, MAIL, "xanthippe.marker"]
# The same where a log writes what is not ASCII otherwise.
MARKS += [json.dumps(mark)[1:-1] for mark in (NAME, WORDS)]
OUTSIDE = {"mail.log", "operator.log", "bearerbox.log", "smsbox.log"}


def submission(external_id, **more):
    person = {"name": NAME, "phones": [PHONE], "emails": [MAIL], "language": "zh"}
    return {"channel": "web", "externalId": external_id, "person": person, "message": f"{WORDS} {STREET}"} | more


def logs(lintel):
    """Every log of the installation that is ours or a server's that we run, by its name."""
    files = [*lintel.home.glob("log/*"), *lintel.home.glob("postgres/**/*.log"), *lintel.home.glob("rabbitmq/log/*")]
    return {str(file.relative_to(lintel.home)): file.read_text(errors="replace") for file in files
            if file.is_file() and file.name not in OUTSIDE}


@pytest.fixture(scope="module")
def spoken(fragile):
    """Everything that may happen to a person's data, gone well and gone wrong."""
    goes_well(fragile)
    is_refused(fragile)
    breaks(fragile)
    return fragile


def goes_well(lintel):
    lintel.push(submission("marked-1"))
    (row,) = wait_until(lambda: ledger(lintel, "marked-1"), what="the ledger's row")
    assert row["outcome"] == "accepted"
    uid = row["uid"]
    with lintel.sign_in("ADMIN") as client:
        wait_until(lambda: client.get(f"/sales/api/v1/customers/{uid}").status_code == 200, what="the customer at Sales")
        assert client.post(f"/sales/api/v1/customers/{uid}/contacts", json={"kind": "call", "note": WORDS}).status_code == 201
        case = {"uid": str(uid), "kind": "complaint", "severity": "normal", "title": STREET, "text": WORDS}
        wait_until(lambda: client.post("/service/api/v1/cases", json=case).status_code == 201, what="a case")
        for query in (NAME, PHONE, MAIL):
            for path in ("/leads/leads", "/sales/customers", "/leads/api/v1/leads", "/notify/messages"):
                client.get(path, params={"q": query, "search": query})
    wait_until(lambda: lintel.texts("+86" + PHONE), 60, "the customer's text")
    lintel.reply_by_text("+86" + PHONE, f"{WORDS} {STREET}")


def is_refused(lintel):
    """What is wrong with it is said, but not in the sender's words."""
    broken = json.dumps(submission("marked-2"), ensure_ascii=False).encode()
    wrong = [
        broken[:-20], b"\xff" + broken, submission("marked-3", need={"budget": {"min": NAME}}),
        submission("marked-4", person={"name": NAME, "phones": [f"{STREET} {PHONE}0000000"]}),
        submission("marked-5", channel=NAME), submission("x" * 300 + NAME), [NAME, PHONE], submission("marked-6", person=NAME),
    ]
    lintel.push(*wrong)
    with lintel.anonymous() as client:
        client.post("/leads/api/v1/intake/web", json=submission("marked-7"), headers={"X-Channel-Key": NAME.encode()})
        client.post("/leads/api/v1/intake/web", content=broken[:-20], headers={"X-Channel-Key": lintel["CHANNEL_KEY_WEB"]})
        client.post("/sales/api/v1/session", json={"email": MAIL, "password": WORDS})
        client.post("/sales/sign-in", data={"email": MAIL, "password": WORDS})
        client.get(f"/sales/api/v1/customers?q={PHONE}")
        client.get("/sales/nothing-here", params={"q": NAME, "phone": PHONE})
    with lintel.sign_in("ADMIN") as client:
        client.post("/service/api/v1/cases", json={"uid": NAME, "kind": WORDS, "title": STREET})
        client.post("/sales/api/v1/customers/00000000-0000-4000-8000-000000000000/contacts", json={"kind": NAME, "note": WORDS})
        client.get("/leads/api/v1/leads", params={"cursor": NAME})


def breaks(lintel):
    """A handler fails, a message is buried, the database refuses, and the servers are away."""
    event = {
        "specversion": "1.0", "id": "marked-event", "source": "/lintel/leads", "type": "leads.lead.received.v1",
        "subject": "marked", "time": "2026-01-01T00:00:00Z", "data": {"person": {"name": NAME, "phones": [PHONE]}, "message": WORDS},
    }
    lintel.publish_as_admin("lintel.events", "leads.lead.received", json.dumps(event).encode(), content_type="application/cloudevents+json")
    lintel.publish_as_admin("lintel.events", "leads.lead.received", f"{NAME} {PHONE}".encode())
    wait_until(lambda: lintel.query("sales", "SELECT count(*) FROM dead_letters")[0][0] >= 2, 60, "the dead letters")
    with lintel.sign_in("ADMIN") as client:
        for letter in client.get("/sales/api/v1/dead-letters").json()["items"]:
            client.post(f"/sales/api/v1/dead-letters/{letter['id']}/replay", json={})
    # The database refuses a row, and says which: its words hold what the row held.
    lintel.change("leads", f"ALTER TABLE leads ADD CONSTRAINT refuses CHECK (strpos(message, '{OTHER_PHONE}') = 0) NOT VALID")
    somebody = Somebody()
    refused = somebody.submission("marked-8") | {"message": f"{WORDS} {OTHER_PHONE}"}
    refused["person"] |= {"name": NAME}
    lintel.push(refused)
    with lintel.anonymous() as client:
        client.headers["X-Channel-Key"] = lintel["CHANNEL_KEY_WEB"]
        answer = client.post("/leads/api/v1/intake/web", json=refused | {"externalId": "marked-9"})
        assert answer.status_code >= 400
    wait_until(lambda: lintel.query("leads", "SELECT count(*) FROM dead_letters")[0][0] + lintel.query(
        "leads", "SELECT count(*) FROM retries")[0][0] >= 1, 60, "the submission that the database refuses")
    lintel.change("leads", "ALTER TABLE leads DROP CONSTRAINT refuses")
    lintel.broker("stop")
    with lintel.anonymous() as client:
        client.headers["X-Channel-Key"] = lintel["CHANNEL_KEY_WEB"]
        assert client.post("/leads/api/v1/intake/web", json=submission("marked-10")).status_code == 202
    lintel.broker("start")
    lintel.database("restart")
    wait_until(lambda: all(lintel.ready(service) for service in SERVICES), 90, "everything ready again")


def test_there_are_logs_to_look_at(spoken):
    found = logs(spoken)
    assert {f"log/{service}.log" for service in SERVICES} <= set(found)
    assert any(name.startswith("postgres/") for name in found) and any(name.startswith("rabbitmq/") for name in found)
    assert any("not handled" in text for text in found.values()), "the failures are in them"


def test_nobody_is_in_a_log(spoken):
    told = {
        (name, mark, next(line for line in text.splitlines() if mark in line)[:300])
        for name, text in logs(spoken).items() for mark in MARKS if mark in text
    }
    assert not told


def test_nobody_is_in_the_metrics(spoken):
    for service in SERVICES:
        text = spoken.metrics(service)
        assert not [mark for mark in MARKS if mark in text]


def test_every_line_of_a_service_is_json_with_its_time_level_and_words(spoken):
    for service in SERVICES:
        for line in spoken.log_lines(service):
            found = json.loads(line)
            assert {"time", "level", "logger", "message"} <= set(found)
