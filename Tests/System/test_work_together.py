"""People who work on the same things at once: holds that run out or race, a customer who says STOP, a case that changes
hands, numbers that are asked for, and somebody who leaves. Each with a customer of its own, through the real services."""
import threading
from types import SimpleNamespace

import pytest
from installation import wait_until
from oracle import settle
from people import Somebody, ledger


def enquiry(lintel, **more):
    """A new customer whose lead has an owner: customer, uid, lead and the owner's seed."""
    customer = Somebody()
    lintel.push(customer.submission(**more))
    (row,) = wait_until(lambda: ledger(lintel, f"web-{customer.number}"), what="the ledger's row")
    lead, uid = str(row["lead_id"]), str(row["uid"])
    owner = str(lintel.query("leads", "SELECT owner_id FROM leads WHERE id = %s", lead)[0][0])
    wait_until(
        lambda: lintel.query("sales", "SELECT owner_id::text FROM customers WHERE uid = %s", uid) == [(owner,)],
        what="the customer and the owner at Sales",
    )
    return SimpleNamespace(customer=customer, uid=uid, lead=lead, owner=lintel.staff(lintel.email_of(owner)) | {"id": owner})


def enquiries_of_two(lintel):
    """Customers of two different agents of one team."""
    first = enquiry(lintel)
    for _ in range(10):
        second = enquiry(lintel)
        if second.owner["id"] != first.owner["id"]:
            return first, second
    raise AssertionError("ten leads in a row went to one agent")


def open_deal(client, uid):
    answer = client.post(f"/sales/api/v1/customers/{uid}/deals", json={})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def complain(client, uid, **case):
    """A case of somebody of whom the service desk has perhaps still to hear."""
    return wait_until(
        lambda: (answer := client.post("/service/api/v1/cases", json={"uid": uid, **case})).status_code == 201 and answer,
        what="the case",
    ).json()


def free_units(client):
    return client.get("/sales/api/v1/units", params={"project": "river-park", "state": "free"}).json()["items"]


def told(client, uid):
    entries = client.get(f"/sales/api/v1/customers/{uid}/timeline").json()["entries"]
    return [entry["type"].rsplit(".v", 1)[0] for entry in entries]


def notices(lintel, staff_id, template, link):
    statement = "SELECT channel, body FROM messages WHERE staff_id = %s AND template = %s AND link = %s ORDER BY channel"
    return lintel.query("notify", statement, staff_id, template, link)


def test_a_hold_runs_out_and_the_unit_is_free_again_once(lintel):
    one = enquiry(lintel)
    with lintel.sign_in_as(one.owner["email"]) as agent:
        deal = open_deal(agent, one.uid)
        # Else the lead would be somebody else's when an hour has passed without a word.
        wait_until(
            lambda: lintel.query("leads", "SELECT status FROM leads WHERE id = %s", one.lead) == [("converted",)],
            what="the deal known to Leads",
        )
        unit = free_units(agent)[0]["id"]
        held = agent.post(f"/sales/api/v1/units/{unit}/hold", json={"dealId": deal, "minutes": 60})
        assert held.status_code == 201, held.text
        lintel.advance_clock("PT59M")
        assert agent.get(f"/sales/api/v1/units/{unit}").json()["state"] == "held"
        lintel.advance_clock("PT2M")
        wait_until(lambda: agent.get(f"/sales/api/v1/units/{unit}").json()["state"] == "free", what="the unit free again")
        wait_until(lambda: told(agent, one.uid).count("sales.unit.released") == 1, what="the release on the timeline")
        wait_until(lambda: notices(lintel, one.owner["id"], "unit-released", f"/sales/units/{unit}"), what="the agent told")
        again = agent.post(f"/sales/api/v1/units/{unit}/hold", json={"dealId": deal, "minutes": 60})
        assert again.status_code == 201, again.text
        assert agent.post(f"/sales/api/v1/units/{unit}/release", json={}).status_code == 200
    lintel.wait_restarted("sales", lintel.kill("sales"))
    lintel.advance_clock("PT2H")
    settle(lintel)
    statement = "SELECT data ->> 'reason' FROM journal WHERE subject = %s AND name = 'sales.unit.released.v1' ORDER BY position"
    assert lintel.query("sales", statement, unit) == [("expired",), ("released",)]


