"""Numbers of rows inside of JSON columns: said with the table (Taken.inside), moved with its rows.

A path leads to numbers: names of members and places of lists with points between them, `*` for each
item or each member's value, `@` for the names of the members themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from crm.services.round_trip.decisions import Taken
from crm.services.round_trip.keys import Keys

# Of the highest number that a row may have.
DIGITS = 19
Number = Callable[[int], int]


def moved(lines: Iterable[bytes], one: Taken, keys: Keys, highest: int) -> Iterator[bytes]:
    """Lines of a table's file with the numbers that the rows in their documents have here.

    A row that is not in the file was gone already, or somebody made its number up: 0, which no row
    has. What cannot be read goes on as it is: the database refuses it.
    """

    def number_of(label: str) -> Number:
        mapped = keys.here.get(label)
        if mapped is not None:
            return lambda there: mapped.get(there, 0)
        return lambda there: there + keys.shift if 0 < there <= highest else 0

    for line in lines:
        try:
            row = json.loads(line)
            documents = {column: row[column] for column in one.inside}
        except (ValueError, KeyError, TypeError):
            yield line
            continue
        for column, paths in one.inside.items():
            for path, label in paths.items():
                documents[column] = at(documents[column], path.split("."), number_of(label))
        yield json.dumps(row | documents, ensure_ascii=False).encode() + b"\n"


def at(document: Any, path: list[str], number: Number) -> Any:
    """The document with other numbers where the path leads; as it is where it leads nowhere."""
    if not path:
        is_number = isinstance(document, int) and not isinstance(document, bool)
        return number(document) if is_number else document
    step, rest = path[0], path[1:]
    if step == "@" and isinstance(document, dict):
        return {_named(name, number): value for name, value in document.items()}
    if isinstance(document, dict):
        return {
            name: at(value, rest, number) if step in {"*", name} else value
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [
            at(value, rest, number) if step in {"*", str(place)} else value
            for place, value in enumerate(document)
        ]
    return document


def _named(name: str, number: Number) -> str:
    is_number = name.isascii() and name.isdigit() and len(name) <= DIGITS
    return str(number(int(name))) if is_number else name
