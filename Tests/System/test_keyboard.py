"""The inbox, a pool and the page of a lead without a mouse, and what is due there, in a real browser."""
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from installation import wait_until
from oracle import settle
from playwright.sync_api import expect
from test_browser import PHONE, barriers_on, chromium, enquiry, visit  # noqa: F401 (two are fixtures)

OFFICE = ZoneInfo("Asia/Shanghai")


def pick(page, item):
    """Walks down the list until that row is picked."""
    for _ in range(30):
        page.keyboard.press("j")
        if page.locator(f"{item}.is-picked").count():
            return
    raise AssertionError(f"{item} is never picked")


def status(lintel, lead):
    return lintel.query("leads", "SELECT status FROM leads WHERE id = %s", lead)[0][0]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_an_agent_walks_writes_down_and_gives_up_by_keys(lintel, visit, language):
    about = enquiry(lintel)
    settle(lintel)  # nothing more happens that would draw the list anew under the hand
    page = visit(about.agent)
    page.goto(f"/leads/leads?lang={language}")
    page.wait_for_load_state("load")
    page.keyboard.press("?")
    help_box = page.locator("dialog[data-keys-help]")
    expect(help_box).to_be_visible()
    for key in ("j", "c", "d", "x", "?"):
        expect(help_box.locator("kbd", has_text=re.compile(f"^{re.escape(key)}$"))).to_have_count(1)
    page.keyboard.press("?")
    expect(help_box).not_to_be_visible()

    pick(page, f"#row-{about.lead}")
    page.keyboard.press("d")
    box = page.locator("dialog[data-row-dialog=d]")
    expect(box).to_be_visible()
    expect(box).to_contain_text(about.name)
    assert barriers_on(page, f"dialog ({language})") == []
    page.keyboard.press("j")  # the list behind it stays as it is
    expect(page.locator(f"#row-{about.lead}.is-picked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(box).not_to_be_visible()
    page.keyboard.press("d")
    box.locator("select").select_option("budget")
    box.locator("button.btn-danger").click()
    expect(page.locator(".flash-done")).to_be_visible()
    page.locator("form[data-undo] button").click()  # it can be taken back
    wait_until(lambda: lintel.query("leads", "SELECT 1 FROM timers WHERE kind = 'leads.bulk-discard'") == [], what="nothing is given up")
    assert status(lintel, about.lead) == "open"

    page.goto(f"/leads/leads?lang={language}")
    page.wait_for_load_state("load")
    pick(page, f"#row-{about.lead}")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile(rf"/sales/customers/{about.uid}#contact"))


def test_an_agent_claims_from_a_pool_by_keys(lintel, visit):
    about = enquiry(lintel)
    with lintel.sign_in_as("head@lintel.example") as head:
        body = {"leads": [about.lead], "act": "pool"}
        assert head.post("/leads/api/v1/leads/bulk", json=body).json()["done"] == [about.lead]
    settle(lintel)
    agents = ["agent@lintel.example", "chen.yue@lintel.example", "wu.hao@lintel.example"]
    page = visit(next(email for email in agents if email != about.agent))
    page.goto("/leads/pools/main")
    page.wait_for_load_state("load")
    pick(page, f"#pool-{about.lead}")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(about.lead))
    expect(page.locator(".flash-done")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_lead_is_planned_corrected_given_up_and_opened_again_on_its_page(lintel, visit, language):
    about = enquiry(lintel)
    with lintel.sign_in_as(about.agent) as client:
        answer = client.post(f"/sales/api/v1/customers/{about.uid}/contacts", json={"kind": "call", "isReached": True})
        assert answer.status_code == 201, answer.text
    wait_until(lambda: status(lintel, about.lead) == "contacted", what="the contact known to Leads")
    page = visit(about.agent)
    path = f"/leads/leads/{about.lead}"
    page.goto(f"{path}?lang={language}")
    due = (datetime.now(OFFICE) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    page.fill("#next-action [name=nextAt]", due)
    page.fill("#next-action [name=nextNote]", "寄户型图")
    page.click("#next-action button")
    expect(page.locator(".next-step")).to_contain_text("寄户型图")
    followed = "SELECT next_action FROM customers WHERE uid = %s"
    wait_until(lambda: lintel.query("sales", followed, about.uid) == [("寄户型图",)], what="Sales knows what is next")

    page.locator("#need > summary").click()
    page.fill("#need [name=districts]", "浦东、徐汇")
    page.fill("#need [name=budgetMax]", "5000000")
    page.select_option("#need [name=timeframe]", "3m")
    page.click("#need button")
    expect(page.locator(".flash-done")).to_be_visible()
    need = "SELECT need -> 'districts' FROM customers WHERE uid = %s"
    wait_until(lambda: lintel.query("sales", need, about.uid) == [(["浦东", "徐汇"],)], what="Sales knows what is wanted")
    assert lintel.query("leads", "SELECT grade FROM leads WHERE id = %s", about.lead) == [("A",)]

    page.goto("/leads/leads?sort=due")
    expect(page.locator(f"#row-{about.lead}")).to_contain_text("寄户型图")
    page.goto("/leads/leads?due=today")
    page.goto(path)
    assert barriers_on(page, path) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    discard = page.locator("details", has=page.locator("form[action$='/discard']"))
    discard.locator("summary").click()
    discard.locator("select").select_option("not-now")
    discard.locator("button").click()
    wait_until(lambda: status(lintel, about.lead) == "discarded")
    page.goto(path)
    again = page.locator("details", has=page.locator("form[action$='/reopen']"))
    again.locator("summary").click()
    again.locator("select").select_option("called-back")
    again.locator("button").click()
    expect(page.locator(".flash-done")).to_be_visible()
    wait_until(lambda: status(lintel, about.lead) == "contacted")
    stage = "SELECT stage FROM customers WHERE uid = %s"
    wait_until(lambda: lintel.query("sales", stage, about.uid) == [("contacted",)], what="Sales follows")
    page.goto(f"/sales/customers/{about.uid}")
    expect(page.locator(".timeline").first).not_to_contain_text("⟦")
