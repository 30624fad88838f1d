"""Which trained models does the code load, and where do they lie: in the project, in a folder, or on a hub?"""

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.files.sources import is_aside
from kubeship.inspection.files.syntax import argument, calls, dotted, strings, text
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Variable, Warned

SUFFIXES = (
    ".bin", ".caffemodel", ".ckpt", ".engine", ".gguf", ".ggml", ".h5", ".joblib", ".keras", ".model", ".npz", ".onnx",
    ".pb", ".pickle", ".pkl", ".pt", ".pth", ".safetensors", ".skops", ".tflite",
)  # fmt: skip
CERTAIN = (".gguf", ".keras", ".onnx", ".pt", ".pth", ".safetensors", ".tflite")
"""Suffixes of models; templates of Chameleon, which begin like XML, end in .pt too."""


@dataclass(frozen=True)
class Loader:
    """A call that reads a model; `*` stands for any names."""

    dotted: str
    keyword: str = ""
    """By which the path is given, if not by position."""
    hub: bool = False
    """A word that names no file is downloaded."""


# Sources: each library's own reference of how a saved model is loaded.
LOADERS = (
    Loader("diffusers.*.from_pretrained", "pretrained_model_name_or_path", hub=True),
    Loader("fasttext.load_model"),
    Loader("faster_whisper.WhisperModel", "model_size_or_path", hub=True),
    Loader("huggingface_hub.hf_hub_download", "repo_id", hub=True),
    Loader("huggingface_hub.snapshot_download", "repo_id", hub=True),
    Loader("joblib.load", "filename"),
    Loader("keras.*load_model", "filepath"),
    Loader("lightgbm.Booster", "model_file"),
    Loader("llama_cpp.Llama", "model_path"),
    Loader("onnxruntime.InferenceSession", "path_or_bytes"),
    Loader("pickle.load"),
    Loader("safetensors.torch.load_file", "filename"),
    Loader("sentence_transformers.CrossEncoder", "model_name_or_path", hub=True),
    Loader("sentence_transformers.SentenceTransformer", "model_name_or_path", hub=True),
    Loader("skops.io.load", "file"),
    Loader("spacy.load", "name"),
    Loader("tensorflow.*load_model", "filepath"),
    Loader("tensorflow.lite.Interpreter", "model_path"),
    Loader("torch.jit.load", "f"),
    Loader("torch.load", "f"),
    Loader("transformers.*.from_pretrained", "pretrained_model_name_or_path", hub=True),
    Loader("transformers.pipeline", "model", hub=True),
    Loader("ultralytics.YOLO", "model"),
    Loader("whisper.load_model", "name", hub=True),
)
_PATTERNS = [(re.compile(re.escape(row.dotted).replace(r"\*", r"[\w.]*")), row) for row in LOADERS]
LIBRARIES = frozenset(row.dotted.partition(".")[0] for row in LOADERS)
PATH_VARIABLE = re.compile(
    r"(.*_)?(MODELS?|CHECKPOINTS?|WEIGHTS)_(PATH|DIR|DIRECTORY|FOLDER|ROOT|CACHE(_DIR)?|HOME)|HF_HOME|HF_HUB_CACHE|"
    r"HUGGINGFACE_HUB_CACHE|TRANSFORMERS_CACHE|SENTENCE_TRANSFORMERS_HOME|TORCH_HOME|WHISPER_CACHE\w*"
)
"""Names that people give the folder, and those that the libraries read themselves."""
POINTER = b"version https://git-lfs"


@dataclass(frozen=True)
class ModelFiles:
    """Folders that must be there at run time, traits `model-files` and `downloads-models`, and what is amiss."""

    folders: tuple[Found[str], ...] = ()
    traits: tuple[Found[str], ...] = ()
    warnings: tuple[Warned, ...] = ()
    files: tuple[Found[str], ...] = ()
    """Files and folders of the project that hold models."""


def model_files(modules: Modules, variables: tuple[Variable, ...]) -> ModelFiles:
    """What the code loads, what the project holds, and what `variables` name as the folder of models."""
    sources = modules.sources
    inside: dict[str, Origin] = {}
    folders: dict[str, list[Origin]] = {}
    hub: list[Origin] = []
    for loader, given, path, line in _loaded(modules):
        origin = Origin(path, line, f"{loader} of {given}" if given else loader)
        place = _in_project(modules, path, given)
        if place:
            inside.setdefault(place, origin)
        elif _is_path(given):
            folders.setdefault(_folder(given), []).append(origin)
        elif given:
            hub.append(origin)
    for path in sources.other_files:
        if path.endswith(CERTAIN) and not is_aside(path) and not sources.content(path).lstrip().startswith(b"<"):
            inside.setdefault(path, Origin(path, None, "a model"))
    for variable in variables:
        default = (variable.default or "").rstrip("/")
        if PATH_VARIABLE.fullmatch(variable.name) and _is_path(default) and default not in inside:
            read = variable.origins[0]
            folders.setdefault(_folder(default), []).append(Origin(read.path, read.line, variable.name))
    traits = [Found("downloads-models", tuple(dict.fromkeys(hub))[:3])] if hub else []
    traits += [Found("model-files", tuple(dict.fromkeys(inside.values()))[:3])] if inside else []
    found = tuple(Found(folder, tuple(dict.fromkeys(origins))) for folder, origins in sorted(folders.items()))
    return ModelFiles(found, tuple(traits), (*_pointers(modules, inside), *_downloads(hub, variables)), _held(inside))


