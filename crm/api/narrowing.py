"""`fields` and `omit`: answers with less in them, for callers who want less."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from crm.api.problems import BadQuery, Fault

NAMES = ("fields", "omit")


def narrowed(body: Mapping[str, Any], params: Mapping[str, str]) -> Mapping[str, Any]:
    """The item, or each row of the list, with the members that were asked for.

    Raises BadQuery for a member that there is not, and for both parameters at once.
    """
    wanted = {name: split(params[name]) for name in NAMES if name in params}
    if not wanted:
        return body
    if len(wanted) > 1:
        raise BadQuery.of("omit", "either", "Say `fields` or `omit`, not both.")
    (name, members), *_ = wanted.items()
    if not members:
        raise BadQuery.of(name, "required", "Name at least one member.")
    rows = body.get("results")
    if not isinstance(rows, list):
        _check(name, members, body)
        return _of(body, name, members)
    if rows:
        _check(name, members, rows[0])
    return {**body, "results": [_of(row, name, members) for row in rows]}


def split(text: str) -> list[str]:
    """The words between commas."""
    return [word for part in text.split(",") if (word := part.strip())]


def _of(row: Mapping[str, Any], name: str, members: Collection[str]) -> dict[str, Any]:
    if name == "fields":
        return {member: row[member] for member in members}
    return {member: value for member, value in row.items() if member not in members}


def _check(name: str, members: Collection[str], row: Mapping[str, Any]) -> None:
    unknown = [member for member in members if member not in row]
    if unknown:
        raise BadQuery([Fault(f"?{name}", "unknown_member", _words(one, row)) for one in unknown])


def _words(member: str, row: Mapping[str, Any]) -> str:
    near = get_close_matches(member, row, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(row)}."
    return f"There is no member {member[:60]!r} here.{hint}"
