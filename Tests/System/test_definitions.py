"""The broker's definitions: who may do what, and where a message goes. Against the real broker, with the checked-in definitions."""
import contextlib
import json
import re
from pathlib import Path

import pika
import pytest
from installation import patience, wait_until
from pika.exceptions import ChannelClosedByBroker, UnroutableError


@pytest.fixture(scope="module")
def broker(servers):
    """A connection as any user, with that user's password from the secrets folder."""
    def connect(user):
        password = (Path(servers["LINTEL_TEST_SECRETS"]) / f"amqp-{user}").read_text().strip()
        url = re.sub(r"//[^@]*@", f"//{user}:{password}@", servers["LINTEL_TEST_AMQP_URL"])
        return contextlib.closing(pika.BlockingConnection(pika.URLParameters(url)))

    return connect


def publish(connection, exchange, key, mandatory=True, body=b"{}"):
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish(exchange, key, body, pika.BasicProperties(delivery_mode=2), mandatory=mandatory)


@contextlib.contextmanager
def refused(words="ACCESS_REFUSED"):
    with pytest.raises(ChannelClosedByBroker) as caught:
        yield
    assert caught.value.reply_code == 403 and words in caught.value.reply_text


QUORUM = {"x-queue-type": "quorum"}
EVENTS = QUORUM | {"x-single-active-consumer": True}  # basic.get is not possible on these


@pytest.fixture
def intake(broker):
    """The intake queue, declared and bound by its own service."""
    with broker("leads") as connection:
        channel = connection.channel()
        channel.queue_declare("leads.intake", durable=True, arguments=QUORUM)
        channel.queue_bind("leads.intake", "lintel.intake", "lead.#")
    yield
    delete(broker, "leads.intake")


def delete(broker, *queues):
    with broker("admin") as connection:
        for queue in queues:
            connection.channel().queue_delete(queue)


def test_a_channel_publishes_leads_under_its_own_key(broker, intake):
    with broker("channel-web") as connection:
        publish(connection, "lintel.intake", "lead.web")


def test_a_channel_is_told_when_nobody_listens(broker):
    delete(broker, "leads.intake")
    with broker("channel-web") as connection, pytest.raises(UnroutableError):
        publish(connection, "lintel.intake", "lead.web")


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ("lintel.intake", "lead.douyin"), ("lintel.intake", "lead.website"), ("lintel.intake", "lead.web.more"),
        ("lintel.events", "leads.lead.received"), ("lintel.dead", "leads.dead"),
        ("", "leads.intake"), ("amq.topic", "lead.web"),
    ],
)
def test_a_channel_publishes_nowhere_else(broker, intake, exchange, key):
    with broker("channel-web") as connection, refused():
        publish(connection, exchange, key)


def test_a_channel_reads_and_makes_nothing(broker, intake):
    with broker("channel-web") as connection:
        with refused():
            connection.channel().basic_get("leads.intake")
        with refused():
            connection.channel().queue_declare("mine", durable=True, arguments=QUORUM)
        with refused():
            connection.channel().queue_bind("leads.intake", "lintel.intake", "lead.web")


def heard(channel, queue, until):
    """The routing keys of what the queue holds, up to the one looked for: other tests may have left some in it."""
    keys = []
    for method, _, _ in channel.consume(queue, auto_ack=True, inactivity_timeout=30 * patience()):
        if method is None:
            break
        keys.append(method.routing_key)
        if keys[-1] == until:
            break
    return keys


@pytest.mark.parametrize("service", ["leads", "sales", "service", "notify"])
def test_a_service_has_its_queues_and_its_own_events(broker, service):
    queues = [f"{service}.events", f"{service}.dead"]
    with broker(service) as connection:
        channel = connection.channel()
        channel.queue_declare(queues[0], durable=True, arguments=EVENTS)
        channel.queue_declare(queues[1], durable=True, arguments=QUORUM)
        channel.queue_bind(queues[0], "lintel.events", "sales.#")
        channel.queue_bind(queues[0], "lintel.events", f"{service}.thing.happened")
        channel.queue_bind(queues[1], "lintel.dead", queues[1])
        publish(connection, "lintel.events", f"{service}.thing.happened")
        assert f"{service}.thing.happened" in heard(channel, queues[0], until=f"{service}.thing.happened")
        channel.cancel()
        channel.queue_unbind(queues[0], "lintel.events", "sales.#")
    delete(broker, *queues)


