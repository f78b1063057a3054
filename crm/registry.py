"""Places where upper apps add their own: sources of a timeline, lists of a day, kinds of finds.

A lower app never imports an upper one. It keeps a registry beside the page that shows the parts; an
upper app adds to it once, in its AppConfig.ready().
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Parts by key, in the order in which they were added."""

    def __init__(self) -> None:
        self._parts: dict[str, T] = {}

    def add(self, key: str, part: T) -> None:
        """Add a part. Raises ValueError where `key` is taken: two apps would hide each other."""
        if key in self._parts:
            msg = f"There is a part “{key}” already."
            raise ValueError(msg)
        self._parts[key] = part

    def __iter__(self) -> Iterator[T]:
        return iter(self._parts.values())

    def __getitem__(self, key: str) -> T:
        return self._parts[key]

    def __contains__(self, key: object) -> bool:
        return key in self._parts
