"""The file of an import: stored once at upload, read as often as needed."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from crm.importers import proposal, reading
from crm.importers.mapping import ColumnMapping, Kind
from crm.importers.reading import Reading
from crm.importers.vocabulary import Targets
from crm.models import ImportBatch

SAMPLE_ROWS = 1_000
# Enough for millions of rows; a larger file is imported with manage.py on the server.
UPLOAD_MAX_BYTES = 500_000_000


@contextmanager
def local_path(batch: ImportBatch) -> Iterator[Path]:
    """The stored file as a path, copied out of a storage that has no paths."""
    if isinstance(batch.file.storage, FileSystemStorage):
        yield Path(batch.file.path)
    else:
        with tempfile.TemporaryDirectory(prefix="rapport-import-") as folder:
            path = Path(folder, "file")
            with batch.file.open("rb") as stored, path.open("wb") as copy:
                shutil.copyfileobj(stored, copy)
            yield path


def sha256_of(file: File[bytes] | Path) -> str:
    """The fingerprint by which a file is known again."""
    digest = hashlib.sha256()
    if isinstance(file, Path):
        with file.open("rb") as handle:
            while block := handle.read(1_000_000):
                digest.update(block)
    else:
        for block in file.chunks():
            digest.update(block)
        file.seek(0)
    return digest.hexdigest()


def samples_of(path: Path, how: Reading) -> dict[str, list[Any]]:
    """The cells of the first well-formed rows, by column. Raises Unreadable."""
    rows = (row for row in reading.read_rows(path, how, how.columns) if isinstance(row, tuple))
    first = [cells for _, cells in islice(rows, SAMPLE_ROWS)]
    return {name: [cells[index] for cells in first] for index, name in enumerate(how.columns)}


def propose(
    path: Path, *, kind: Kind | None, file_name: str, at: datetime, targets: Targets
) -> tuple[Reading, ColumnMapping]:
    """How the file is read and what it probably means.

    `kind` None: told by its headings. Raises Unreadable.
    """
    how = reading.detect(path, name=file_name)
    mapping = proposal.propose(
        how.columns,
        samples_of(path, how),
        kind=kind or proposal.guess_kind(how.columns),
        has_header=how.header_line > 0,
        file_name=file_name,
        now=at,
        targets=targets,
    )
    return how, mapping
