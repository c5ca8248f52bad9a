"""Bad input: each piece ends as a rejected row of the ledger or as a dead letter that says why and names the field, and
never harms what arrives beside it."""
import json
import re
import uuid

import httpx
import pytest
from events import publish_event, told
from installation import wait_until
from people import Somebody, ledger
from pika.exceptions import ChannelClosedByBroker

BIG = 9_007_199_254_740_993  # 2^53 + 1


def text(**changes):
    """A submission without an external id, as JSON text, with some of its fields changed."""
    body = Somebody().submission() | changes
    del body["externalId"]
    return json.dumps(body, ensure_ascii=False)


def person(**fields):
    return text(person=fields)


def without(field):
    body = json.loads(text())
    del body[field]
    return json.dumps(body)


def event(**changes):
    """The submission as a CloudEvent."""
    body = {"specversion": "1.0", "id": "1", "source": "/tests", "type": "leads.lead.submit.v1", "data": json.loads(text())}
    return json.dumps(body | changes)


# name -> body, reason, field: what the ledger must say of it.
BAD = {
    "nothing": (b"", "empty-body", ""),
    "malformed JSON": (b'{"channel": "web", "person": {', "malformed-json", ""),
    "not an object": (b"[1, 2]", "wrong-type", ""),
    "bad UTF-8": (text().encode().replace(b"river-park", b"river\xff\xfepark"), "not-utf8", ""),
    "a raw U+0000": (text(message="A").replace('"A"', '"a\0b"').encode(), "malformed-json", ""),
    "a lone surrogate": (person(name="A", phones=["13900000001"]).replace('"A"', r'"\ud800"').encode(), None, None),
    "20,000 nested arrays": (text(attributes={"a": "A"}).replace('"A"', "[" * 20_000 + "]" * 20_000).encode(), "nested-too-deeply", ""),
    "20,000 arrays that never end": (b"[" * 20_000, "nested-too-deeply", ""),
    "a number beyond 2^53": (text(need={"budget": {"min": BIG}}), "out-of-range", "need/budget/min"),
    "a number that no computer holds": (text(need={"budget": {"min": 5}}).replace("5}", "1e400000}", 1), None, None),
    "no channel": (without("channel"), "missing-field", "channel"),
    "no person": (without("person"), "missing-field", "person"),
    "nobody to reach": (person(name="王"), "unreachable", "person"),
    "a phone that is none": (person(phones=["12"]), "not-a-phone-number", "person/phones/0"),
    "a mail address that is none": (person(emails=["nobody"]), "not-an-email-address", "person/emails/0"),
    "phones that are no list": (person(phones="13900000001"), "wrong-type", "person/phones"),
    "another channel than the user's": (text(channel="douyin"), "channel-not-the-routes", "channel"),
    "a body over 256 KiB": (text(message="长" * 100_000), "body-too-large", ""),
    "an unknown type": (event(type="leads.lead.invented.v1"), "unknown-type", "type"),
    "an unknown version": (event(type="leads.lead.submit.v9"), "unknown-type", "type"),
    "an unknown kind of envelope": (event(specversion="7"), "unknown-specversion", "specversion"),
    "an envelope without an id": (json.dumps({k: v for k, v in json.loads(event()).items() if k != "id"}), "missing-field", "id"),
}
EVENTS = {name for name in BAD if "envelope" in name or name.startswith("an unknown")}


def as_bytes(body):
    return body if isinstance(body, bytes) else body.encode()


def content_type(name):
    return "application/cloudevents+json" if name in EVENTS else "application/json"


def rejected_so_far(lintel):
    metrics = httpx.get(lintel.ops("leads") + "/metrics").text
    found = re.search(r'^\w*intake_submissions_total\{[^}]*outcome="rejected"[^}]*\} ([0-9.e+]+)$', metrics, re.MULTILINE)
    return float(found.group(1)) if found else 0


@pytest.mark.parametrize("name", BAD)
def test_a_pushed_submission_that_is_wrong_is_rejected_with_its_reason_beside_an_unharmed_neighbour(lintel, name):
    body, reason, field = BAD[name]
    message_id, neighbour = f"bad-{uuid.uuid4()}", Somebody()
    before = rejected_so_far(lintel)
    lintel.push(as_bytes(body), message_id=message_id, content_type=content_type(name))
    lintel.push(neighbour.submission())
    (row,) = wait_until(lambda: ledger(lintel, f"web-{neighbour.number}"), 10, "the neighbour")
    assert row["outcome"] == "accepted"
    (found,) = wait_until(
        lambda: lintel.query(
            "leads", "SELECT outcome, reason, coalesce(field, ''), detail FROM submissions WHERE submission_key = %s", message_id
        ), 10, "the ledger's row",
    )
    assert found[0] == "rejected" and found[3]
    if reason:
        assert found[1:3] == (reason, field)
    assert rejected_so_far(lintel) == before + 1