def test_of_two_agents_who_want_one_unit_at_once_exactly_one_gets_it_and_the_other_is_told_who(lintel):
    first, second = enquiries_of_two(lintel)
    clients = [lintel.sign_in_as(one.owner["email"]) for one in (first, second)]
    try:
        deals = [open_deal(client, one.uid) for client, one in zip(clients, (first, second))]
        for unit in free_units(clients[0])[:8]:
            start, answers = threading.Barrier(2), [None, None]

            def take(place, unit=unit["id"], start=start, answers=answers):
                start.wait()
                answers[place] = clients[place].post(f"/sales/api/v1/units/{unit}/hold", json={"dealId": deals[place]})

            threads = [threading.Thread(target=take, args=(place,)) for place in (0, 1)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
            winner = 0 if answers[0].status_code == 201 else 1
            refusal = answers[1 - winner].json()
            assert refusal["code"] == "unit-held"
            assert (first, second)[winner].owner["name"] in refusal["detail"]
            live = "SELECT staff_id::text FROM unit_holds WHERE unit_id = %s AND ended_at IS NULL"
            assert lintel.query("sales", live, unit["id"]) == [((first, second)[winner].owner["id"],)]
        with lintel.sign_in_as("zhao.min@lintel.example") as stranger:
            hold = stranger.get(f"/sales/api/v1/units/{unit['id']}").json()["hold"]
        assert hold["expiresAt"] and hold.get("staffId") is None and hold.get("dealId") is None
    finally:
        for client in clients:
            client.close()


def test_stop_by_text_goes_through_the_gateway_changes_the_consent_and_suppresses_what_follows(lintel):
    one = enquiry(lintel)
    wait_until(lambda: len(lintel.texts(one.customer.phone)) == 1, 60, "the acknowledgement")
    lintel.reply_by_text(one.customer.phone, "STOP")
    allowed = "SELECT consent_sms FROM customers WHERE uid = %s"
    wait_until(lambda: lintel.query("notify", allowed, one.uid) == [(False,)], 60, "the changed consent back at Notify")
    opted = lintel.query("notify", "SELECT data ->> 'source' FROM journal WHERE uid = %s AND name = 'notify.recipient.opted_out.v1'", one.uid)
    assert opted == [("stop-reply",)]
    changed = lintel.query("leads", "SELECT data -> 'consent' ->> 'sms' FROM journal WHERE uid = %s AND name = 'leads.consent.changed.v1'", one.uid)
    assert changed == [("false",)]
    with lintel.sign_in("SERVICE") as desk:
        complain(desk, one.uid, kind="enquiry", title="物业费", text="如何缴纳?")
    states = "SELECT state, reason FROM messages WHERE uid = %s AND template = 'case-received' AND channel = 'sms'"
    wait_until(lambda: lintel.query("notify", states, one.uid) == [("suppressed", "opted-out")], 60, "the suppressed receipt")
    with lintel.sign_in_as(one.owner["email"]) as agent:
        wait_until(lambda: "notify.message.suppressed" in told(agent, one.uid), what="the suppression on the timeline")
    assert len(lintel.texts(one.customer.phone)) == 1


def test_what_a_customer_answers_by_text_reaches_whoever_has_the_lead_or_the_case(lintel):
    one = enquiry(lintel)
    wait_until(lambda: len(lintel.texts(one.customer.phone)) == 1, 60, "the acknowledgement")
    lintel.reply_by_text(one.customer.phone, "Saturday at 2")
    found = wait_until(lambda: notices(lintel, one.owner["id"], "lead-answered", f"/leads/leads/{one.lead}"), 60, "the owner told")
    assert [(channel, "Saturday at 2" in body) for channel, body in found] == [("in-app", True)]
    with lintel.sign_in_as(one.owner["email"]) as agent:
        wait_until(lambda: "notify.message.answered" in told(agent, one.uid), what="the timeline")
        for page in (f"/leads/leads/{one.lead}", f"/leads/persons/{one.uid}", f"/sales/customers/{one.uid}"):
            assert "Saturday at 2" in agent.get(page).text, page
    with lintel.sign_in("SERVICE") as desk:
        case = complain(desk, one.uid, kind="complaint", title="漏水", text="卫生间")
        wait_until(lambda: len(lintel.texts(one.customer.phone)) == 2, 60, "the receipt of the complaint")
        lintel.reply_by_text(one.customer.phone, "Leaking")
        wait_until(lambda: notices(lintel, case["ownerId"], "case-answered", f"/service/cases/{case['id']}"), 60, "the case's owner told")
        entries = desk.get(f"/service/api/v1/cases/{case['id']}").json()["entries"]
        assert [(entry["kind"], entry["text"]) for entry in entries][-1] == ("answer", "Leaking")
    assert len(notices(lintel, one.owner["id"], "lead-answered", f"/leads/leads/{one.lead}")) == 1
    assert lintel.query("notify", "SELECT count(*) FROM opt_outs WHERE uid = %s", one.uid) == [(0,)]


def test_after_stop_the_purpose_that_the_agent_notes_as_wanted_is_written_to_and_the_message_names_it(lintel):
    one = enquiry(lintel)
    wait_until(lambda: len(lintel.texts(one.customer.phone)) == 1, 60, "the acknowledgement")
    lintel.reply_by_text(one.customer.phone, "STOP")
    refused = "SELECT data -> 'consent' ->> 'sms' FROM journal WHERE uid = %s AND name = 'leads.consent.changed.v1' ORDER BY position"
    wait_until(lambda: lintel.query("leads", refused, one.uid) == [("false",)], 60, "the STOP in Leads")
    with lintel.sign_in_as(one.owner["email"]) as agent:
        noted = agent.post(f"/leads/api/v1/persons/{one.uid}/consents", json={
            "allows": True, "purposes": ["service"], "means": ["sms"], "heardBy": "call", "reason": "想知道工单进展"})
        assert noted.status_code == 200, noted.text
        scopes = {(said["allows"], tuple(said["scope"])) for said in noted.json()["consents"]}
        assert (True, ("service.sms",)) in scopes and (False, ("marketing.sms", "care.sms", "referral.sms")) in scopes
    known = "SELECT consent_grounds::text LIKE '%%service.sms%%' FROM customers WHERE uid = %s"
    wait_until(lambda: lintel.query("notify", known, one.uid) == [(True,)], 60, "what the agent noted, at Notify")
    with lintel.sign_in("SERVICE") as desk:
        complain(desk, one.uid, kind="enquiry", title="物业费", text="如何缴纳?")
    sent = ("SELECT consent ->> 'rule', consent -> 'inputs' ->> 'purpose', consent -> 'inputs' ->> 'source' FROM messages"
            " WHERE uid = %s AND template = 'case-received' AND state IN ('accepted', 'delivered')")
    wait_until(lambda: lintel.query("notify", sent, one.uid) == [("consent.allowed", "service", "staff")], 60, "the receipt of the case")
    assert len(lintel.texts(one.customer.phone)) == 2


def test_a_case_that_changes_hands_is_told_to_the_new_owner_and_on_the_timeline(lintel):
    one = enquiry(lintel)
    with lintel.sign_in("SERVICE") as desk:
        case = complain(desk, one.uid, kind="repair", title="门锁", text="打不开")
    with lintel.sign_in_as("supervisor@lintel.example") as supervisor:
        staff = {email: str(lintel.query("sales", "SELECT id FROM staff WHERE email = %s", email)[0][0])
                 for email in ("service@lintel.example", "supervisor@lintel.example")}
        other = next(one for one in staff.values() if one != case["ownerId"])
        given = supervisor.post(f"/service/api/v1/cases/{case['id']}/owner", json={"staffId": other})
        assert given.status_code == 200 and given.json()["ownerId"] == other, given.text
    found = wait_until(lambda: notices(lintel, other, "case-reassigned", f"/service/cases/{case['id']}"), 60, "the new owner told")
    assert [channel for channel, _ in found] == ["email", "in-app"]
    with lintel.sign_in_as(one.owner["email"]) as agent:
        wait_until(lambda: "service.case.reassigned" in told(agent, one.uid), what="the timeline")


def test_a_manager_who_asks_for_a_number_is_written_down_and_the_owner_is_told(lintel):
    one = enquiry(lintel)
    path = f"/sales/api/v1/customers/{one.uid}/numbers"
    with lintel.sign_in("MANAGER") as manager:
        assert one.customer.phone not in manager.get(f"/sales/api/v1/customers/{one.uid}").text
        assert one.customer.phone not in manager.get(f"/leads/api/v1/leads/{one.lead}").text
        assert manager.post(path, json={}).status_code == 422
        assert manager.post(path, json={"reason": "回访"}).json()["phones"] == [one.customer.phone]
        (shown,) = manager.get(path).json()["items"]
        assert (shown["reason"], shown["staffName"]) == ("回访", lintel.staff(lintel["MANAGER_EMAIL"])["name"])
    link = f"/sales/customers/{one.uid}"
    wait_until(lambda: notices(lintel, one.owner["id"], "customer-unmasked", link), 60, "the owner told")
    with lintel.sign_in("ADMIN") as admin:
        assert one.customer.phone not in admin.get(f"/leads/api/v1/leads/{one.lead}").text


def test_guessed_ids_say_nothing_whatever_the_service(lintel):
    one = enquiry(lintel)
    nothing = "019ab000-0000-7000-8000-000000000fff"
    with lintel.sign_in_as("zhao.min@lintel.example") as stranger:
        for path in ("/leads/api/v1/leads/{}", "/leads/leads/{}"):
            assert [stranger.get(path.format(key)).status_code for key in (one.lead, nothing)] == [404, 404], path
        for path in ("/sales/api/v1/customers/{}", "/sales/api/v1/customers/{}/timeline", "/sales/customers/{}"):
            assert [stranger.get(path.format(key)).status_code for key in (one.uid, nothing)] == [404, 404], path
        assert stranger.get("/notify/api/v1/messages", params={"uid": one.uid}).json()["items"] == []
        assert stranger.get("/service/api/v1/cases", params={"uid": one.uid}).json()["items"] == []


PAGES = ["/leads/api/v1/leads", "/sales/api/v1/customers", "/service/api/v1/cases", "/notify/api/v1/messages"]


@pytest.mark.parametrize("email", ["david.ong@lintel.example"])
def test_who_leaves_is_refused_by_every_service_although_their_token_has_not_expired(lintel, email):
    staff = str(lintel.query("sales", "SELECT id FROM staff WHERE email = %s", email)[0][0])
    with lintel.sign_in_as(email) as agent, lintel.sign_in("ADMIN") as admin:
        assert [agent.get(path).status_code for path in PAGES] == [200] * 4
        assert admin.post(f"/sales/api/v1/staff/{staff}/leave", json={}).status_code == 200
        wait_until(lambda: [agent.get(path).status_code for path in PAGES] == [401] * 4, what="every service to refuse")
        with lintel.anonymous() as client:
            credentials = {"email": email, "password": lintel.staff(email)["password"]}
            assert client.post("/sales/api/v1/session", json=credentials).status_code == 401
        assert admin.post(f"/sales/api/v1/staff/{staff}/return", json={}).status_code == 200
        settle(lintel)
        assert [agent.get(path).status_code for path in PAGES] == [401] * 4
    with lintel.sign_in_as(email) as agent:
        assert [agent.get(path).status_code for path in PAGES] == [200] * 4


def test_another_password_ends_the_sign_ins_from_before_everywhere(lintel):
    email, fresh = "anna.keller@lintel.example", "paper lantern at noon"
    old = lintel.staff(email)["password"]
    with lintel.sign_in_as(email) as before:
        changed = before.post("/sales/api/v1/staff/me/password", json={"old": old, "new": fresh})
        assert changed.status_code == 200, changed.text
        wait_until(lambda: [before.get(path).status_code for path in PAGES] == [401] * 4, what="every service to refuse")
        with lintel.anonymous() as after:
            after.headers["Authorization"] = "Bearer " + changed.json()["token"]
            assert [after.get(path).status_code for path in PAGES] == [200] * 4
    with lintel.signed_in(email, fresh) as again:
        assert again.get(PAGES[0]).status_code == 200
