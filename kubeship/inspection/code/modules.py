"""Which file, and which definition in it, does a name in the project's code refer to?"""

import sys
from dataclasses import dataclass
from functools import cached_property

from kubeship.inspection.code.bindings import Binding, Module, bound
from kubeship.inspection.code.frameworks import FRAMEWORKS
from kubeship.inspection.distributions.namespaces import namespaces
from kubeship.inspection.distributions.package_roots import package_roots
from kubeship.inspection.files.imported import Imported, imports_in
from kubeship.inspection.files.sources import Sources, folder_of, in_folder

INSTALLED = frozenset(framework.module for framework in FRAMEWORKS) - {"web"}
"""Modules that a folder without `__init__.py` doesn't hide: an installed package comes before a namespace (PEP 420)."""


@dataclass(frozen=True)
class External:
    """Something outside the project: `flask.Flask`."""

    dotted: str


@dataclass(frozen=True)
class Local:
    """Something that the project itself defines."""

    path: str
    name: str
    binding: Binding


@dataclass(frozen=True)
class ModuleFile:
    """A module or package of the project; the path of a package is its `__init__.py`, or its folder without one."""

    path: str


Reference = External | Local | ModuleFile


class Modules:
    """The project's modules, and how names travel between them."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._modules: dict[str, Module | None] = {}
        self._imports: dict[str, tuple[Imported, ...]] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        self._resolved: dict[tuple[str, Imported], str | None] = {}
        self._references: dict[tuple[str, str], Reference | None] = {}
        self.reached: dict[str, tuple[str, ...]] = {}
        """By file, what importing it may import; several questions follow the same imports."""
        self.import_roots: dict[str, str] = {}

    @cached_property
    def top_names(self) -> frozenset[str]:
        """The names of all modules and packages, wherever they lie."""
        files = (path for path in self.sources.files if path.endswith(".py"))
        return frozenset(part for path in files for part in path.removesuffix(".py").split("/"))

    def module(self, path: str) -> Module | None:
        """What the file binds; None when it isn't a Python file that parses."""
        if path not in self._modules:
            tree = self.sources.tree(path) if path.endswith(".py") and path in self.sources else None
            self._modules[path] = bound(path, tree) if tree else None
        return self._modules[path]

    def imports(self, path: str) -> tuple[Imported, ...]:
        """What the file imports, anywhere in it, by its import statements alone: the rest of it is not parsed."""
        if path not in self._imports:
            self._imports[path] = tuple(imports_in(self.sources.import_lines(path)))
        return self._imports[path]

    def find(self, root: str, name: str) -> str | None:
        """The file (or the folder, for a namespace package) of the module `name` under an import root."""
        base = in_folder(root, name.replace(".", "/"))
        for candidate in (f"{base}/__init__.py", f"{base}.py"):
            if candidate in self.sources:
                return candidate
        return base if base != "." and self.sources.has_folder(base) and self._holds_python(base) else None

    def resolve(self, path: str, imported: Imported) -> str | None:
        """The file that an import statement in `path` reaches within the project."""
        key = (path if path.endswith("__init__.py") else folder_of(path), imported)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(path, imported)
        found = self._resolved[key]
        return self._resolve(path, imported) if found == path else found  # `import x` in x.py means another one

    def _resolve(self, path: str, imported: Imported) -> str | None:
        if imported.level:
            folder = folder_of(path)
            for _ in range(imported.level - 1):
                folder = folder_of(folder)
            return self.find(folder, imported.target) if imported.target else self._package(folder)
        for root in self.search_roots(path):
            found = self.find(root, imported.target)
            top = imported.target.partition(".")[0]
            namespace = found is not None and not found.endswith(".py")
            if found and not (
                (found == path and not path.endswith("__init__.py"))  # a package may import from itself
                or (namespace and top in INSTALLED)
                or (
                    (top in sys.stdlib_module_names or top in INSTALLED)
                    and in_folder(root, "__init__.py") in self.sources
                )
            ):
                return found
        return None

    def submodule(self, package: str, name: str) -> str | None:
        """The file of `from package import name` where `name` is a module; `package` is a file or a folder."""
        if package.endswith(".py") and not package.endswith("__init__.py"):
            return None
        folder = folder_of(package) if package.endswith("__init__.py") else package
        return self.find(folder, name)

    @cached_property
    def declared_roots(self) -> tuple[str, ...]:
        """The folders below which the build backends find packages."""
        return package_roots(self.sources)

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The folders that are packages only by what the build backends say."""
        return namespaces(self.sources)

    def search_roots(self, path: str) -> tuple[str, ...]:
        """The folders that may be on sys.path for the file: its own, those above, what build backends say, `src`."""
        folder = folder_of(path)
        if folder not in self._roots:
            roots = [folder]
            while roots[-1] != ".":
                roots.append(folder_of(roots[-1]))
            usual = self.package_root(path)
            roots.sort(key=lambda root: (root != usual, -root.count("/")))
            more = (*self.declared_roots, "src")
            roots += [root for root in more if root not in roots and self.sources.has_folder(root)]
            self._roots[folder] = tuple(roots)
        return self._roots[folder]

    def package_root(self, path: str) -> str:
        """The first folder at or above the file that is no package."""
        folder = folder_of(path)
        while (
            folder != "."
            and (f"{folder}/__init__.py" in self.sources or folder in self.namespaces)
            and folder.rpartition("/")[2].isidentifier()  # `auth-api/__init__.py` can't be imported
        ):
            folder = folder_of(folder)
        return folder

    def reference(self, path: str, name: str) -> Reference | None:
        """What a dotted name means in the module at `path`, through imports and re-exports."""
        if (path, name) not in self._references:
            self._references[path, name] = self._referenced(path, name)
        return self._references[path, name]

    def imported_within(self, path: str, name: str) -> Reference | None:
        """What a name means where a function imports it for itself, whatever the module binds it to."""
        module = self.module(path)
        imported = module.imported_names.get(name) if module else None
        return self._target(path, imported, 0) if imported else None

    def _referenced(self, path: str, name: str) -> Reference | None:
        head, _, rest = name.partition(".")
        found = self._binding(path, head, 0)
        while rest and found is not None:
            head, _, rest = rest.partition(".")
            match found:
                case External(outside):
                    return External(".".join(part for part in (outside, head, rest) if part))
                case ModuleFile(inside):
                    found = self._member(inside, head, 1)
                case Local():
                    return None
        return found

    def _binding(self, path: str, name: str, depth: int) -> Reference | None:
        module = self.module(path)
        if module is None or depth > 20:
            return None
        bindings = module.bindings.get(name)
        if not bindings:
            for star in module.stars:
                source = self.resolve(path, star)
                if source and (found := self._binding(source, name, depth + 1)):
                    return found
                if source is None and star.target.partition(".")[0] in INSTALLED:
                    return External(f"{star.target}.{name}")
            inner = module.imported_names.get(name)
            return self._target(path, inner, depth) if inner else None
        binding = next((b for b in reversed(bindings) if not b.guarded), bindings[-1])
        if not isinstance(binding.value, Imported):
            return Local(path, name, binding)
        return self._target(path, binding.value, depth)

    def _target(self, path: str, imported: Imported, depth: int) -> Reference | None:
        source = self.resolve(path, imported)
        if source is None:
            outside = ".".join(part for part in (imported.target, imported.name) if part)
            return None if imported.level else External(outside)
        return self._member(source, imported.name, depth + 1) if imported.name else ModuleFile(source)

    def _member(self, source: str, name: str, depth: int) -> Reference | None:
        """A name within a module, or a module within a package."""
        if found := self._binding(source, name, depth):
            return found
        submodule = self.submodule(source, name)
        return ModuleFile(submodule) if submodule else None

    def _package(self, folder: str) -> str:
        initial = in_folder(folder, "__init__.py")
        return initial if initial in self.sources else folder

    def _holds_python(self, folder: str) -> bool:
        return folder in self.sources.python_folders
