"""A brand's own fields as what a column can mean: "field:content_role"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from crm.choices import FieldType
from crm.field_types import TEXT_MAX, ValueRefused, clean
from crm.importers.numbers import BadValue
from crm.importers.vocabulary import TARGETS, Level, Parse, Target, Targets, plain
from crm.models import CustomField

PREFIX = "field:"
_PARSE = {
    FieldType.NUMBER: Parse.NUMBER,
    FieldType.MONEY: Parse.NUMBER,
    FieldType.PERCENT: Parse.SHARE,
    FieldType.TEXT: Parse.TEXT,
    FieldType.CHOICE: Parse.TEXT,
    FieldType.SET: Parse.WORDS,
    FieldType.DATE: Parse.MOMENT,
    FieldType.BOOLEAN: Parse.FLAG,
}
_BETWEEN_WORDS = re.compile(r"[,;|\n]")


def with_fields(fields: Iterable[CustomField]) -> Targets:
    """What a column of this brand can mean."""
    return {**TARGETS, **{f"{PREFIX}{field.key}": _target(field) for field in fields}}


def target_named(words: str, targets: Targets) -> str:
    """The field that a heading in its `plain` form names by label or key, or ""."""
    for key, target in targets.items():
        if target.field and words in {plain(key), plain(target.field.key), plain(target.label)}:
            return key
    return ""


def read(field: CustomField, value: Any) -> Any:
    """What the field holds for a cell that was read as its type says. Raises BadValue."""
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.date()
    try:
        return clean(field, value)
    except ValueRefused as refusal:
        raise BadValue(refusal.code, str(refusal)) from None


def words_in(text: str | None) -> list[str] | None:
    """The words of a cell, between commas, semicolons, bars or lines."""
    if text is None:
        return None
    return [word for word in (part.strip() for part in _BETWEEN_WORDS.split(text)) if word]


def used(targets: Targets, names: Iterable[str]) -> Mapping[str, CustomField]:
    """The fields among these targets, by key."""
    found = (targets[name].field for name in names if name in targets)
    return {field.key: field for field in found if field is not None}


def _target(field: CustomField) -> Target:
    return Target(
        f"{PREFIX}{field.key}",
        field.label,
        Level.FIELD,
        _PARSE[FieldType(field.type)],
        TEXT_MAX if field.type in {FieldType.TEXT, FieldType.CHOICE} else 10_000,
        field=field,
    )
