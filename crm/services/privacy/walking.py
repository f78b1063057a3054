"""What a brand has about a creator: every row that hangs on the two, found in the models.

As a merge walks (docs/adr/0012), so that a table of an upper app, or of next year, is found without
being named here.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from django.db import models

from crm.models import Brand, Creator, Relationship
from crm.registry import Registry

# Labels of models that an app erases itself (parts.py), or whose rows are only drained.
OWN: Registry[str] = Registry()
OWN.add("crm.FactChange", "crm.FactChange")
# What hangs on a creator of whom another brand was told nothing, whoever it was that wrote it.
_OF_NOBODY = frozenset({"crm.Merge"})

Found = dict[type[models.Model], set[int]]


@dataclass(frozen=True)
class Subject:
    """Whom it is about. `is_alone`: no other brand knows the creator."""

    relationship: Relationship
    is_alone: bool

    @property
    def brand(self) -> Brand:
        """Whose data it is."""
        return self.relationship.brand

    @property
    def creator(self) -> Creator:
        """About whom."""
        return self.relationship.creator

    @classmethod
    def of(cls, relationship: Relationship) -> Subject:
        """With a look at who else knows the creator."""
        others = Relationship.objects.filter(creator=relationship.creator_id)
        return cls(relationship, not others.exclude(pk=relationship.pk).exists())


@dataclass
class _Walk:
    found: Found = field(default_factory=lambda: defaultdict(set))
    waiting: deque[tuple[type[models.Model], frozenset[int]]] = field(default_factory=deque)

    def add(self, model: type[models.Model], pks: Iterable[int]) -> None:
        new = frozenset(pks) - self.found[model]
        if new:
            self.found[model] |= new
            self.waiting.append((model, new))

    def close(self) -> None:
        """Follow every foreign key that leads to what was found, until there is nothing new."""
        while self.waiting:
            model, pks = self.waiting.popleft()
            for key in links(model):
                rows = key.model._base_manager.filter(**{f"{key.attname}__in": pks})
                self.add(key.model, rows.values_list("pk", flat=True))


def walk(subject: Subject) -> Found:
    """The rows of the brand about the creator, and the shared ones where no other brand has any."""
    walk = _Walk()
    for key in links(Creator):
        if key.model is Relationship:
            continue
        rows = key.model._base_manager.filter(**{key.attname: subject.creator.pk})
        lookup = brand_of(key.model)
        if lookup and key.model._meta.label not in _OF_NOBODY:
            rows = rows.filter(**{lookup: subject.brand.pk})
        elif not lookup and not subject.is_alone:
            continue
        walk.add(key.model, rows.values_list("pk", flat=True))
    walk.add(Relationship, [subject.relationship.pk])
    walk.close()
    return {model: pks for model, pks in walk.found.items() if pks}


@cache
def links(model: type[models.Model]) -> tuple[models.ForeignKey[models.Model, models.Model], ...]:
    """Every foreign key to `model`, but those of tables that an app erases itself."""
    keys = [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
        and relation.related_model._meta.label not in OWN
    ]
    return tuple(sorted(keys, key=lambda key: (key.model._meta.label, key.name)))


@cache
def brand_of(model: type[models.Model]) -> str:
    """How the brand of a row is looked up: its own, or that of what it is of; empty: of none."""
    names = [one.name for one in _keys(model)]
    if "brand" in names:
        return "brand"
    for one in _keys(model):
        if any(further.name == "brand" for further in _keys(one.related_model)):
            return f"{one.name}__brand"
    return ""


def _keys(model: type[models.Model]) -> Iterator[models.ForeignKey[models.Model, models.Model]]:
    """The keys to what a row is of, which are never empty."""
    for one in model._meta.concrete_fields:
        if isinstance(one, models.ForeignKey) and not one.null:
            yield one
