"""The parts of an installation: how each is set up, started and known to be ready."""
import base64
import hashlib
import json
import os
import subprocess

from . import environment
from .children import Child, Server
from .home import REPOSITORY, SERVICES, Trouble, write

DEPLOY = REPOSITORY / "deploy"
PARTS = ["postgres", "rabbitmq", "mail", "kannel", *SERVICES, "proxy"]  # in the order of starting; stopped the other way round
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"


def make(home, part, channels):
    """The processes of one part, set up and not yet started."""
    if part in SERVICES:
        return [service(home, part)]
    if part == "rabbitmq":
        return rabbitmq(home, channels)
    return {"postgres": postgres, "mail": mail, "kannel": kannel, "proxy": proxy}[part](home)


def script_environment(**values):
    return os.environ | {name: str(value) for name, value in values.items()}


def postgres(home):
    folder = home.path("postgres")
    folder.mkdir(exist_ok=True)
    server = Server(home, "postgres", DEPLOY / "local/postgres.sh", folder, script_environment())
    if not server.running():
        write(folder / "ports", f"PG={home.port('postgres')}\n")
    return [server]


def rabbitmq(home, channels):
    folder = home.path("rabbitmq")
    folder.mkdir(exist_ok=True)
    variables = script_environment(LINTEL_SECRETS=home.path("secrets"), LINTEL_CHANNELS=" ".join(channels))
    server = Server(home, "rabbitmq", DEPLOY / "local/rabbitmq.sh", folder, variables)
    if not server.running():
        offer_tls(home, folder / "tls")
        names = {"AMQP": "amqp", "MGMT": "amqp-management", "PROM": "amqp-metrics", "DIST": "amqp-nodes",
                 "EPMD": "amqp-epmd", "CTL": "amqp-tools", "AMQPS": "amqp-tls"}
        write(folder / "ports", "".join(f"{key}={home.port(name)}\n" for key, name in names.items()))
        (folder / "definitions.json").unlink(missing_ok=True)  # made anew: a checkout may have brought other rights
    return [server]


def offer_tls(home, folder):
    """The broker takes TLS connections as well, with the installation's own certificate."""
    make_certificate(home)
    folder.mkdir(exist_ok=True)
    for name, source in {"ca.pem": "tls-cert.pem", "cert.pem": "tls-cert.pem", "key.pem": "tls-key.pem"}.items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(home.secret_file(source))


def mail(home):
    make_certificate(home)
    home.secret("smtp-notify")
    command = [
        "/usr/bin/python3", DEPLOY / "mail/smtpd.py", "--port", home.port("smtp"), "--maildir", home.path("mail", "box"),
        "--cert", home.secret_file("tls-cert.pem"), "--key", home.secret_file("tls-key.pem"),
        "--user", "notify", "--password-file", home.secret_file("smtp-notify"),
    ]
    return [Child(home, "mail", command)]


def make_certificate(home, names=("DNS:localhost", "IP:127.0.0.1")):
    """One self-signed certificate: the mail server's, the broker's, and the proxy's when LINTEL_TLS is set."""
    if home.secret_file("tls-cert.pem").exists():
        return
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=" + ",".join(names),
        "-keyout", home.secret_file("tls-key.pem"), "-out", home.secret_file("tls-cert.pem"),
    )


def openssl(*arguments):
    """Its output is binary or nothing; what it says goes to the terminal only when it fails."""
    result = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, check=False, preexec_fn=lambda: os.umask(0o077)
    )
    if result.returncode:
        raise Trouble("openssl failed: " + result.stderr.decode(errors="replace"))
    return result.stdout


def kannel(home):
    """Bearerbox and smsbox, and two ends of the air interface: `operator` takes what we send and reports its delivery (its log
    shows every text); `handsets` is free for tests, which connect a fakesmsc of their own there to send us a text."""
    state = home.path("kannel")
    (state / "spool").mkdir(parents=True, exist_ok=True)
    values = {
        "STATE": state, "BIND": "127.0.0.1", "ALLOW": "127.0.0.1",
        "ADMIN_PORT": home.port("kannel-admin"), "ADMIN_PASSWORD": home.secret("kannel-admin"),
        "SMSBOX_PORT": home.port("kannel-smsbox"), "SENDSMS_PORT": home.port("kannel-sendsms"),
        "SENDSMS_PASSWORD": home.secret("sms-notify"), "OPERATOR_PORT": home.port("kannel-operator"),
        "HANDSETS_PORT": home.port("kannel-handsets"), "CALLBACK_URL": environment.sms_callback(home),
    }
    text = (DEPLOY / "kannel/kannel.conf.in").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    configuration = state / "kannel.conf"
    write(configuration, text, mode=0o600)
    line = home.port("kannel-operator")
    operator = [FAKESMSC, "-H", "127.0.0.1", "-r", line, "-i", "1", "-m", "0", "1 2 text x"]
    return [
        Child(home, "bearerbox", ["/usr/sbin/bearerbox", "-v", "1", configuration]),
        Child(home, "smsbox", ["/usr/sbin/smsbox", "-v", "1", configuration], needs=home.port("kannel-smsbox")),
        Child(home, "operator", operator, needs=line),
    ]


def executable(name):
    folder = os.environ.get("LINTEL_BIN") or REPOSITORY / ".build/debug"
    path = os.path.join(folder, name)
    if not os.access(path, os.X_OK):
        raise Trouble(f"{path} is not there: run `make build` first")
    return path


def service(home, name):
    make_signing_key(home)
    return Child(home, name, [executable(name), "serve"], environment.of_service(home, name), folder=REPOSITORY)


def make_signing_key(home):
    """The Ed25519 key that signs sign-in tokens, and its public half as a JSON Web Key Set for those who verify them."""
    key, public = home.secret_file("signing-key.pem"), home.secret_file("jwks.json")
    if not key.exists():
        openssl("genpkey", "-algorithm", "ed25519", "-out", key)
    if not public.exists():
        write(public, json.dumps({"keys": [public_key(key)]}, indent=1) + "\n", mode=0o600)


def public_key(key):
    raw = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:]  # the last 32 bytes of the DER are the point
    required = {"crv": "Ed25519", "kty": "OKP", "x": base64url(raw)}
    thumbprint = hashlib.sha256(json.dumps(required, sort_keys=True, separators=(",", ":")).encode()).digest()  # RFC 7638
    return required | {"kid": base64url(thumbprint), "use": "sig", "alg": "EdDSA"}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def proxy(home):
    state = home.path("proxy")
    state.mkdir(exist_ok=True)
    values = {f"{name.upper()}_ADDR": home.address(name) for name in SERVICES}
    values |= {"HOME": state, "XDG_DATA_HOME": state, "XDG_CONFIG_HOME": state, "LINTEL_BIND": "127.0.0.1"}
    values["LINTEL_SITE"] = f"http://:{home.port('proxy')}"
    if environment.tls():
        make_certificate(home)
        values["LINTEL_SITE"] = f"https://localhost:{home.port('proxy')}, https://127.0.0.1:{home.port('proxy')}"
        values["LINTEL_TLS"] = f"tls {home.secret_file('tls-cert.pem')} {home.secret_file('tls-key.pem')}"
    else:
        values["LINTEL_TLS"] = ""
    command = ["caddy", "run", "--config", DEPLOY / "proxy/Caddyfile", "--adapter", "caddyfile"]
    return [Child(home, "proxy", command, script_environment(**values))]
