"""What the columns of an import mean, as it is stored, and as a person says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.importers.mapping import ColumnMapping, MappedColumn, MappingInvalid
from crm.importers.reading import Reading
from crm.importers.rows import Unreadable
from crm.importers.vocabulary import Targets
from crm.models import ImportBatch
from crm.services.imports import files
from crm.services.imports.batches import completed, moment_of

_NO_FILE = "The file of this import cannot be read any more. Upload it again."


def as_stored(batch: ImportBatch) -> tuple[ColumnMapping, dict[str, list[Any]]]:
    """What its columns mean and first cells of each. Raises Unreadable where its file is lost."""
    if not (batch.file and batch.reading and batch.mapping):
        raise Unreadable(_NO_FILE)
    try:
        with files.local_path(batch) as path:
            samples = files.samples_of(path, Reading.from_json(batch.reading))
        return ColumnMapping.from_json(batch.mapping), samples
    except (FileNotFoundError, Unreadable, MappingInvalid) as error:
        raise Unreadable(_NO_FILE) from error


def told_again(
    mapping: ColumnMapping, number: int, samples: Mapping[str, Sequence[Any]], targets: Targets
) -> ColumnMapping:
    """The mapping with mark, unit and date form of a newly chosen field told from its cells."""
    chosen = mapping.columns[number]
    only = replace(mapping, columns=(MappedColumn(chosen.column, chosen.target),))
    told = completed(only, samples, targets).columns[0]
    changed = list(mapping.columns)
    changed[number] = replace(told, platform=chosen.platform, why=chosen.why)
    return replace(mapping, columns=tuple(changed))


def captured_at(batch: ImportBatch, mapping: ColumnMapping) -> datetime:
    """The moment of the numbers: the day that is said, else as it was first found out."""
    if mapping.captured_on:
        return moment_of(mapping.captured_on)
    said = ColumnMapping.from_json(batch.mapping).captured_on
    return batch.created_at if said else batch.captured_at
