"""What the peers share: the statements, and how a submission becomes a row and an event."""
import asyncio
import os
import uuid

import orjson

AMQP_URL = os.environ["BENCH_AMQP_URL"]
DATABASE_URL = os.environ["BENCH_DATABASE_URL"]
EVENTS, ROUTING_KEY = "lintel.events", "leads.lead.received"


def lead_and_event(submission):
    """The new lead's id and the event that tells of it."""
    lead = uuid.uuid4()
    event = {"specversion": "1.0", "id": str(lead), "source": "/peer/leads", "type": "leads.lead.received.v1", "subject": str(lead), "datacontenttype": "application/json",
             "data": {"leadId": str(lead), "channel": submission["channel"], "person": submission["person"], "need": submission.get("need"), "message": submission.get("message")}}
    return lead, orjson.dumps(event).decode()


def phone_of(submission):
    return (submission["person"].get("phones") or [None])[0]


async def relay(pool, publish_all, poked):
    """Publishes what is in the outbox, waits for the broker's confirms, and only then forgets it."""
    while True:
        rows = await pool.fetch("SELECT position, event_id, body FROM outbox ORDER BY position LIMIT 500")
        if not rows:
            poked.clear()
            try:
                await asyncio.wait_for(poked.wait(), 0.05)
            except TimeoutError:
                pass
            continue
        await publish_all([(str(row["event_id"]), row["body"].encode()) for row in rows])
        await pool.execute("DELETE FROM outbox WHERE position = ANY($1::bigint[])", [row["position"] for row in rows])
