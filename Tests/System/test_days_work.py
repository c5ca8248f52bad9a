"""A day's work on leads in a real browser: an agent's, a manager's and marketing's. Every page on the way is looked at as axe and a phone see it."""
import re
from datetime import date

from installation import wait_until
from oracle import settle
from people import Somebody, ledger
from playwright.sync_api import expect
from test_browser import DESKTOP, PHONE, barriers_on, chromium, enquiry, visit  # noqa: F401 (two are fixtures)


class Day:
    """Somebody's way through the pages; `barriers` is what stood in it for a reader of screens or a phone."""

    def __init__(self, page, language):
        self.page, self.barriers = page, []
        page.goto(f"/sales/today?lang={language}")

    def open(self, path):
        assert self.page.goto(path).status == 200, path
        self.look()

    def look(self):
        """axe looks at the page as it is, on a desk and on a phone, where nothing may be cut off either."""
        path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", self.page.url.split("/", 3)[3])
        for width, viewport in ("phone", PHONE), ("desk", DESKTOP):
            self.page.set_viewport_size(viewport)
            self.barriers += barriers_on(self.page, f"{path} ({width})")
            scrolled, inner = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            if scrolled > inner:
                self.barriers.append((f"{path} ({width})", f"is {scrolled} wide"))

    def send(self, form, **fields):
        """Fills a form in and sends it; the page that answers says that it is done."""
        self.fill(form, **fields)
        self.press(self.page.locator(form).locator("button.btn").first)

    def press(self, button):
        """Presses a button; the page that answers says that it is done. What the page before said is no answer."""
        self.page.locator(".flash-done").evaluate_all("all => all.forEach(one => one.remove())")
        button.click()
        expect(self.page.locator(".flash-done")).to_be_visible()

    def follow(self, link):
        """Goes where a link leads, and is there."""
        here = self.page.url
        link.click()
        expect(self.page).not_to_have_url(here)
        self.page.wait_for_load_state("load")

    def fill(self, form, **fields):
        for name, value in fields.items():
            field = self.page.locator(form).locator(f"[name='{name}']")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)


def journal(lintel, subject):
    """What the journal tells of somebody or something, and whose doing it was the last time."""
    told = "SELECT name, actor FROM journal WHERE subject = %s OR uid::text = %s ORDER BY position"
    rows = lintel.query("leads", told, subject, subject)
    return {name.removeprefix("leads.").removesuffix(".v1"): actor for name, actor in rows}


def standing(lintel, lead):
    return lintel.query("leads", "SELECT status, discard_reason FROM leads WHERE id = %s", lead)[0]


def others_lead(lintel, agent):
    """A lead that a colleague of theirs has been given."""
    return next(about for about in (enquiry(lintel) for _ in range(6)) if about.agent != agent)


# An agent's day


def test_an_agent_answers_tags_claims_discards_and_finds_again(lintel, visit):
    agent = enquiry(lintel).agent
    page = visit(agent)
    day = Day(page, "zh-Hans")
    day.open("/leads/leads")
    new = arrives(lintel, page, agent)
    settle(lintel)  # what else is told of it draws its row anew
    opens_with_the_keyboard(page, new)
    day.look()
    judges_two_tags(lintel, day, new)
    logs_a_contact(lintel, day, new)
    claimed = claims(lintel, day, others_lead(lintel, agent))
    discards(lintel, day, claimed)
    finds_it_again(lintel, day, claimed, agent)
    day.open("/sales/today")
    for about in (new, claimed):
        expect(page.locator("[data-fragment='/leads/fragments/today']")).not_to_contain_text(about.name)
    assert day.barriers == []


def arrives(lintel, page, agent):
    """A lead of theirs turns up in the open list, with its clock, although nobody has loaded the page again."""
    page.evaluate("window.isTheSamePage = true")
    words = "孩子明年上小学，想看学区房，打算贷款。"
    about = next(one for one in (enquiry(lintel, message=words) for _ in range(8)) if one.agent == agent)
    row = page.locator(f"#row-{about.lead}")
    expect(row).to_contain_text(about.name)
    expect(row.locator("time.clock[data-due]")).to_be_visible()
    assert page.evaluate("window.isTheSamePage")
    return about


