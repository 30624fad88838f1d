"""Are machine learning libraries installed for CPUs or for GPUs? By distributions, local versions and indexes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from kubeship.inspection.distributions.declared import Declared
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.documents import listed, table
from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Warned

Hardware = Literal["cpu", "gpu"]

# Distributions whose name says what they compute on. Source: each one's installation page.
NAMED: dict[str, Hardware] = {
    "cupy-cuda11x": "gpu",
    "cupy-cuda12x": "gpu",
    "cupy-cuda13x": "gpu",
    "faiss-cpu": "cpu",
    "faiss-gpu": "gpu",
    "faiss-gpu-cu12": "gpu",
    "flash-attn": "gpu",
    "jax-cuda12-plugin": "gpu",
    "jax-cuda13-plugin": "gpu",
    "onnxruntime": "cpu",
    "onnxruntime-gpu": "gpu",
    "onnxruntime-openvino": "cpu",
    "paddlepaddle": "cpu",
    "paddlepaddle-gpu": "gpu",
    "tensorflow-cpu": "cpu",
    "tensorflow-gpu": "gpu",
    "tensorrt": "gpu",
    "tflite-runtime": "cpu",
    "vllm": "gpu",
}
# Plain wheels from PyPI compute on CPUs; an extra brings CUDA. Sources: TensorFlow's and JAX's installation pages.
EXTRA_FOR_GPU = {
    "jax": re.compile(r"cuda.*|tpu"),
    "tensorflow": re.compile(r"and-cuda"),
}
TORCH = frozenset({"torch", "torchaudio", "torchvision"})
"""Their Linux wheels on PyPI are for CUDA; pytorch.org has others ("Start Locally")."""
BRING_TORCH = frozenset(
    ("accelerate", "bertopic", "demucs", "docling", "easyocr", "fastai", "flair", "keybert", "kokoro", "lightning",
     "openai-whisper", "peft", "pytorch-lightning", "sentence-transformers", "spacy-transformers", "speechbrain",
     "stanza", "timm", "ultralytics", "unstructured-inference", "whisperx")
)  # fmt: skip
"""Distributions that require torch (Requires-Dist of each), for projects without a lock file."""
LIBRARIES = NAMED.keys() | EXTRA_FOR_GPU.keys() | TORCH | BRING_TORCH
INDEX = re.compile(r"(?:download\.pytorch\.org/whl|/whl)(?:/(?:nightly|test))?/(cpu|cu\d+|rocm[\d.]*|xpu)\b")
LOCAL = re.compile(r"(?:\+|%2B)(cpu|cu\d+|rocm)")
CUDA_IMAGE = re.compile(r"(^|/)(nvidia/cuda|nvidia/pytorch|nvidia/tensorflow|pytorch/pytorch|rocm/)|cuda|-gpu\b")
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# How each manager is told to take torch from pytorch.org. Sources: "Using uv with PyTorch", Poetry's "Repositories",
# PDM's and Pipenv's documentation of sources, pip's of requirements files.
REMEDIES = {
    "uv": f"name {CPU_INDEX} in [[tool.uv.index]] with explicit = true, and it for torch in [tool.uv.sources]",
    "poetry": f"`poetry source add --priority explicit cpu {CPU_INDEX}`, then `poetry add --source cpu torch`",
    "pdm": f'name {CPU_INDEX} in [[tool.pdm.source]] with include_packages = ["torch"]',
    "pipenv": f"`pipenv install torch --index {CPU_INDEX}`",
}
PIP = f"write `--extra-index-url {CPU_INDEX}` and `torch==VERSION+cpu` into the requirements file"


@dataclass(frozen=True)
class Inference:
    """Traits `cpu-wheels` and `gpu-wheels`, with the places that say so."""

    traits: tuple[Found[str], ...] = ()
    warnings: tuple[Warned, ...] = ()
    accelerator: Found[str] | None = None
    """`cpu` where nothing says for which hardware, and the program that installs can still choose."""


CHOOSING = frozenset({"pep621", "pip", "pip-tools"})
"""Managers without a lock file: the Dockerfile names pytorch.org's index for CPUs beside the usual one."""


def inference(sources: Sources, declared: Declared, python: str) -> Inference:
    """What the installed libraries compute on; a warning where CUDA comes though nothing asks for it."""
    installed = [each for each in declared.installed(python) if each.name in LIBRARIES]
    if not installed:
        return Inference()
    image = _image(sources, declared.folder)
    found: dict[Hardware, list[Origin]] = {"cpu": [], "gpu": []}
    for requirement in installed:
        for hardware, origin in _of_distribution(requirement):
            found[hardware].append(origin)
    warnings: tuple[Warned, ...] = ()
    accelerator: Found[str] | None = None
    if torch := _torch(installed):
        stated = list(_torch_stated(sources, declared, torch))
        if not stated and not image and not found["gpu"]:
            dependencies = declared.dependencies.value
            if dependencies.manager in CHOOSING and not dependencies.hashes:
                accelerator = Found("cpu", (_at(torch, "nothing asks for CUDA; cuda takes PyPI's wheels"),))
            warnings = (Warned(_unasked(torch, declared, accelerator), torch.origin),)
        stated = stated or [("gpu", _at(torch, f"{torch.name} from PyPI is built for CUDA"))]
        found[stated[0][0]].insert(0, stated[0][1])
    if image and not found["cpu"]:
        found["gpu"].append(image)
    traits = tuple(
        Found(f"{hardware}-wheels", tuple(dict.fromkeys(origins))[:3]) for hardware, origins in found.items() if origins
    )
    return Inference(traits, warnings, accelerator)


