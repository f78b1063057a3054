"""What becomes of each table when a brand is taken along: a decision for every model.

A test fails for a model without one, so that no table of this app or of an upper one is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import models

from crm.registry import Registry

APPS = ("crm", "campaigns", "segmentation")
BRAND, CREATOR, USER = "crm.Brand", "crm.Creator", "crm.User"


@dataclass(frozen=True)
class Taken:
    """A table of which the brand's part is taken along.

    of      foreign keys that lead to whose rows they are: all of a row's ways, of which one is
            enough; by default the brand's, or the first that is never empty
    absent  columns that another installation cannot read, with what stands there instead
    numbers columns with numbers of rows that are no foreign keys
    inside  numbers of rows in documents (JSON): by column, where they are
            (services/round_trip/documents.py) and the table whose rows they name
    first   written before what it hangs on: the database refuses it later
    """

    label: str
    of: tuple[str, ...] = ()
    absent: Mapping[str, object] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    inside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    first: bool = False

    @property
    def model(self) -> type[models.Model]:
        """The table."""
        return apps.get_model(self.label)

    @property
    def columns(self) -> list[str]:
        """Of its rows, as the database calls them."""
        return [str(one.column) for one in self.model._meta.concrete_fields]

    @property
    def ways(self) -> tuple[models.ForeignKey[models.Model, models.Model], ...]:
        """The foreign keys that lead to whose rows they are."""
        keys = foreign_keys(self.model)
        if self.of:
            return tuple(one for one in keys if one.name in self.of)
        sure = [one for one in keys if not one.null and label_of(one) not in SHARED]
        ours = [one for one in sure if label_of(one) == BRAND]
        # Of a table under both, the brand's own side says whose a row is.
        sure.sort(key=lambda one: label_of(one) == CREATOR)
        return tuple((ours or sure)[:1])


# By label. What all brands of an installation share is found again by these columns.
TAKEN: Registry[Taken] = Registry()
SHARED: dict[str, tuple[str, ...]] = {
    "crm.Platform": ("key",),
    "crm.Niche": ("key",),
    "crm.TierScheme": ("key",),
    "crm.Tier": ("scheme", "key"),
    "crm.LedgerKey": ("fingerprint",),
    "crm.CommentScorer": ("name", "version"),
    "crm.User": ("email",),
}
# Why a table stays where it is, by label.
LEFT: dict[str, str] = {}


def take(app: str, names: str) -> None:
    """Tables of an app that are taken along as they are: words with spaces between them."""
    for name in names.split():
        label = f"{app}.{name}"
        TAKEN.add(label, Taken(label))


def take_as(decision: Taken) -> None:
    """A table of which something has to be said."""
    TAKEN.add(decision.label, decision)


def leave(reason: str, *labels: str) -> None:
    """Tables that stay where they are, and why."""
    for label in labels:
        LEFT[label] = reason


def label_of(key: models.ForeignKey[models.Model, models.Model]) -> str:
    """Of the table that a foreign key leads to."""
    return key.related_model._meta.label


def foreign_keys(
    model: type[models.Model],
) -> list[models.ForeignKey[models.Model, models.Model]]:
    """All of a table, in the order of its columns."""
    return [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]


@cache
def in_order() -> tuple[Taken, ...]:
    """What is taken along, in the order in which it is written."""
    return tuple(sorted(TAKEN, key=lambda one: not one.first))


def all_models() -> list[type[models.Model]]:
    """Every table of ours, those between two others as well."""
    found = apps.get_models(include_auto_created=True)
    return [one for one in found if one._meta.app_label in APPS]
