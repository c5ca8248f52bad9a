"""Celery with psycopg: a task per submission, acknowledged late; a worker process per core, and a relay beside them.

usage: celery_peer.py               runs the worker and the relay
       celery_peer.py push FILE     pushes submissions as tasks
"""
import os
import sys
import time

import orjson
import psycopg
from celery import Celery, signals
from kombu import Connection, Exchange, Queue

import common

QUEUE = "peer.celery"
app = Celery("peer", broker=common.AMQP_URL.replace("amqp://", "pyamqp://"))
app.conf.update(
    task_queues=[Queue(QUEUE, Exchange(""), routing_key=QUEUE, queue_arguments={"x-queue-type": "quorum"}, durable=True)],
    task_default_queue=QUEUE, task_default_exchange="", task_default_routing_key=QUEUE, task_create_missing_queues=False,
    task_acks_late=True, task_ignore_result=True, task_store_errors_even_if_ignored=False, worker_prefetch_multiplier=100, worker_concurrency=os.cpu_count() or 2,
    worker_send_task_events=False, worker_enable_remote_control=False, worker_hijack_root_logger=False, worker_detect_quorum_queues=True,
    broker_transport_options={"confirm_publish": True}, task_serializer="json", accept_content=["json"], broker_connection_retry_on_startup=True,
)
state = {}


@signals.worker_process_init.connect
def connect(**_):
    state["database"] = psycopg.connect(common.DATABASE_URL, autocommit=True, prepare_threshold=1)


@app.task(name="accept")
def accept(message_id, body):
    submission = orjson.loads(body)
    lead, event = common.lead_and_event(submission)
    database = state["database"]
    with database.transaction():
        fresh = database.execute("INSERT INTO inbox (message_id) VALUES (%s) ON CONFLICT DO NOTHING RETURNING 1", (message_id,)).fetchone()
        if not fresh:
            return
        database.execute("INSERT INTO leads (id, channel, external_id, name, phone, submission) VALUES (%s, %s, %s, %s, %s, %s)",
                         (lead, submission["channel"], message_id, submission["person"].get("name"), common.phone_of(submission), body))
        database.execute("INSERT INTO outbox (event_id, body) VALUES (%s, %s)", (lead, event))


def relay():
    """A process of its own: psycopg, and kombu's publisher with confirms."""
    database = psycopg.connect(common.DATABASE_URL, autocommit=True)
    with Connection(common.AMQP_URL, transport_options={"confirm_publish": False}) as connection:
        channel = connection.channel()
        channel.confirm_select()
        unconfirmed, sent = set(), 0

        def confirm(tag, multiple):
            unconfirmed.difference_update([one for one in unconfirmed if one <= tag] if multiple else [tag])

        channel.events["basic_ack"].add(confirm)
        while True:
            rows = database.execute("SELECT position, event_id, body FROM outbox ORDER BY position LIMIT 500").fetchall()
            if not rows:
                time.sleep(0.02)
                continue
            for _, event, body in rows:
                message = channel.prepare_message(body, content_type="application/cloudevents+json", content_encoding="utf-8", properties={"delivery_mode": 2, "message_id": str(event)})
                sent += 1
                unconfirmed.add(sent)
                channel._basic_publish(message, common.EVENTS, common.ROUTING_KEY, mandatory=True)
            while unconfirmed:
                connection.drain_events(timeout=10)
            database.execute("DELETE FROM outbox WHERE position = ANY(%s)", ([row[0] for row in rows],))


def push(path):
    with app.producer_pool.acquire(block=True) as producer, open(path, encoding="utf-8") as file:
        for line in file:
            _, message_id, body = line.rstrip("\n").split(" ", 2)
            accept.apply_async((message_id, body), producer=producer)


if sys.argv[1:2] == ["push"]:
    app.conf.broker_transport_options = {"confirm_publish": False}
    push(sys.argv[2])
elif sys.argv[1:2] == ["relay"]:
    relay()
else:
    import subprocess
    other = subprocess.Popen([sys.executable, __file__, "relay"])
    try:
        app.worker_main(["worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat", "--pool=prefork", "-O", "fair"])
    finally:
        other.terminate()
