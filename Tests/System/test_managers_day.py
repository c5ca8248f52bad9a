"""A day's work of somebody who leads a team, in a real browser: what they see and do is their team's, and nobody else's."""
from installation import wait_until
from oracle import settle
from people import Somebody, ledger
from playwright.sync_api import expect
from test_browser import chromium, enquiry, visit  # noqa: F401 (two are fixtures)
from test_days_work import Day, decides, doubles, journal, sees_the_return

MANAGER = "manager@lintel.example"  # of the riverside team, which sells river-park
GARDEN = {"need": {"purpose": "buy", "projects": ["garden-city"], "districts": ["闵行"]}}


def test_a_teams_manager_leads_the_team_and_sees_no_other(lintel, visit):
    team = agents_of(lintel, MANAGER)
    day = Day(visit(MANAGER), "zh-Hans")
    sees_the_teams_leads(lintel, day)
    gives_several_to_one(lintel, day, team)
    decides_on_doubles_of_the_team(lintel, day)
    gives_leave_and_explains(lintel, day, team)
    looks_at_the_return(lintel, day)
    assert day.barriers == []


def agents_of(lintel, manager):
    """The ids of the agents of somebody's team, and what they are called."""
    team = "SELECT team_id FROM staff WHERE id = %s"
    (identity,) = lintel.query("sales", "SELECT id FROM staff WHERE email = %s", manager)[0]
    found = lintel.query("leads", f"SELECT id::text, name FROM staff WHERE role = 'agent' AND team_id = ({team})", identity)
    assert len(found) > 1
    return dict(found)


def is_not_there(day, path):
    """For whoever leads another team there is no such page; the browser itself notes the refusal."""
    assert day.page.goto(path).status == 404, path
    day.page.troubles.clear()


def sees_the_teams_leads(lintel, day):
    ours, theirs = enquiry(lintel), enquiry(lintel, **GARDEN)
    day.open("/leads/leads")
    expect(day.page.locator(f"#row-{ours.lead}")).to_be_visible()
    expect(day.page.locator(f"#row-{theirs.lead}")).to_have_count(0)
    day.page.goto(f"/leads/leads?q={theirs.name}")
    expect(day.page.locator("#lead-list")).not_to_contain_text(theirs.name)
    for path in (f"/leads/leads/{theirs.lead}", f"/leads/leads/{theirs.lead}/explain", f"/leads/persons/{theirs.uid}"):
        is_not_there(day, path)
    day.open(f"/leads/leads/{ours.lead}")


def gives_several_to_one(lintel, day, team):
    """To one of the team's own agents: others are not to be chosen."""
    owners = lambda leads: [row[0] for row in lintel.query("leads", "SELECT owner_id::text FROM leads WHERE id = ANY(%s::uuid[])", leads)]
    chosen, leads = sorted(team)[0], []
    while len(leads) < 3:
        about = enquiry(lintel)
        leads += [about.lead] if owners([about.lead]) != [chosen] else []
    settle(lintel)  # what else is told of them draws their rows anew
    day.open("/leads/leads")
    choices = day.page.locator("#bulk-agent option").evaluate_all("all => all.map(one => one.value).filter(Boolean)")
    assert sorted(choices) == sorted(team)
    for lead in leads:
        day.page.locator(f"[data-tick][value='{lead}']").check()
    expect(day.page.locator("[data-bulk-count]")).to_have_text("3")
    day.page.locator("#bulk-agent").select_option(chosen)
    day.press(day.page.locator("#bulk button[value=assign]"))
    assert owners(leads) == [chosen] * 3
    (manager,) = lintel.query("sales", "SELECT id::text FROM staff WHERE email = %s", MANAGER)[0]
    assert {journal(lintel, lead)["lead.assigned"] for lead in leads} == {f"staff:{manager}"}


def decides_on_doubles_of_the_team(lintel, day):
    pair, others = doubles(lintel, "欧阳映雪"), doubles_elsewhere(lintel, "上官若水")
    day.open("/leads/reviews")
    expect(day.page.locator(f"a[href='/leads/reviews/{pair[1]}']").first).to_be_visible()
    expect(day.page.locator(f"a[href='/leads/reviews/{others}']")).to_have_count(0)
    is_not_there(day, f"/leads/reviews/{others}")
    decides(lintel, day, pair, "merge", "merged")
    assert "person.merged" in {name for uid in pair[0] for name in journal(lintel, uid)}


def doubles_elsewhere(lintel, name):
    """A review about two customers of the garden team."""
    people = [Somebody(), Somebody()]
    for somebody in people:
        somebody.name = f"{name}{people[0].number}"
        lintel.push(somebody.submission(**GARDEN))
    uids = sorted(str(wait_until(lambda: ledger(lintel, f"web-{one.number}"))[0]["uid"]) for one in people)
    found = "SELECT id::text FROM reviews WHERE low = %s AND high = %s"
    return wait_until(lambda: lintel.query("leads", found, *uids), what="the garden team's review")[0][0]


def gives_leave_and_explains(lintel, day, team):
    """Who is on leave is given nothing, and the next lead's page says so."""
    today = "(now() + make_interval(secs => coalesce((SELECT seconds FROM clock_offset), 0))) AT TIME ZONE 'Asia/Shanghai'"
    ((first, last),) = lintel.query("leads", f"SELECT ({today} - interval '1 day')::date::text, ({today} + interval '2 days')::date::text")
    day.open("/leads/agents")
    links = day.page.locator("table.rows a.row-link")
    listed = {href.rsplit("/", 1)[1] for href in links.evaluate_all("all => all.map(one => one.getAttribute('href'))")}
    assert listed == set(team)
    stranger = lintel.query("leads", "SELECT id FROM staff WHERE role = 'agent' AND NOT id = ANY(%s::uuid[]) LIMIT 1", list(team))[0][0]
    is_not_there(day, f"/leads/agents/{stranger}")
    absent = sorted(team)[0]
    day.open(f"/leads/agents/{absent}")
    day.send("form.pane", leaves=f"{first} {last}")
    about = enquiry(lintel)
    owner = lintel.query("leads", "SELECT owner_id::text FROM leads WHERE id = %s", about.lead)[0][0]
    assert owner in set(team) - {absent}
    day.open(f"/leads/leads/{about.lead}")
    day.open(f"/leads/leads/{about.lead}/explain")
    expect(day.page.locator(".verdict")).to_contain_text(team[owner])
    expect(day.page.locator(".rule-trial li", has_text=team[absent]).first).to_contain_text("休假")
    day.page.goto(f"/leads/agents/{absent}")
    day.send("form.pane", leaves="")


def looks_at_the_return(lintel, day):
    """The campaign's figure opens its lead."""
    key = f"river-{Somebody().number}"
    about = enquiry(lintel, campaign=key)
    sees_the_return(day, key, about)
