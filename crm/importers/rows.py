"""What reading a file gives: rows with their physical line, or what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[int, Sequence[Any]]


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is fit for the user."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that is not one: its line, a code to count by, and what is wrong in words."""

    line: int
    code: str
    message: str


def unique_names(header: Sequence[str]) -> tuple[str, ...]:
    """Column names without line breaks, each once:

    "Subscribers", "Subscribers (2)", "Column 3" for a blank.
    """
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(header, start=1):
        plain = " ".join(str(cell).replace("\0", "").split())[:150] or f"Column {number}"
        name, count = plain, 1
        while name in taken:
            count += 1
            name = f"{plain} ({count})"
        taken.add(name)
        names.append(name)
    return tuple(names)
