"""Files that are kept by their hash: each once per brand, and no name of a stranger on our disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse

# The row that names a file may not be written down yet.
YOUNG = timedelta(days=1)


@dataclass(frozen=True)
class Store:
    """A folder of the store: of mails, of drafts, of contracts."""

    folder: str

    def path(self, brand_id: int, digest: str) -> str:
        """Where a file is kept."""
        return f"{self.folder}/{brand_id}/{digest[:2]}/{digest}"

    def has(self, brand_id: int, digest: str) -> bool:
        """Whether it is there."""
        return default_storage.exists(self.path(brand_id, digest))

    def keep(self, brand_id: int, digest: str, file: File[Any]) -> None:
        """Store a file, unless the same is there already."""
        if not self.has(brand_id, digest):
            default_storage.save(self.path(brand_id, digest), file)

    def open(self, brand_id: int, digest: str) -> File[Any]:
        """Its bytes. Raises FileNotFoundError where the store has lost it."""
        return default_storage.open(self.path(brand_id, digest))

    def remove_orphans(
        self, brand_id: int, *, needed: Callable[[set[str]], set[str]], at: datetime
    ) -> int:
        """Delete what is not `needed` (of these digests, which are) any more; returns how many.

        Young files are left.
        """
        removed = 0
        for digests in self._folders(brand_id):
            for digest in sorted(digests - needed(digests)):
                place = self.path(brand_id, digest)
                if default_storage.get_modified_time(place) < at - YOUNG:
                    default_storage.delete(place)
                    removed += 1
        return removed

    def _folders(self, brand_id: int) -> Iterator[set[str]]:
        root = f"{self.folder}/{brand_id}"
        if default_storage.exists(root):
            for folder in default_storage.listdir(root)[0]:
                yield set(default_storage.listdir(f"{root}/{folder}")[1])


def download(content: IO[bytes], *, name: str, content_type: str) -> FileResponse:
    """A file of a stranger's, which no browser shows, sniffs, runs or keeps."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
