"""A real Prometheus that watches an installation, with the rules of deploy/prometheus."""
import random
import re
import socket
import subprocess
from pathlib import Path

import httpx
import yaml
from installation import REPOSITORY, SERVICES, wait_until

RULES = REPOSITORY / "deploy/prometheus/alerts.yml"
CONFIGURATION = REPOSITORY / "deploy/prometheus/prometheus.yml"
# Names of ours and of the broker's in an expression; functions and labels have none of these beginnings, or no underscore.
METRIC = re.compile(r"\b(?:up\b|[a-z]+(?:_[a-z]+)+)(?=[^a-z_(]|$)")
LABELS = re.compile(r"\{[^}]*\}|\bby \([^)]*\)|\[[^\]]*\]")


def rules():
    """Every alert rule, by its name."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def metrics_in(expression):
    """The names of the metrics that an expression reads, those of a histogram's parts included."""
    return set(METRIC.findall(LABELS.sub(" ", expression)))


def free_port():
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


class Prometheus:
    """Debian's Prometheus with our configuration; only where it looks, and how patient it is, are the test's."""

    def __init__(self, installation, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._write(installation)
        self.process = None

    def _write(self, installation):
        configuration = yaml.safe_load(CONFIGURATION.read_text())
        configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        broker = installation["AMQP_METRICS_URL"].removeprefix("http://")
        for job in configuration["scrape_configs"]:
            if job["job_name"] == "lintel":
                del job["dns_sd_configs"], job["relabel_configs"]
                job["static_configs"] = [
                    {"targets": [installation.ops(service).removeprefix("http://")], "labels": {"service": service}}
                    for service in SERVICES
                ]
            elif job["job_name"].startswith("rabbitmq"):
                job["static_configs"] = [{"targets": [broker]}]
            else:
                job["static_configs"] = [{"targets": [f"127.0.0.1:{self.port}"]}]
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        # An alert is as sure at once as after its five minutes; nobody waits for those here.
        patient = RULES.read_text()
        (self.folder / "alerts.yml").write_text(re.sub(r"^( +for:) .*$", r"\1 0s", patient, flags=re.MULTILINE))

    def __enter__(self):
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [
                    "prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
                    f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn",
                ],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )
        wait_until(self._ready, 60, "Prometheus ready")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def _ready(self):
        try:
            return httpx.get(self.url + "/-/ready", timeout=60).status_code == 200
        except httpx.HTTPError:
            return False

    def query(self, expression):
        """The samples of an expression, as (labels, value)."""
        answer = httpx.get(self.url + "/api/v1/query", params={"query": expression}, timeout=60).json()
        assert answer["status"] == "success", f"{expression}: {answer}"
        return [(sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]]

    def names(self):
        """Every metric that there is a sample of."""
        return set(httpx.get(self.url + "/api/v1/label/__name__/values", timeout=60).json()["data"])

    def firing(self):
        """The alerts that fire, as (name, service)."""
        alerts = httpx.get(self.url + "/api/v1/alerts", timeout=60).json()["data"]["alerts"]
        return {(alert["labels"]["alertname"], alert["labels"].get("service")) for alert in alerts if alert["state"] == "firing"}
