"""Is there anything to run? If not, init says so before anything is written."""

from kubeship.errors import InvalidInput
from kubeship.model.project import Project

KEY = "processes.web.entrypoint"


def require_deployable(project: Project) -> None:
    """Raises InvalidInput for a project in which nothing was found that could run, and about which nothing is asked."""
    if project.question(KEY):
        return  # it says what was found instead, and which answers there are
    if project.processes and all(process.entrypoint or process.command for process in project.processes):
        return
    framework, origin = project.framework.value, project.framework.origin
    uses = f" It uses {framework} ({origin})." if framework != "none" else ""
    raise InvalidInput(
        f"no app was found: no object that a server could be given, no program that serves, and no worker.{uses}",
        hint=f"give the folder that holds the app, or name it: --set {KEY}=MODULE:OBJECT",
    )