def opens_with_the_keyboard(page, about):
    picked = page.locator(f"tr.is-picked#row-{about.lead}")
    for _ in range(12):
        page.keyboard.press("j")
        if picked.count():
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(about.lead))
    page.wait_for_load_state("load")


def judges_two_tags(lintel, day, about):
    tags = "SELECT key, standing FROM tags WHERE uid = %s AND standing = %s"
    wait_until(lambda: len(lintel.query("leads", tags, about.uid, "open")) >= 2, what="tags of what they wrote")
    for verdict in ("confirm", "reject"):
        day.page.reload()
        day.press(day.page.locator(f"form[action$='/tags'] button[value={verdict}]").first)
        assert lintel.query("leads", tags, about.uid, f"{verdict}ed")


def logs_a_contact(lintel, day, about):
    day.follow(day.page.locator(".act-bar a[href*='#contact']"))
    day.send("#contact", note="周六看房，需要学区资料")
    wait_until(lambda: standing(lintel, about.lead)[0] == "contacted", what="the contact known to Leads")
    day.open(f"/leads/leads/{about.lead}")
    expect(day.page.locator(".next-step")).to_contain_text("再次联系")  # answered in time: what counts now is the next call


def claims(lintel, day, about):
    """A lead that their manager has put into the pool."""
    with lintel.sign_in_as("head@lintel.example") as head:
        body = {"leads": [about.lead], "act": "pool"}
        assert head.post("/leads/api/v1/leads/bulk", json=body).json()["done"] == [about.lead]
    day.open("/leads/pools/main")
    watching, late = visit_again(day.page), visit_again(day.page, hears=False)
    day.press(day.page.locator(f"#pool-{about.lead} button"))
    expect(day.page).to_have_url(re.compile(about.lead))
    owner = lintel.query("leads", "SELECT owner_id FROM leads WHERE id = %s", about.lead)[0][0]
    assert journal(lintel, about.lead)["lead.assigned"] == f"staff:{owner}"
    expect(watching.locator(f"#pool-{about.lead}")).to_have_count(0)  # it goes by itself
    late.locator(f"#pool-{about.lead} button").click()
    expect(late.locator(".flash-refused")).to_contain_text("认领")  # in the page's language
    watching.close()
    late.close()
    return about


def visit_again(page, hears=True):
    """The same page in another tab; one that does not hear what happens shows what was."""
    tab = page.context.new_page()
    if not hears:
        tab.route(re.compile(r"/live\b"), lambda route: route.abort())
    tab.goto(page.url)
    return tab


def discards(lintel, day, about):
    day.page.locator("details", has=day.page.locator("form[action$='/discard']")).locator("summary").first.click()
    day.send("form[action$='/discard']", reason="budget", note="预算差得太多")
    assert standing(lintel, about.lead) == ("discarded", "budget")
    assert "lead.discarded" in journal(lintel, about.lead)


def finds_it_again(lintel, day, about, agent):
    """By links, and keeps the list under a name."""
    day.page.goto("/leads/leads")
    day.page.locator("nav.filters a[href*='status=discarded']").first.click()
    expect(day.page.locator("#lead-list")).to_contain_text(about.name)
    day.page.locator("details.narrow > summary").click()
    day.send("form.save-view", name="已放弃")
    day.look()
    day.page.goto("/leads/leads")
    day.page.get_by_role("link", name="已放弃").first.click()
    expect(day.page.locator(f"#row-{about.lead}")).to_be_visible()
    views = "SELECT v.query FROM lead_views v JOIN staff s ON s.id = v.staff_id WHERE s.id = %s"
    staff = lintel.query("sales", "SELECT id FROM staff WHERE email = %s", agent)[0][0]
    assert lintel.query("leads", views, staff) == [("?status=discarded",)]


# A manager's day


