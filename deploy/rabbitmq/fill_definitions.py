#!/usr/bin/env python3
"""Fills the checked-in definitions with users' passwords: fill_definitions.py SECRETS OUT [TEMPLATE].

SECRETS is a folder with one file amqp-<user> per user; what is missing is made, readable by its owner only.
LINTEL_CHANNELS names the channels ("web douyin"): the template's user channel-web stands for each of them.
"""
import base64
import hashlib
import json
import os
import secrets
import sys

HERE = os.path.dirname(os.path.realpath(__file__))


def password(folder, user):
    """The user's password, made at the first call."""
    path = os.path.join(folder, f"amqp-{user}")
    if not os.path.exists(path):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(16))
    with open(path) as file:
        return file.read().strip()


def password_hash(text):
    """RabbitMQ's rabbit_password_hashing_sha256: base64(salt + sha256(salt + password))."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + text.encode()).digest()).decode()


def one_entry_per_channel(entries, key, channels):
    """The entries, with those of channel-web repeated for every channel."""
    result = [entry for entry in entries if entry[key] != "channel-web"]
    for entry in entries:
        if entry[key] == "channel-web":
            text = json.dumps(entry)
            result += [
                json.loads(text.replace("channel-web", f"channel-{name}").replace("lead\\\\.web$", f"lead\\\\.{name}$"))
                for name in channels
            ]
    return result


def main(folder, out, template=os.path.join(HERE, "definitions.json")):
    with open(template) as file:
        definitions = json.load(file)
    channels = os.environ.get("LINTEL_CHANNELS", "web").split()
    definitions["users"] = one_entry_per_channel(definitions["users"], "name", channels)
    definitions["permissions"] = one_entry_per_channel(definitions["permissions"], "user", channels)
    definitions["topic_permissions"] = one_entry_per_channel(definitions["topic_permissions"], "user", channels)
    for user in definitions["users"]:
        user["password_hash"] = password_hash(password(folder, user["name"]))
        user["hashing_algorithm"] = "rabbit_password_hashing_sha256"
    with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "w") as file:
        json.dump(definitions, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
