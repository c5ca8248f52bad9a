"""Bad input: each piece ends as a rejected row of the ledger or as a dead letter that says why and names the field, and
never harms what arrives beside it."""
import datetime
import json
import re
import uuid
from decimal import Decimal

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


def sized(length, submission=None):
    """A submission of so many bytes."""
    body = json.dumps((submission or json.loads(text())) | {"message": ""}, ensure_ascii=False).encode()
    return body.replace(b'"message": ""', b'"message": "' + b"x" * (length - len(body)) + b'"')


def event(**changes):
    """The submission as a CloudEvent."""
    body = {"specversion": "1.0", "id": "1", "source": "/tests", "type": "leads.lead.submit.v1", "data": json.loads(text())}
    return json.dumps(body | changes)


# name -> body, reason, field: what the ledger must say of it.
BAD = {
    "nothing": (b"", "empty-body", "body"),
    "one byte": (b"{", "malformed-json", "body"),
    "malformed JSON": (b'{"channel": "web", "person": {', "malformed-json", "person"),
    "a submission cut off": (person(name="A", phones=["139000"]).encode().partition(b'"139000')[0] + b'"139', "malformed-json", "person/phones/0"),
    "not an object": (b"[1, 2]", "wrong-type", "body"),
    "bad UTF-8": (text().encode().replace(b"river-park", b"river\xff\xfepark"), "not-utf8", "need/projects/0"),
    "a raw U+0000": (text(message="A").replace('"A"', '"a\0b"').encode(), "nul-character", "message"),
    "an escaped U+0000": (person(name="A", phones=["13900000001"]).replace('"A"', r'"a\u0000b"').encode(), "nul-character", "person/name"),
    "U+0000 in a field's name": (text(attributes={"A": "x"}).replace('"A"', r'"\u0000"').encode(), "nul-character", r"attributes/\u0000"),
    "a lone surrogate": (person(name="A", phones=["13900000001"]).replace('"A"', r'"\ud800"').encode(), "lone-surrogate", "person/name"),
    "surrogates the wrong way round": (text(message="A").replace('"A"', r'"\ude00\ud83d"').encode(), "lone-surrogate", "message"),
    "20,000 nested arrays": (text(attributes={"a": "A"}).replace('"A"', "[" * 20_000 + "]" * 20_000).encode(), "nested-too-deeply", "attributes/a"),
    "20,000 arrays that never end": (b"[" * 20_000, "nested-too-deeply", "body"),
    "a number beyond 2^53": (text(need={"budget": {"min": BIG}}), "out-of-range", "need/budget/min"),
    "a number beyond 2^63": (text(need={"budget": {"min": 2**63}}), "out-of-range", "need/budget/min"),
    "a number that no computer holds": (text(need={"budget": {"min": 5}}).replace("5}", "1e400000}", 1), "out-of-range", "need/budget/min"),
    "not a number": (text(need={"area": {"min": 5}}).replace("5}", "NaN}", 1), "malformed-json", "need/area/min"),
    "a number in quotes": (text(need={"budget": {"min": "5"}}), "wrong-type", "need/budget/min"),
    "no date": (text(submittedAt="yesterday"), "malformed-value", "submittedAt"),
    "no channel": (without("channel"), "missing-field", "channel"),
    "no person": (without("person"), "missing-field", "person"),
    "nobody to reach": (person(name="王"), "unreachable", "person"),
    "a phone that is none": (person(phones=["12"]), "not-a-phone-number", "person/phones/0"),
    "a mail address that is none": (person(emails=["nobody"]), "not-an-email-address", "person/emails/0"),
    "phones that are no list": (person(phones="13900000001"), "wrong-type", "person/phones"),
    "an id of 300 characters": (json.dumps(Somebody().submission("x" * 300)), "too-long", "externalId"),
    "another channel than the user's": (text(channel="douyin"), "channel-not-the-routes", "channel"),
    "a body over 256 KiB": (sized(256 * 1024 + 1), "body-too-large", "body"),
    "a body of 20 MiB": (sized(20 * 1024 * 1024), "body-too-large", "body"),
    "an unknown type": (event(type="leads.lead.invented.v1"), "unknown-type", "type"),
    "an unknown version": (event(type="leads.lead.submit.v9"), "unknown-type", "type"),
    "an unknown kind of envelope": (event(specversion="7"), "unknown-specversion", "specversion"),
    "an envelope without an id": (json.dumps({k: v for k, v in json.loads(event()).items() if k != "id"}), "missing-field", "id"),
    "U+0000 in an envelope": (event(data=json.loads(text(message="a\0b"))), "nul-character", "data/message"),
}
EVENTS = {name for name in BAD if "envelope" in name or name.startswith("an unknown")}

