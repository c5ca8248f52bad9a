"""FastStream with asyncpg: a typed handler per message, a hundred at once, a transaction each over a pool of sixteen; uvloop, orjson."""
import asyncio
import os

import asyncpg
import orjson
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.annotations import RabbitMessage
from pydantic import BaseModel

import common


class Person(BaseModel):
    name: str | None = None
    phones: list[str] = []
    emails: list[str] = []
    wechat: str | None = None
    language: str | None = None


class Submission(BaseModel):
    channel: str
    externalId: str | None = None
    campaign: str | None = None
    person: Person
    need: dict | None = None
    message: str | None = None
    consent: dict[str, bool] | None = None
    attributes: dict[str, str] = {}


broker = RabbitBroker(common.AMQP_URL, default_channel=Channel(prefetch_count=int(os.environ.get("PEER_PREFETCH", "100"))), logger=None)
app = FastStream(broker, logger=None)
queue = RabbitQueue("leads.intake", queue_type=QueueType.QUORUM, durable=True, declare=False)
events = RabbitExchange(common.EVENTS, declare=False)
state = {"poked": asyncio.Event()}


async def decode(message):
    return orjson.loads(message.body)


@broker.subscriber(queue, ack_policy=AckPolicy.NACK_ON_ERROR, no_reply=True, decoder=decode)
async def accept(submission: Submission, message: RabbitMessage):
    plain = submission.model_dump()
    lead, event = common.lead_and_event(plain)
    key = message.raw_message.message_id
    async with state["pool"].acquire() as database, database.transaction():
        fresh = await database.fetchval("INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1", key)
        if not fresh:
            return
        await database.execute("INSERT INTO leads (id, channel, external_id, name, phone, submission) VALUES ($1, $2, $3, $4, $5, $6)",
                               lead, submission.channel, key, submission.person.name, common.phone_of(plain), orjson.dumps(plain).decode())
        await database.execute("INSERT INTO outbox (event_id, body) VALUES ($1, $2)", lead, event)
    state["poked"].set()


async def publish_all(batch):
    await asyncio.gather(*[
        broker.publish(body, exchange=events, routing_key=common.ROUTING_KEY, message_id=event, mandatory=True, persist=True, content_type="application/cloudevents+json")
        for event, body in batch])


@app.on_startup
async def connect():
    state["pool"] = await asyncpg.create_pool(common.DATABASE_URL, min_size=16, max_size=16)


@app.after_startup
async def start_relay():
    state["relay"] = asyncio.create_task(common.relay(state["pool"], publish_all, state["poked"]))


uvloop.run(app.run())
