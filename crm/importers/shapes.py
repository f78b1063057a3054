"""Files without a header: tables known by their shape; of others only the handles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from crm.importers.mapping import ColumnMapping, Kind, MappedColumn
from crm.importers.naming import Samples, handle_likeness
from crm.importers.numbers import is_missing, looks_numeric
from crm.importers.vocabulary import split_platform

# Files without a header whose columns are known: kinds of cells, then the targets.
_HEADERLESS = {
    # Twitch channel tables: channel, watch time, stream time, peak and average viewers, followers,
    # followers gained,
    # views gained, partnered, mature, language.
    "wnnnnnnnbbw": ("twitch", {0: "handle", 5: "followers", 10: "language"}),
}


def by_shape(columns: Sequence[str], samples: Samples, file_name: str) -> ColumnMapping:
    """For files without a header: a known shape, or only the column that is most like a handle."""
    shape = "".join(_cell_kind(samples[name]) for name in columns)
    platform, _ = split_platform(" ".join(re.findall(r"[a-z]+", file_name.lower())))
    for form, (form_platform, targets) in _HEADERLESS.items():
        if shape == form and platform in {"", form_platform}:
            mapped = tuple(
                MappedColumn(name, targets.get(index, ""), why="a known table without headings")
                for index, name in enumerate(columns)
            )
            return ColumnMapping(
                Kind.CREATORS,
                mapped,
                platform=form_platform,
                warnings=("There is no header: columns were told by shape.",),
            )
    texts = [name for name in columns if _cell_kind(samples[name]) == "w"]
    best = max(texts or columns, key=lambda name: handle_likeness(name, samples[name]))
    mapped = tuple(
        MappedColumn(
            name,
            "handle" if name == best else "",
            why="its cells are most like handles" if name == best else "",
        )
        for name in columns
    )
    warning = (
        "There is no header: only the handles were recognised. Say what the other columns are."
    )
    return ColumnMapping(
        Kind.CREATORS, mapped, platform=platform, warnings=(warning,) if len(columns) > 1 else ()
    )


def _cell_kind(cells: Sequence[Any]) -> str:
    known = [str(cell).strip().lower() for cell in cells if not is_missing(cell)]
    if known and all(cell in {"true", "false"} for cell in known):
        return "b"
    return "n" if known and sum(map(looks_numeric, known)) > len(known) * 0.95 else "w"
