"""Every projection of every service is what its source makes of it; what somebody damages is named, and built again."""
import re

import busy
import pytest
from installation import SERVICES, wait_until
from oracle import settle
from people import Somebody

# What somebody with psql does to each, and what is said of it then: nothing of what is counted anew before it is compared.
DAMAGE = {
    ("leads", "return"): ("UPDATE return_days SET leads = leads + 1", "return_days: .* [1-9][0-9]* changed"),
    ("leads", "scores"): (
        "INSERT INTO lead_scores SELECT id, now(), '{}', 50 FROM leads LIMIT 1 ON CONFLICT (lead_id) DO UPDATE SET percent = 101 - lead_scores.percent",
        "lead_scores: .* 1 (changed|removed)",
    ),
    ("leads", "score-counts"): ("DELETE FROM score_counts WHERE factor = ''", "score_counts: .* 1 added"),
    ("leads", "tags"): ("UPDATE tags SET is_winner = NOT is_winner", "tags: .* [1-9][0-9]* changed"),
    ("leads", "life-cycles"): ("DELETE FROM life_cycles WHERE stage <> 'potential'", "life_cycles: .* [1-9][0-9]* added"),
    ("leads", "load"): ("UPDATE rotation SET load = load + 1 WHERE agent_id = (SELECT min(agent_id::text)::uuid FROM rotation)", "rotation: .* 1 changed"),
    ("leads", "deals"): ("UPDATE deal_facts SET outcome = CASE outcome WHEN 'lost' THEN 'open' ELSE 'lost' END", "deal_facts: .* [1-9][0-9]* changed"),
    ("leads", "counts"): ("UPDATE kept_counts SET people = people + 1000", None),
    ("leads", "tag-coverage"): ("UPDATE tag_coverage SET people = people + 1000", None),
    ("leads", "staff"): ("UPDATE staff SET capacity = capacity + 1", "staff: .* [1-9][0-9]* changed"),
    ("sales", "timeline"): ("DELETE FROM timeline", "timeline: .* [1-9][0-9]* added"),
    ("sales", "customers"): ("UPDATE customers SET phones = '{}', owner_id = NULL", "customers: .* [1-9][0-9]* changed"),
    ("sales", "search"): ("DELETE FROM customer_search", "customer_search: .* [1-9][0-9]* added"),
    ("service", "staff"): ("UPDATE staff SET is_active = NOT is_active", "staff: .* [1-9][0-9]* changed"),
    ("service", "customers"): ("UPDATE customers SET name = 'x'", "customers: .* [1-9][0-9]* changed"),
    ("notify", "staff"): ("DELETE FROM staff", "staff: .* [1-9][0-9]* added"),
    ("notify", "recipients"): ("DELETE FROM customers WHERE NOT has_case", "customers: .* [1-9][0-9]* added"),
}


@pytest.fixture(scope="module")
def lintel(fragile):
    """Customers who are talked to, buy, move in and complain, until nothing is under way."""
    # Of grade B, whose clock runs half an hour: nothing happens by itself meanwhile.
    fragile.push(*(Somebody().submission(need={"projects": ["river-park"], "timeframe": "6m"}) for _ in range(24)))
    wait_until(lambda: fragile.query("sales", "SELECT count(*) FROM customers WHERE owner_id IS NOT NULL") == [(24,)], 60, "customers")
    for (email,) in fragile.query("sales", "SELECT email FROM staff WHERE role = 'agent' ORDER BY email"):
        with fragile.sign_in_as(email) as agent:
            busy.work(fragile, agent, email)
    settle(fragile)
    busy.after_sales(fragile)
    # Tags follow a moment later, and the gateway reports a text's delivery later than it takes it.
    tags = "SELECT (SELECT count(*) FROM tags_due) + (SELECT count(*) FROM tags_said)"
    wait_until(lambda: fragile.query("leads", tags) == [(0,)], 60, "the tags")
    texts = "SELECT count(*) FROM messages WHERE channel = 'sms' AND state IN ('queued', 'sending', 'accepted')"
    wait_until(lambda: fragile.query("notify", texts) == [(0,)], 60, "every text delivered")
    settle(fragile)
    return fragile


@pytest.fixture(scope="module")
def journals(lintel, private_folder):
    """What every service has told, as `--journal` takes it."""
    files = {}
    for service in SERVICES:
        files[service] = private_folder / f"{service}.journal"
        files[service].write_text(lintel.execute(service, "journal").stdout)
    return lambda receiver: [f"--journal={files[service]}" for service in SERVICES if service != receiver]


def projections(lintel, service):
    return [line.split("\t")[0] for line in lintel.execute(service, "rebuild", "--list").stdout.splitlines()]


def rebuild(lintel, service, *arguments):
    ended = lintel.execute(service, "rebuild", *arguments, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def effects(lintel):
    """What was told, what is to happen, and what was sent to anybody; but for what goes on by itself every few minutes."""
    told = "SELECT count(*) FROM journal WHERE name NOT LIKE '%%.inbox.tallied.%%'"
    promised = "SELECT count(*) FROM timers WHERE kind NOT LIKE 'leads.value.%%'"
    sent = lintel.query("notify", "SELECT state, count(*) FROM messages GROUP BY state ORDER BY state")
    return [lintel.query(service, count) for service in SERVICES for count in (told, promised)], sent


def test_a_dry_run_over_all_of_them_finds_nothing(lintel, journals):
    known = {(service, name) for service in SERVICES for name in projections(lintel, service)}
    assert known == set(DAMAGE)
    for service in SERVICES:
        status, said = rebuild(lintel, service, "--dry-run", *journals(service))
        assert status == 0, said
        counts = re.findall(r": \d+ rows, (\d+) added, (\d+) changed, (\d+) removed", said)
        assert counts and set(counts) == {("0", "0", "0")}, said


@pytest.mark.parametrize("service, name", DAMAGE)
def test_what_was_damaged_is_named_and_mended(lintel, journals, service, name):
    statement, finding = DAMAGE[service, name]
    before = effects(lintel)
    lintel.change(service, statement)
    if finding is None:
        status, said = rebuild(lintel, service, name)
        assert status == 0, said
        counted = "SELECT (SELECT coalesce(max(people), 0) FROM kept_counts), (SELECT coalesce(max(people), 0) FROM tag_coverage)"
        assert all(people < 1000 for people in lintel.query("leads", counted)[0])
        return
    status, said = rebuild(lintel, service, name, "--dry-run", *journals(service))
    assert status == 1 and re.search(finding, said) and "nothing was written" in said, said
    status, said = rebuild(lintel, service, name, *journals(service))
    assert status == 0 and re.search(finding, said), said
    status, said = rebuild(lintel, service, "--dry-run", *journals(service))
    assert status == 0, said
    assert effects(lintel) == before


def test_without_the_journals_it_needs_a_projection_is_left_alone(lintel):
    status, said = rebuild(lintel, "sales", "customers")
    assert status != 0 and "journals of leads, service" in said, said
    status, said = rebuild(lintel, "sales", "--dry-run")
    assert status == 0 and "customers: not looked at, needs --journal of leads, service" in said, said
