#!/usr/bin/python3
"""A mail server for development: takes every mail into a Maildir, after STARTTLS and AUTH, and refuses on demand.

It answers by the local part of the recipient, so that every kind of failure can be had:
unknown* 550, full* 452, grey* 451 the first time, spam* 554 after DATA, slow* takes five seconds,
dropdata* loses the connection after DATA (was it accepted? nobody can know).
"""
import argparse
import asyncio
import mailbox
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    """What happens to a mail."""

    def __init__(self, maildir):
        self.box = mailbox.Maildir(maildir, create=True)
        self.greylisted = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local.startswith("unknown"):
            return "550 5.1.1 no such user"
        if local.startswith("full"):
            return "452 4.2.2 mailbox full"
        if local.startswith("grey") and address not in self.greylisted:
            self.greylisted.add(address)
            return "451 4.7.1 greylisted, try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        def any_starts(prefix):
            return any(address.startswith(prefix) for address in envelope.rcpt_tos)

        if any_starts("slow"):
            await asyncio.sleep(5)
        if any_starts("dropdata"):
            server.transport.abort()
            return "421 gone"
        if any_starts("spam"):
            return "554 5.7.1 rejected as spam"
        message = mailbox.MaildirMessage(envelope.content)
        message["X-Envelope-From"] = envelope.mail_from
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        return "250 2.0.0 queued as " + self.box.add(message)


def authenticator(user, password):
    """Checks the one account. A refusal must say handled=False: else aiosmtpd sends no answer and the client hangs."""

    def check(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=good, handled=good)

    return check


def read(path):
    with open(path) as file:
        return file.read().strip()


async def serve(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    handler = Handler(options.maildir)
    check = authenticator(options.user, read(options.password_file))
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(
            handler, hostname="localhost", tls_context=context, require_starttls=True, authenticator=check,
            auth_required=True, auth_require_tls=True, enable_SMTPUTF8=True, loop=loop,
        )

    server = await loop.create_server(session, options.host, options.port)
    print("ready", flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--maildir", required=True)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--user", default="notify")
    parser.add_argument("--password-file", required=True)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
