"""Rows without their words: each text is emptied unless its column is known to name nobody.

It goes by the columns that a model has, so that a column which is added later is erased as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast, Concat

from crm.registry import Registry

ERASED = "(erased)"
# Names of columns that hold words of ours, whatever the table.
OURS = frozenset(
    {
        "category",
        "channels",
        "content_type",
        "currency",
        "digest",
        "document_sha256",
        "document_type",
        "file_sha256",
        "file_type",
        "jurisdiction",
        "key",
        "packs",
        "sha256",
        "territory",
    }
)
# Columns of ours by label, "crm.Post.language"; upper apps add theirs (docs/adr/0011).
KEPT: Registry[str] = Registry()
# What a model's columns become, where the database asks for more than emptiness; by label.
VALUES: Registry[Mapping[str, Any]] = Registry()

_TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)


def numbered(prefix: str) -> Concat:
    """A word with the row's own number, for what has to be unlike."""
    return Concat(Value(prefix), Cast(F("pk"), models.CharField()))


def blank(model: type[models.Model], pks: Iterable[int]) -> None:
    """Empty the texts of these rows."""
    values = {**_emptied(model), **_said(model)}
    if values:
        model._base_manager.filter(pk__in=pks).update(**values)


def texts(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns in which somebody's words can stand."""
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, _TEXTS)
        and not one.choices
        and not getattr(getattr(one, "base_field", None), "choices", None)
        and not one.primary_key
        and one.name not in OURS
        and f"{model._meta.label}.{one.name}" not in KEPT
    ]


def _said(model: type[models.Model]) -> Mapping[str, Any]:
    label = model._meta.label
    if label not in VALUES:
        return {}
    return VALUES[label]


@cache
def _emptied(model: type[models.Model]) -> dict[str, Any]:
    return {one.name: _empty(model, one) for one in texts(model)}


def _empty(model: type[models.Model], one: models.Field[Any, Any]) -> Any:
    """What a column becomes. One that is empty stays so: the database may tell by it."""
    if one.name in _unlike(model):
        return _unless(one, numbered("erased-"))
    if isinstance(one, ArrayField):
        return _unless(one, Value([], output_field=one))
    if isinstance(one, models.JSONField):
        empty = one.get_default() if one.has_default() else {}
        return _unless(one, Value(empty, output_field=one))
    return _unless(one, Value(ERASED[: one.max_length]))


def _unless(one: models.Field[Any, Any], value: Any) -> Case:
    """The value wherever there was something."""
    kept = [When(**{f"{one.name}__isnull": True, "then": Value(None)})] if one.null else []
    if isinstance(one, models.CharField | models.TextField):
        kept.append(When(**{one.name: "", "then": Value("")}))
    return Case(*kept, default=value, output_field=one) if kept else value


def _unlike(model: type[models.Model]) -> set[str]:
    """Columns in which no two rows may be the same."""
    found = {one.name for one in model._meta.concrete_fields if one.unique}
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint):
            found |= set(rule.fields)
    return found