def test_a_manager_decides_on_doubles_rules_leaves_and_many_leads(lintel, visit):
    day = Day(visit("head@lintel.example"), "zh-Hans")
    day.open("/leads/reviews")
    merge = doubles(lintel, "端木清荷")
    apart = doubles(lintel, "司徒云帆")
    decides(lintel, day, merge, "merge", "merged")
    decides(lintel, day, apart, "different", "different")
    takes_the_merge_back(lintel, day, merge)
    changes_the_rules(lintel, day)
    gives_leave(lintel, day)
    moves_many_and_takes_it_back(lintel, day)
    assert day.barriers == []
    policies = Day(visit("admin@lintel.example"), "zh-Hans")
    changes_a_policy(lintel, policies)
    assert policies.barriers == []


def doubles(lintel, name):
    """Two who are called the same, ask for the same and have different numbers: the review that somebody has to decide."""
    people = [Somebody(), Somebody()]
    for somebody in people:
        somebody.name = f"{name}{people[0].number}"
        lintel.push(somebody.submission())
    uids = sorted(str(wait_until(lambda: ledger(lintel, f"web-{one.number}"))[0]["uid"]) for one in people)
    found = "SELECT id::text FROM reviews WHERE low = %s AND high = %s"
    return uids, wait_until(lambda: lintel.query("leads", found, *uids), what="the review")[0][0]


def decides(lintel, day, pair, decision, status):
    uids, review = pair
    day.page.goto("/leads/reviews")
    day.follow(day.page.locator(f"a[href='/leads/reviews/{review}']").first)
    day.look()  # what would hold of them as one
    day.press(day.page.locator(f"button[name=decision][value={decision}]"))
    assert lintel.query("leads", "SELECT status FROM reviews WHERE id = %s", review) == [(status,)]
    pinned = lintel.query("leads", "SELECT count(*) FROM pins WHERE low = %s AND high = %s", *uids)[0][0]
    assert pinned == (decision == "different")


def takes_the_merge_back(lintel, day, pair):
    merges = "SELECT survivor::text, merged::text, undone_at IS NULL FROM merges WHERE survivor = ANY(%s::uuid[])"
    ((survivor, merged, stands),) = lintel.query("leads", merges, pair[0])
    assert stands
    day.open(f"/leads/persons/{survivor}")
    day.press(day.page.locator("form[action^='/leads/merges/'] button"))
    assert lintel.query("leads", merges, pair[0]) == [(survivor, merged, False)]
    assert {"person.merged", "person.unmerged"} <= {*journal(lintel, survivor), *journal(lintel, merged)}


def changes_the_rules(lintel, day):
    """A rule is drafted, tried on what came, switched on, and then explains where a lead went."""
    campaign = f"day-{Somebody().number}"
    before = enquiry(lintel, campaign=campaign)
    day.open("/leads/rules/rule")
    rule = f"活动 {campaign}"
    fields = {"name": rule, "field-0": "campaign", "operator-0": "is", "values-0": campaign, "kind": "pool", "pool": "shared"}
    day.fill("form.pane", **fields)
    day.page.locator("form.pane button.btn-primary").click()
    upwards = day.page.locator(f"[data-rule='{rule}'] form[action$='/move']:has([value=up]) button")
    expect(day.page.locator(f"[data-rule='{rule}']")).to_be_visible()
    while upwards.count():
        with day.page.expect_navigation():
            upwards.click()
    day.look()
    assert lintel.query("leads", "SELECT count(*) FROM rule_sets WHERE rules::text LIKE %s", f"%{campaign}%") == [(0,)]
    day.follow(day.page.locator("a[href^='/leads/rules/simulate']"))
    expect(day.page.locator(f"a[href*='{before.lead}']").first).to_be_visible()
    day.look()
    day.page.goto("/leads/rules")
    day.send("form[action='/leads/rules/publish']", note="秋季活动先到先得")
    newest = "SELECT note FROM rule_sets ORDER BY version DESC LIMIT 1"
    assert lintel.query("leads", newest) == [("秋季活动先到先得",)]
    customer = Somebody("活动")
    lintel.push(customer.submission(campaign=campaign))
    (row,) = wait_until(lambda: ledger(lintel, f"web-{customer.number}"))
    assert lintel.query("leads", "SELECT pool, owner_id FROM leads WHERE id = %s", row["lead_id"]) == [("shared", None)]
    day.open(f"/leads/leads/{row['lead_id']}/explain")
    expect(day.page.locator(".rule-trial").first).to_contain_text(rule)


