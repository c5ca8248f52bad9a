"""The checked-in definitions of the broker know every queue and binding that the services want."""
import subprocess
import sys

from installation import REPOSITORY


def test_the_definitions_have_every_queue_and_binding_of_the_services(lintel):
    command = [sys.executable, REPOSITORY / "deploy/rabbitmq/topology.py", "--check"]
    result = subprocess.run(command, env=lintel.environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