@pytest.mark.parametrize("name", sorted(set(BAD) - {"another channel than the user's"}))
def test_a_posted_submission_that_is_wrong_is_answered_with_problem_details(lintel, name):
    body, reason, field = BAD[name]
    with lintel.anonymous() as client:
        client.headers.update({"X-Channel-Key": lintel["CHANNEL_KEY_WEB"], "Content-Type": content_type(name)})
        problem = refused(client.post("/leads/api/v1/intake/web", content=as_bytes(body)), 400, 413, 422)
        assert problem["code"] and problem["detail"]
        if reason and reason != "body-too-large":
            assert (problem["code"], problem.get("field") or "") == (reason, field)
        neighbour = client.post("/leads/api/v1/intake/web", json=Somebody().submission(), headers={"Content-Type": "application/json"})
    assert neighbour.status_code == 202, neighbour.text


def refused(answer, *statuses):
    """The problem details of an answer that must be one of these refusals."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.headers["content-type"]
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return problem


@pytest.mark.parametrize(("channel", "key"), [("web", "wrong"), ("web", ""), ("nowhere", "x"), ("douyin", None)])
def test_a_channel_needs_its_own_key(lintel, channel, key):
    headers = {"X-Channel-Key": lintel["CHANNEL_KEY_WEB"] if key is None else key}
    with lintel.anonymous() as client:
        answer = client.post(f"/leads/api/v1/intake/{channel}", json=Somebody().submission(channel=channel), headers=headers)
    assert refused(answer, 401)["code"] == "channel-key-wrong"


def test_an_escaped_nul_is_never_stored(lintel):
    """PostgreSQL could not; DESIGN.md 3 has it cleaned away."""
    somebody = Somebody()
    body = json.dumps(somebody.submission() | {"message": "a\0b"})
    assert r"\u0000" in body
    lintel.push(body.encode())
    (row,) = wait_until(lambda: ledger(lintel, f"web-{somebody.number}"), 10)
    assert row["outcome"] in ("accepted", "rejected")


def test_a_forged_death_harms_nobody(lintel):
    """x-death and x-delivery-count are the broker's to write; from outside they mean nothing."""
    forged, neighbour = Somebody(), Somebody()
    death = [{"queue": "leads.intake", "reason": "rejected", "count": 99, "exchange": "lintel.dead", "routing-keys": ["x"]}]
    lintel.push(forged.submission(), headers={"x-death": death, "x-delivery-count": 99, "x-first-death-queue": "leads.intake"})
    lintel.push(Somebody().submission(), headers={"x-death": "nonsense", "x-delivery-count": "many"})
    lintel.push(neighbour.submission())
    for somebody in (forged, neighbour):
        (row,) = wait_until(lambda one=somebody: ledger(lintel, f"web-{one.number}"), 10)
        assert row["outcome"] == "accepted"


def test_nobody_speaks_as_another_user(lintel):
    with pytest.raises(ChannelClosedByBroker) as caught:
        lintel.push(Somebody().submission(), user_id="channel-douyin")
    assert caught.value.reply_code == 406
    with pytest.raises(ChannelClosedByBroker) as caught:
        lintel.push(Somebody().submission(channel="douyin"), routing_key="lead.douyin")
    assert caught.value.reply_code == 403


# Between the services


