"""One lead is followed from the channel's publish to the text message, through every service, by a collector of spans.

The collector is not ours and none is in Debian: this is the least of one, which keeps what it is sent.
"""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import installed
from installation import SERVICES, wait_until
from people import Somebody, ledger

TRACE = "0af7651916cd43dd8448eb211c80319c"
CHANNELS_SPAN = "b7ad6b7169203331"


class Collector:
    """Takes OTLP/HTTP posts in JSON."""

    def __init__(self):
        self.spans, self.refuses = [], False
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                good = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/json"
                if good and not collector.refuses:
                    collector.keep(body)
                self.send_response(503 if collector.refuses else 200 if good else 400)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keep(self, body):
        for resource in body["resourceSpans"]:
            names = {one["key"]: one["value"]["stringValue"] for one in resource["resource"]["attributes"]}
            for scope in resource["scopeSpans"]:
                self.spans += [span | {"service": names["service.name"]} for span in scope["spans"]]

    def of(self, trace):
        return [span for span in self.spans if span["traceId"] == trace]

    def strays(self, trace):
        """What hangs in the air: each service tells of its own spans when it comes to it, so that a child may be here before its parent."""
        spans = self.of(trace)
        known = {span["spanId"] for span in spans} | {CHANNELS_SPAN}
        return [span["name"] for span in spans if span["parentSpanId"] not in known]


@pytest.fixture(scope="module")
def collector():
    made = Collector()
    yield made
    made.server.shutdown()