@pytest.mark.parametrize("service", ["leads", "sales", "service", "notify"])
def test_a_service_does_not_speak_for_another(broker, service):
    with broker(service) as connection:
        for other in {"leads", "sales", "service", "notify"} - {service}:
            with refused():
                publish(connection, "lintel.events", f"{other}.thing.happened")
        with refused():
            publish(connection, "lintel.intake", "lead.web")
        with refused():
            publish(connection, "", f"{service}.events")


@pytest.mark.parametrize("service", ["sales", "service", "notify"])
def test_a_service_does_not_hear_what_is_meant_for_another(broker, intake, service):
    with broker(service) as connection:
        with refused():
            connection.channel().basic_get("leads.intake")
        with refused():
            connection.channel().queue_declare("leads.events", durable=True, arguments=QUORUM)
        with refused():
            connection.channel().queue_declare(f"{service}.intake", durable=True, arguments=QUORUM)
        channel = connection.channel()
        channel.queue_declare(f"{service}.events", durable=True, arguments=EVENTS)
        with refused():
            channel.queue_bind(f"{service}.events", "lintel.intake", "lead.#")
    delete(broker, f"{service}.events")


def test_an_event_that_nobody_listens_to_is_given_back(broker):
    with broker("leads") as connection, pytest.raises(UnroutableError):
        publish(connection, "lintel.events", "leads.nobody.listens")


def test_every_event_has_a_queue():
    """One that has none would wait in its sender's outbox for ever, and what follows about the same thing behind it."""
    root = Path(__file__).parents[2]
    names = set(re.findall(r"^    address: (\S+)$", (root / "asyncapi.yaml").read_text(), re.M)) - {"lead.{channel}", "leads.lead.submit"}
    bindings = json.loads((root / "deploy/rabbitmq/definitions.json").read_text())["bindings"]
    assert names - {binding["routing_key"] for binding in bindings} == set()


@pytest.mark.parametrize("service", ["leads", "sales", "service", "notify"])
def test_a_service_marks_the_life_of_its_own_queues_only(broker, service):
    """The marker (Consumer.Configuration.marker) goes with the queue that is bound to it."""
    queue, marker = f"{service}.events", f"{service}.events.watch.test-8081"
    with broker(service) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments=EVENTS)
        channel.exchange_declare(marker, "fanout", durable=False, auto_delete=True, internal=True)
        channel.queue_bind(queue, marker, "")
        channel.exchange_declare(marker, passive=True)
        with refused():
            publish(connection, marker, "")
        other = "sales" if service == "leads" else "leads"
        with refused():
            connection.channel().exchange_declare(f"{other}.events.watch.test-8081", "fanout")
        delete(broker, queue)
        with pytest.raises(ChannelClosedByBroker) as caught:
            connection.channel().exchange_declare(marker, passive=True)
        assert caught.value.reply_code == 404


def test_a_message_that_is_never_acknowledged_ends_in_the_dead_letters(broker, intake):
    with broker("leads") as connection:
        channel = connection.channel()
        channel.queue_declare("leads.dead", durable=True, arguments=QUORUM)
        channel.queue_bind("leads.dead", "lintel.dead", "leads.dead")
        with broker("channel-web") as web:
            publish(web, "lintel.intake", "lead.web", body=b"poison")
        deliveries, (_, properties, body) = give_back_until_dead(channel)
        assert deliveries == 201, "the first delivery and two hundred more"
        assert body == b"poison"
        assert properties.headers["x-death"][0]["reason"] == "delivery_limit"
    delete(broker, "leads.dead")


def give_back_until_dead(channel):
    """Rejects every delivery until the message is among the dead letters; returns how many came, and the letter."""
    deliveries = 0

    def given_back():
        nonlocal deliveries
        for method, _, _ in channel.consume("leads.intake", inactivity_timeout=0.2):
            if method is None:  # a slow broker may only be taking its time
                return dead_letter(channel)
            deliveries += 1
            channel.basic_nack(method.delivery_tag, requeue=True)

    letter = wait_until(given_back, 60, "the dead letter")
    channel.cancel()
    return deliveries, letter


def dead_letter(channel):
    found = channel.basic_get("leads.dead", auto_ack=True)
    return found if found[0] else None