def _of_distribution(requirement: Required) -> Iterator[tuple[Hardware, Origin]]:
    name = requirement.name
    if name in NAMED:
        yield NAMED[name], _at(requirement, name)
    elif name in EXTRA_FOR_GPU:
        asked = sorted(extra for extra in requirement.extras if EXTRA_FOR_GPU[name].fullmatch(extra))
        yield ("gpu", _at(requirement, f"{name}[{asked[0]}]")) if asked else ("cpu", _at(requirement, name))


def _torch(installed: Iterable[Required]) -> Required | None:
    """torch itself, else what brings it."""
    ranked = sorted(installed, key=lambda each: (each.name != "torch", each.name not in TORCH))
    return next((each for each in ranked if each.name in TORCH | BRING_TORCH), None)


def _torch_stated(sources: Sources, declared: Declared, torch: Required) -> Iterator[tuple[Hardware, Origin]]:
    """What says which of torch's wheels are installed, strongest first: the lock file, its own index, any index."""
    for text in (torch.version, torch.location, *(torch.wheels or ())):
        if match := LOCAL.search(text):
            yield _hardware(match[1]), _at(torch, f"torch +{match[1]}")
    for url, origin in (*_own_index(sources, declared), *_install_lines(sources, declared.folder)):
        if match := INDEX.search(url):
            yield _hardware(match[1]), origin
    indexes = [match[1] for url in declared.dependencies.value.indexes if (match := INDEX.search(url))]
    if len({_hardware(each) for each in indexes}) == 1:
        path = declared.dependencies.value.files[0]
        line = sources.line_of(path, rf"/{re.escape(indexes[0])}\b")
        yield _hardware(indexes[0]), Origin(path, line, f"the index {indexes[0]} of pytorch.org")


def _own_index(sources: Sources, declared: Declared) -> Iterator[tuple[str, Origin]]:
    """The index that [tool.uv.sources] or Poetry's `source` gives torch; of several, the one that needs no extra."""
    for path in declared.dependencies.value.files:
        if not path.endswith("pyproject.toml"):
            continue
        tool = table(sources.toml(path), "tool")
        urls = {str(i.get("name")): str(i.get("url")) for i in _indexes(tool)}
        stated: Any = table(tool, "uv", "sources").get("torch") or table(tool, "poetry", "dependencies").get("torch")
        chosen = declared.dependencies.value.extras
        for each in stated if isinstance(stated, list) else [stated]:
            if isinstance(each, dict) and ("extra" not in each or each["extra"] in chosen) and _on_linux(each):
                url = urls.get(str(each.get("index") or each.get("source")), str(each.get("url", "")))
                yield url, Origin(path, sources.line_of(path, re.escape(url) if url else "torch"), "torch's index")


def _on_linux(source: dict[str, Any]) -> bool:
    marker = str(source.get("marker", source.get("markers", "")))
    return not re.search(r"(sys_platform|platform_system)\s*==\s*['\"](darwin|win32|Darwin|Windows)", marker)


def _indexes(tool: dict[str, Any]) -> list[dict[str, Any]]:
    stated = [*listed(table(tool, "uv").get("index")), *listed(table(tool, "poetry").get("source"))]
    return [each for each in stated if isinstance(each, dict)]


def _install_lines(sources: Sources, folder: str) -> Iterator[tuple[str, Origin]]:
    """`RUN pip install torch --index-url https://download.pytorch.org/whl/cpu` of the deployed Dockerfile."""
    for path in deployed_dockerfiles(sources, folder)[:1]:
        for stage in read_dockerfile(sources, path).stages:
            for instruction in stage.instructions:
                if instruction.name in ("RUN", "ENV", "ARG") and (match := INDEX.search(instruction.text)):
                    yield match[0], Origin(path, instruction.line, f"the index {match[1]} of pytorch.org")


def _image(sources: Sources, folder: str) -> Origin | None:
    """The deployed image's base, where it brings CUDA."""
    for path in deployed_dockerfiles(sources, folder)[:1]:
        base, line = read_dockerfile(sources, path).base
        if CUDA_IMAGE.search(base):
            return Origin(path, line, f"FROM {base}")
    return None


def _hardware(tag: str) -> Hardware:
    return "cpu" if tag == "cpu" else "gpu"


def _unasked(torch: Required, declared: Declared, chosen: Found[str] | None) -> str:
    brings = "torch" if torch.name == "torch" else f"{torch.name} brings torch, which"
    if chosen:
        return (
            f"{brings} comes from PyPI with gigabytes of CUDA libraries, so that the image takes pytorch.org's wheels "
            "for CPUs; for GPUs say `build: {accelerator: cuda}`"
        )
    remedy = REMEDIES.get(declared.dependencies.value.manager, PIP)
    return (
        f"{brings} comes from PyPI with gigabytes of CUDA libraries that only nodes with a GPU can use; "
        f"for CPUs, {remedy}"
    )


def _at(requirement: Required, reason: str) -> Origin:
    return Origin(requirement.origin.path, requirement.origin.line, reason)
