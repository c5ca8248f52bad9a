"""PostgreSQL's disk is full: first where the tables are, then everywhere. Needs root, for a small file system of its own."""
import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import installed
from faults import pause, superuser
from installation import wait_until

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can mount")


@contextlib.contextmanager
def small_disk(folder, megabytes):
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "lintel-chaos", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def nothing_left(folder, bytes_left=0):
    """A file takes all there is."""
    ballast = folder / "ballast"
    free = shutil.disk_usage(folder).free
    with open(ballast, "wb") as file, contextlib.suppress(OSError):
        for _ in range((free - bytes_left) // 65536 + 1):
            file.write(b"\0" * 65536)
            file.flush()
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture(scope="module")
def lintel(tmp_path_factory):
    """The whole cluster on a disk of 400 MB, and the tables on one of 150 MB."""
    top = Path(os.environ.get("TMPDIR") or "/tmp") / f"lintel-chaos-disk.{os.getpid()}"
    with small_disk(top / "cluster", 700) as cluster, small_disk(top / "tables", 150) as tables:
        for folder in (cluster, tables):
            shutil.chown(folder, "postgres")
            folder.chmod(0o700)
        with on_that_disk(cluster) as installation:
            with superuser(installation, "postgres") as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
                connection.execute("ALTER DATABASE lintel SET TABLESPACE small")
            installation.cluster_disk, installation.tables_disk = cluster, tables
            installation.up_services()
            yield installation
    shutil.rmtree(top, ignore_errors=True)


@contextlib.contextmanager
def on_that_disk(cluster):
    """postgres.sh keeps its data where the file `place` says."""
    with installed("disk", services=False, before=lambda home: place(home, cluster)) as installation:
        yield installation


def place(home, cluster):
    (home / "postgres").mkdir(parents=True)
    (home / "postgres/place").write_text(f"{cluster}\n")


def test_where_the_tables_are(lintel, ordeal):
    """53100: nothing can be added. Deliveries stay with the broker, requests are answered 503."""
    with ordeal() as load:
        with nothing_left(lintel.tables_disk):
            wait_until(lambda: load.book.retries > 5, 120, "requests to be refused")
            pause(15)


def test_everywhere(lintel, ordeal):
    """The server cannot write its log, dies (PANIC) and cannot start until there is room again."""
    with ordeal() as load:
        with nothing_left(lintel.cluster_disk):
            wait_until(lambda: load.book.retries > 20, 180, "requests to be refused")
            pause(20)
