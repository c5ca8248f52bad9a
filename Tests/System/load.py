"""A channel that keeps pushing, whatever happens to the other side, and knows what the broker has confirmed."""
import json
import threading

import pika
from installation import wait_until
from people import Somebody
from pika.exceptions import AMQPError

FRIENDS = 5  # every so many submissions one is by a person who has enquired before


class Load:
    """Pushes submissions from a thread of its own. What was not confirmed is pushed again, with the same external id."""

    def __init__(self, lintel, count, per_second=20):
        self.url = lintel["AMQP_URL_WEB"] + "?connection_attempts=1&socket_timeout=5&heartbeat=10"
        self.waiting = self._submissions(count)
        self.pause = 1 / per_second
        self.confirmed = {}  # external id -> phone
        self.retries = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._push, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)

    def wait_confirmed(self, count, within=60):
        wait_until(lambda: len(self.confirmed) >= count, within, f"{count} submissions confirmed")

    def wait_all(self, within=120):
        wait_until(lambda: not self.waiting, within, "all submissions confirmed")

    @staticmethod
    def _submissions(count):
        """Grade B, whose clock runs half an hour: the ladder stays out of it."""
        people, made = [], []
        for index in range(count):
            if index % FRIENDS == FRIENDS - 1:
                somebody = people[len(people) // 2]
            else:
                somebody = Somebody("压")
                people.append(somebody)
            made.append(somebody.submission(f"load-{somebody.number}-{index}", need={"projects": ["river-park"], "timeframe": "6m"}))
        return made

    def _push(self):
        while self.waiting and not self.stopping.is_set():
            try:
                connection = pika.BlockingConnection(pika.URLParameters(self.url))
                try:
                    self._push_all(connection)
                finally:
                    connection.close()
            except (AMQPError, OSError):
                self.retries += 1
                self.stopping.wait(0.2)

    def _push_all(self, connection):
        channel = connection.channel()
        channel.confirm_delivery()
        options = pika.BasicProperties(content_type="application/json", delivery_mode=2)
        while self.waiting and not self.stopping.wait(self.pause):
            submission = self.waiting[0]
            channel.basic_publish("lintel.intake", "lead.web", json.dumps(submission).encode(), options, mandatory=True)
            self.confirmed[submission["externalId"]] = submission["person"]["phones"][0]
            self.waiting.pop(0)
