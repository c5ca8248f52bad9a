"""The console in a real browser: an agent's day, the service desk's, the administrator's."""
import contextlib
import json
import re
import uuid
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from events import publish_event, told
from installation import REPOSITORY, wait_until
from oracle import settle
from people import Somebody, ledger
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=60_000)  # a busy machine is no failure
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(lintel, chromium):
    """Opens a console as somebody; at the end nothing may have gone wrong in it that the test did not expect."""
    opened = []

    def open_as(email=None, viewport=None, **options):
        context = chromium.new_context(base_url=lintel["URL"], viewport=viewport or DESKTOP, **options)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.troubles = []
        page.on("console", lambda message: page.troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        opened.append((context, page))
        if email:
            sign_in(page, email, lintel.staff(email)["password"])
            expect(page).to_have_url(re.compile("/sales/today"))
        return page

    yield open_as
    troubles = [trouble for _, page in opened for trouble in page.troubles]
    for context, _ in opened:
        context.close()
    assert troubles == []


def sign_in(page, email, password):
    page.goto("/sales/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.click(".gate-card button")


def enquiry(lintel, name="浏览", **more):
    """A customer who has just enquired, with the agent whose they are."""
    customer = Somebody(name)
    lintel.push(customer.submission(**more))
    (row,) = wait_until(lambda: ledger(lintel, f"web-{customer.number}"))
    owner_id = lintel.query("leads", "SELECT owner_id FROM leads WHERE id = %s", row["lead_id"])[0][0]
    agent = lintel.email_of(owner_id)
    wait_until(lambda: lintel.query("sales", "SELECT 1 FROM customers WHERE uid = %s AND owner_id = %s", row["uid"], owner_id))
    return SimpleNamespace(customer=customer, name=customer.name, lead=str(row["lead_id"]), uid=str(row["uid"]), agent=agent)


@pytest.fixture(scope="module")
def found(lintel):
    return enquiry(lintel)


def open_deal(lintel, about, client):
    answer = client.post(f"/sales/api/v1/customers/{about.uid}/deals", json={})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


# Signing in


def test_a_wrong_password_is_refused_in_words(lintel, visit):
    page = visit()
    sign_in(page, "clerk@lintel.example", "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "/sales/sign-in" in page.url
    page.troubles.clear()  # the browser itself notes the refusal


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(lintel, visit, found):
    page = visit()
    page.goto(f"/leads/leads/{found.lead}")
    expect(page).to_have_url(re.compile("/sales/sign-in"))
    page.fill("[name=email]", found.agent)
    page.fill("[name=password]", lintel.staff(found.agent)["password"])
    page.click(".gate-card button")
    expect(page).to_have_url(re.compile(found.lead))


def test_signing_out_ends_it(visit, found):
    page = visit(found.agent)
    page.click(".person summary")
    page.click("form[action='/sales/sign-out'] button")
    expect(page).to_have_url(re.compile("/sales/sign-in"))
    page.goto("/sales/today")
    expect(page).to_have_url(re.compile("/sales/sign-in"))


# The agent's day


def test_the_agent_sees_the_new_lead_today_and_opens_it_from_the_list(visit, found):
    page = visit(found.agent)
    expect(page.locator("main").get_by_text(found.name).first).to_be_visible()
    page.goto("/leads/leads")
    page.locator("#lead-list").get_by_role("link", name=found.name).click()
    expect(page).to_have_url(re.compile(found.lead))
    expect(page.locator("main")).to_contain_text(found.name)
    expect(page.locator("details.why").first).to_be_attached()


def test_a_lead_that_arrives_shows_up_in_the_open_list(lintel, visit):
    page = visit("manager@lintel.example")
    page.goto("/leads/leads")
    page.wait_for_load_state("load")
    late = enquiry(lintel)
    expect(page.locator("#lead-list")).to_contain_text(late.name)


def test_the_agent_logs_a_contact_and_opens_a_deal(lintel, visit, found):
    page = visit(found.agent)
    page.goto(f"/sales/customers/{found.uid}")
    page.fill("#contact [name=note]", "周六上午看房")
    page.click("#contact button")
    expect(page.locator(".flash")).to_be_visible()
    expect(page.locator(".timeline").first).to_contain_text("周六上午看房")
    wait_until(lambda: lintel.query("leads", "SELECT status FROM leads WHERE id = %s", found.lead) == [("contacted",)])
    page.click("#deal button")  # the page that answers says so as the one before did
    stages = "SELECT stage FROM deals WHERE uid = %s"
    wait_until(lambda: lintel.query("sales", stages, found.uid) == [("first-talk",)], what="the deal")
    expect(page.locator(".flash")).to_be_visible()


def card(page, deal):
    return page.locator(f"#card-{deal}")


def lane(page, stage):
    return page.locator(f"[data-lane={stage}]")


def stage_of(lintel, deal):
    return lintel.query("sales", "SELECT stage FROM deals WHERE id = %s", deal)[0][0]


def test_a_card_is_dragged_over_the_board(lintel, visit):
    about = enquiry(lintel)
    with lintel.sign_in_as(about.agent) as client:
        deal = open_deal(lintel, about, client)
    settle(lintel)  # nothing more happens that would draw the board anew under the hand
    page = visit(about.agent)
    page.goto("/sales/deals")
    expect(page.locator("#deal-board[data-loaded=again]")).to_be_attached()  # what happened meanwhile is caught up with
    drag(page, card(page, deal).locator("p").first, lane(page, "need-confirmed"))
    expect(lane(page, "need-confirmed").locator(f"#card-{deal}")).to_be_visible()
    wait_until(lambda: stage_of(lintel, deal) == "need-confirmed", what="the move stored")
    page.reload()
    expect(lane(page, "need-confirmed").locator(f"#card-{deal}")).to_be_visible()


def test_a_card_that_somebody_else_moves_moves_on_the_open_board(lintel, visit):
    about = enquiry(lintel)
    with lintel.sign_in_as(about.agent) as client:
        deal = open_deal(lintel, about, client)
        page = visit(about.agent)
        page.goto("/sales/deals")
        expect(lane(page, "first-talk").locator(f"#card-{deal}")).to_be_visible()
        assert client.post(f"/sales/api/v1/deals/{deal}/stage", json={"stage": "need-confirmed"}).status_code == 200
    expect(lane(page, "need-confirmed").locator(f"#card-{deal}")).to_be_visible()


def test_the_bell_rings_by_itself(lintel, visit):
    page = visit("manager@lintel.example")
    page.goto("/sales/units")
    count = lambda: int((page.locator(".bell .count").all_inner_texts() or ["0"])[0])
    expect(page.locator(".bell[data-loaded]")).to_be_attached()
    before = count()
    about = enquiry(lintel)
    with lintel.sign_in_as(about.agent) as client:
        deal = open_deal(lintel, about, client)
        for stage in ("need-confirmed", "plan-made", "negotiation"):
            client.post(f"/sales/api/v1/deals/{deal}/stage", json={"stage": stage})
        unit = client.get("/sales/api/v1/units", params={"project": "river-park", "state": "free"}).json()["items"][-2]
        client.post(f"/sales/api/v1/units/{unit['id']}/hold", json={"dealId": deal})
        signed = client.post(f"/sales/api/v1/deals/{deal}/contract", json={"price": unit["price"], "unitId": unit["id"]})
        assert signed.status_code == 201, signed.text
    wait_until(lambda: count() > before, 30, "the manager's notice of the deal that was won")


def drag(page, source, target):
    """Sortable listens to the browser's own drag and drop, which begins when the pointer has moved a little."""
    source.scroll_into_view_if_needed()
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + 5)
    page.mouse.down()
    for part in range(1, 11):
        x = start["x"] + 10 + (end["x"] + 60 - start["x"] - 10) * part / 10
        y = start["y"] + 5 + (end["y"] + 20 - start["y"] - 5) * part / 10
        page.mouse.move(x, y)
    page.mouse.up()


def test_without_script_the_board_holds_sells_and_wins(lintel, visit):
    """From the first talk to the contract with forms alone."""
    about = enquiry(lintel)
    with lintel.sign_in_as(about.agent) as client:
        deal = open_deal(lintel, about, client)
        units = client.get("/sales/api/v1/units", params={"project": "river-park", "state": "free"}).json()["items"]
    page = visit(about.agent, java_script_enabled=False)
    for stage in ("need-confirmed", "plan-made", "negotiation"):
        page.goto("/sales/deals")
        card(page, deal).locator("select").select_option(stage)
        card(page, deal).get_by_role("button").click()
        expect(lane(page, stage).locator(f"#card-{deal}")).to_be_visible()
        assert stage_of(lintel, deal) == stage
    page.goto(f"/sales/deals/{deal}")
    page.select_option("#hold [name=unit]", units[-1]["id"])
    page.click("#hold button")
    holds = "SELECT count(*) FROM unit_holds WHERE deal_id = %s AND ended_at IS NULL"
    wait_until(lambda: lintel.query("sales", holds, deal) == [(1,)], what="the hold")
    page.goto(f"/sales/deals/{deal}")
    page.fill("#contract [name=price]", "4671500")
    page.click("#contract button")
    wait_until(lambda: stage_of(lintel, deal) == "won", what="the deal won")
    expect(page.locator(".flash")).to_be_visible()


def test_a_form_without_its_token_is_refused(visit, found):
    page = visit(found.agent)
    for form in ({"kind": "call", "reached": "true"}, {"kind": "call", "reached": "true", "_csrf": "forged"}):
        answer = page.request.post(f"/sales/customers/{found.uid}/contacts", form=form)
        assert answer.status == 403, answer.text()


# Who sees what


def test_another_agent_does_not_see_the_lead_or_the_customer(lintel, visit, found):
    others = ["agent@lintel.example", "chen.yue@lintel.example", "wu.hao@lintel.example"]
    other = next(email for email in others if email != found.agent)
    page = visit(other)
    for path in (f"/leads/leads/{found.lead}", f"/sales/customers/{found.uid}"):
        assert page.goto(path).status in (403, 404)
        expect(page.locator("body")).not_to_contain_text(found.name)
    with lintel.sign_in_as(other) as client:
        for path in (f"/leads/api/v1/leads/{found.lead}", f"/sales/api/v1/customers/{found.uid}", f"/sales/api/v1/customers/{found.uid}/timeline"):
            assert client.get(path).status_code in (403, 404)
        listed = client.get("/leads/api/v1/leads", params={"limit": 200}).json()["items"]
        assert found.lead not in [one["id"] for one in listed]
        messages = client.get("/notify/api/v1/messages", params={"uid": found.uid}).json()["items"]
        assert messages == []
    page.troubles.clear()  # the browser itself notes the refusals


def test_the_phone_number_is_masked_for_whoever_is_not_responsible(lintel, visit, found):
    number = found.customer.phone.removeprefix("+86")
    plain, masked = (lintel.sign_in_as(email) for email in (found.agent, "marketing@lintel.example"))
    with plain, masked:
        for path in (f"/leads/api/v1/leads/{found.lead}", f"/sales/api/v1/customers/{found.uid}"):
            assert number in plain.get(path).text
            answer = masked.get(path)
            assert answer.status_code == 200 and number not in answer.text, path
    page = visit("marketing@lintel.example")
    for path in ("/leads/leads", f"/leads/leads/{found.lead}", f"/sales/customers/{found.uid}"):
        page.goto(path)
        words = re.sub(r"\s", "", page.locator("main").inner_text())
        assert number not in words and found.customer.email not in words


# The service desk


def complaint(lintel, uid):
    body = {"uid": uid, "kind": "complaint", "title": "电梯停运", "text": "三号楼电梯停运两天了。"}
    with lintel.sign_in("SERVICE") as desk:
        answer = wait_until(lambda: (one := desk.post("/service/api/v1/cases", json=body)).status_code == 201 and one)
    return answer.json()


def test_the_service_desk_answers_a_complaint(lintel, visit, found):
    case = complaint(lintel, found.uid)
    page = visit("service@lintel.example")
    page.goto("/service/cases")
    page.get_by_role("link", name=re.compile(case["number"])).or_(page.locator(f"a[href$='{case['id']}']")).first.click()
    page.locator("form[action$='/replies'] textarea").fill("维修人员今天下午到。")
    page.locator("form[action$='/replies'] button").click()
    expect(page.locator(".timeline").first).to_contain_text("维修人员今天下午到。")
    wait_until(lambda: any("维修人员今天下午到" in text for _, text in lintel.texts(found.customer.phone)), 60, "the answer by text")


# The administrator


LETTERS = "SELECT id::text FROM dead_letters WHERE position(%s::bytea IN body) > 0 AND status = 'waiting'"


@contextlib.contextmanager
def unknown_events(lintel, count=1):
    """Events of a version that nobody knows, which every service that hears of persons buries: their uids and what marks them."""
    planted = [SimpleNamespace(marker=str(uuid.uuid4()), uid=str(uuid.uuid4())) for _ in range(count)]
    sample = (REPOSITORY / "Tests/ContractsTests/Samples/leads.person.identified.v1.json").read_text()
    for one in planted:
        data = json.loads(sample) | {"uid": one.uid}
        body = told(type="leads.person.identified.v99", subject=one.uid, uid=one.uid, id=one.marker, data=data)
        publish_event(lintel, body, one.marker, "leads.person.identified")
    # At every service, or the slowest would bury its own after all have been given up.
    services = ("sales", "service", "notify")
    for one in planted:
        letters = {service: wait_until(lambda: lintel.query(service, LETTERS, one.marker.encode()), what=f"the dead letter at {service}")
                   for service in services}
        one.letter = letters["sales"][0][0]
    try:
        yield planted
    finally:
        for service in services:
            for one in planted:
                for (other,) in lintel.query(service, LETTERS, one.marker.encode()):
                    lintel.execute(service, "dead", "discard", other, "--note", "planted by a test")


def test_an_administrator_corrects_a_dead_letter_and_hands_it_over(lintel, visit):
    with unknown_events(lintel) as (planted,):
        page = visit("admin@lintel.example")
        page.goto("/sales/operations")
        page.locator(".ops-part[data-part=Sales] .ops-list a[href*='reason=unknown-contract']").click()
        page.locator(f"a[href$='{planted.letter}']").first.click()
        page.locator("summary", has_text="Correct and hand over").click()
        page.fill("#body", "{")
        page.locator("details[open] form button").click()
        expect(page.locator("#e-body")).to_be_visible()
        page.troubles.clear()  # the browser itself notes the refusal
        page.goto(f"/sales/operations/{planted.letter}")
        page.locator("summary", has_text="Correct and hand over").click()
        page.fill("#body", page.input_value("#body").replace(".v99", ".v1"))
        page.locator("details[open] form button").click()
        expect(page.locator(".flash")).to_be_visible()
        wait_until(lambda: lintel.query("sales", "SELECT 1 FROM customers WHERE uid = %s", planted.uid), what="the message handled")


def test_dead_letters_are_given_up_as_a_group_with_a_note(lintel, visit):
    with unknown_events(lintel, 3) as planted:
        page = visit("admin@lintel.example")
        page.goto("/service/operations/letters?reason=unknown-contract")
        page.locator(".bulk summary").click()
        page.fill(".bulk [name=note]", "planted by a test")
        page.locator(".bulk details button").click()
        expect(page.locator(".flash")).to_be_visible()
        assert not any(lintel.query("service", LETTERS, one.marker.encode()) for one in planted)


def test_the_operations_page_says_by_itself_what_needs_somebody(lintel, visit):
    page = visit("admin@lintel.example")
    page.goto("/leads/operations")
    expect(page.locator("[data-verdict-title]")).to_have_text("Nothing needs you")
    expect(page.locator(".ops-part[data-part=Leads]")).to_contain_text("leads.intake")
    expect(page.locator("[data-part='Conservation law']")).to_contain_text("Holds")
    with unknown_events(lintel):
        expect(page.locator("[data-verdict].is-bad")).to_be_visible()
        expect(page.locator("[data-verdict-needs]")).to_contain_text("Sales: Unknown kind of message")
    expect(page.locator("[data-verdict-title]")).to_have_text("Nothing needs you")


# The look of it


def test_the_search_over_everything_finds_leads_and_cases_of_other_services(lintel, visit, found):
    case = complaint(lintel, found.uid)
    page = visit("admin@lintel.example")
    page.goto(f"/sales/search?q={found.name}")
    expect(page.locator(f"a[href='/leads/leads/{found.lead}']").first).to_be_visible()
    expect(page.locator(f"a[href='/service/cases/{case['id']}']").first).to_be_visible()


def test_whoever_types_two_words_into_a_search_finds_them(lintel, visit):
    about = enquiry(lintel, name="Maria Keller ")
    page = visit(about.agent)
    for path, box, link in (
        ("/sales/today", "#search", f"a[href='/sales/customers/{about.uid}']"), ("/leads/leads", "#lead-search", f"#row-{about.lead}"),
    ):
        page.goto(path)
        page.fill(box, about.name)
        page.press(box, "Enter")
        page.wait_for_url("**?*q=Maria+Keller*")
        expect(page.locator(link).first).to_be_visible()


def pages_of(found):
    return [
        "/sales/today", "/leads/leads", f"/leads/leads/{found.lead}", "/sales/customers", f"/sales/customers/{found.uid}",
        "/sales/deals", "/sales/units", "/notify/messages", "/notify/inbox",
    ]


def test_the_language_is_switched_on_any_page(visit, found):
    page = visit(found.agent)
    for tag, word in (("en", "Leads"), ("zh-Hans", "线索")):
        page.goto("/leads/leads")
        page.locator(f".tongues a[lang='{tag}']").click()
        expect(page.locator("html")).to_have_attribute("lang", tag)
        expect(page.locator(".rail")).to_contain_text(word)
        page.goto("/sales/units")
        expect(page.locator("html")).to_have_attribute("lang", tag)


def test_nothing_is_cut_off_on_a_phone(visit, found):
    page = visit(found.agent, viewport=PHONE)
    for path in pages_of(found):
        assert page.goto(path).status == 200
        page.wait_for_load_state("load")
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{path} is {widths[0]} wide"
        expect(page.locator("nav.bottom")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_no_page_has_a_serious_barrier(lintel, visit, found, language):
    """axe's rules for people who use a keyboard, a screen reader or a bad screen."""
    case = complaint(lintel, found.uid)
    lintel.push(Somebody("无号").submission(person={"name": "无号", "phones": ["12"]}))
    with lintel.sign_in_as(found.agent) as client:
        deal = open_deal(lintel, found, client)
        unit = client.get("/sales/api/v1/units", params={"project": "river-park"}).json()["items"][0]["id"]
        message = client.get("/notify/api/v1/messages", params={"uid": found.uid}).json()["items"][0]["id"]
    with unknown_events(lintel) as (planted,):
        visits = [
            (None, ["/sales/sign-in"]),
            (found.agent, [
                *pages_of(found), f"/sales/deals/{deal}", f"/sales/units/{unit}", f"/notify/messages/{message}",
                f"/sales/search?q={found.name}", "/sales/search?q=nobody", "/leads/operations", "/sales/nowhere",
            ]),
            ("service@lintel.example", [
                "/sales/today", "/service/cases", f"/service/cases/{case['id']}", "/service/cases/new", f"/service/cases/new?uid={found.uid}",
                "/service/cases?show=closed", "/service/handovers", "/service/handovers?status=completed",
            ]),
            ("manager@lintel.example", ["/sales/today", f"/leads/leads/{found.lead}", "/leads/leads?view=pool"]),
            ("admin@lintel.example", [
                "/leads/operations", "/leads/operations/letters", "/sales/operations/letters?reason=unknown-contract",
                f"/sales/operations/{planted.letter}", "/leads/ledger", "/leads/ledger?outcome=rejected",
            ]),
        ]
        barriers = [barrier for email, paths in visits for barrier in barriers_of(visit(email), paths, language)]
    assert barriers == []


def barriers_of(page, paths, language):
    """What axe finds serious; every page is opened in that language, with what its fragments bring."""
    found = []
    page.goto(f"/sales/sign-in?lang={language}" if paths == ["/sales/sign-in"] else f"/sales/today?lang={language}")
    for path in paths:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        found += barriers_on(page, path)
    page.troubles.clear()  # the browser itself notes that a page is refused or missing
    return found


def barriers_on(page, name):
    """What axe finds serious on the page that is open, once its fragments are there."""
    page.wait_for_load_state("load")
    # Not `wait_for_function`, whose text the page's policy would have to evaluate.
    expect(page.locator("[data-fragment]:not([data-loaded]):not([data-away])")).to_have_count(0)
    for opened in page.locator("main details.why:not([open]) > summary").all()[:3]:
        if opened.is_visible():
            opened.click()
    violations = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    return [(name, one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in violations]
