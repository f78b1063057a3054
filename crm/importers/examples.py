"""How single cells are read, in words: what the mapping page shows beside each column."""

from __future__ import annotations

from datetime import datetime

from crm.field_types import shown
from crm.importers.mapping import ColumnMapping, Kind, MappedColumn
from crm.importers.numbers import BadValue
from crm.importers.parsing import RowParser
from crm.importers.vocabulary import TARGETS, Parse, Targets


def sample_value(
    column: MappedColumn, cell: object, *, year: int, platform: str, targets: Targets = TARGETS
) -> str:
    """How one cell is read, for the mapping page: the value, "not known", or what is wrong."""
    if not column.target:
        return ""
    mapping = ColumnMapping(Kind.POSTS, (column,), platform=platform)
    parser = RowParser(mapping, year=year, platforms=frozenset({platform}), targets=targets)
    try:
        value = parser.read_cell(column, cell)
    except BadValue as bad:
        return str(bad)
    if value is None:
        return "not known"
    target = targets[column.target]
    return shown(target.field, value) if target.field else _in_words(value, target.parse)


def _in_words(value: object, parse: Parse) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and parse in {Parse.RATE, Parse.PART}:
        return f"{value * 100:.4g} %"
    if isinstance(value, int | float):
        return f"{value:,}".removesuffix(".0")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")
    return ", ".join(value) if isinstance(value, list) else str(value)[:80]
