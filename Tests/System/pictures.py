#!/usr/bin/env python3
"""Takes pictures of the console: of Today for the README, and with a folder of every page, on a desk and on a phone, in both languages.

usage: pictures.py [FOLDER]     `make pictures` (TOUR=FOLDER)
It starts an installation of its own; LINTEL_SYSTEM_HOME names one that runs already.
"""
import os
import sys
import tempfile
from pathlib import Path

from busy import make_busy
from installation import REPOSITORY, Installation
from playwright.sync_api import sync_playwright

LANGUAGES = {"en": "console.png", "zh-Hans": "console.zh-Hans.png"}
WIDTHS = {"desk": {"width": 1440, "height": 960}, "phone": {"width": 390, "height": 844}}


def main():
    kept = os.environ.get("LINTEL_SYSTEM_HOME")
    with tempfile.TemporaryDirectory(prefix="lintel-pictures.") as folder:
        os.chmod(folder, 0o755)  # the database's own user has to get in
        lintel = Installation(kept or folder, LINTEL_DEMO="full")
        try:
            lintel.up()
            if not lintel.query("sales", "SELECT 1 FROM deals LIMIT 1"):
                make_busy(lintel)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
                if len(sys.argv) > 1:
                    tour(lintel, browser, Path(sys.argv[1]))
                else:
                    readme(lintel, browser)
        finally:
            if not kept:
                lintel.remove()


def readme(lintel, browser):
    """Today of a manager, whose team has a full day, as the README shows it."""
    for language, name in LANGUAGES.items():
        page = signed_in(lintel, browser, "manager@lintel.example", language, "desk")
        shoot(page, f"/sales/today?lang={language}", REPOSITORY / "docs/images" / name)
        page.context.close()


def tour(lintel, browser, folder):
    """Every page as those see it whose work it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        for width in WIDTHS:
            for email, paths in visits(lintel).items():
                page = signed_in(lintel, browser, email, language, width)
                for path in paths:
                    who, what = email.split("@")[0], path.strip("/").replace("/", "-").replace("?", "-")[:90]
                    shoot(page, path, folder / f"{width}.{language}.{who}.{what}.png", full_page=True)
                page.context.close()


def visits(lintel):
    """The pages of each; of records one that has much to show."""
    def first(service, statement):
        return lintel.query(service, statement)[0][0]

    agent = "(SELECT id FROM staff WHERE email = 'agent@lintel.example')"
    buyer = first("sales", f"SELECT uid FROM deals WHERE stage = 'won' AND owner_id = {agent} LIMIT 1")
    deal = first("sales", f"SELECT id FROM deals WHERE uid = '{buyer}' LIMIT 1")
    unit = first("sales", f"SELECT unit_id FROM unit_holds WHERE staff_id = {agent} AND ended_at IS NULL LIMIT 1")
    lead = first("leads", f"SELECT id FROM leads WHERE uid = '{buyer}' LIMIT 1")
    case = first("service", "SELECT id FROM cases ORDER BY id DESC LIMIT 1")
    message = first("notify", "SELECT id FROM messages WHERE channel = 'sms' ORDER BY id DESC LIMIT 1")
    campaign, segment, sequence, file = (
        first("leads", f"SELECT id FROM {table} ORDER BY id DESC LIMIT 1")
        for table in ("campaigns", "segments", "nurture_sequences", "imports")
    )
    rule = first("leads", "SELECT rules -> 'rules' -> 0 ->> 'name' FROM rule_sets ORDER BY version DESC LIMIT 1")
    seller = first("leads", "SELECT id FROM staff WHERE role = 'agent' ORDER BY id LIMIT 1")
    return {
        "agent@lintel.example": [
            "/sales/today", "/leads/leads", f"/leads/leads/{lead}", "/sales/customers", f"/sales/customers/{buyer}", "/sales/deals",
            f"/sales/deals/{deal}", "/sales/units", f"/sales/units/{unit}", "/notify/messages", "/notify/inbox", "/sales/search?q=李",
            "/leads/pools/shared", "/leads/new", f"/leads/persons/{buyer}",
        ],
        "service@lintel.example": [
            "/sales/today", "/service/cases", f"/service/cases/{case}", "/service/cases/new", "/service/handovers",
        ],
        "manager@lintel.example": [
            "/sales/today", "/leads/leads", "/leads/leads?view=pool", "/leads/ledger", "/sales/deals", "/leads/reviews", "/leads/rules",
            f"/leads/rules/rule?rule={rule}", "/leads/rules/simulate", "/leads/rules/versions/1", f"/leads/leads/{lead}/explain",
            "/leads/pools/shared", "/leads/agents", f"/leads/agents/{seller}", "/leads/calendar", f"/leads/persons/{buyer}",
        ],
        "marketing@lintel.example": [
            "/leads/channels", "/leads/channels/new", "/leads/channels/web", "/leads/channels/web/adapter",
            "/leads/campaigns", f"/leads/campaigns/{campaign}", "/leads/return", "/leads/exports", "/leads/imports", f"/leads/imports/{file}",
            "/leads/segments", f"/leads/segments/{segment}", f"/leads/segments/{segment}/send", "/leads/audiences",
            "/leads/nurture", f"/leads/nurture/{sequence}", "/leads/referrals", "/leads/lifecycle", "/leads/tags", "/leads/score",
        ],
        "admin@lintel.example": [
            "/sales/today", "/leads/operations", "/leads/operations/letters", "/leads/ledger?outcome=rejected", f"/notify/messages/{message}",
            "/leads/settings", "/leads/settings/assign.claim", "/notify/settings", "/notify/settings/notify.marketing", "/leads/grading",
        ],
    }


def signed_in(lintel, browser, email, language, width):
    context = browser.new_context(base_url=lintel["URL"], viewport=WIDTHS[width])
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"/sales/sign-in?lang={language}")
    page.fill("[name=email]", email)
    page.fill("[name=password]", lintel.staff(email)["password"])
    page.click(".gate-card button")
    page.wait_for_url("**/sales/today")
    page.goto(f"/sales/today?lang={language}")
    return page


def shoot(page, path, file, **options):
    """A picture of the page with what its fragments bring."""
    page.goto(path)
    page.wait_for_load_state("load")
    page.locator("[data-fragment]:not([data-loaded]):not([data-away])").first.wait_for(state="detached")
    page.screenshot(path=file, animations="disabled", **options)
    print(file)


if __name__ == "__main__":
    main()