BAD_EVENTS = {
    "malformed JSON": (b'{"specversion":', "malformed-json", ""),
    "bad UTF-8": (told(actor="A").replace(b'"A"', b'"\xff"'), "not-utf8", ""),
    "an unknown type": (told(type="leads.lead.invented.v1"), "unknown-contract", "type"),
    "an unknown version": (told(type="leads.lead.received.v99"), "unknown-contract", "type"),
    "no id": (told(id=None), "missing-field", "id"),
    "no type": (told(type=None), "missing-field", "type"),
    "data without its fields": (told(), "missing-field", None),
    "20,000 nested arrays": (told(data="A").replace(b'"A"', b"[" * 20_000 + b"]" * 20_000), "nested-too-deeply", ""),
}


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_an_event_that_is_wrong_becomes_a_dead_letter_of_every_listener(lintel, name):
    body, reason, field = BAD_EVENTS[name]
    marker = f"bad-{uuid.uuid4()}"
    body = body.replace(b"{", b'{"marker": "%s", ' % marker.encode(), 1)
    publish_event(lintel, body, marker)
    neighbour = Somebody()
    lintel.push(neighbour.submission())

    def letters(service):
        return lintel.query(
            service, "SELECT id, reason, coalesce(field, ''), detail FROM dead_letters WHERE position(%s::bytea IN body) > 0", marker.encode()
        )

    for service in ("sales", "notify"):
        ((letter, *found),) = wait_until(lambda one=service: letters(one), 20, f"a dead letter at {service}")
        assert found[0] == reason and found[2]
        assert found[1] == field if field is not None else found[1].startswith("data/")
        lintel.execute(service, "dead", "discard", str(letter), "--note", "planted by a test")
    with lintel.sign_in("ADMIN") as client:
        (row,) = wait_until(lambda: ledger(lintel, f"web-{neighbour.number}"), 10)
        wait_until(lambda: client.get(f"/sales/api/v1/customers/{row['uid']}").status_code == 200, 10, "the neighbour at Sales")


def test_an_event_with_a_nul_in_its_words_neither_stops_nor_delays_the_next_one_about_the_same_person(lintel):
    """PostgreSQL cannot store U+0000: the event is filed or cleaned, and at once, not tried again for hours."""
    uid, marker = str(uuid.uuid4()), str(uuid.uuid4())
    data = {"uid": uid, "isNew": True, "person": {"name": "a\0b", "phones": [], "emails": ["a@example.com"]}, "consent": {"sms": True}}
    for sequence, name in enumerate(("a\0b", "王一"), 1):
        data["person"]["name"] = name
        event = told(type="leads.person.identified.v1", subject=uid, uid=uid, sequence=sequence, correlationid=marker, data=data)
        publish_event(lintel, event, f"bad-{uuid.uuid4()}", "leads.person.identified")
    wait_until(lambda: lintel.query("sales", "SELECT name FROM customers WHERE uid = %s", uid) == [("王一",)], 15, "the next event")
    for service in ("sales", "service", "notify"):
        assert lintel.query(service, "SELECT error FROM retries") == []
        for (letter,) in lintel.query(service, "SELECT id::text FROM dead_letters WHERE position(%s::bytea IN body) > 0", marker.encode()):
            lintel.execute(service, "dead", "discard", letter, "--note", "planted by a test")


def test_dead_letters_are_listed_over_http_for_administrators_only(lintel):
    marker = f"bad-{uuid.uuid4()}"
    publish_event(lintel, told(type="leads.lead.received.v98", subject=marker), marker)
    with lintel.sign_in("ADMIN") as admin, lintel.sign_in("AGENT") as agent:
        def found():
            items = admin.get("/sales/api/v1/dead-letters").json()["items"]
            bodies = [admin.get(f"/sales/api/v1/dead-letters/{item['id']}").json() for item in items]
            return [one for one in bodies if marker in one["body"]]

        (letter,) = wait_until(found, 20, "the dead letter")
        assert letter["reason"] == "unknown-contract" and letter["field"] == "type"
        refused(agent.get("/sales/api/v1/dead-letters"), 403)
        assert admin.post(f"/sales/api/v1/dead-letters/{letter['id']}/discard", json={"note": "planted"}).status_code == 204
        assert not found()


# The other services' HTTP


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/sales/api/v1/session", None), ("/sales/api/v1/deals", None), ("/service/api/v1/cases", None),
        ("/sales/api/v1/staff/me/shift", None),
    ],
)
@pytest.mark.parametrize("body", [b"", b"{", b"[" * 20_000, b'{"email": "\xff"}', b"[]", b'{"uid": 7, "email": 7, "onShift": "x"}'])
def test_a_request_that_is_wrong_is_answered_with_problem_details(lintel, path, field, body):
    with lintel.sign_in("SERVICE" if path.startswith("/service") else "AGENT") as client:
        answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert refused(answer, 400, 422)["code"]


@pytest.mark.parametrize("path", ["/leads/api/v1/leads", "/sales/api/v1/customers", "/service/api/v1/cases", "/notify/api/v1/messages"])
def test_nobody_is_let_in_without_a_token_or_with_a_forged_one(lintel, path):
    with lintel.anonymous() as client:
        refused(client.get(path), 401)
        refused(client.get(path, headers={"Authorization": "Bearer e30.e30.e30"}), 401)
