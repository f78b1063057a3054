"""Define a brand's fields: make one, reword it, take it out of use and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from crm import audit
from crm.choices import FieldType
from crm.data_files import read_yaml
from crm.fact_keys import key_of, why_not
from crm.field_types import TAG_MAX
from crm.models import Brand, CustomField, User
from crm.models.fields import Choice
from crm.services import facts

STANDARD = read_yaml(Path(__file__).with_name("standard_fields.yaml"))
FIELDS_MAX = 200
CHOICES_MAX = 500
DEFINITION_MAX = 300
DESCRIPTION_MAX = 2_000
CHANGEABLE = ("label", "description", "unit", "choices", "position")
LISTED = frozenset({FieldType.CHOICE, FieldType.SET})
_VALUE = re.compile(r"[a-z0-9][a-z0-9_-]*")


class FieldRefused(Exception):
    """The field cannot be like that; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def add_standard_fields(*, brand: Brand) -> None:
    """The fields that every brand has; a key that the brand has already stays as it is."""
    CustomField.objects.bulk_create(
        [
            CustomField(brand=brand, is_standard=True, position=position, **field)
            for position, field in enumerate(STANDARD, start=1)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def define_field(
    *,
    brand: Brand,
    label: str,
    type: FieldType,  # noqa: A002 - the word people use
    at: datetime,
    actor: User | None,
    key: str = "",
    description: str = "",
    unit: str = "",
    choices: Sequence[Choice] = (),
) -> CustomField:
    """A new field; `key` is made from the label where it is not given. Raises FieldRefused."""
    # One new field at a time in a brand, or two could take one key or pass the limit.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    key = key or key_of(label)
    if not key:
        raise FieldRefused("Give a key: none can be made from this label.", "key")
    if problem := why_not(key):
        raise FieldRefused(problem, "key")
    mine = CustomField.objects.filter(brand=brand)
    there = mine.filter(key=key).first()
    if there is not None:
        state = ", which is archived: bring it back instead" if there.archived_at else ""
        raise FieldRefused(f"The field “{there}” has the key “{key}”{state}.", "key")
    if mine.count() >= FIELDS_MAX:
        raise FieldRefused(f"A brand has at most {FIELDS_MAX} fields, archived ones included.")
    last = mine.aggregate(last=Max("position"))["last"] or 0
    field = CustomField(brand=brand, key=key, type=type, position=min(last + 1, 30_000))
    _reword(
        field, {"label": label, "description": description, "unit": unit, "choices": list(choices)}
    )
    field.save()
    audit.record(
        brand=brand,
        verb="crm.field.defined",
        target=field,
        actor=actor,
        at=at,
        data={"key": key, "type": field.type, "choices": field.labels},
    )
    # Rules that named it before it was there can be read from now on.
    facts.mark_changed(brand=brand, creator_ids=None, cause="field")
    return field


@transaction.atomic
def change_field(
    *, field_id: int, changes: Mapping[str, Any], at: datetime, actor: User | None
) -> CustomField:
    """Reword a field, any of CHANGEABLE; its key and type stay. Raises FieldRefused.

    A list must have every value that somebody holds.
    """
    field = (
        CustomField.objects.select_for_update(no_key=True).select_related("brand").get(pk=field_id)
    )
    before = {name: getattr(field, name) for name in CHANGEABLE}
    _reword(field, {name: changes[name] for name in CHANGEABLE if name in changes})
    moved = {
        name: [before[name], getattr(field, name)]
        for name in CHANGEABLE
        if before[name] != getattr(field, name)
    }
    if not moved:
        return field
    if "choices" in moved and field.choices:
        _refuse_strangers(field, {choice["value"]: choice["label"] for choice in before["choices"]})
    field.save(update_fields=list(moved))
    audit.record(
        brand=field.brand,
        verb="crm.field.changed",
        target=field,
        actor=actor,
        at=at,
        data={"key": field.key, **moved},
    )
    if "choices" in moved:
        facts.mark_changed(brand=field.brand, creator_ids=None, cause="field")
    return field


@transaction.atomic
def archive_field(*, field_id: int, at: datetime, actor: User | None) -> CustomField:
    """Take a field out of use: its values stay, but rules can no longer ask for it."""
    return _set_archived(field_id, at, verb="crm.field.archived", at=at, actor=actor)


@transaction.atomic
def restore_field(*, field_id: int, at: datetime, actor: User | None) -> CustomField:
    """Bring an archived field back, with the values it had."""
    return _set_archived(field_id, None, verb="crm.field.restored", at=at, actor=actor)


def _set_archived(
    field_id: int, moment: datetime | None, *, verb: str, at: datetime, actor: User | None
) -> CustomField:
    field = (
        CustomField.objects.select_for_update(no_key=True).select_related("brand").get(pk=field_id)
    )
    if (field.archived_at is None) == (moment is None):
        return field
    field.archived_at = moment
    field.save(update_fields=["archived_at"])
    audit.record(
        brand=field.brand, verb=verb, target=field, actor=actor, at=at, data={"key": field.key}
    )
    # Segments whose rule reads it break, loudly, or are whole again.
    facts.mark_changed(brand=field.brand, creator_ids=None, cause="field")
    return field


def _reword(field: CustomField, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(field, name, " ".join(value.split()) if name in {"label", "unit"} else value)
    for name, limit in (("label", 120), ("unit", 30), ("description", DESCRIPTION_MAX)):
        if len(getattr(field, name)) > limit:
            raise FieldRefused(f"This has at most {limit:,} characters.", name)
    if not field.label:
        raise FieldRefused("Give the field a label: what people call it.", "label")
    field.choices = _checked(field)


def _checked(field: CustomField) -> list[Choice]:
    """The field's list as it is stored. Raises FieldRefused."""
    given: list[Choice] = field.choices
    if given and field.type not in LISTED:
        raise FieldRefused("Only one of a list, or several of a list, have a list.", "choices")
    if not given and field.type == FieldType.CHOICE:
        raise FieldRefused("Give the values to choose from, or make it a text field.", "choices")
    if len(given) > CHOICES_MAX:
        raise FieldRefused(f"A list has at most {CHOICES_MAX} values.", "choices")
    taken: dict[str, str] = {}
    checked: list[Choice] = []
    for choice in given:
        label = " ".join(choice["label"].split())
        value = choice["value"].strip() or key_of(label)
        definition = " ".join(choice.get("definition", "").split())
        if not label or not _VALUE.fullmatch(value):
            raise FieldRefused(
                f"“{value or label}” cannot be a value: give small letters, digits, _ or -, and a "
                "label.",
                "choices",
            )
        if len(value) > TAG_MAX or len(label) > TAG_MAX or len(definition) > DEFINITION_MAX:
            raise FieldRefused(
                f"“{label[:40]}” is too long: values and labels have at most {TAG_MAX} characters, "
                f"definitions {DEFINITION_MAX}.",
                "choices",
            )
        for name in {value.casefold(), label.casefold()}:
            if taken.setdefault(name, value) != value or any(
                one["value"] == value for one in checked
            ):
                raise FieldRefused(f"“{label}” is in the list twice.", "choices")
        checked.append({"value": value, "label": label})
        if definition:
            checked[-1]["definition"] = definition
    return checked


def _refuse_strangers(field: CustomField, labels: Mapping[str, str]) -> None:
    """Refuse a list without values which creators hold now; `labels` is how they were called."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
SELECT held, count(*) FROM (
  SELECT DISTINCT ON (creator_id) text, tags FROM crm_fieldvalue WHERE field_id = %s
  ORDER BY creator_id, since DESC, id DESC
) newest CROSS JOIN LATERAL unnest(tags || text) AS held
WHERE held <> ALL(%s) GROUP BY held ORDER BY 2 DESC, 1""",
            [field.pk, list(field.labels)],
        )
        held = cursor.fetchall()
    if held:
        words = ", ".join(f"“{labels.get(one, one)}” ({count:,})" for one, count in held[:5])
        raise FieldRefused(
            f"Creators have values that the list would lack: {words}. Keep them, or give those "
            "creators another value first.",
            "choices",
        )
