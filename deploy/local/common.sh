# What the scripts of this folder share; read with `.`.

# A free port below 32768: the kernel gives those above to clients, any of which may take one before a server has bound it.
free_port() {
  python3 - <<'P'
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
P
}

random_secret() { python3 -c 'import secrets; print(secrets.token_hex(16))'; }

# One command at a time per server; the lock ends with this process. A server that is started must not inherit it: start it with `9>&-`.
locked() { exec 9>"$1"; flock 9; }
