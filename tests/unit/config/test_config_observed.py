"""Does kubeship.yaml say which agent watches an app, and that it holds connections open?"""

from dataclasses import replace

import pytest

from kubeship.config.draft import DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.schema import Configuration
from kubeship.model.project import Project
from kubeship.planning.servers import SERVERS
from tests.unit.config.test_config_serving import ASGI, PROJECT, having


def drafted(project: Project) -> Configuration:
    whole = replace(project, processes=(ASGI,))
    return parsed(draft(whole, {}, None, Lock(), DraftOptions(), servers=SERVERS).text).configuration(None)[0]


@pytest.mark.parametrize(("brought", "agent"), [("ddtrace", "datadog"), ("newrelic", "newrelic"), ("sentry-sdk", None)])
def test_an_agent_that_the_project_brings_watches_it(brought: str, agent: str | None) -> None:
    assert drafted(having(distributions=(brought,))).monitoring == agent


def test_connections_that_stay_open_are_said() -> None:
    open_for_long, short = drafted(having("websockets")), drafted(PROJECT)

    assert open_for_long.processes[ASGI.name].streams
    assert not short.processes[ASGI.name].streams