def gives_leave(lintel, day):
    day.open("/leads/agents")
    day.follow(day.page.locator("table.rows a.row-link").first)
    day.look()
    agent = day.page.url.rsplit("/", 1)[1]
    leaves = "SELECT first_day::text, last_day::text FROM agent_leaves WHERE agent_id = %s"
    for text, stored in ("2031-02-03 2031-02-07", [("2031-02-03", "2031-02-07")]), ("", []):
        day.send("form.pane", leaves=text)
        assert lintel.query("leads", leaves, agent) == stored


def moves_many_and_takes_it_back(lintel, day):
    leads = [enquiry(lintel).lead for _ in range(2)]
    places = lambda: lintel.query("leads", "SELECT owner_id, pool FROM leads WHERE id = ANY(%s::uuid[]) ORDER BY id", leads)
    before = places()
    settle(lintel)  # what else is told of them draws their rows anew
    day.open("/leads/leads")
    for lead in leads:
        day.page.locator(f"[data-tick][value='{lead}']").check()
    expect(day.page.locator("[data-bulk-count]")).to_have_text("2")
    day.press(day.page.locator("#bulk button[value=pool]"))
    assert places() == [(None, "main")] * 2
    day.page.locator("form[data-undo] button").click()
    expect(day.page.locator("form[data-undo]")).to_have_count(0)
    wait_until(lambda: places() == before, what="the leads where they were")


def changes_a_policy(lintel, day):
    """An administrator's, with the reason for it; and back."""
    day.open("/leads/settings")
    for number, reason in ("21", "本周活动多"), ("20", "活动结束"):
        day.page.goto("/leads/settings/assign.claim")
        day.send("form.pane", perDay=number, note=reason)
        newest = "SELECT value ->> 'perDay', note FROM policies WHERE name = 'assign.claim' ORDER BY version DESC LIMIT 1"
        assert lintel.query("leads", newest) == [(number, reason)]
    day.look()


# Marketing's day


def test_marketing_opens_a_channel_imports_nurtures_and_sees_what_it_brings(lintel, visit):
    day = Day(visit("marketing@lintel.example"), "en")
    key = f"fair-{Somebody().number}"
    secret = makes_a_channel(lintel, day, key)
    makes_a_campaign(lintel, day, key)
    customer = pushes_with_the_key(lintel, key, secret)
    imports_a_file_and_takes_it_back(lintel, day)
    segment = asks_for_a_segment(lintel, day, key)
    writes_a_sequence(lintel, day, segment)
    sees_the_return(day, key, customer)
    takes_a_file_along(lintel, day)
    assert day.barriers == []


def makes_a_channel(lintel, day, name):
    """Its key is shown once, and stored only as a digest."""
    day.open("/leads/channels")
    day.follow(day.page.locator("a[href='/leads/channels/new']").first)
    day.look()
    day.send("form[action='/leads/channels']", name=name, title="Autumn fair")
    day.page.locator(f"form[action='/leads/channels/{name}/keys'] button").click()
    shown = day.page.locator("main [role=status] code")
    secret = shown.inner_text()
    day.look()
    day.page.goto(f"/leads/channels/{name}")
    expect(shown).to_have_count(0)
    assert secret not in day.page.content()
    assert lintel.query("leads", "SELECT kind FROM channels WHERE name = %s", name) == [("website",)]
    return secret


def makes_a_campaign(lintel, day, key):
    """With what its stand cost today."""
    today = date.today().isoformat()
    day.open("/leads/campaigns")
    fields = {"key": key, "title": "Autumn fair", "channel": key, "from": today, "to": today}
    day.send("form[action='/leads/campaigns']", **fields)
    day.send("form[action$='/costs']", **{"from": today, "amount": "1250", "note": "Stand"})
    day.look()
    booked = "SELECT minor FROM campaign_costs c JOIN campaigns k ON k.id = c.campaign_id WHERE k.key = %s"
    assert lintel.query("leads", booked, key) == [(125_000,)]


