#!/usr/bin/env python3
"""Pushes leads from a CSV onto the queue, as the channels would: push_leads.py FILE.csv

Each line goes out as its channel's own broker user, persistent, mandatory and confirmed. The addresses come from the environment:
LINTEL_AMQP_URL_<CHANNEL>, as in connection.env. A line that was pushed before is recognised by its externalId and changes nothing.
"""
import csv
import json
import os
import sys
from collections import defaultdict
from datetime import datetime, timedelta, timezone

import pika


def some(text):
    """The words of a field that holds several, separated by semicolons."""
    return [word.strip() for word in text.split(";") if word.strip()]


def number(text):
    return int(text) if text else None


def without_empty(value):
    """The value without fields that are empty: what a channel does not know it does not send."""
    if isinstance(value, dict):
        cleaned = {name: without_empty(field) for name, field in value.items()}
        return {name: field for name, field in cleaned.items() if field not in (None, "", [], {})}
    return value


def submission(row, now):
    """One line as the intake contract wants it. Money is in fen, areas are in square metres."""
    low, high = number(row["budget_min_yuan"]), number(row["budget_max_yuan"])
    budget = {"min": low and low * 100, "max": high and high * 100, "currency": "CNY"} if low or high else None
    consent = some(row["consent"])
    return without_empty({
        "channel": row["channel"],
        "externalId": row["external_id"],
        "campaign": row["campaign"],
        "submittedAt": (now - timedelta(minutes=int(row["minutes_ago"]))).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "person": {
            "name": row["name"], "phones": some(row["phones"]), "emails": some(row["emails"]),
            "wechat": row["wechat"], "language": row["language"],
        },
        "need": {
            "purpose": row["purpose"], "projects": some(row["projects"]), "districts": some(row["districts"]),
            "layouts": some(row["layouts"]), "budget": budget,
            "area": {"min": number(row["area_min"]), "max": number(row["area_max"])}, "timeframe": row["timeframe"],
        },
        "message": row["message"],
        "consent": {kind: kind in consent for kind in ("sms", "email", "call")},
        "referrer": {"code": row["referrer"]},
    })


def push(channel, submissions):
    """Publishes them one by one; an unroutable or refused one raises."""
    url = os.environ["LINTEL_AMQP_URL_" + channel.upper().replace("-", "_")]
    connection = pika.BlockingConnection(pika.URLParameters(url))
    queue = connection.channel()
    queue.confirm_delivery()
    for body in submissions:
        properties = pika.BasicProperties(
            content_type="application/json", delivery_mode=2, message_id=f"{channel}/{body['externalId']}"
        )
        queue.basic_publish(
            "lintel.intake", f"lead.{channel}", json.dumps(body, ensure_ascii=False).encode(), properties, mandatory=True
        )
    connection.close()


def main(path):
    now = datetime.now(timezone.utc)
    by_channel = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_channel[row["channel"]].append(submission(row, now))
    for channel, submissions in by_channel.items():
        push(channel, submissions)
        print(f"pushed {len(submissions)} leads from {channel}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
