"""Several services at once, as `make run` would start them, with staff that have room for every lead."""
import json
import subprocess

from .contenders import wait_until
from .installation import WORK

DEMO_CAPACITY = 100_000


class Whole:
    """The services of an installation; use it in a `with`, which stops them."""

    def __init__(self, installation, services):
        self.installation = installation
        self.children = {}
        self.services = services

    def __enter__(self):
        self.write_staff()
        for service in self.services:
            self.start(service)
        for service in self.services:
            self.installation.ready(service, self.installation.home.port(service + "-ops"))
        return self

    def __exit__(self, *_):
        for service in list(self.children):
            self.stop(service)

    def write_staff(self):
        path = self.installation.folder / "seed/staff.json"
        staff = json.loads(path.read_text())
        for person in staff["staff"]:
            person["capacity"] = DEMO_CAPACITY
        path.write_text(json.dumps(staff, ensure_ascii=False))

    def start(self, service):
        log = open(WORK / f"whole-{service}.log", "ab")
        self.children[service] = subprocess.Popen(
            [self.installation.executable(service), "serve"], env=self.installation.service_environment(service),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=self.installation.folder)

    def stop(self, service):
        child = self.children.pop(service)
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()

    @property
    def pids(self):
        return {service: child.pid for service, child in self.children.items()}

    def wait_for_staff(self):
        """Until Leads knows the agents and Notify their numbers."""
        with self.installation.database(superuser=True) as database:
            agents = database.execute("SELECT count(*) FROM sales.staff WHERE role = 'agent'").fetchone()[0]
            wait_until(lambda: all(
                database.execute(f"SELECT count(*) FROM {schema}.staff WHERE role = 'agent'").fetchone()[0] == agents > 0
                for schema in ("leads", "notify") if schema in self.children), "hearing of the staff", every=0.1)
