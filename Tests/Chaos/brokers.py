"""Three RabbitMQ nodes on this machine, with quorum queues over them."""
import json
import os
import signal
import subprocess
import time

import httpx
from installation import REPOSITORY, wait_until

SERVER = "/usr/lib/rabbitmq/lib"


class Cluster:
    """Nodes r1, r2 and r3, each with ports of its own and one cookie. The definitions are imported once all three are there, so
    that every queue has a member on each."""

    def __init__(self, folder, ports, definitions, admin_password):
        self.folder, self.definitions = folder, definitions
        ports = iter(ports)
        self.epmd = next(ports)
        self.nodes = {name: {"amqp": next(ports), "management": next(ports), "distribution": next(ports)} for name in ("r1", "r2", "r3")}
        self.processes = {}
        self.account = ("admin", admin_password)
        (version,) = os.listdir(SERVER)
        self.server = f"{SERVER}/{version}/sbin/rabbitmq-server"

    def start(self):
        """r1 first: three that look for each other at once do not always find each other."""
        for name in self.nodes:
            self._configure(name)
        self.start_node("r1")
        self.wait_answering("r1")
        for name in ("r2", "r3"):
            self.start_node(name)
        for name in ("r2", "r3"):
            self.wait_answering(name)
        wait_until(lambda: len([one for one in self.api("r1", "GET", "/nodes").json() if one["running"]]) == 3, 120, "three nodes")
        self.api("r1", "POST", "/definitions", json=self.definitions)

    def _configure(self, name):
        folder, node = self.folder / name, self.nodes[name]
        for sub in ("mnesia", "log", "gen"):
            (folder / sub).mkdir(parents=True)
        cookie = folder / ".erlang.cookie"
        cookie.write_text("LINTELCHAOSCOOKIE")
        cookie.chmod(0o400)
        (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        peers = "" if name == "r1" else "".join(
            f"cluster_formation.classic_config.nodes.{number} = {peer}@localhost\n" for number, peer in enumerate(self.nodes, 1))
        (folder / "rabbitmq.conf").write_text(f"""
listeners.tcp.1 = 127.0.0.1:{node["amqp"]}
management.tcp.ip = 127.0.0.1
management.tcp.port = {node["management"]}
cluster_formation.peer_discovery_backend = classic_config
{peers}cluster_formation.discovery_retry_limit = 60
cluster_formation.discovery_retry_interval = 500
cluster_partition_handling = pause_minority
default_user = {self.account[0]}
default_pass = {self.account[1]}
disk_free_limit.absolute = 100MB
vm_memory_high_watermark.absolute = 1GB
""")

    def start_node(self, name):
        folder, node = self.folder / name, self.nodes[name]
        values = {
            "HOME": folder, "ERL_EPMD_PORT": self.epmd, "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_NODENAME": f"{name}@localhost",
            "RABBITMQ_DIST_PORT": node["distribution"], "RABBITMQ_CONF_ENV_FILE": folder / "none",
            "RABBITMQ_CONFIG_FILE": folder / "rabbitmq.conf", "RABBITMQ_ADVANCED_CONFIG_FILE": folder / "none.config",
            "RABBITMQ_MNESIA_BASE": folder / "mnesia", "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "enabled_plugins", "RABBITMQ_PID_FILE": folder / "pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
        }
        subprocess.run(["epmd", "-port", str(self.epmd), "-address", "127.0.0.1", "-daemon"], check=True)
        with open(folder / "log/stdout", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [self.server], env=os.environ | {key: str(value) for key, value in values.items()}, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def kill_node(self, name):
        """The shell script that starts it and the node itself."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        pid_file = self.folder / name / "pid"
        if pid_file.exists():
            pid = int(pid_file.read_text())
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def wait_answering(self, name, within=120):
        port = self.nodes[name]["amqp"]
        wait_until(lambda: self.answers(name, f"/health/checks/port-listener/{port}"), within, f"node {name}")

    def answers(self, name, path):
        try:
            return self.api(name, "GET", path, check=False).status_code == 200
        except httpx.HTTPError:
            return False

    def api(self, name, method, path, check=True, **options):
        answer = httpx.request(method, f"http://127.0.0.1:{self.nodes[name]['management']}/api{path}", auth=self.account, timeout=30, **options)
        if check:
            answer.raise_for_status()
        return answer

    def leader(self, queue):
        """The node on which a quorum queue's leader is."""
        for name in self.processes:
            if self.answers(name, "/overview"):
                return self.api(name, "GET", f"/queues/lintel/{queue}").json()["leader"].partition("@")[0]
        raise AssertionError("no node answers")

    def wait_whole(self, queue, within=120):
        """Until every member of a queue is there again."""
        def online():
            for name in self.processes:
                if self.answers(name, "/overview"):
                    return len(self.api(name, "GET", f"/queues/lintel/{queue}").json().get("online", []))
            return 0

        wait_until(lambda: online() == 3, within, f"three members of {queue}")

    def stop(self):
        for name in list(self.processes):
            self.kill_node(name)
        time.sleep(0.5)
        subprocess.run(["epmd", "-port", str(self.epmd), "-kill"], capture_output=True, check=False)


def definitions(home):
    """The broker's users and topology, with this installation's passwords."""
    file = home / "cluster-definitions.json"
    script = REPOSITORY / "deploy/rabbitmq/fill_definitions.py"
    channels = [one["name"] for one in json.loads((home / "seed/channels.json").read_text())["channels"]]
    subprocess.run(["python3", script, home / "secrets", file], env=os.environ | {"LINTEL_CHANNELS": " ".join(channels)}, check=True)
    return json.loads(file.read_text())
