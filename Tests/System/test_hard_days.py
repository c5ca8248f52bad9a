"""Days on which something goes wrong: the office closes for the night, somebody leaves for good, everybody wants the same lead, two
customers turn out to be one, and marketing writes at midnight. Customers come over the queue with a client that is not ours, staff use
a real browser."""
import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from conftest import installed
from installation import wait_until
from people import Somebody, ledger
from playwright.sync_api import expect
from test_browser import chromium, enquiry, visit  # noqa: F401 (two are fixtures)
from test_days_work import Day


@pytest.fixture(scope="module")
def lintel(private_folder):
    """An office of its own, since these days trouble everybody in it."""
    with installed(private_folder / "hard-days") as installation:
        yield installation


def agents(lintel):
    """The mail addresses of all who sell."""
    return [row[0] for row in lintel.query("sales", "SELECT email FROM staff WHERE role = 'agent' AND is_active ORDER BY email")]


def place(lintel, lead):
    """Whose a lead is, by mail address, or its pool."""
    owner, pool = lintel.query("leads", "SELECT owner_id, pool FROM leads WHERE id = %s", lead)[0]
    return lintel.email_of(owner) if owner else pool


def shift(lintel, email, is_on):
    with lintel.sign_in_as(email) as client:
        assert client.post("/sales/api/v1/staff/me/shift", json={"onShift": is_on}).status_code == 200


def words(lintel, customer, message):
    """An enquiry whose words say something of the person."""
    lintel.push(customer.submission(message=message))
    (row,) = wait_until(lambda: ledger(lintel, f"web-{customer.number}"))
    tags = "SELECT key || '=' || value FROM tags WHERE uid = %s AND is_winner"
    return str(row["uid"]), wait_until(lambda: {tag for tag, in lintel.query("leads", tags, row["uid"])}, what="tags")


def test_an_office_that_closes_for_the_night_has_its_leads_back_in_the_morning(lintel, visit):
    about = enquiry(lintel)
    everybody = agents(lintel)
    for email in everybody:
        shift(lintel, email, False)
    on_shift = "SELECT count(*) FROM staff WHERE is_on_shift AND role = 'agent'"
    wait_until(lambda: lintel.query("leads", on_shift) == [(0,)], what="Leads knows that everybody is gone")
    lintel.advance_clock("PT11M")
    wait_until(lambda: place(lintel, about.lead) == "main", what="the lead in the pool")
    page = visit(about.agent)
    page.locator("main form.shift button").click()
    wait_until(lambda: place(lintel, about.lead) == about.agent, what="the lead with whom it was")
    page.goto(f"/leads/leads/{about.lead}/explain")
    expect(page.locator("main")).to_contain_text(lintel.staff(about.agent)["name"])
    for email in everybody:
        shift(lintel, email, True)
    wait_until(lambda: lintel.query("leads", on_shift) == [(len(everybody),)], what="everybody is there")


def test_who_leaves_for_good_leaves_nobody_without_an_agent(lintel):
    answered, unanswered = enquiry(lintel), None
    leaver = answered.agent
    while unanswered is None or unanswered.agent != leaver:
        unanswered = enquiry(lintel)
    with lintel.sign_in_as(leaver) as client:
        call = client.post(f"/sales/api/v1/customers/{answered.uid}/contacts", json={"kind": "call", "isReached": True})
        assert call.status_code == 201, call.text
    status = "SELECT status FROM leads WHERE id = %s"
    wait_until(lambda: lintel.query("leads", status, answered.lead) == [("contacted",)], what="the call known to Leads")
    staff = lintel.query("sales", "SELECT id FROM staff WHERE email = %s", leaver)[0][0]
    with lintel.sign_in("ADMIN") as admin:
        assert admin.post(f"/sales/api/v1/staff/{staff}/leave").status_code == 200
    for about in (answered, unanswered):
        wait_until(lambda about=about: place(lintel, about.lead) not in (leaver, "main"), what="somebody else's")
        heir = place(lintel, about.lead)
        owned = "SELECT 1 FROM customers WHERE uid = %s AND owner_id = (SELECT id FROM staff WHERE email = %s)"
        wait_until(lambda about=about, heir=heir: lintel.query("sales", owned, about.uid, heir), what="Sales knows whose they are")
        phone = lintel.staff(heir)["phone"]
        wait_until(lambda about=about, phone=phone: any(about.name in text for _, text in lintel.texts(phone)), 60, "the heir's text")
    with lintel.sign_in("ADMIN") as admin:
        assert admin.post(f"/sales/api/v1/staff/{staff}/return").status_code == 200


