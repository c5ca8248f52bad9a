"""Events as the service Leads would tell them, for tests that plant bad ones among the services."""
import json
import re
import uuid

import pika


def told(**changes):
    """An event; `data` is not what it should be. A field that is set to None is left out."""
    envelope = {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/lintel/leads", "type": "leads.lead.received.v1",
        "subject": str(uuid.uuid4()), "time": "2026-11-22T03:04:05.000Z", "datacontenttype": "application/json",
        "sequence": 1, "actor": "system", "correlationid": "tests", "data": {},
    }
    return json.dumps({key: value for key, value in (envelope | changes).items() if value is not None}).encode()


def publish_event(lintel, body, message_id, routing_key="leads.lead.received"):
    """Publishes onto the events with the rights of the service Leads."""
    password = (lintel.home / "secrets/amqp-leads").read_text().strip()
    url = re.sub(r"//[^@]*@", f"//leads:{password}@", lintel["AMQP_URL_ADMIN"])
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        options = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2, message_id=message_id)
        channel.basic_publish("lintel.events", routing_key, body, options, mandatory=True)
    finally:
        connection.close()
