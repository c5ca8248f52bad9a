"""aio-pika with asyncpg and batches made by hand: what has arrived, up to 500, in three set-based statements, one transaction and one
acknowledgement; uvloop, orjson."""
import asyncio
import os

import aio_pika
import asyncpg
import orjson
import uvloop

import common

BATCH = int(os.environ.get("PEER_BATCH", "500"))


async def store(pool, batch):
    """Drops what was seen before, also within the batch, and stores the rest."""
    async with pool.acquire() as database, database.transaction():
        fresh = {row["message_id"] for row in await database.fetch(
            "INSERT INTO inbox (message_id) SELECT DISTINCT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING RETURNING message_id",
            [message.message_id for message in batch])}
        leads, outbox = [], []
        for message in batch:
            if message.message_id not in fresh:
                continue
            fresh.remove(message.message_id)
            submission = orjson.loads(message.body)
            lead, event = common.lead_and_event(submission)
            leads.append((lead, submission["channel"], message.message_id, submission["person"].get("name"), common.phone_of(submission), message.body.decode()))
            outbox.append((lead, event))
        if leads:
            await database.execute("INSERT INTO leads (id, channel, external_id, name, phone, submission) "
                                   "SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])", *map(list, zip(*leads)))
            await database.execute("INSERT INTO outbox (event_id, body) SELECT * FROM unnest($1::uuid[], $2::text[])", *map(list, zip(*outbox)))


async def main():
    pool = await asyncpg.create_pool(common.DATABASE_URL, min_size=4, max_size=4)
    incoming, outgoing = await aio_pika.connect(common.AMQP_URL), await aio_pika.connect(common.AMQP_URL)
    channel = await incoming.channel(publisher_confirms=False)
    await channel.set_qos(prefetch_count=2 * BATCH)
    publisher = await outgoing.channel()
    events = await publisher.get_exchange(common.EVENTS, ensure=False)
    arrived, poked = asyncio.Queue(), asyncio.Event()

    async def publish_all(batch):
        await asyncio.gather(*[
            events.publish(aio_pika.Message(body, message_id=event, delivery_mode=2, content_type="application/cloudevents+json"), common.ROUTING_KEY)
            for event, body in batch])

    async def consume():
        while True:
            batch = [await arrived.get()]
            while len(batch) < BATCH and not arrived.empty():
                batch.append(arrived.get_nowait())
            await store(pool, batch)
            await batch[-1].ack(multiple=True)
            poked.set()

    queue = await channel.get_queue("leads.intake", ensure=False)
    await queue.consume(arrived.put)
    await asyncio.gather(consume(), common.relay(pool, publish_all, poked))


uvloop.run(main())