SQL = "'; DROP TABLE leads;--"
# What looks dangerous and is not: each of these is a lead like any other.
ODD = {
    "a byte order mark": lambda one: b"\xef\xbb\xbf" + json.dumps(one).encode(),
    "exactly 256 KiB": lambda one: sized(256 * 1024, one),
    "one byte less than 256 KiB": lambda one: sized(256 * 1024 - 1, one),
    "a field twice": lambda one: json.dumps(one).replace('"message"', '"message": "first", "message"', 1),
    "unknown fields": lambda one: json.dumps(one | {"invented": {"a": [1, None, True]}, "person": one["person"] | {"shoeSize": 43}}),
    "emoji, right to left, zero width and combining": lambda one: json.dumps(one | {"message": "👩‍👩‍👧 \u202eabc\u200b e\u0301"}, ensure_ascii=False),
    "escaped emoji": lambda one: json.dumps(one | {"message": "👍 \\u0000"}),
    "SQL in every text": lambda one: json.dumps(
        one | {"campaign": SQL, "message": SQL, "attributes": {SQL: SQL}, "need": {"purpose": SQL, "projects": [SQL]}, "referrer": {"code": SQL}}
    ),
    "minus zero": lambda one: json.dumps(one | {"need": {"budget": {"min": 7}}}).replace("7}", "-0}"),
    "2^53": lambda one: json.dumps(one | {"need": {"budget": {"min": 2**53}}}),
    "the year 9999": lambda one: json.dumps(one | {"submittedAt": "9999-12-31T23:59:59Z"}),
    "a date long ago": lambda one: json.dumps(one | {"submittedAt": "0001-01-01T00:00:00Z"}),
    "a telephone number among nonsense": lambda one: json.dumps(one | {"person": one["person"] | {"phones": ["x", one["person"]["phones"][0]]}}),
}


def as_bytes(body):
    return body if isinstance(body, bytes) else body.encode()


def content_type(name):
    return "application/cloudevents+json" if name in EVENTS else "application/json"


@pytest.fixture(scope="module")
def lintel(fragile):
    """An installation of its own: so many leads would fill the agents' capacity for the other modules."""
    return fragile


def rejected_so_far(lintel):
    counts = re.findall(
        r'^intake_submissions_total\{[^}]*outcome="rejected"[^}]*\} ([0-9.e+]+)$', lintel.metrics("leads"), re.MULTILINE
    )
    return sum(float(count) for count in counts)


@pytest.mark.parametrize("name", BAD)
def test_a_pushed_submission_that_is_wrong_is_rejected_with_its_reason_beside_an_unharmed_neighbour(lintel, name):
    body, reason, field = BAD[name]
    message_id, neighbour = f"bad-{uuid.uuid4()}", Somebody()
    before = rejected_so_far(lintel)
    lintel.push(as_bytes(body), message_id=message_id, content_type=content_type(name))
    lintel.push(neighbour.submission())
    (row,) = wait_until(lambda: ledger(lintel, f"web-{neighbour.number}"), what="the neighbour")
    assert row["outcome"] == "accepted"
    (found,) = wait_until(
        lambda: lintel.query(
            "leads", "SELECT outcome, reason, coalesce(field, ''), detail FROM submissions WHERE submission_key = %s", message_id
        ), what="the ledger's row",
    )
    assert found[0] == "rejected" and found[3]
    assert found[1:3] == (reason, field)
    # It is counted after its transaction, whose row is seen at once.
    wait_until(lambda: rejected_so_far(lintel) > before, what="the rejection in the metrics")
    assert rejected_so_far(lintel) == before + 1


