"""The facts of a brand's own fields: read from the row's `custom`, an object by key.

It holds a set as text in the form of a PostgreSQL array ("{spf,how to}"): read from a JSON array, a
set costs three times as much in each rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from crm.choices import FieldType
from crm.field_types import NUMBER_MAX, PERCENT_MAX
from crm.models import CustomField
from segmentation.rules.facts import Fact, FactType

SOURCE = "Field of the brand"

# What the text of the value is cast to, by type.
_CASTS = {
    FieldType.NUMBER: "::double precision",
    FieldType.MONEY: "::double precision",
    FieldType.PERCENT: "::double precision",
    FieldType.TEXT: "",
    FieldType.CHOICE: "",
    FieldType.SET: "::text[]",
    FieldType.DATE: "::date",
    FieldType.BOOLEAN: "::boolean",
}
_BOUNDS = {
    FieldType.NUMBER: NUMBER_MAX,
    FieldType.MONEY: NUMBER_MAX,
    FieldType.PERCENT: PERCENT_MAX,
}


def custom_facts(fields: Iterable[CustomField], taken: Collection[str]) -> Iterator[Fact]:
    """A fact for each field in use. A key among `taken` stays that of the fact which has it."""
    for field in fields:
        if field.archived_at is None and field.key not in taken:
            yield _fact(field)


def archived(fields: Iterable[CustomField]) -> dict[str, str]:
    """Why a rule cannot ask for a field any more, by key."""
    return {
        field.key: f"The field “{field}” ({field.key}) is archived: bring it back, or ask for "
        "something else."
        for field in fields
        if field.archived_at is not None
    }


def _fact(field: CustomField) -> Fact:
    kind = FieldType(field.type)
    limit = _BOUNDS.get(kind)
    definitions = [
        f"{choice['label']}: {choice['definition']}"
        for choice in field.choices
        if choice.get("definition")
    ]
    described = [field.description or f"What your brand says of the creator: {field.label}."]
    return Fact(
        key=field.key,
        label=field.label,
        type=FactType(kind.value),
        # A key has small letters, digits and _ only: the database checks it (crm_field_key_valid).
        sql=f"(f.custom ->> '{field.key}'){_CASTS[kind]}",
        unit=field.unit,
        description=" ".join([*described, *definitions]),
        source=SOURCE,
        choices=field.labels or None,
        small_letters=kind is FieldType.SET and not field.choices,
        minimum=None if limit is None else -limit,
        maximum=limit,
    )
