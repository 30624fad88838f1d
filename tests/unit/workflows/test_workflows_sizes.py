"""Is a person told what makes the image heavy?"""

from pathlib import Path

from kubeship.images.sizes import shipped_instructions
from kubeship.model.events import Caution, Event, Note
from kubeship.model.image import BuiltImage, DistributionSize, Layer
from kubeship.workflows.app import load_app
from kubeship.workflows.sizes import tell_sizes
from tests.unit.workflows.world import MemoryEngine

IMAGE = BuiltImage("sha256:1", "shop:1", 1)


def engine(project: Path, dependencies: int) -> MemoryEngine:
    """An image whose virtual environment has so many bytes, on a base of 100 MB."""
    shipped = shipped_instructions((project / "Dockerfile").read_text())
    sizes = [dependencies if "/opt/venv /opt/venv" in each.text else 0 for each in shipped]
    return MemoryEngine(history=(Layer(100_000_000, "base"), *(Layer(size, "") for size in sizes)))


def test_sizes_are_told_with_the_lines_that_cause_them(project: Path) -> None:
    events: list[Event] = []

    tell_sizes(load_app(project, None), IMAGE, engine(project, 45_200_000), events.append)

    (note,) = events
    assert isinstance(note, Note)
    assert note.message.startswith("The image has 145.2 MB: base 100.0 MB, dependencies 45.2 MB (Dockerfile:")


def test_more_than_a_gigabyte_of_dependencies_names_the_largest_and_what_is_lighter(project: Path) -> None:
    events: list[Event] = []
    heavy = engine(project, 5_100_000_000)
    heavy.installed = (DistributionSize("nvidia-cudnn-cu12", 700_000_000), DistributionSize("torch", 600_000_000))

    tell_sizes(load_app(project, None), IMAGE, heavy, events.append)

    caution = events[-1]
    assert isinstance(caution, Caution)
    assert "5.1 GB, most of it nvidia-cudnn-cu12 700.0 MB, torch 600.0 MB" in caution.message
    assert "CPU wheels" in caution.hint
