"""The domain with one rule changed, and whether the hand-written examples notice."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from inspect import signature
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final, NamedTuple

import services.classifier.domain

DOMAIN: Final = Path(services.classifier.domain.__file__).parent
LOADED_ANEW: Final = ("services.classifier", "tests.classifier")


class Mutation(NamedTuple):
    """In the domain's module `module`, `before` is `after`: against this `rule`."""

    rule: str
    module: str
    before: str
    after: str

    @property
    def path(self) -> Path:
        return DOMAIN / f"{self.module}.py"

    def source(self) -> str:
        source = self.path.read_text("utf-8")
        found = source.count(self.before)
        assert found == 1, f"{self.module}.py has {self.before!r} {found} times, and not once"
        return source.replace(self.before, self.after)


class Mutated(MetaPathFinder):
    """Finds the one module that is another than the one on disk."""

    def __init__(self, mutation: Mutation) -> None:
        self._name = f"services.classifier.domain.{mutation.module}"
        self._path = str(mutation.path)
        self._source = mutation.source()

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = FromSource(fullname, self._path, self._source)
        return spec_from_file_location(fullname, self._path, loader=loader)


class FromSource(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self._source.encode(), self.get_filename(fullname))


def complaint(battery: Sequence[str], mutation: Mutation | None = None) -> str | None:
    """Return which example fails, by a domain mutated in one place; None where all hold."""
    with loaded_anew(mutation):
        for name in battery:
            for example in examples(import_module(f"tests.classifier.domain.{name}")):
                try:
                    example()
                except Exception as error:  # noqa: BLE001 -- whatever it is, it was noticed
                    return f"{name}.{example.__name__}: {error!r}"
    return None


def examples(module: ModuleType) -> Iterator[Callable[[], None]]:
    """Yield the tests of a module that need nothing but themselves."""
    for name, test in vars(module).items():
        if name.startswith("test_") and callable(test) and not signature(test).parameters:
            yield test


@contextmanager
def loaded_anew(mutation: Mutation | None) -> Iterator[None]:
    """Import the classifier and its tests again, as if for the first time, and then forget them."""
    before = {name: module for name, module in sys.modules.items() if is_loaded_anew(name)}
    finders = [] if mutation is None else [Mutated(mutation)]
    sys.meta_path[:0] = finders
    for name in before:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [*filter(is_loaded_anew, sys.modules)]:
            del sys.modules[name]
        sys.modules.update(before)
        for name in LOADED_ANEW:
            package, _, module = name.rpartition(".")
            setattr(sys.modules[package], module, before[name])
        for finder in finders:
            sys.meta_path.remove(finder)


def is_loaded_anew(name: str) -> bool:
    return name in LOADED_ANEW or name.startswith(tuple(f"{each}." for each in LOADED_ANEW))