def _held(inside: dict[str, Origin]) -> tuple[Found[str], ...]:
    """Sorted, without what lies in a folder that is named already."""
    places = sorted(inside)
    return tuple(
        Found(place, (inside[place],))
        for place in places
        if not any(place.startswith(f"{other}/") for other in places if other != place)
    )


def _loaded(modules: Modules) -> Iterator[tuple[str, str, str, int]]:
    """(loader, what it is given as far as that is written out, file, line)."""
    for path in modules.sources.importing(LIBRARIES):
        tree = modules.sources.tree(path)
        for call in calls(tree) if tree else ():
            name = dotted(call.func)
            reference = modules.reference(path, name) if name else None
            if not isinstance(reference, External):
                continue
            row = next((row for pattern, row in _PATTERNS if pattern.fullmatch(reference.dotted)), None)
            if row is None:
                continue
            given = _given(modules, path, call, row)
            if row.hub or _is_path(given):
                yield reference.dotted.rpartition(".")[2], given, path, call.lineno


def _given(modules: Modules, path: str, call: ast.Call, row: Loader) -> str:
    """The literal that names the model, also through a name of the module, or below `open(...)`."""
    positional = None if row.dotted == "transformers.pipeline" else 0
    value = argument(call, row.keyword, positional) if row.keyword else argument(call, "file", 0)
    if isinstance(value, ast.Call) and (dotted(value.func) or "").rpartition(".")[2] == "open":
        value = value.args[0] if value.args else None
    return _literal(modules, path, value)


def _literal(modules: Modules, path: str, value: ast.expr | None, depth: int = 0) -> str:
    name = dotted(value) if value is not None else None
    if name and depth < 3:
        match modules.reference(path, name):
            case Local(file, _, Binding(value=ast.expr() as bound)):
                return _literal(modules, file, bound, depth + 1)
            case _:
                return ""
    if isinstance(value, ast.Call) and re.search(r"environ|getenv", ast.unparse(value.func)):
        return text(value.args[1]) or "" if len(value.args) > 1 else ""
    parts = [part for part, _ in strings(value)]
    if not parts or any(not re.fullmatch(r"[\w./ @:-]+", part) for part in parts):
        return ""
    return posixpath.join(*(part if not index else part.lstrip("/") for index, part in enumerate(parts)))


def _is_path(given: str) -> bool:
    """`models/best.pt` or `/models`, and not `org/name`."""
    return given.endswith(SUFFIXES) or given.startswith(("/", "./", "../")) or given.endswith("/")


def _folder(given: str) -> str:
    plain = given.removeprefix("./").rstrip("/")
    return (posixpath.dirname(plain) or ".") if plain.endswith(SUFFIXES) else plain


def _in_project(modules: Modules, path: str, given: str) -> str:
    """The project's file or folder that is meant, seen from the top, the file's folder, or a folder above it."""
    plain = posixpath.normpath(given.lstrip("/")) if given else ""
    for root in modules.search_roots(path) if plain else ():
        place = posixpath.normpath(posixpath.join(root, plain))
        if place in modules.sources or (place != "." and modules.sources.has_folder(place)):
            return place
    return ""


def _pointers(modules: Modules, inside: dict[str, Origin]) -> Iterator[Warned]:
    """Models that a clone without Git LFS leaves as pointers."""
    for path in sorted(inside):
        if path in modules.sources and modules.sources.content(path).startswith(POINTER):
            message = "a Git LFS pointer, not the model: run `git lfs pull` before building (in CI: checkout with lfs)"
            yield Warned(message, Origin(path))
            return


def _downloads(hub: list[Origin], variables: tuple[Variable, ...]) -> Iterator[Warned]:
    if hub and not any(PATH_VARIABLE.fullmatch(variable.name) for variable in variables):
        yield Warned(
            "a model is downloaded at run time, in each new pod again: set HF_HOME to a volume, or put the model "
            "into the image",
            hub[0],
        )
