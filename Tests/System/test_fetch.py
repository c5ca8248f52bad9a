"""Leads that Meta names by their ids are fetched by a service that dies in the middle of it: none is lost, none is there twice."""
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import installed
from installation import wait_until

LEADS = [str(900_100 + number) for number in range(6)]
TOKEN = "EAAB-s3cret-of-the-page"
SETTINGS = {
    "platform": "meta", "signature": {"kind": "hmac-sha256", "header": "X-Hub-Signature-256", "prefix": "sha256="},
    "items": "entry/*/changes/*/value", "origins": [], "tokenFile": "page",
    "fields": [{"from": "leadgen_id", "to": "externalId"}, {"from": "field_data/full_name", "to": "person/name"},
               {"from": "field_data/phone_number", "to": "person/phones"}],
}


class Graph(BaseHTTPRequestHandler):
    """Meta's cloud, as far as leads are had from it; each lead's first question meets a server that is down."""

    asked = []

    def do_GET(self):  # noqa: N802 (the library's name)
        lead = self.path.split("?")[0].rsplit("/", 1)[1]
        Graph.asked.append((lead, self.headers["Authorization"]))
        is_first = sum(1 for one, _ in Graph.asked if one == lead) == 1
        values = {"full_name": f"Zhang {lead}", "phone_number": f"+86138{lead:0>8}"}
        fields = [{"name": name, "values": [value]} for name, value in values.items()]
        answer = {"error": {"code": 2}} if is_first else {"id": lead, "field_data": fields}
        body = json.dumps(answer).encode()
        self.send_response(500 if is_first else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture(scope="module")
def mortal(private_folder):
    """Every life of the service ends when it is about to commit the second lead that it has fetched."""
    tokens = private_folder / "tokens"
    tokens.mkdir()
    (tokens / "page").write_text(TOKEN + "\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Graph)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "LINTEL_META_GRAPH_URL": f"http://127.0.0.1:{server.server_port}/v23.0", "LINTEL_ACCESS_TOKENS": str(tokens),
        "LINTEL_FAILPOINT": "fetch.before-commit:2",
    }
    with installed(private_folder / "fetching", **settings) as installation:
        yield installation
    server.shutdown()


def post(client, ids):
    changes = [{"field": "leadgen", "value": {"leadgen_id": int(one), "page_id": 5, "created_time": 1795316645}} for one in ids]
    body = json.dumps({"object": "page", "entry": [{"id": "5", "changes": changes}]}).encode()
    digest = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": "sha256=" + digest}

    def answer():
        got = client.post("/leads/api/v1/hooks/web", content=body, headers=headers)
        return got if got.status_code < 500 else None

    return wait_until(answer, 60, "the post is taken")


def test_what_is_posted_is_fetched_once_whenever_the_service_dies(mortal):
    mortal.change("leads", "INSERT INTO channel_adapters (channel, settings, secret, changed_at) VALUES ('web', %s, 's3cret', now())",
                  json.dumps(SETTINGS))
    lives = set()
    with mortal.anonymous() as client:
        # Meta posts again what it is not sure of.
        for ids in (LEADS[:4], LEADS[2:], LEADS[:1]):
            assert post(client, ids).status_code == 200

    def all_there():
        lives.add(mortal.pid("leads"))
        waiting = mortal.query("leads", "SELECT count(*) FROM platform_fetches")[0][0]
        if waiting and mortal.ready("leads"):
            later = mortal.query("leads", "SELECT min(next_at) > now() + make_interval(secs => 1) FROM platform_fetches")[0][0]
            if later:
                mortal.change("leads", "UPDATE platform_fetches SET next_at = now()")  # nobody waits for the pauses here
        return waiting == 0

    wait_until(all_there, 240, "every lead is fetched")
    assert len(lives) > 2, "it must have died several times"
    rows = mortal.query("leads", "SELECT external_id, outcome FROM submissions WHERE channel = 'web' ORDER BY 1")
    assert rows == [(lead, "accepted") for lead in LEADS]
    assert mortal.query("leads", "SELECT count(*), count(DISTINCT uid) FROM leads") == [(len(LEADS), len(LEADS))]
    assert {authorization for _, authorization in Graph.asked} == {f"Bearer {TOKEN}"}
    assert not any(TOKEN in line for line in mortal.log_lines("leads"))
