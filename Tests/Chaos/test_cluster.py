"""A broker of three nodes: one dies and comes back, then the leader's, under load."""
import pytest
from brokers import Cluster, definitions
from conftest import installed
from faults import pause
from replicas import free_ports, with_port


@pytest.fixture(scope="module")
def lintel():
    """The installation's own node is stopped; three others take its place behind the links."""
    with installed("cluster", services=False) as installation:
        installation.broker("stop")
        secrets = installation.home / "secrets"
        cluster = Cluster(installation.home / "cluster", free_ports(12), definitions(installation.home), (secrets / "amqp-admin").read_text().strip())
        try:
            cluster.start()
            installation.cluster = cluster
            installation.broker_ports = [node["amqp"] for node in cluster.nodes.values()]
            installation.values["LINTEL_AMQP_MANAGEMENT_URL"] = "http://127.0.0.1:" + str(cluster.nodes["r2"]["management"])
            installation.up_services()
            yield installation
            installation.down()
        finally:
            cluster.stop()


def channels(lintel, load):
    """The channel knows all three nodes, too."""
    load.amqp_urls = [with_port(load.url, port) for port in lintel.broker_ports]


def test_every_queue_has_three_members(lintel):
    queues = lintel.cluster.api("r1", "GET", "/queues/lintel").json()
    assert {queue["name"]: len(queue["members"]) for queue in queues} == {queue["name"]: 3 for queue in queues}


@pytest.mark.parametrize("which", ["a node", "the leader"])
def test_a_node_dies_and_comes_back(lintel, ordeal, dice, which):
    cluster = lintel.cluster
    with ordeal(amqp=True) as load:
        channels(lintel, load)
        for queue in ("leads.intake", "sales.events"):
            leader = cluster.leader(queue)
            victim = leader if which == "the leader" else dice.choice([name for name in cluster.nodes if name != leader])
            cluster.kill_node(victim)
            load.wait_confirmed(20, 120)  # two are enough
            pause(5)
            cluster.start_node(victim)
            cluster.wait_answering(victim)
            cluster.wait_whole(queue)
        lintel.values["LINTEL_AMQP_MANAGEMENT_URL"] = "http://127.0.0.1:" + str(cluster.nodes["r2"]["management"])


def test_two_of_three_die(lintel, ordeal, dice):
    """Nothing can be confirmed until one of them is back; then everything goes on."""
    cluster = lintel.cluster
    with ordeal() as load:
        channels(lintel, load)
        victims = dice.sample(list(cluster.nodes), 2)
        for victim in victims:
            cluster.kill_node(victim)
        pause(10)
        for victim in victims:
            cluster.start_node(victim)
        for victim in victims:
            cluster.wait_answering(victim)
        cluster.wait_whole("leads.intake")
