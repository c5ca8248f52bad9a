"""What the services are told, and what a person who connects to them needs to know. docs/configuration.md explains each name."""
import os

from .home import REPOSITORY, SERVICES, write

# A peer that has vanished without a word is noticed within seconds, not after the kernel's quarter of an hour.
DATABASE_OPTIONS = "connect_timeout=5&tcp_user_timeout=10000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"


def public_url(home):
    scheme = "https" if tls() else "http"
    return os.environ.get("LINTEL_PUBLIC_URL") or f"{scheme}://127.0.0.1:{home.port('proxy')}"


def tls():
    return os.environ.get("LINTEL_TLS", "") not in ("", "0", "false", "no")


def database_url(home, service):
    return f"postgresql://{service}:{home.secret('db-' + service)}@127.0.0.1:{home.port('postgres')}/lintel"


def amqp_url(home, user):
    return f"amqp://{user}:{home.secret('amqp-' + user)}@127.0.0.1:{home.port('amqp')}/lintel"


def of_service(home, service):
    """The environment of one service. Every secret could also be given as <NAME>_FILE."""
    values = {
        "LINTEL_DATABASE_URL": database_url(home, service) + f"?{DATABASE_OPTIONS}&application_name={service}",
        "LINTEL_AMQP_URL": amqp_url(home, service),
        "LINTEL_HTTP_HOST": "127.0.0.1",
        "LINTEL_HTTP_PORT": home.port(service),
        "LINTEL_OPS_HOST": "127.0.0.1",
        "LINTEL_OPS_PORT": home.port(service + "-ops"),
        "LINTEL_PUBLIC_URL": public_url(home),
        "LINTEL_JWKS_FILE": home.secret_file("jwks.json"),
        "LINTEL_DEVELOPMENT": os.environ.get("LINTEL_DEVELOPMENT", "true"),
        "LINTEL_LOG_LEVEL": os.environ.get("LINTEL_LOG_LEVEL", "info"),
    }
    values.update(SPECIAL[service](home))
    values.update({name: os.environ[name] for name in AS_GIVEN if name in os.environ})
    return passed_through() | {name: str(value) for name, value in values.items()}


# Handed on to the services as the caller's shell has them, where it has them.
AS_GIVEN = [
    "LINTEL_TALLY_SECONDS", "LINTEL_AUDIT_PATIENCE_SECONDS", "LINTEL_FAILPOINT", "LINTEL_REFERRAL_URL", "LINTEL_META_GRAPH_URL",
    "LINTEL_ACCESS_TOKENS",
]


def passed_through():
    """A service sees its own variables and the machine's plain ones, not whatever else the caller's shell has."""
    plain = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "LINTEL_AUDIT_SECONDS"]
    return {name: value for name, value in os.environ.items() if name in plain or name.startswith("OTEL_")}


def of_leads(home):
    return {
        "LINTEL_CHANNELS_FILE": home.path("seed", "channels.json"),
        "LINTEL_AMQP_MANAGEMENT_URL": f"http://{home.address('amqp-management')}",
        "LINTEL_AMQP_MANAGEMENT_USER": "admin",
        "LINTEL_AMQP_MANAGEMENT_PASSWORD": home.secret("amqp-admin"),
        "LINTEL_DOCUMENT_KEY": home.secret("document-key"),
    }


def of_sales(home):
    return {
        "LINTEL_SIGNING_KEY_FILE": home.secret_file("signing-key.pem"),
        "LINTEL_SEED_STAFF_FILE": home.path("seed", "staff.json"),
        "LINTEL_SEED_PROJECTS_FILE": REPOSITORY / "deploy/demo/projects.json",
    }


def of_notify(home):
    return {
        "LINTEL_SMTP_URL": f"smtp://localhost:{home.port('smtp')}",
        "LINTEL_SMTP_USER": "notify",
        "LINTEL_SMTP_PASSWORD": home.secret("smtp-notify"),
        "LINTEL_SMTP_CA_FILE": home.secret_file("tls-cert.pem"),
        "LINTEL_SMTP_FROM": "Lintel <crm@lintel.example>",
        "LINTEL_SMS_URL": f"http://{home.address('kannel-sendsms')}/cgi-bin/sendsms",
        "LINTEL_SMS_USER": "notify",
        "LINTEL_SMS_PASSWORD": home.secret("sms-notify"),
        "LINTEL_SMS_CALLBACK_URL": sms_callback(home),
        "LINTEL_SMS_FROM": "10690000",
    }


def sms_callback(home):
    return f"http://{home.address('notify')}/notify/hooks/sms"


SPECIAL = {"leads": of_leads, "sales": of_sales, "service": lambda home: {}, "notify": of_notify}


def write_connection_file(home, channel_keys, accounts):
    """connection.env: everything that a client on this machine needs, for its owner's eyes only."""
    values = {"LINTEL_URL": public_url(home)}
    for channel, key in channel_keys.items():
        name = channel.upper().replace("-", "_")
        values[f"LINTEL_AMQP_URL_{name}"] = amqp_url(home, f"channel-{channel}")
        values[f"LINTEL_CHANNEL_KEY_{name}"] = key
    for service in SERVICES:
        values[f"LINTEL_DATABASE_URL_{service.upper()}"] = database_url(home, service)
    values["LINTEL_MAILDIR"] = home.path("mail", "box")
    for role, (email, password) in accounts.items():
        values[f"LINTEL_{role}_EMAIL"] = email
        values[f"LINTEL_{role}_PASSWORD"] = password
    for service in SERVICES:
        values[f"LINTEL_OPS_URL_{service.upper()}"] = f"http://{home.address(service + '-ops')}"
    values["LINTEL_AMQP_URL_ADMIN"] = amqp_url(home, "admin")
    values["LINTEL_AMQP_MANAGEMENT_URL"] = f"http://{home.address('amqp-management')}"
    values["LINTEL_AMQP_METRICS_URL"] = f"http://{home.address('amqp-metrics')}"
    values["LINTEL_SMS_LOG"] = home.path("log", "operator.log")
    values["LINTEL_SMS_HANDSETS_PORT"] = home.port("kannel-handsets")
    write(home.path("connection.env"), "".join(f"{name}={value}\n" for name, value in values.items()), mode=0o600)
    return values
