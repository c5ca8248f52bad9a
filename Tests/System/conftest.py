"""Fixtures: a broker alone, and a whole installation."""
import contextlib
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

import pytest
from installation import LOCAL, Installation


@pytest.fixture(scope="session")
def private_folder():
    """A folder that the database's own user can get into, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="lintel-system.") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def servers(private_folder):
    """The LINTEL_TEST_* settings of real servers: those that `make test` has started, or else our own."""
    if "LINTEL_TEST_AMQP_URL" in os.environ:
        yield dict(os.environ)
        return
    folder = private_folder / "servers"
    script = LOCAL / "test-servers.sh"
    output = subprocess.run([script, "start", folder], check=True, stdout=subprocess.PIPE, text=True).stdout
    try:
        yield dict(line.removeprefix("export ").split("=", 1) for line in shlex.split(output, comments=True) if "=" in line)
    finally:
        subprocess.run([script, "stop", folder], check=True)


@pytest.fixture(scope="session")
def lintel(private_folder):
    """A whole installation with the demonstration's staff and projects, and no leads yet. Its database keeps fsync on: it is killed."""
    with installed(private_folder / "installation") as installation:
        yield installation


@pytest.fixture(scope="module")
def fragile(private_folder):
    """An installation of its own for a module that breaks it, so that nobody else is disturbed and every count is the module's own."""
    with installed(private_folder / "fragile") as installation:
        yield installation


@contextlib.contextmanager
def installed(folder, **settings):
    """An installation that goes away afterwards; or, while tests are written, the one that LINTEL_SYSTEM_HOME names, which stays."""
    kept = os.environ.get("LINTEL_SYSTEM_HOME")
    installation = Installation(kept or folder, **settings)
    try:
        installation.up()
        installation.never_closes()
        yield installation
    finally:
        if not kept:
            installation.remove()
