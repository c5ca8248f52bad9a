"""What operators see: metrics, dashboards, alarms, and that a real Prometheus makes of them what the documents say."""
import json
import os
import re
import subprocess

import pytest
import yaml
from installation import REPOSITORY, SERVICES, wait_until
from monitoring import RULES, Prometheus, metrics_in, rules
from oracle import bindings
from people import Somebody, ledger

GRAFANA = REPOSITORY / "deploy/grafana"
RUNBOOK = (REPOSITORY / "docs/runbook.md").read_text()
METRICS = (REPOSITORY / "docs/metrics.md").read_text()
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
BINARIES = REPOSITORY / os.environ.get("LINTEL_BIN", ".build/debug")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def entries():
    """The runbook's entries by the name of their alert."""
    parts = re.split(r"^### (\w+)$", RUNBOOK, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def panels(dashboard):
    return [panel for panel in json.loads(dashboard.read_text())["panels"] if panel["type"] != "row"]


def documented():
    """docs/metrics.md: kind and labels by name."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*?) ?\|", METRICS, re.MULTILINE)
    return {name: (kind, frozenset(filter(None, labels.split(", ")))) for name, kind, labels in rows}


# Rules and runbook


def test_the_rules_are_valid_and_fire_when_they_are_meant_to():
    for command in (["check", "rules", RULES], ["test", "rules", RULES.with_name("alerts.test.yml")]):
        result = run("promtool", *command)
        assert result.returncode == 0, result.stdout + result.stderr


def test_every_rule_has_a_test_that_sees_it_fire():
    tests = yaml.safe_load(RULES.with_name("alerts.test.yml").read_text())["tests"]
    assert {one["alertname"] for test in tests for one in test.get("alert_rule_test", [])} == set(rules())


def test_every_alert_has_its_entry_in_the_runbook_and_every_entry_its_alert():
    assert set(entries()) == set(rules())
    for name, rule in rules().items():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{name.lower()}"
        assert rule["labels"]["severity"] in ("critical", "warning") and rule["annotations"]["summary"]


@pytest.mark.parametrize("name", entries())
def test_an_entry_says_what_it_means_where_to_look_and_what_to_do(name):
    assert re.findall(r"^\*\*(\w+)\*\*:", entries()[name], re.MULTILINE) == ["Means", "Look", "Do"]


def test_the_commands_of_the_runbook_are_there():
    commands = set(re.findall(r"lintel exec (\w+) ([a-z]+(?: [a-z]+)?)", RUNBOOK))
    assert len(commands) > 3
    for service, words in commands:
        result = run(BINARIES / service, *words.split(), "--help")
        assert result.returncode == 0, f"{service} {words}: {result.stderr}"


# Dashboards


def test_the_dashboards_are_what_their_script_writes():
    result = run(GRAFANA / "make_dashboards.py", "--check")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_one_that_grafana_can_load(dashboard):
    model = json.loads(dashboard.read_text())
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/lintel.yaml").read_text())["datasources"][0]
    assert model["uid"] and model["title"] and model["schemaVersion"] >= 36
    ids = [panel["id"] for panel in model["panels"]]
    assert len(ids) == len(set(ids))
    taken = set()
    for panel in model["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == source["uid"] and panel["targets"] and panel["title"]


# Against a running installation


@pytest.fixture(scope="module")
def prometheus(fragile, private_folder):
    with Prometheus(fragile, private_folder / "prometheus") as server:
        yield server


@pytest.fixture(scope="module")
def business(fragile, prometheus):
    """Something of everything: leads, one called back, a deal, a case, messages sent."""
    people = [Somebody() for _ in range(4)]
    fragile.push(*[one.submission() for one in people])
    fragile.push({"channel": "web", "externalId": "nobody", "person": {}})
    row = wait_until(lambda: ledger(fragile, f"web-{people[0].number}"), what="a lead")[0]
    with fragile.sign_in("ADMIN") as client:
        wait_until(lambda: client.get(f"/sales/api/v1/customers/{row['uid']}").status_code == 200, what="the customer at Sales")
        assert client.post(f"/sales/api/v1/customers/{row['uid']}/contacts", json={"kind": "call"}).status_code == 201
        assert client.post(f"/sales/api/v1/customers/{row['uid']}/deals", json={}).status_code == 201
        case = {"uid": str(row["uid"]), "kind": "complaint", "severity": "normal", "title": "门", "text": "门坏了"}
        wait_until(lambda: client.post("/service/api/v1/cases", json=case).status_code == 201, what="a case")
    wait_until(lambda: fragile.texts(people[0].phone), 60, "a text")
    wait_until(lambda: prometheus.query('leads_first_response_seconds_count > 0'), 60, "the first response in the metrics")


def exposed(installation, service):
    """/metrics of a service: help by name, kind by name, labels by sample."""
    text = installation.metrics(service)
    helps = dict(re.findall(r"^# HELP (\w+) (.+)$", text, re.MULTILINE))
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    labels = {}
    for name, inside in re.findall(r"^(\w+)\{([^}]*)\} ", text, re.MULTILINE):
        labels.setdefault(name, set()).update(re.findall(r'(\w+)="', inside))
    return helps, kinds, labels


def test_every_metric_has_its_kind_its_explanation_and_its_line_in_the_documents(fragile, business):
    # Some are measured now and then, or when something is over.
    wait_until(lambda: {name for service in SERVICES for name in exposed(fragile, service)[1]} >= set(documented()), what="every metric")
    seen = {}
    for service in SERVICES:
        helps, kinds, labels = exposed(fragile, service)
        assert set(helps) == set(kinds), "each has both HELP and TYPE"
        for name, kind in kinds.items():
            samples = labels.get(name, set()) | labels.get(name + "_count", set())
            known = seen.setdefault(name, (kind, set()))
            assert known[0] == kind
            known[1].update(samples - {"service"})
            assert not samples or "service" in samples
    told = documented()
    assert set(seen) == set(told)
    for name, (kind, labels) in seen.items():
        assert kind == told[name][0], name
        assert labels <= told[name][1], name


def test_whatever_rules_and_dashboards_read_is_measured(prometheus, business):
    wanted = {name for rule in rules().values() for name in metrics_in(rule["expr"])}
    for dashboard in DASHBOARDS:
        wanted |= {name for panel in panels(dashboard) for target in panel["targets"] for name in metrics_in(target["expr"])}
    assert len(wanted) > 30
    wait_until(lambda: wanted <= prometheus.names(), 30, f"all of {sorted(wanted)}")


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_no_panel_is_empty(prometheus, business, dashboard):
    def empty():
        silent = []
        for panel in panels(dashboard):
            for target in panel["targets"]:
                expression = target["expr"].replace("$__rate_interval", "1m").replace("$__range", "10m")
                if not prometheus.query(expression):
                    silent.append(f"{panel['title']}: {target['expr']}")
        return silent

    silent = []

    def is_full():
        silent[:] = empty()
        return not silent

    try:
        wait_until(is_full, 60, "a value in every panel")
    except AssertionError:
        raise AssertionError(f"without a value: {silent}") from None


def test_a_healthy_installation_raises_no_alarm(prometheus, business):
    # The rejected submission of `business` is a large part of the few that there were. Nobody's alarm waits its minutes
    # here, so that one answer that came late is one: what is healthy is soon without.
    wait_until(lambda: {name for name, _ in prometheus.firing()} <= {"IntakeRejecting"}, 60, "the end of every alarm")


def test_a_dead_letter_raises_an_alarm_until_somebody_settles_it(fragile, prometheus, business):
    fragile.publish_as_admin("lintel.events", "leads.lead.received", b"{ no message", type="leads.lead.received.v1")
    # Of everybody who hears of it: who buries it after the others were settled would raise it again.
    hearers = [service for service in SERVICES if any(key.fullmatch("leads.lead.received.v1") for key in bindings()[service])]
    assert "sales" in hearers
    wait_until(lambda: {("DeadLetters", service) for service in hearers} <= prometheus.firing(), 60, "the alarm")
    with fragile.sign_in("ADMIN") as client:
        for service in SERVICES:
            for letter in client.get(f"/{service}/api/v1/dead-letters").json()["items"]:
                answer = client.post(f"/{service}/api/v1/dead-letters/{letter['id']}/discard", json={"note": "planted"})
                assert answer.is_success
    wait_until(lambda: "DeadLetters" not in {name for name, _ in prometheus.firing()}, 60, "its end")


def test_a_binding_that_is_removed_raises_an_alarm(fragile, prometheus, business):
    fragile.unbind("lintel.events", "leads.lead.assigned")
    fragile.push(Somebody().submission())
    wait_until(lambda: {"EventsUnrouted", "EventsUnroutable"} & {name for name, _ in prometheus.firing()}, 60, "the alarm")
    for service in ("sales", "notify"):
        fragile.wait_restarted(service, fragile.kill(service))
    wait_until(
        lambda: fragile.bindings("lintel.events", "leads.lead.assigned") == {"sales.events", "notify.events"},
        what="both to hear of it again",
    )


def test_a_row_that_is_taken_away_breaks_the_conservation_law_and_raises_an_alarm(fragile, prometheus, business):
    # The youngest has its clock still, however long the tests before this one took.
    clocks = "SELECT t.key FROM timers t JOIN leads l ON l.id::text = t.key WHERE t.kind = 'leads.first-response' AND l.status = 'open'"
    (lead,) = fragile.query("leads", clocks + " ORDER BY l.id DESC LIMIT 1")[0]
    fragile.change("leads", "DELETE FROM timers WHERE kind = 'leads.first-response' AND key = %s", lead)
    fragile.wait_restarted("leads", fragile.kill("leads"))  # it audits at its start, and then every few minutes
    wait_until(lambda: ("ConservationLawBroken", None) in prometheus.firing(), 60, "the alarm")
    missing = 'leads_conservation_violations{law="clock-missing"}'
    wait_until(lambda: [value for _, value in prometheus.query(missing)] == [1], what="the law that is broken")


def test_a_broker_that_is_stopped_raises_its_alarms_and_they_end_when_it_is_back(fragile, prometheus, business):
    fragile.broker("stop")
    expected = {("BrokerDown", None)} | {("ServiceUnready", service) for service in SERVICES}
    wait_until(lambda: expected <= prometheus.firing(), 90, f"{expected}")
    fragile.broker("start")
    wait_until(lambda: not expected & prometheus.firing(), 120, "their end")
