#!/usr/bin/env python3
"""Writes the queues and bindings that the services declare into definitions.json: topology.py [--check].

They stand there so that a queue exists before anybody publishes: an event that is published before its listener first
started would reach the others only. Needs an installation (`lintel up`), since the services are asked themselves.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
DEFINITIONS = os.path.join(HERE, "definitions.json")
LINTEL = os.path.join(HERE, "..", "local", "lintel")


def declared(service):
    """What a service says that it declares."""
    answer = subprocess.run([LINTEL, "exec", service, "topology"], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def queue(described):
    """A queue as definitions name it."""
    arguments = {"x-queue-type": "quorum"}
    if described["isSingleActiveConsumer"]:
        arguments["x-single-active-consumer"] = True
    return {
        "name": described["name"], "vhost": "lintel", "durable": True, "auto_delete": False, "arguments": arguments,
    }


def binding(described, bound):
    """A binding as definitions name it."""
    return {
        "source": bound["exchange"], "vhost": "lintel", "destination": described["name"], "destination_type": "queue",
        "routing_key": bound["routingKey"], "arguments": {},
    }


def with_topology(definitions, services):
    """The definitions, with the services' queues and bindings in place of those that they held."""
    described = [one for service in services for one in declared(service)]
    own = {one["name"] for one in described}
    queues = [one for one in definitions["queues"] if one["name"] not in own]
    bindings = [one for one in definitions["bindings"] if one["destination"] not in own]
    return {
        **definitions,
        "queues": queues + [queue(one) for one in described],
        "bindings": bindings + [binding(one, bound) for one in described for bound in one["bindings"]],
    }


def one_entry_per_line(definitions):
    """The definitions as people read them and as changes show best."""
    lists = [
        f' "{key}": [\n' + ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in entries) + "\n ]"
        for key, entries in definitions.items()
    ]
    return "{\n" + ",\n".join(lists) + "\n}\n"


def main():
    with open(DEFINITIONS) as file:
        text = file.read()
    wanted = with_topology(json.loads(text), ["leads", "sales", "service", "notify"])
    if "--check" in sys.argv:
        if wanted != json.loads(text):
            sys.exit("definitions.json is stale: run deploy/rabbitmq/topology.py")
        return
    with open(DEFINITIONS, "w") as file:
        file.write(one_entry_per_line(wanted))


if __name__ == "__main__":
    main()
