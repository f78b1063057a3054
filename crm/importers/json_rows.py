"""Rows of JSON lines: one object on each line, nested objects flattened with dots
(`owner.username`).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from crm.importers.rows import Malformed, Row, Unreadable

_DEPTH = 5


class NumberedLines(Protocol):
    """An iterator of lines that counts them and may remember them."""

    line: int
    record: list[str]

    def __iter__(self) -> Iterator[str]: ...


def columns(lines: Iterable[str]) -> tuple[str, ...]:
    """The flattened names found in the sampled lines, in the order of their first appearance."""
    names: dict[str, None] = {}
    for line in lines:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            names.update(dict.fromkeys(_names(found)))
    if not names:
        raise Unreadable("No line of this file is a JSON object.")
    return tuple(name[:200] for name in names)


def rows(lines: NumberedLines, wanted: Sequence[str]) -> Iterator[Row | Malformed]:
    """Each object as its line and the cells of the `wanted` names.

    None where the object has no such name.
    """
    paths = [tuple(name.split(".")) for name in wanted]
    for line in lines:
        lines.record.clear()
        if not line.strip():
            continue
        number = lines.line
        try:
            found = json.loads(line.removeprefix("\ufeff"))
        except RecursionError:
            yield Malformed(number, "malformed_row", "The line is nested too deeply.")
            continue
        except ValueError as error:
            yield Malformed(number, "malformed_row", f"The line is not JSON: {error}.")
            continue
        if not isinstance(found, dict):
            yield Malformed(number, "malformed_row", "The line is not a JSON object.")
        elif "\\u0000" in line:
            yield Malformed(number, "nul_byte", "The row holds a NUL byte.")
        elif ("\\ud" in line or "\\uD" in line) and _half_characters(found):
            yield Malformed(
                number, "malformed_row", "The line holds half a character (a lone surrogate)."
            )
        else:
            yield number, [_at(found, name, path) for name, path in zip(wanted, paths, strict=True)]


def _names(found: dict[str, Any], prefix: str = "", depth: int = 1) -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, dict) and value and depth < _DEPTH:
            yield from _names(value, f"{prefix}{key}.", depth + 1)
        else:
            yield f"{prefix}{key}"


def _at(found: dict[str, Any], name: str, path: tuple[str, ...]) -> Any:
    if name in found:
        return found[name]
    value: Any = found
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _half_characters(found: dict[str, Any]) -> bool:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