def test_a_pool_allows_one_claim_a_day_and_says_so(lintel, visit):
    head = Day(visit("head@lintel.example"), "en")
    head.open("/leads/pools/shared")
    head.page.locator("#pool-form summary").click()
    head.send("#pool-form form", perDay="1")
    leads = [enquiry(lintel).lead for _ in range(2)]
    with lintel.sign_in_as("head@lintel.example") as client:
        moved = client.post("/leads/api/v1/leads/bulk", json={"leads": leads, "act": "pool", "pool": "shared"})
        assert sorted(moved.json()["done"]) == sorted(leads), moved.text
    # Who never had one of them, since a former owner waits.
    owners = {lintel.email_of(owner) for lead in leads for owner in lintel.query("leads", "SELECT unnest(owners) FROM leads WHERE id = %s", lead)[0]}
    agent = Day(visit(next(email for email in agents(lintel) if email not in owners)), "en")
    agent.open("/leads/pools/shared")
    agent.press(agent.page.locator(f"#pool-{leads[0]} button"))
    agent.open("/leads/pools/shared")
    expect(agent.page.locator(f"#pool-{leads[0]}")).to_have_count(0)
    agent.page.locator(f"#pool-{leads[1]} button").click()
    expect(agent.page.locator(".flash-refused")).to_contain_text("1")
    assert place(lintel, leads[1]) == "shared"
    head.open("/leads/pools/shared")
    head.page.locator("#pool-form summary").click()
    head.send("#pool-form form", perDay="")
    assert head.barriers + agent.barriers == []


def test_two_who_turn_out_to_be_one_keep_their_tags_and_part_with_their_own(lintel, visit):
    people = [Somebody(), Somebody()]
    for one in people:
        one.name = f"欧阳{people[0].number}"
    school, schooling = words(lintel, people[0], "孩子明年上小学，想看学区房。")
    money, investing = words(lintel, people[1], "想投资，看租金回报。")
    assert schooling != investing
    review = "SELECT id FROM reviews WHERE low = %s AND high = %s"
    ((found,),) = wait_until(lambda: lintel.query("leads", review, *sorted([school, money])), what="the review")
    day = Day(visit("head@lintel.example"), "en")
    day.open(f"/leads/reviews/{found}")
    day.press(day.page.locator("button[name=decision][value=merge]"))
    ((survivor, merged),) = lintel.query("leads", "SELECT survivor::text, merged::text FROM merges WHERE survivor = ANY(%s::uuid[])", [school, money])
    tags = "SELECT key || '=' || value FROM tags WHERE uid = %s"
    wait_until(lambda: {tag for tag, in lintel.query("leads", tags, survivor)} >= schooling | investing, what="the tags of both")
    known = "SELECT tags::text FROM customers WHERE uid = %s"
    values = {tag.split("=")[1] for tag in schooling | investing}
    wait_until(lambda: all(value in str(lintel.query("sales", known, survivor)) for value in values), what="Sales knows them")
    day.open(f"/leads/persons/{survivor}")
    day.press(day.page.locator("form[action^='/leads/merges/'] button"))
    expected = {school: schooling, money: investing}
    for uid in (survivor, merged):
        wait_until(lambda uid=uid: {tag for tag, in lintel.query("leads", tags, uid)} == expected[uid], what="each their own")
    assert day.barriers == []


def test_marketing_at_midnight_waits_for_the_morning_and_says_why(lintel, visit):
    customer = enquiry(lintel)
    said = lambda: [text for _, text in lintel.texts(customer.customer.phone)]  # noqa: E731
    wait_until(said, 60, "what every customer is told at once")
    before = len(said())
    admin = Day(visit("admin@lintel.example"), "en")
    now = datetime.now(ZoneInfo("Asia/Shanghai"))  # the services' clocks are here, or some minutes ahead
    night = {"quietFrom": f"{now - timedelta(hours=2):%H:%M}", "quietUntil": f"{now + timedelta(hours=4):%H:%M}"}
    admin.open("/notify/settings/notify.marketing")
    admin.send("form.pane", **night, note="night")
    segment, order = uuid.uuid4(), uuid.uuid4()
    with lintel.sign_in_as("marketing@lintel.example") as marketing:
        tests = [{"field": "channel", "values": ["web"], "isNot": False}]
        made = marketing.post(f"/leads/api/v1/segments/{segment}", json={"name": f"All {customer.name}", "tests": tests})
        assert made.status_code == 200, made.text
        sent = marketing.post(f"/leads/api/v1/audiences/{order}", json={"segmentId": str(segment), "template": "nurture-greeting"})
        assert sent.status_code == 200, sent.text
    held = "SELECT id::text FROM messages WHERE uid = %s AND template = 'nurture-greeting' AND reason = 'quiet-hours' AND channel = 'sms'"
    ((message,),) = wait_until(lambda: lintel.query("notify", held, customer.uid), 60, "the message held")
    # What somebody waits for goes at once all the same.
    late = enquiry(lintel)
    wait_until(lambda: lintel.texts(late.customer.phone), 60, "the new customer's receipt")
    assert len(said()) == before
    admin.open(f"/notify/messages/{message}")
    expect(admin.page.locator("main")).to_contain_text(re.compile("quiet hours", re.IGNORECASE))
    lintel.advance_clock("PT4H1M")
    wait_until(lambda: len(said()) == before + 1, 60, "the message in the morning")
    assert admin.barriers == []