def pushes_with_the_key(lintel, channel, secret):
    customer = Somebody("展会")
    body = customer.submission(channel=channel, campaign=channel)
    with lintel.anonymous() as client:
        for key, status in (secret + "x", 401), (secret, 202):
            answer = client.post(f"/leads/api/v1/intake/{channel}", json=body, headers={"X-Channel-Key": key})
            assert answer.status_code == status, answer.text
    wait_until(lambda: any(row["lead_id"] for row in ledger(lintel, f"{channel}-{customer.number}")), what="the lead")
    return customer


def imports_a_file_and_takes_it_back(lintel, day):
    people = [Somebody("名单") for _ in range(3)]
    lines = [f"{one.name},{one.phone.removeprefix('+86')},500万" for one in people] + ["无号,12,"]
    text = "\r\n".join(["姓名,电话号码,预算", *lines]) + "\r\n"
    day.open("/leads/imports")
    day.page.set_input_files("#import-file", {"name": "fair.csv", "mimeType": "text/csv", "buffer": text.encode()})
    day.page.locator("form.upload button").click()
    day.page.select_option("#column-2", "phone")
    day.look()
    day.page.locator("form[action$='/columns'] button").click()
    file = day.page.url.rsplit("/", 1)[1]
    leads = "SELECT status FROM leads WHERE id IN (SELECT lead_id FROM import_rows WHERE import_id = %s) ORDER BY 1"
    for order, then, found in ("start", "undo", ["open"] * 3), ("undo", None, ["discarded"] * 3):
        button = day.page.locator(f"form[action$='/{order}'] button")
        expect(button).to_be_visible()  # the page follows the dry run, and then the import, by itself
        day.look()
        button.click()
        if then:
            expect(day.page.locator(f"form[action$='/{then}'] button")).to_be_visible()
        wait_until(lambda: [row[0] for row in lintel.query("leads", leads, file)] == found, what=f"leads {found}")
    counts = "SELECT count(*) FROM import_rows WHERE import_id = %s AND verdict = 'rejected'"
    assert lintel.query("leads", counts, file) == [(1,)]


def asks_for_a_segment(lintel, day, channel):
    day.open("/leads/segments")
    day.follow(day.page.locator("a.btn-primary[href^='/leads/segments/']").first)
    form = "aside form.pane"
    day.fill(form, name=f"From {channel}", field0="channel", values0=channel)
    day.page.locator("button[formaction$='/count']").click()
    expect(day.page.locator("#segment-people")).to_contain_text("1")
    day.press(day.page.locator(form).locator("button.btn-primary"))
    day.look()
    return lintel.query("leads", "SELECT id::text FROM segments WHERE name = %s", f"From {channel}")[0][0]


def writes_a_sequence(lintel, day, segment):
    day.open("/leads/nurture")
    day.follow(day.page.locator("main a.btn-primary").first)
    form = "aside form.pane"
    name = f"Welcome {Somebody().number}"
    day.fill(form, name=name, segment=segment, active="no", day0="3", template0="nurture-layout-cases")
    day.press(day.page.locator(form).locator("button.btn-primary"))
    day.look()
    kept = "SELECT v.plan::text FROM nurture_versions v JOIN nurture_sequences s ON s.id = v.sequence_id WHERE v.plan ->> 'name' = %s"
    ((plan,),) = lintel.query("leads", kept, name)
    assert segment in plan.lower() and "nurture-layout-cases" in plan


def sees_the_return(day, key, customer):
    """The campaign's row is there once it is counted; its figure opens its leads."""
    day.open("/leads/return")
    figure = day.page.locator(f"table.rows a[href*='campaign={key}']").first

    def is_counted():
        day.page.reload()
        return figure.count() and figure.inner_text() == "1"

    wait_until(is_counted, what="the campaign's lead counted")
    figure.click()
    expect(day.page.locator("#lead-list")).to_contain_text(customer.name)
    expect(day.page.locator("#lead-list tbody tr")).to_have_count(1)


def takes_a_file_along(lintel, day):
    day.open("/leads/exports")
    with day.page.expect_download() as download:
        day.page.locator("a[href^='/leads/leads.csv']").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) > 1 and "+86139" not in text
    newest = "SELECT row_count > 0, is_unmasked FROM exports WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    wait_until(lambda: lintel.query("leads", newest) == [(True, False)], what="the export in its list")