@pytest.mark.parametrize("name", sorted(set(BAD) - {"another channel than the user's"}))
def test_a_posted_submission_that_is_wrong_is_answered_with_problem_details(lintel, name):
    body, reason, field = BAD[name]
    with lintel.anonymous() as client:
        client.headers.update({"X-Channel-Key": lintel["CHANNEL_KEY_WEB"], "Content-Type": content_type(name)})
        problem = refused(client.post("/leads/api/v1/intake/web", content=as_bytes(body)), 400, 413, 422)
        assert problem["code"] and problem["detail"]
        assert (problem["code"], problem["field"]) == (reason, field)
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


@pytest.mark.parametrize("name", ODD)
def test_a_submission_that_is_only_odd_is_a_lead(lintel, name):
    pushed, posted = Somebody(), Somebody()
    lintel.push(as_bytes(ODD[name](pushed.submission())))
    with lintel.anonymous() as client:
        headers = {"X-Channel-Key": lintel["CHANNEL_KEY_WEB"], "Content-Type": "application/json"}
        answer = client.post("/leads/api/v1/intake/web", content=as_bytes(ODD[name](posted.submission())), headers=headers)
    assert answer.status_code == 202, answer.text
    for somebody in (pushed, posted):
        (row,) = wait_until(lambda one=somebody: ledger(lintel, f"web-{one.number}"))
        assert row["outcome"] == "accepted"


# Every type that a header may have, nested, and as much of it as fits into a frame.
HEADERS = {
    "every type": {
        "t": True, "i": 7, "l": 2**40, "s": SQL, "b": b"\x00\xff", "n": None, "d": Decimal("1.5"),
        "time": datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC), "list": [1, "x", [None, {"deep": [True]}]],
        "table": {"a": {"b": {"c": SQL}}},
    },
    "a long one": {"long": "x" * 60_000},
    "SQL": {SQL: SQL},
    "a forged count of deliveries": {"x-delivery-count": 99},
    "a count of deliveries that is none": {"x-delivery-count": "many"},
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_mean_nothing_whatever_they_hold(lintel, name):
    somebody = Somebody()
    lintel.push(somebody.submission(), headers=HEADERS[name], type=SQL, app_id=SQL, correlation_id=SQL)
    (row,) = wait_until(lambda: ledger(lintel, f"web-{somebody.number}"))
    assert row["outcome"] == "accepted"


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/xml; charset=gb2312", SQL])
def test_a_pushed_submission_is_read_whatever_it_says_it_is(lintel, kind):
    somebody = Somebody()
    lintel.push(somebody.submission(), content_type=kind)
    (row,) = wait_until(lambda: ledger(lintel, f"web-{somebody.number}"))
    assert row["outcome"] == "accepted"


def test_an_id_that_another_channel_has_used_is_another_submission(lintel):
    first, second = Somebody(), Somebody()
    shared = f"shared-{first.number}"
    lintel.push(first.submission(shared))
    lintel.push(second.submission(shared, channel="douyin"), channel="douyin")
    rows = wait_until(lambda: len(found := ledger(lintel, shared)) == 2 and found)
    assert [row["outcome"] for row in rows] == ["accepted", "accepted"]


