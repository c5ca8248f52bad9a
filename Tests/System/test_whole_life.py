"""One customer's whole life, from the enquiry to the decoration guide, across the four real services.

The tests are its chapters and run in order; each begins where the one before ended.
"""
import re
from datetime import datetime
from types import SimpleNamespace

import httpx
import pytest
from installation import wait_until
from oracle import settle
from people import Somebody, ledger

STAGES = ["need-confirmed", "plan-made", "negotiation"]


@pytest.fixture(scope="module")
def life(lintel):
    """What the chapters know of their customer."""
    return SimpleNamespace(customer=Somebody(), lintel=lintel)


@pytest.fixture(scope="module")
def manager(lintel):
    with lintel.sign_in("MANAGER") as client:
        yield client


def agent(life):
    return life.lintel.sign_in_as(life.owner["email"])


def lead(life):
    with agent(life) as client:
        answer = client.get(f"/leads/api/v1/leads/{life.lead}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(lintel, **where):
    """Messages as Notify keeps them, in the order in which they were written."""
    columns = ("id", "template", "channel", "state", "body", "link", "staff_id", "uid", "cause_name")
    conditions = " AND ".join(f"{name} = %s" for name in where)
    rows = lintel.query(
        "notify", f"SELECT {', '.join(columns)} FROM messages WHERE {conditions} ORDER BY created_at, id", *where.values()
    )
    return [dict(zip(columns, row)) for row in rows]


def words_of(mail):
    return "".join(part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart())


# 1. A lead arrives


def test_a_pushed_enquiry_becomes_a_lead_with_a_grade_and_an_owner_and_their_why(life):
    external_id = f"life-{life.customer.number}"
    life.submission = life.customer.submission(external_id)
    life.lintel.push(life.submission)
    (row,) = wait_until(lambda: ledger(life.lintel, external_id), what="the ledger's row")
    assert row["outcome"] == "accepted"
    life.lead, life.uid = str(row["lead_id"]), str(row["uid"])
    owner_id = life.lintel.query("leads", "SELECT owner_id FROM leads WHERE id = %s", life.lead)[0][0]
    life.owner = life.lintel.staff(life.lintel.email_of(owner_id)) | {"id": str(owner_id)}
    found = lead(life)
    assert found["grade"] == "A" and found["gradeWhy"]["rule"] == "grade.a.budget-and-timeframe"
    assert found["gradeWhy"]["version"] and found["gradeWhy"]["inputs"]
    assert found["ownerId"] == life.owner["id"] and life.owner["team"] == "riverside"
    assert found["ownerWhy"]["rule"] == "assign.project" and found["ownerWhy"]["inputs"]
    assert found["firstResponseDueAt"] and found["responseStep"] == "waiting"


def test_the_same_submission_again_is_the_same_lead(life):
    life.lintel.push(life.submission, life.submission)
    wait_until(
        lambda: life.lintel.query("leads", "SELECT deliveries FROM submissions WHERE lead_id = %s", life.lead) == [(3,)],
        what="both repetitions counted",
    )
    assert life.lintel.query("leads", "SELECT count(*) FROM leads WHERE uid = %s", life.uid) == [(1,)]


def test_the_same_person_again_touches_the_open_lead(life):
    other = f"life-again-{life.customer.number}"
    by_mail = life.customer.submission(other, channel="douyin")
    by_mail["person"] = {"emails": [life.customer.email.upper()]}
    life.lintel.push(by_mail, channel="douyin")
    (row,) = wait_until(lambda: ledger(life.lintel, other), what="the second touch")
    assert (row["outcome"], str(row["lead_id"]), str(row["uid"])) == ("merged", life.lead, life.uid)
    assert lead(life)["touches"] == 2


def test_a_web_form_is_answered_with_a_receipt_that_tells_what_became_of_it(life):
    somebody = Somebody()
    key = life.lintel["CHANNEL_KEY_WEB"]
    with life.lintel.anonymous() as client:
        client.headers["X-Channel-Key"] = key
        answer = client.post("/leads/api/v1/intake/web", json=somebody.submission())
        assert answer.status_code == 202, answer.text
        receipt = client.get(f"/leads/api/v1/receipts/{answer.json()['receiptId']}")
    assert receipt.status_code == 200
    assert receipt.json()["outcome"] == "accepted" and receipt.json()["leadId"] and receipt.json()["uid"]
    life.unanswered = SimpleNamespace(customer=somebody, lead=receipt.json()["leadId"], uid=receipt.json()["uid"])


# 2. People hear of it


def test_the_agent_hears_by_text_mail_and_in_the_console_with_a_link(life):
    lintel, owner = life.lintel, life.owner
    link = f"{lintel['URL']}/leads/leads/{life.lead}"
    wait_until(lambda: any(life.customer.name in text for _, text in lintel.texts(owner["phone"])), 60, "the agent's text")
    wait_until(lambda: any(link in words_of(mail) for mail in lintel.mails(owner["email"])), 60, "the agent's mail")
    mine = [one for one in messages(lintel, template="lead-assigned", staff_id=owner["id"]) if life.lead in (one["link"] or "")]
    assert sorted(one["channel"] for one in mine) == ["email", "in-app", "sms"]
    # A text message is paid for by the part: its link is a short one, which leads to the same page.
    short = re.search(rf"{lintel['URL']}/s/\S+", next(one["body"] for one in mine if one["channel"] == "sms")).group()
    assert len(short) < len(link)
    followed = httpx.get(short, timeout=10)
    assert (followed.status_code, followed.headers["location"]) == (303, f"/leads/leads/{life.lead}")
    with agent(life) as client:
        inbox = client.get("/notify/inbox", headers={"Accept": "text/html"})
    assert inbox.status_code == 200 and life.customer.name in inbox.text


def test_the_customer_has_it_acknowledged_by_text_and_the_gateways_report_makes_it_delivered(life):
    wait_until(lambda: len(life.lintel.texts(life.customer.phone)) == 1, 60, "the customer's text")
    assert "Lintel" in life.lintel.texts(life.customer.phone)[0][1]
    wait_until(
        lambda: [one["state"] for one in messages(life.lintel, uid=life.uid, template="lead-acknowledged")] == ["delivered"],
        60, "the delivery report",
    )
    with agent(life) as client:
        (found,) = client.get("/notify/api/v1/messages", params={"uid": life.uid}).json()["items"]
        detail = client.get(f"/notify/api/v1/messages/{found['id']}").json()
    assert found["state"] == "delivered" and detail["why"]["rule"] == "notify.lead-received"
    assert {"accepted", "delivered"} <= {attempt["outcome"] for attempt in detail["attempts"]}


# 3. The agent acts


def test_the_agent_finds_the_customer_and_a_logged_contact_stops_the_clock(life):
    with agent(life) as client:
        wait_until(lambda: client.get(f"/sales/api/v1/customers/{life.uid}").status_code == 200, what="the customer at Sales")
        assert client.get(f"/sales/api/v1/customers/{life.uid}").json()["phones"] == [life.customer.phone]
        answer = client.post(f"/sales/api/v1/customers/{life.uid}/contacts", json={"kind": "call", "note": "周六看房"})
    assert answer.status_code == 201, answer.text
    found = wait_until(lambda: (one := lead(life))["status"] == "contacted" and one, what="Leads to know of the contact")
    assert found["responseStep"] == "stopped" and found["contactedAt"]
    # Nobody waits for the first answer any more; from now on the lead may not be forgotten, nor its next call.
    timers = life.lintel.query("leads", "SELECT kind FROM timers WHERE key = %s ORDER BY kind", life.lead)
    assert timers == [("leads.follow-up",), ("leads.idle",)]


def test_a_deal_goes_through_its_stages_one_at_a_time(life):
    with agent(life) as client:
        answer = client.post(f"/sales/api/v1/customers/{life.uid}/deals", json={}, headers={"Idempotency-Key": life.lead})
        assert answer.status_code == 201, answer.text
        life.deal = answer.json()["id"]
        again = client.post(f"/sales/api/v1/customers/{life.uid}/deals", json={}, headers={"Idempotency-Key": life.lead})
        assert (again.status_code, again.json()["id"]) == (201, life.deal)
        leap = client.post(f"/sales/api/v1/deals/{life.deal}/stage", json={"stage": "negotiation"})
        assert leap.status_code in (409, 422) and leap.headers["content-type"].startswith("application/problem+json")
        for stage in STAGES:
            moved = client.post(f"/sales/api/v1/deals/{life.deal}/stage", json={"stage": stage})
            assert (moved.status_code, moved.json().get("stage")) == (200, stage), moved.text
        history = client.get(f"/sales/api/v1/deals/{life.deal}").json()["history"]
    assert [one["stage"] for one in history] == ["first-talk", *STAGES]


def test_a_unit_is_held_once(life):
    with agent(life) as client:
        units = client.get("/sales/api/v1/units", params={"project": "river-park", "state": "free"}).json()["items"]
        life.unit = units[-1]["id"]
        held = client.post(f"/sales/api/v1/units/{life.unit}/hold", json={"dealId": life.deal})
        assert held.status_code == 201, held.text
        rival = Somebody()
        life.lintel.push(rival.submission())
    with life.lintel.sign_in("ADMIN") as client:
        (row,) = wait_until(lambda: ledger(life.lintel, f"web-{rival.number}"))
        deal = wait_until(
            lambda: (answer := client.post(f"/sales/api/v1/customers/{row['uid']}/deals", json={})).status_code == 201 and answer,
            what="the rival's deal",
        )
        refused = client.post(f"/sales/api/v1/units/{life.unit}/hold", json={"dealId": deal.json()["id"]})
    assert refused.status_code == 409 and refused.json()["code"], refused.text


def test_the_signed_contract_wins_the_deal_and_sells_the_unit(life):
    price = {"minor": 467_150_000, "currency": "CNY"}
    with agent(life) as client:
        signed = client.post(f"/sales/api/v1/deals/{life.deal}/contract", json={"price": price})
        assert signed.status_code == 201, signed.text
        life.contract = signed.json()["id"]
        assert client.get(f"/sales/api/v1/deals/{life.deal}").json()["stage"] == "won"
        assert client.get(f"/sales/api/v1/units/{life.unit}").json()["state"] == "signed"
    wait_until(lambda: lead(life)["status"] == "converted", what="Leads to know of the deal")
    wait_until(lambda: len(life.lintel.texts(life.customer.phone)) >= 2, 60, "the congratulation")


# 4. After the sale


def test_the_hand_over_opens_with_the_contract_and_is_completed(life):
    with life.lintel.sign_in("SERVICE") as desk:
        def opened():
            return desk.get("/service/api/v1/handovers", params={"uid": life.uid}).json()["items"]

        (handover,) = wait_until(opened, what="the hand-over")
        assert (handover["status"], handover["contractId"]) == ("open", life.contract)
        answer = desk.post(f"/service/api/v1/handovers/{handover['id']}/complete", json={"note": "钥匙两把"})
        assert answer.status_code == 200 and answer.json()["status"] == "completed", answer.text
        life.handover = handover["id"]
        (step,) = desk.get(f"/service/api/v1/handovers/{handover['id']}").json()["care"]
    assert (step["step"], step["status"]) == ("decoration-guide", "planned") and step["why"]["rule"]


def test_a_complaint_is_confirmed_to_the_customer(life):
    with life.lintel.sign_in("SERVICE") as desk:
        answer = desk.post(
            "/service/api/v1/cases",
            json={"uid": life.uid, "kind": "complaint", "title": "卫生间漏水", "text": "从昨天晚上开始,主卫地面有积水。"},
        )
    assert answer.status_code == 201, answer.text
    life.case = answer.json()
    assert life.case["ownerWhy"]["rule"] and life.case["deadlineWhy"]["rule"] == "response.complaint"
    number = life.case["number"]
    wait_until(lambda: any(number in text for _, text in life.lintel.texts(life.customer.phone)), 60, "the receipt")


def alerted(life):
    """Who was alerted of the case, by channel, in the order of their steps."""
    found = messages(life.lintel, template="sla-breached", link=f"/service/cases/{life.case['id']}")
    return sorted((life.lintel.email_of(one["staff_id"]), one["channel"]) for one in found)


def by_all_means(*emails):
    return sorted((email, channel) for email in emails for channel in ("sms", "email", "in-app"))


def restart(lintel, *services):
    for service in services:
        lintel.wait_restarted(service, lintel.kill(service))


def test_nobody_answers_so_the_owner_and_the_supervisor_are_alerted_once_and_then_the_head_once(life):
    lintel = life.lintel
    owner = lintel.email_of(life.case["ownerId"])
    desk = {owner, "supervisor@lintel.example"}
    lintel.advance_clock("PT2H")
    wait_until(lambda: alerted(life) == by_all_means(*desk), 60, "owner and supervisor alerted")
    restart(lintel, "service")
    lintel.advance_clock("PT1H")
    lintel.advance_clock("PT1H")
    everybody = by_all_means(*desk, "head@lintel.example")
    wait_until(lambda: len(alerted(life)) >= len(everybody), 60, "the head alerted")
    settle(lintel)  # of a text whose sender is killed nobody knows the end, and it is not sent again
    restart(lintel, "service", "notify")
    lintel.advance_clock("PT12H")
    settle(lintel)
    assert alerted(life) == everybody
    steps = lintel.query("service", "SELECT step FROM sla_steps WHERE case_id = %s ORDER BY step", life.case["id"])
    assert steps == [(1,), (2,)]
    number = life.case["number"]
    for email in [*desk, "head@lintel.example"]:
        phone = lintel.staff(email)["phone"]
        wait_until(lambda phone=phone: sum(number in text for _, text in lintel.texts(phone)) >= 1, 60, f"the text to {email}")


def test_an_answer_ends_the_case(life):
    with life.lintel.sign_in("SERVICE") as desk:
        answer = desk.post(f"/service/api/v1/cases/{life.case['id']}/replies", json={"text": "师傅今天上门。"})
    assert answer.status_code == 201 and answer.json()["status"] == "answered", answer.text
    wait_until(lambda: any("师傅今天上门" in text for _, text in life.lintel.texts(life.customer.phone)), 60, "the answer")


def test_three_months_later_the_decoration_guide_goes_out_once(life):
    lintel = life.lintel
    guides = lambda: messages(lintel, template="decoration-guide", uid=life.uid)  # noqa: E731
    assert not guides()
    lintel.advance_clock("P3M")
    wait_until(lambda: len(guides()) == 2, 60, "the guide")
    restart(lintel, "service", "notify")
    lintel.advance_clock("P1M")
    settle(lintel)
    assert sorted(one["channel"] for one in guides()) == ["email", "sms"]
    with lintel.sign_in("SERVICE") as desk:
        (step,) = desk.get(f"/service/api/v1/handovers/{life.handover}").json()["care"]
    assert step["status"] == "sent" and step["sentAt"] >= step["dueAt"]


# 5. One timeline


def test_the_timeline_tells_all_of_it_in_order_with_its_events_and_whys(life):
    with agent(life) as client:
        answer = client.get(f"/sales/api/v1/customers/{life.uid}/timeline", headers={"Accept-Language": "en"})
        page = client.get(f"/sales/customers/{life.uid}", headers={"Accept": "text/html"})
    assert answer.status_code == 200 and page.status_code == 200
    entries = answer.json()["entries"]
    times = [datetime.fromisoformat(entry["time"]) for entry in entries]
    assert times == sorted(times)
    assert len({entry["eventId"] for entry in entries}) == len(entries)
    assert all(entry["text"] for entry in entries)
    told = [entry["type"].rsplit(".v", 1)[0] for entry in entries]
    expected = [
        "leads.person.identified", "leads.lead.received", "leads.lead.assigned", "leads.lead.touched",
        "sales.contact.logged", "sales.deal.opened", "sales.deal.stage_changed", "sales.contract.signed", "sales.deal.won",
        "service.handover.opened", "service.handover.completed", "service.case.opened", "service.sla.breached",
        "service.case.replied", "service.care.due",
    ]
    assert [one for one in expected if one not in told] == []
    firsts = [told.index(one) for one in expected]
    assert firsts == sorted(firsts), list(zip(expected, firsts))
    why = {one: next(entry.get("why") for entry in entries if entry["type"].startswith(one)) for one in
           ("leads.lead.received", "leads.lead.assigned", "service.case.opened", "service.sla.breached", "service.care.due")}
    assert {one: bool(found and found["rule"]) for one, found in why.items()} == dict.fromkeys(why, True)
    journalled = {str(row[0]) for service in ("leads", "sales", "service", "notify")
                  for row in life.lintel.query(service, "SELECT id FROM journal WHERE uid = %s", life.uid)}
    assert {entry["eventId"] for entry in entries} <= journalled


# The first-response ladder


def test_an_unanswered_lead_climbs_the_ladder_owner_next_agent_manager(life):
    lintel, customer = life.lintel, Somebody()
    lintel.push(customer.submission())
    (row,) = wait_until(lambda: ledger(lintel, f"web-{customer.number}"))
    lead_id = str(row["lead_id"])

    def state():
        return lintel.query("leads", "SELECT response_step, owner_id FROM leads WHERE id = %s", lead_id)[0]

    _, first = state()
    lintel.advance_clock("PT5M")
    wait_until(lambda: state() == ("reminded", first), what="the reminder")
    lintel.advance_clock("PT5M")
    wait_until(lambda: state()[0] == "reassigned", what="the next agent")
    _, second = state()
    assert second != first
    lintel.advance_clock("PT5M")
    wait_until(lambda: state() == ("escalated", second), what="the manager")

    def told():
        found = messages(lintel, link=f"/leads/leads/{lead_id}")
        return sorted({(one["template"], lintel.email_of(one["staff_id"])) for one in found})

    expected = sorted([
        ("lead-assigned", lintel.email_of(first)), ("lead-overdue-reminder", lintel.email_of(first)),
        ("lead-taken-away", lintel.email_of(first)), ("lead-assigned", lintel.email_of(second)),
        ("lead-overdue-manager", "manager@lintel.example"),
    ])
    wait_until(lambda: told() == expected, 60, f"{expected}")
    decisions = lintel.query("leads", "SELECT outcome FROM decisions WHERE lead_id = %s AND kind = 'response' ORDER BY id", lead_id)
    assert decisions == [("remind",), ("reassign",), ("manager",)]


def test_the_conservation_law_holds(life):
    settle(life.lintel)
    audit = life.lintel.execute("leads", "audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr
