"""A TCP proxy that breaks connections on demand: python faultproxy.py SOCKET LINKS.json

LINKS.json has one object per link: {"name", "listen", "targets": [port…], "protocol": "tcp"|"postgres"|"amqp"}. With several
targets it is a load balancer that passes over whoever does not answer. Commands come as JSON lines over the Unix socket SOCKET:
{"links": "leads.*.db", "do": …, …}, and are answered with a JSON line.

  open                      lets everything through again
  refuse                    resets what there is and whoever connects
  cut                       resets what there is, once
  freeze                    a partition: nothing passes and nobody is told. After `open` what was under way arrives late, as with TCP
  delay, seconds            every piece waits so long
  throttle, bytes           per second and connection
  lose, what, count         the next `count` times the connection is cut in place of passing on `what`: PostgreSQL's answer to
                            COMMIT ("commit-answer"), the broker's confirm of a publish ("confirm") or our own
                            acknowledgement of a delivery ("ack")
  hear, what, count         the same, but `what` is passed on before the cut ("commit", "ack"): its answer never comes
"""
import asyncio
import fnmatch
import json
import socket
import struct
import sys


class Link:
    """One listening port and what is done to its connections."""

    def __init__(self, name, listen, targets, protocol="tcp"):
        self.name, self.listen, self.targets, self.protocol = name, listen, targets, protocol
        self.turn = 0
        self.connections = set()
        self.flowing = asyncio.Event()
        self.cuts = 0
        self.reset()

    def reset(self):
        self.refusing, self.delay, self.rate = False, 0.0, None
        self.traps = {}  # what -> [count, whether it is passed on first]
        self.flowing.set()

    def command(self, do, **options):
        if do == "open":
            self.reset()
        elif do == "refuse":
            self.refusing = True
            self.cut()
        elif do == "cut":
            self.cut()
        elif do == "freeze":
            self.flowing.clear()
        elif do == "delay":
            self.delay = options["seconds"]
        elif do == "throttle":
            self.rate = options["bytes"]
        elif do in ("lose", "hear"):
            self.traps[options["what"]] = [options.get("count", 1), do == "hear"]
        else:
            raise ValueError(do)

    def cut(self):
        for connection in list(self.connections):
            connection.abort()

    def trapped(self, what):
        """Whether the connection ends here: None, "lose" or "hear"."""
        trap = self.traps.get(what)
        if not trap:
            return None
        trap[0] -= 1
        self.cuts += 1
        if trap[0] <= 0:
            del self.traps[what]
        return "hear" if trap[1] else "lose"

    async def serve(self, reader, writer):
        if self.refusing:
            return reset(writer)
        await self.flowing.wait()
        try:
            far_reader, far_writer = await self.connect()
        except OSError:
            return reset(writer)
        connection = Connection(self, writer, far_writer)
        self.connections.add(connection)
        watch = {"postgres": (PostgresClient, PostgresServer), "amqp": (AMQPClient, AMQPServer)}.get(self.protocol, (Blind, Blind))
        try:
            await asyncio.gather(
                connection.pump(reader, far_writer, watch[0]()), connection.pump(far_reader, writer, watch[1]())
            )
        finally:
            self.connections.discard(connection)
            for one in (writer, far_writer):
                one.close()

    async def connect(self):
        """The next target that takes the connection."""
        for _ in self.targets:
            self.turn = (self.turn + 1) % len(self.targets)
            try:
                return await asyncio.open_connection("127.0.0.1", self.targets[self.turn])
            except OSError as error:
                last = error
        raise last


class Connection:
    def __init__(self, link, near, far):
        self.link, self.near, self.far = link, near, far
        self.is_over = False

    def abort(self):
        self.is_over = True
        reset(self.near)
        reset(self.far)

    async def pump(self, reader, writer, watcher):
        link = self.link
        try:
            while data := await reader.read(65536):
                await link.flowing.wait()
                if self.is_over:
                    return
                if link.delay:
                    await asyncio.sleep(link.delay)
                if link.rate:
                    await asyncio.sleep(len(data) / link.rate)
                cut = None
                for what, start, end in watcher.seen(data):
                    if cut := link.trapped(what):
                        data = data[:end if cut == "hear" else start]
                        break
                writer.write(data)
                if cut:
                    self.is_over = True  # nothing comes back any more
                    await writer.drain()
                    if cut == "hear":
                        await asyncio.sleep(0.05)  # so that the other side has acted on it
                    return self.abort()
                await writer.drain()
            if not self.is_over and not writer.is_closing():
                writer.write_eof()
        except (OSError, RuntimeError):
            self.abort()