def test_a_forged_death_is_rejected_by_its_name_and_does_not_use_the_submission_up(lintel):
    """x-death is the broker's to write, and it writes it to no submission."""
    forged, neighbour = Somebody(), Somebody()
    death = [{"queue": "leads.intake", "reason": "rejected", "count": 99, "exchange": "lintel.dead", "routing-keys": ["x"]}]
    lintel.push(forged.submission(), headers={"x-death": death, "x-first-death-queue": "leads.intake"})
    lintel.push(forged.submission(), headers={"x-death": "nonsense", "x-delivery-count": "many"})
    lintel.push(neighbour.submission())
    (row,) = wait_until(lambda: ledger(lintel, f"web-{neighbour.number}"))
    assert row["outcome"] == "accepted"
    (row,) = wait_until(lambda: ledger(lintel, f"web-{forged.number}"))
    assert (row["outcome"], row["reason"], row["field"]) == ("rejected", "forged-header", "x-death")
    lintel.push(forged.submission())
    rows = wait_until(lambda: len(found := ledger(lintel, f"web-{forged.number}")) == 2 and found)
    assert rows[1]["outcome"] == "accepted"


def test_nobody_speaks_as_another_user(lintel):
    with pytest.raises(ChannelClosedByBroker) as caught:
        lintel.push(Somebody().submission(), user_id="channel-douyin")
    assert caught.value.reply_code == 406
    with pytest.raises(ChannelClosedByBroker) as caught:
        lintel.push(Somebody().submission(channel="douyin"), routing_key="lead.douyin")
    assert caught.value.reply_code == 403


# Between the services


BAD_EVENTS = {
    "malformed JSON": (b'{"specversion":', "malformed-json", "specversion"),
    "bad UTF-8": (told(actor="A").replace(b'"A"', b'"\xff"'), "not-utf8", "actor"),
    "an unknown type": (told(type="leads.lead.invented.v1"), "unknown-contract", "type"),
    "an unknown version": (told(type="leads.lead.received.v99"), "unknown-contract", "type"),
    "no id": (told(id=None), "missing-field", "id"),
    "an id of 300 characters": (told(id="x" * 300), "bad-id", "id"),
    "no type": (told(type=None), "missing-field", "type"),
    "data without its fields": (told(), "missing-field", None),
    "20,000 nested arrays": (told(data="A").replace(b'"A"', b"[" * 20_000 + b"]" * 20_000), "nested-too-deeply", "data"),
    "an escaped U+0000": (told(data={"person": {"name": "a\0b"}}), "nul-character", "data/person/name"),
    "a lone surrogate": (told(data={"person": {"name": "A"}}).replace(b'"A"', rb'"\ud800"'), "lone-surrogate", "data/person/name"),
    "a number beyond 2^53": (told(data={"price": BIG}), "out-of-range", "data/price"),
    "a number that no computer holds": (told(data={"price": 5}).replace(b"5}", b"1e400000}"), "out-of-range", "data/price"),
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
        ((letter, *found),) = wait_until(lambda one=service: letters(one), what=f"a dead letter at {service}")
        assert found[0] == reason and found[2]
        assert found[1] == field if field is not None else found[1].startswith("data/")
        lintel.execute(service, "dead", "discard", str(letter), "--note", "planted by a test")
    with lintel.sign_in("ADMIN") as client:
        (row,) = wait_until(lambda: ledger(lintel, f"web-{neighbour.number}"))
        wait_until(lambda: client.get(f"/sales/api/v1/customers/{row['uid']}").status_code == 200, what="the neighbour at Sales")


def test_an_event_with_a_nul_in_its_words_neither_stops_nor_delays_the_next_one_about_the_same_person(lintel):
    """PostgreSQL cannot store U+0000: the event is filed at once, not tried again for hours."""
    uid, marker = str(uuid.uuid4()), str(uuid.uuid4())
    data = {"uid": uid, "isNew": True, "person": {"name": "a\0b", "phones": [], "emails": ["a@example.com"]}, "consent": {"sms": True}}
    for sequence, name in enumerate(("a\0b", "王一"), 1):
        data["person"]["name"] = name
        event = told(type="leads.person.identified.v1", subject=uid, uid=uid, sequence=sequence, correlationid=marker, data=data)
        publish_event(lintel, event, f"bad-{uuid.uuid4()}", "leads.person.identified")
    wait_until(lambda: lintel.query("sales", "SELECT name FROM customers WHERE uid = %s", uid) == [("王一",)], what="the next event")
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

        (letter,) = wait_until(found, what="the dead letter")
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
