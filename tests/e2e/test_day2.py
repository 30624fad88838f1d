"""Do the commands for the days after a deploy keep their word: logs, run, status?"""

import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


@pytest.fixture
def deployed(copy: Any) -> Any:
    ship = copy("flask-hello")
    ship("init", "--image", f"{ship.stack.registry}/day2/hello", "--namespace", ship.namespace)
    ship("deploy")
    return ship


def test_logs_and_one_off_commands(deployed: Any, kubectl: Any) -> None:
    # What the app's pods say, all of them, and only what is asked for.
    lines = deployed("logs", "web", "--grep", "Listening at").out.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("flask-hello-web-") for line in lines)
    documents = deployed("logs", "--tail", "1", "--json").lines
    assert (documents[-1]["schema"], documents[-1]["lines"]) == ("kubeship.logs/1", 2)
    assert "has no process beat" in deployed("logs", "beat", code=3).err

    # The command's own output on stdout, its own exit code, its own variables.
    done = deployed("run", "--", "sh", "-c", "echo $0 in $PWD; exit 7", "hello", code=7)
    assert done.out.strip() == "hello in /app"
    assert "the image has no command nosuch" in deployed("run", "--", "nosuch", code=1).err

    # What is piped in reaches it, and its end too.
    piped = subprocess.run(
        [sys.executable, "-m", "kubeship", "run", "-i", "--", "python", "-"],
        input="print(6 * 7)",
        text=True,
        capture_output=True,
        cwd=deployed.project,
        env=deployed.variables(),
        check=False,
    )
    assert (piped.returncode, piped.stdout) == (0, "42\n"), piped.stderr
    assert kubectl.names("jobs") == set()
