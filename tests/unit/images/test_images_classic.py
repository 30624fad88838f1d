"""Do the classic builder's lines become the same events?"""

from kubeship.images.classic import ClassicProgress
from kubeship.images.progress import FailedStage
from kubeship.model.events import BuildStage, Event, LogLine

DOCKER = [
    "Step 1/3 : FROM python:3.12-slim\n",
    " ---> 9bc1\nStep 2/3 : RUN apt-get \\\n   update\n",
    " ---> Using cache\n ---> 77aa\n",
    "Step 3/3 : RUN make\n",
    " ---> Running in 1f2e\n",
    "comp",
    "iling\n",
    "Removing intermediate container 1f2e\n ---> 5cd5\n",
]
PODMAN = ["STEP 1/2: FROM python\n", "STEP 2/2: RUN make\n", "compiling\n", "--> Using cache 12\n", "COMMIT shop:1\n"]
IMAGE = "12345678" * 8


def follow(progress: ClassicProgress, *lines: str) -> list[Event]:
    return [event for line in lines for event in progress.follow({"stream": line})]


def test_steps_begin_end_and_come_from_the_cache() -> None:
    progress = ClassicProgress()

    events = [*follow(progress, *DOCKER), *progress.ended()]

    assert [(event.title.split()[0], event.state) for event in events if isinstance(event, BuildStage)] == [
        ("[1/3]", "started"),
        ("[1/3]", "done"),
        ("[2/3]", "started"),
        ("[2/3]", "cached"),
        ("[3/3]", "started"),
        ("[3/3]", "done"),
    ]
    assert [event for event in events if isinstance(event, LogLine)][-1] == LogLine("[3/3] RUN make", "compiling")


def test_failed_step_keeps_its_log() -> None:
    progress = ClassicProgress()

    follow(progress, *DOCKER[:-1])
    events = list(progress.follow({"error": "returned a non-zero code: 2", "errorDetail": {"code": 2}}))

    assert events == [BuildStage("[3/3] RUN make", "failed")]
    assert progress.failure("code 2") == FailedStage("[3/3] RUN make", "code 2", ("compiling",))


def test_image_is_told_as_docker_and_as_podman_tell_it() -> None:
    docker, podman = ClassicProgress(), ClassicProgress()

    list(docker.follow({"aux": {"ID": f"sha256:{IMAGE}"}}))
    follow(docker, "Successfully built 123456781234\nSuccessfully tagged shop:1\n")
    events = follow(podman, *PODMAN, f"{IMAGE}\n")

    assert (docker.image_id, podman.image_id) == (f"sha256:{IMAGE}", IMAGE)
    assert BuildStage("[2/2] RUN make", "started") in events


def test_log_that_looks_like_an_image_is_a_log() -> None:
    progress = ClassicProgress()

    events = follow(progress, "Step 1/1 : RUN git rev-parse HEAD\n", "0123456789abcdef0123456789abcdef01234567\n")

    assert isinstance(events[-1], LogLine)
    assert progress.image_id == ""
