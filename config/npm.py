"""Files of npm packages as static files under vendor/: those on the list, and nothing else.

The packages hold some thousand files that no page asks for; the list is what pages may ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's own name
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class NpmFinder(BaseFinder):
    """Finds settings.NPM_FILES (name of the static file -> file in node_modules)."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.NPM_ROOT)
        self.files: dict[str, str] = settings.NPM_FILES

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """A warning for each file on the list that is not installed."""
        missing = [source for source in self.files.values() if not (self.root / source).is_file()]
        return [
            Warning(f"{source} is not installed: run `make assets`.", id="config.W001")
            for source in missing
        ]

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> list[str]: ...
    def find(self, path: str, find_all: bool = False) -> Any:
        """The file behind static file `path`, in the form that Django's finders answer."""
        source = self.root / self.files[path] if path in self.files else None
        found = [str(source)] if source is not None and source.is_file() else []
        return found if find_all else (found[0] if found else None)

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        """Each file with a storage that opens it, for collectstatic."""
        for path, source in self.files.items():
            if not matches_patterns(path, ignore_patterns or ()):
                yield path, _OneFile(path, self.root / source)


class _OneFile(FileSystemStorage):
    """A storage in which `name` is the file `source`."""

    def __init__(self, name: str, source: Path) -> None:
        super().__init__(location=source.parent)
        self.prefix = None
        self._name, self._source = name, source

    def path(self, name: str) -> str:
        return str(self._source) if name == self._name else super().path(name)

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        return File(Path(self.path(name)).open(mode), name)
