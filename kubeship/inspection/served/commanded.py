"""Is the main process a command that somebody answers with, of a program that needs no app of the project's?"""

import re

from kubeship.errors import InvalidInput
from kubeship.inspection.files.findings import SET_BY_YOU
from kubeship.inspection.served.entrypoint import Entrypoint
from kubeship.model.origin import Origin
from kubeship.model.project import Answers

KEY, COMMAND = "processes.web.entrypoint", "processes.web.command"
OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(\(.*\))?")


def commanded(answers: Answers) -> Entrypoint | None:
    """What `processes.web.command` says, or a whole command line as the answer to what is served.

    Raises InvalidInput for a command that is none.
    """
    answer = answers.get(KEY, answers.get(COMMAND))
    if answer is None or (KEY in answers and not is_command(answer)):
        return None
    if not isinstance(answer, str) or not answer.strip():
        raise InvalidInput(
            f"{COMMAND} is {answer!r}, and should be a command line",
            hint=f"kubeship init --set '{COMMAND}=mlflow server --port 5000'",
        )
    origins = (Origin(reason=SET_BY_YOU),)
    return Entrypoint("", "", ".", "none", "own-server", origins, server="own-server", command=answer.strip())


def is_command(answer: object) -> bool:
    """Whether an answer is a command line with words, not an object, a script or a package."""
    return isinstance(answer, str) and len(answer.split()) > 1 and not OBJECT.fullmatch(answer)
