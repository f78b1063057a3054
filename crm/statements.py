"""Statements whose plan the connection keeps: for a few rows, planning costs more than the work.

They are prepared by SQL, so that `CREATE TABLE ... AS` can execute one, too. A prepared statement
is the connection's own: behind a pool that gives each transaction another one, statements would not
be found (docs/runbook.md).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection

# SQL: within this transaction, prepared statements are executed by the plan that the connection
# keeps. Left to itself the server plans anew for each list of ids, since it takes one of unknown
# length for longer.
KEEP_PLANS = "set_config('plan_cache_mode', 'force_generic_plan', TRUE)"
# Each holds its plan in the server's memory: the one that was not asked for longest goes.
KEPT = 50
_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "bigint",
    float: "double precision",
    str: "text",
    datetime: "timestamptz",
    date: "date",
}
_PLACE = re.compile(r"%(?:%|s|\((\w+)\)s)")
_prepared: WeakKeyDictionary[psycopg.Connection[Any], OrderedDict[str, None]] = WeakKeyDictionary()


def prepared(
    text: str, params: Sequence[Any] | Mapping[str, Any], *, kept: int = KEPT
) -> tuple[str, list[Any]]:
    """Have the connection prepare a statement, unless it did; returns what executes it.

    That is SQL with its parameters, for a cursor. Parameters have the type that Python says.
    """
    numbered, names = _numbered(text)
    values = [params[name] for name in names] if isinstance(params, Mapping) else [*params]
    types = ", ".join(map(_type, values))
    name = _named(numbered, types)
    connection.ensure_connection()
    known = _prepared.setdefault(connection.connection, OrderedDict())
    if name not in known:
        _prepare(f"PREPARE {name} ({types}) AS {numbered}")
        while len(known) >= kept:
            _prepare(f"DEALLOCATE {known.popitem(last=False)[0]}")
        known[name] = None
    known.move_to_end(name)
    return f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values


def _prepare(statement: str) -> None:
    """Beside Django's log: a page counts what it asks, whatever the connection keeps by then."""
    with connection.wrap_database_errors:
        connection.connection.execute(statement)


@lru_cache(maxsize=KEPT)
def _named(numbered: str, types: str) -> str:
    """What the statement is called where parameters are of these types."""
    return "rapport_" + blake2b(f"{types}\n{numbered}".encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=KEPT)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with $1, $2 ... for its parameters, and the names of those that have one."""
    names: dict[str, int] = {}
    count = 0

    def place(found: re.Match[str]) -> str:
        nonlocal count
        if found[0] == "%%":
            return "%"
        if found[1] is None:
            count += 1
            return f"${count}"
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return _PLACE.sub(place, text), tuple(names)


def _type(value: Any) -> str:
    """The type of a parameter; an unknown one is what its place in the statement asks for."""
    if isinstance(value, list) and value:
        return f"{_TYPES[type(value[0])]}[]"
    return _TYPES.get(type(value), "unknown")