def reset(writer):
    """Ends a connection as a broken line does: with RST, without a goodbye."""
    try:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except (OSError, AttributeError):
        pass
    writer.transport.abort()


class Blind:
    """Looks at nothing."""

    def seen(self, data):
        return ()


class Framed:
    """Follows a stream of frames. `seen` gives (what, start, end) of those that matter, as offsets into the piece."""

    def __init__(self, preamble=0):
        self.skip = preamble
        self.head = b""

    header = 5

    def seen(self, data):
        found, at = [], 0
        while at < len(data):
            if self.skip:
                step = min(self.skip, len(data) - at)
                self.skip -= step
                at += step
                continue
            start = at
            take = self.header + 12 - len(self.head)
            at_head = data[at:at + take]
            whole = self.head + at_head
            length = self.length(whole)
            if length is None or len(whole) < min(length, self.header + 12):
                self.head = whole
                break
            what = self.kind(whole)
            rest = length - len(self.head)  # of this frame, from `start` on
            self.head = b""
            end = min(len(data), start + rest)
            if what:
                found.append((what, start, end))
            self.skip = rest - (end - start)
            at = end
        return found


class PostgresServer(Framed):
    """What the server says. The answer to a request for encryption is one byte without a frame."""

    def __init__(self):
        super().__init__()
        self.is_first = True

    def seen(self, data):
        if self.is_first:
            self.is_first = False
            if data[:1] in (b"N", b"S") and len(data) == 1:
                self.is_first = True  # the same once more for GSS
                return []
        return super().seen(data)

    def length(self, head):
        return 1 + int.from_bytes(head[1:5], "big") if len(head) >= 5 else None

    def kind(self, head):
        return "commit-answer" if head[:1] == b"C" and head[5:12] == b"COMMIT\0" else None


class PostgresClient(PostgresServer):
    """What the client says; requests for encryption and the start have no type byte."""

    def __init__(self):
        super().__init__()
        self.is_starting = True

    def seen(self, data):
        if not self.is_starting:
            return Framed.seen(self, data)
        if data[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # SSLRequest, GSSENCRequest
            return []
        self.is_starting = False
        self.skip = int.from_bytes(data[:4], "big")
        return Framed.seen(self, data)

    def kind(self, head):
        is_commit = head[:1] == b"Q" and head[5:11] == b"COMMIT" or head[:1] == b"P" and head[6:12] == b"COMMIT"
        return "commit" if is_commit else None


class AMQPServer(Framed):
    """The broker's frames: type, channel, size, and for methods class and method."""

    header = 7

    def length(self, head):
        return 8 + int.from_bytes(head[3:7], "big") if len(head) >= 7 else None

    def kind(self, head):
        return "confirm" if head[:1] == b"\x01" and head[7:11] == b"\x00\x3c\x00\x50" else None


class AMQPClient(AMQPServer):
    def __init__(self):
        super().__init__()
        self.skip = 8  # the protocol's header

    def kind(self, head):
        return "ack" if head[:1] == b"\x01" and head[7:11] == b"\x00\x3c\x00\x50" else None


async def main(control, file):
    with open(file, encoding="utf-8") as text:
        links = [Link(**one) for one in json.load(text)]

    async def obey(reader, writer):
        while line := await reader.readline():
            command = json.loads(line)
            names = command.pop("links")
            chosen = [link for link in links if fnmatch.fnmatch(link.name, names)]
            for link in chosen:
                if command:
                    link.command(**command)
            answer = {link.name: {"connections": len(link.connections), "cuts": link.cuts} for link in chosen}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    for link in links:
        await asyncio.start_server(link.serve, "127.0.0.1", link.listen, backlog=128)
    server = await asyncio.start_unix_server(obey, control)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
