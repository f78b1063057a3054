"""Pieces of SQL with their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Case is ignored the same way whatever locale the database was made with.
LOWER = 'lower(({}) COLLATE "pg_c_utf8")'
# Ends a query whose columns are computed once for each row, however often they are read: with it
# the planner does not make the query one with its parent. Its zero is text: a plain 0 is still a
# cast when the planner asks whether workers may share the parent, and then they may not.
COMPUTED = "OFFSET '0'"


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with a %s for each parameter."""

    text: str
    params: tuple[Any, ...] = ()


def joined(word: str, parts: Sequence[Sql]) -> Sql:
    """Return the parts one after the other with the word between them."""
    return Sql(
        word.join(part.text for part in parts),
        tuple(param for part in parts for param in part.params),
    )


def once(query: str) -> str:
    """Return a query as a FROM item that is computed once, whatever rows it is joined to.

    Without statistics the planner takes tables for empty, and would sum up all records again for
    every creator.
    """
    return f"(WITH one AS MATERIALIZED ({query}) SELECT * FROM one)"  # noqa: S608 - SQL of ours


def escaped(trusted: str) -> str:
    """Return SQL of ours with its literal percent signs doubled: it travels with parameters."""
    return trusted.replace("%", "%%")
