"""The file of a backup: an uncompressed tar of `database.dump`, `media/...` and `manifest.json`.

The dump is compressed and most uploads are, so the tar is not. The manifest comes last: it holds
the SHA-256 of everything before it.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

# A newer Rapport may write another one, which an older one refuses.
FORMAT = 1
DATABASE = "database.dump"
MANIFEST = "manifest.json"
MEDIA = "media"
PIECE = 1024 * 1024


class BackupRefused(Exception):
    """Nothing was made or put back; the message is fit for the operator."""


@dataclass(frozen=True)
class Member:
    """A file in the backup."""

    bytes: int
    sha256: str


@dataclass
class Manifest:
    """What a backup holds. `counts`: rows by table; `migrations`: those applied, by app."""

    format: int
    product: str
    made_at: str
    postgres: int
    migrations: dict[str, list[str]]
    counts: dict[str, int]
    members: dict[str, Member] = field(default_factory=dict)

    def packed(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Raises BackupRefused where it is of a newer format, or none at all."""
        try:
            found = json.loads(text)
            if found["format"] > FORMAT:
                raise BackupRefused(
                    f"The backup has format {found['format']} and this Rapport reads up to "
                    f"{FORMAT}: put it back with the version that made it ({found['product']})."
                )
            found["members"] = {name: Member(**one) for name, one in found["members"].items()}
            return cls(**found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BackupRefused("The manifest of the backup cannot be read.") from error


class _Hashed:
    """A file that tells the hash of what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def add(tar: tarfile.TarFile, name: str, path: Path, manifest: Manifest) -> None:
    """Put a file into the backup under a name. Raises FileNotFoundError where it is gone."""
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size = path.stat().st_size
        info.mode = 0o600
        hashed = _Hashed(file)
        tar.addfile(info, hashed)
    manifest.members[name] = Member(info.size, hashed.digest.hexdigest())


def close(tar: tarfile.TarFile, manifest: Manifest) -> None:
    """Put the manifest behind everything else."""
    text = manifest.packed()
    info = tarfile.TarInfo(MANIFEST)
    info.size, info.mode = len(text), 0o600
    tar.addfile(info, BytesIO(text))


def unpack(file: Path, place: Path, *, before: Callable[[Manifest], None]) -> Manifest:
    """Take the backup apart into the new folder `place`, checking each file's hash.

    `before` sees the manifest first and may refuse. Raises BackupRefused; `place` may then hold a
    part.
    """
    try:
        with tarfile.open(file, "r:") as tar:
            names = tar.getnames()
            if MANIFEST not in names:
                raise BackupRefused(f"{file} has no manifest: it is cut off, or no backup.")
            manifest = Manifest.read(_text(tar, MANIFEST))
            before(manifest)
            if sorted(names) != sorted([*manifest.members, MANIFEST]):
                raise BackupRefused(f"{file} holds other files than its manifest says.")
            for name, told in manifest.members.items():
                if _take_out(tar, name, place / _safe(name)) != told:
                    raise BackupRefused(f"{name} in {file} is not as it was written: damaged.")
            return manifest
    except (tarfile.TarError, EOFError) as error:
        raise BackupRefused(f"{file} cannot be read as a backup: {error}.") from error


def _text(tar: tarfile.TarFile, name: str) -> bytes:
    found: Any = tar.extractfile(name)
    return b"" if found is None else bytes(found.read())


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] not in {DATABASE, MEDIA}:
        raise BackupRefused(f"The backup has a file with an address of its own: {name}.")
    return path


def _take_out(tar: tarfile.TarFile, name: str, to: Path) -> Member:
    source = tar.extractfile(name)
    if source is None:
        raise BackupRefused(f"{name} in the backup is no file.")
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source, to.open("xb") as target:
        while piece := source.read(PIECE):
            digest.update(piece)
            target.write(piece)
            size += len(piece)
    return Member(size, digest.hexdigest())