@pytest.fixture(scope="module")
def traced(collector, private_folder):
    """An installation whose services tell the collector of what they do."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with installed(private_folder / "traced", **settings) as installation:
        yield installation


@pytest.fixture(scope="module")
def customer(traced, collector):
    somebody = Somebody()
    traced.push(somebody.submission(), headers={"traceparent": f"00-{TRACE}-{CHANNELS_SPAN}-01"})
    wait_until(lambda: traced.texts(somebody.phone), 60, "the customer's text")
    wait_until(lambda: len([one for one in collector.of(TRACE) if one["name"] == "send sms"]) >= 2, 30, "the spans of the texts")
    wait_until(lambda: [one for one in collector.of(TRACE) if one["service"] == "lintel-sales"], 30, "the spans of Sales")
    wait_until(lambda: not collector.strays(TRACE), 30, "the spans that the others hang on")
    return somebody


def test_one_trace_leads_from_the_channels_publish_to_the_text(customer, collector):
    spans = {span["spanId"]: span for span in collector.of(TRACE)}
    sent = next(span for span in spans.values() if span["name"] == "send sms")
    path = [sent]
    while path[-1]["parentSpanId"] != CHANNELS_SPAN:
        path.append(spans[path[-1]["parentSpanId"]])
    assert [(span["service"], span["name"], span["kind"]) for span in reversed(path)] == [
        ("lintel-leads", "process leads.intake", 5),
        ("lintel-leads", path[-2]["name"], 4),
        ("lintel-notify", "process notify.events", 5),
        ("lintel-notify", "send sms", 3),
    ]
    assert path[-2]["name"].startswith("publish leads.lead.")
    assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in path)


def test_every_span_of_the_trace_has_a_parent_that_is_known(customer, collector):
    # Mails, reports of delivery and whoever hears of them are still being told of, children before their parents.
    wait_until(lambda: not collector.strays(TRACE), 30, "the parents of all spans")
    assert {span["service"] for span in collector.of(TRACE)} >= {"lintel-leads", "lintel-sales", "lintel-notify"}


def test_a_batch_is_linked_to_the_messages_that_it_holds(customer, collector):
    def links():
        batches = [span for span in collector.spans if span["name"] == "process leads.intake batch"]
        return {(link["traceId"], link["spanId"]) for span in batches for link in span["links"]}

    wait_until(lambda: (TRACE, CHANNELS_SPAN) in links(), 30, "the batch with the customer's submission")


def test_a_request_is_followed_too_and_names_its_route_not_its_path(traced, customer, collector):
    trace = "1" * 32
    (row,) = ledger(traced, f"web-{customer.number}")
    headers = {"traceparent": f"00-{trace}-{CHANNELS_SPAN}-01"}
    with traced.sign_in("ADMIN") as client:
        answer = client.post(f"/sales/api/v1/customers/{row['uid']}/contacts", json={"kind": "call"}, headers=headers)
        assert answer.status_code == 201
    wait_until(lambda: {one["service"] for one in collector.of(trace)} >= {"lintel-sales", "lintel-leads"}, 30, "Leads hears of it")
    wait_until(lambda: not collector.strays(trace), 30, "the request that it all hangs on")
    (request,) = [span for span in collector.of(trace) if span["kind"] == 2]
    assert request["parentSpanId"] == CHANNELS_SPAN and str(row["uid"]) not in json.dumps(request)
    assert request["name"].startswith("POST /sales/api/v1/customers/")


def test_who_does_not_record_is_followed_by_nobody(traced, customer, collector):
    trace, somebody = "2" * 32, Somebody()
    traced.push(somebody.submission(), headers={"traceparent": f"00-{trace}-{CHANNELS_SPAN}-00"})
    wait_until(lambda: traced.texts(somebody.phone), 60, "the customer's text")
    # A later one that is recorded has come through: so would this have.
    last = Somebody()
    traced.push(last.submission(), headers={"traceparent": f"00-{'3' * 32}-{CHANNELS_SPAN}-01"})
    wait_until(lambda: [one for one in collector.of("3" * 32) if one["name"] == "send sms"], 60, "the later one's text")
    assert not collector.of(trace)
    assert all(one == f"00-{trace}" for one, in traced.query(
        "leads", "SELECT DISTINCT left(traceparent, 35) FROM journal WHERE traceparent LIKE %s", f"00-{trace}%"))


def test_what_is_no_trace_context_begins_a_trace_of_its_own(traced, customer):
    somebody = Somebody()
    traced.push(somebody.submission(), headers={"traceparent": "'; DROP TABLE leads; --"})
    (row,) = wait_until(lambda: ledger(traced, f"web-{somebody.number}"), what="the ledger's row")
    (found,) = traced.query("leads", "SELECT DISTINCT traceparent FROM journal WHERE correlation_id = %s", str(row["id"]))
    assert found[0].startswith("00-") and "DROP" not in found[0]


def test_nobody_is_named_in_a_span(customer, collector):
    told = json.dumps(collector.spans, ensure_ascii=False)
    for mark in (customer.name, customer.phone, customer.phone.removeprefix("+86"), customer.email):
        assert mark not in told


def test_log_lines_say_which_trace_they_belong_to(traced, customer):
    trace = "4" * 32
    with traced.anonymous() as client:
        client.get("/sales/api/v1/customers", headers={"traceparent": f"00-{trace}-{CHANNELS_SPAN}-01"})

    def lines():
        found = map(json.loads, filter(lambda one: one.startswith("{"), traced.log_lines("sales")))
        return [line for line in found if line.get("trace.id") == trace]

    assert wait_until(lines, what="a line of the trace")[0]["correlation.id"]


def test_a_collector_that_is_away_costs_spans_and_nothing_else(traced, customer, collector):
    def dropped():
        lines = traced.metrics("leads").splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("spans_dropped_total"))

    before = dropped()
    collector.refuses = True
    somebody = Somebody()
    traced.push(somebody.submission())
    wait_until(lambda: traced.texts(somebody.phone), 60, "the customer's text all the same")
    wait_until(lambda: dropped() > before, 30, "spans that were dropped")
    collector.refuses = False
    again = Somebody()
    trace = "5" * 32
    traced.push(again.submission(), headers={"traceparent": f"00-{trace}-{CHANNELS_SPAN}-01"})
    wait_until(lambda: collector.of(trace), 60, "spans again")
    assert all(traced.ready(service) for service in SERVICES)
