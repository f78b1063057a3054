"""Which of the naming columns of a list is the handle and which the name, told by their cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from crm.importers.handles import looks_like_handle
from crm.importers.mapping import MappedColumn
from crm.importers.numbers import is_missing
from crm.importers.vocabulary import IDENTITY_WORDS, plain

Samples = Mapping[str, Sequence[Any]]


def choose_names(
    columns: Sequence[str],
    samples: Samples,
    headings: Mapping[str, tuple[str, str]],
    chosen: dict[str, MappedColumn],
    *,
    posts: bool,
) -> None:
    """Which of the naming columns is the handle and which the name, by their cells."""
    if any(column.platform and column.target == "handle" for column in chosen.values()):
        naming = [name for name in columns if plain(name) in IDENTITY_WORDS and name not in chosen]
        if naming:
            chosen[naming[0]] = MappedColumn(naming[0], "name", why="its heading says so")
        return
    naming = [
        name
        for name in columns
        if (plain(name) in IDENTITY_WORDS or headings[name][1] in IDENTITY_WORDS)
        and (not posts or plain(name) not in {"title", "titles"})
        and samples[name]
    ]
    clear = [
        name for name, column in chosen.items() if column.target == "handle" and name not in naming
    ]
    addressed = any(column.target in {"profile_url", "account_id"} for column in chosen.values())
    if not clear and naming and not (addressed and posts):
        best = max(
            naming, key=lambda name: (handle_likeness(name, samples[name]), -columns.index(name))
        )
        chosen[best] = MappedColumn(best, "handle", why="its cells are most like handles")
        naming.remove(best)
    elif clear:
        naming = [name for name in naming if name not in clear]
    if naming and not any(column.target == "name" for column in chosen.values()):
        chosen[naming[0]] = MappedColumn(
            naming[0], "display_name" if posts else "name", why="its heading says so"
        )
    for name in naming[1:]:
        chosen.pop(name, None)


def handle_likeness(name: str, cells: Sequence[Any]) -> float:
    """From 0 to 3: how unique the cells are, how much like handles, and whether the heading says
    so.
    """
    known = [str(cell).strip() for cell in cells if not is_missing(cell)]
    if not known:
        return 0.0
    unique = len(set(known)) / len(cells)
    like = sum(map(looks_like_handle, known)) / len(known)
    words = plain(name)
    named = (
        0.05 if re.search(r"tiktoker|youtuber|streamer|insta name|instagram name", words) else 0.0
    )
    return unique + like + named
