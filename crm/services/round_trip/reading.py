"""Opens the file of a brand and trusts nothing in it: names, sizes and digests are checked first.

Nothing is written to a place that the file names: tables are streamed into the database, other
files go where their own content says (crm/stored.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from crm.services.round_trip import places
from crm.services.round_trip.decisions import SHARED, TAKEN

BLOCK = 1 << 20
MAX_MANIFEST = 64 << 20
# Lines of JSON repeat their keys and shrink to a thirtieth; nothing that is meant shrinks further.
MAX_RATIO = 300
_MEDIA = re.compile(r"media/[a-z-]{1,40}/[0-9a-f]{64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ImportRefused(Exception):
    """The brand is not taken in, and nothing has changed; the message is one line for people."""


class Archive:
    """A file of a brand whose every part was checked. Raises ImportRefused."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise ImportRefused(f"{path.name} cannot be read as a ZIP file: {error}.") from error
        try:
            with _damage():
                self.manifest = self._manifest()
                self._check()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        """For a block in which it is open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._zip.close()

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """What it says of each table of the brand, by label."""
        found: dict[str, dict[str, Any]] = self.manifest["tables"]
        return found

    @property
    def media(self) -> dict[str, dict[str, Any]]:
        """What it says of each file that rows name, by its name in here."""
        found: dict[str, dict[str, Any]] = self.manifest["media"]
        return found

    def lines(self, label: str) -> Iterator[bytes]:
        """The rows of a table, a line each."""
        with _damage(), self._zip.open(places.table_name(label)) as file:
            yield from file

    def rows(self, label: str) -> list[dict[str, Any]]:
        """The rows of a small table."""
        try:
            found = [json.loads(line) for line in self.lines(label)]
        except ValueError as error:
            raise ImportRefused(f"{places.table_name(label)} is no JSON: {error}.") from error
        if not all(isinstance(row, dict) for row in found):
            raise ImportRefused(f"{places.table_name(label)} has a line that is no object.")
        return found

    def open(self, name: str) -> IO[bytes]:
        """A file that rows name."""
        return self._zip.open(name)

    def _manifest(self) -> dict[str, Any]:
        text = self._small(places.MANIFEST, MAX_MANIFEST)
        sum_there = self._small(places.CHECKSUMS, 200).decode("ascii", "replace").strip()
        if hashlib.sha256(text).hexdigest() != sum_there:
            raise ImportRefused(f"{places.MANIFEST} was changed: its SHA-256 is another one.")
        try:
            found = json.loads(text)
        except ValueError as error:
            raise ImportRefused(f"{places.MANIFEST} is no JSON: {error}.") from error
        if not isinstance(found, dict) or found.get("format") != places.FORMAT:
            said = found.get("format") if isinstance(found, dict) else None
            raise ImportRefused(f"The format of the file is {said!r}; {places.FORMAT!r} is read.")
        problem = _problem_of(found)
        if problem:
            raise ImportRefused(f"{places.MANIFEST}: {problem}.")
        return found

    def _small(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(name) as file:
                found = file.read(most + 1)
        except KeyError as error:
            raise ImportRefused(
                f"The file has no {name}: it is not the export of a brand."
            ) from error
        if len(found) > most:
            raise ImportRefused(f"{name} is longer than {most:,} bytes.")
        return found

    def _check(self) -> None:
        """Every part is there once, is named in the manifest, and is what the manifest says."""
        said = {
            places.table_name(label): table
            for group in (self.manifest["tables"], self.manifest["shared"])
            for label, table in group.items()
        } | self.media
        plain = {places.README, places.MANIFEST, places.CHECKSUMS}
        plain |= {f"csv/{name}.csv" for name in self.manifest["sheets"]}
        infos = self._zip.infolist()
        names = [info.filename for info in infos]
        if len(set(names)) != len(names):
            raise ImportRefused("A name is in the file twice.")
        for name in names:
            if name not in said and name not in plain:
                raise ImportRefused(f"{name!r} is in the file, but not in its manifest.")
        for name in said:
            if name not in names:
                raise ImportRefused(f"{name} is missing in the file.")
        for info in infos:
            if info.file_size > BLOCK and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                raise ImportRefused(f"{info.filename} would grow to {info.file_size:,} bytes.")
        for name, part in said.items():
            self._compare(name, part)

    def _compare(self, name: str, part: dict[str, Any]) -> None:
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(name) as file:
            while block := file.read(BLOCK):
                size += len(block)
                if size > part["bytes"]:
                    break
                count += block.count(b"\n")
                digest.update(block)
        is_whole = size == part["bytes"] and digest.hexdigest() == part["sha256"]
        if not is_whole or part.get("rows", count) != count:
            raise ImportRefused(f"{name} is damaged: it is not what the manifest says of it.")


_SHAPE: dict[str, type] = {
    "product": dict,
    "moment": str,
    "brand": dict,
    "highest": int,
    "gone_accounts": list,
    "origins": list,
    "tables": dict,
    "shared": dict,
    "sheets": list,
    "media": dict,
}


def _problem_of(manifest: dict[str, Any]) -> str:
    """What of a manifest has not the form that it must have; empty: nothing."""
    for key, kind in _SHAPE.items():
        if not isinstance(manifest.get(key), kind):
            return f"“{key}” is missing or of another kind"
    brand = manifest["brand"]
    if not isinstance(brand.get("id"), int) or not isinstance(brand.get("slug"), str):
        return "“brand” has no number or no slug"
    numbers, names = manifest["gone_accounts"], manifest["sheets"]
    if not all(isinstance(pk, int) for pk in numbers) or not all(
        isinstance(name, str) for name in names
    ):
        return "“gone_accounts” or “sheets” holds something of another kind"
    return _problem_of_tables(manifest) or _problem_of_media(manifest["media"])


def _problem_of_tables(manifest: dict[str, Any]) -> str:
    known = {one.label for one in TAKEN}
    for key, labels in (("tables", known), ("shared", set(SHARED))):
        found = set(manifest[key])
        if missing := sorted(labels - found):
            return f"table {missing[0]} is missing"
        if more := sorted(found - labels):
            return f"table {more[0]} is not known here"
    parts = [*manifest["tables"].values(), *manifest["shared"].values()]
    if not all(_is_part(part) and isinstance(part.get("rows"), int) for part in parts):
        return "a table has no number of rows, size or SHA-256"
    return ""


def _problem_of_media(media: dict[str, Any]) -> str:
    stores = places.stores()
    for name, part in media.items():
        if not _MEDIA.fullmatch(name) or name.split("/")[1] not in stores or not _is_part(part):
            return f"{name!r} is no file that rows can name"
        if part["sha256"] != name.rpartition("/")[2]:
            return f"{name} has another SHA-256 than its name says"
    return ""


def _is_part(part: object) -> bool:
    return (
        isinstance(part, dict)
        and isinstance(part.get("bytes"), int)
        and isinstance(part.get("sha256"), str)
        and bool(_DIGEST.fullmatch(part["sha256"]))
    )


@contextmanager
def _damage() -> Iterator[None]:
    """What goes wrong while a part is read, in words."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise ImportRefused(f"The file is damaged: {error}.") from error
