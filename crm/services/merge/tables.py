"""What hangs on a creator: every foreign key that leads to one, found in the models themselves.

A table of an upper app, or of next year, is moved without being named here. Where the database
allows one row only (a relationship for each brand), the two rows are joined in the same way, and
then the one that went is taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from django.db import models
from django.db.models import OuterRef, Q, Subquery, UniqueConstraint
from django.utils.text import capfirst

from crm.services.merge.parts import PARTS
from crm.services.merge.recording import Recorder

# Stays where it is: derived (and made anew), waiting to be drained, or a merge's own record.
LEFT = frozenset(
    {
        "crm.CreatorMetrics.creator",
        "crm.FactChange.creator",
        "crm.Merge.gone",
        # Pairs of the one that went are taken out by merging.py.
        "crm.DuplicatePair.first",
        "crm.DuplicatePair.second",
    }
)
# What people call the rows, where the model's own name says too little.
NAMES = {
    "crm.CreatorNiche": "Niches",
    "crm.CreatorTag": "Tags",
    "crm.Enrolment": "Stays in sequences",
    "crm.ExternalId": "Ids in other tools",
    "crm.FieldValue": "Values of fields",
    "crm.Creator": "Creators merged into it before",
    "crm.Merge": "Merges made before",
    "crm.JobRow": "Changes of many at once",
    "crm.Profile": "Accounts",
    "crm.Representation": "Agents",
    "crm.StageChange": "Stays in stages",
    "crm.Thread": "Conversations",
    "segmentation.Override": "Decisions about segments",
    "segmentation.SegmentExample": "Examples of segments",
}


@dataclass(frozen=True)
class Link:
    """A foreign key that leads to the model that is walked from."""

    model: type[models.Model]
    field: models.ForeignKey[models.Model, models.Model]

    @property
    def key(self) -> str:
        """As in LEFT."""
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def words(self) -> str:
        """What people call its rows."""
        return words_of(self.model)

    def rows_of(self, pk: int) -> models.QuerySet[models.Model]:
        """The rows that name `pk`."""
        return self.model._base_manager.filter(**{self.field.attname: pk})


def words_of(model: type[models.Model]) -> str:
    """What people call its rows."""
    return NAMES.get(model._meta.label, capfirst(str(model._meta.verbose_name_plural)))


def links_to(model: type[models.Model]) -> Iterator[Link]:
    """Every foreign key to `model` but those that are left alone, in a stable order."""
    own = frozenset[str]().union(*(part.tables for part in PARTS))
    found = [
        Link(relation.related_model, relation.field)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and not relation.related_model._meta.abstract
    ]
    for link in sorted(found, key=lambda link: link.key):
        if link.key not in LEFT and link.model._meta.label not in own:
            yield link


def clashes(link: Link, old: int, new: int) -> dict[int, int]:
    """Rows of `old` that cannot stand beside one of `new`, with the row of `new` that they meet."""
    met: dict[int, int] = {}
    if link.field.unique:
        there = link.rows_of(new).order_by("pk").values_list("pk", flat=True).first()
        if there is not None:
            met |= dict.fromkeys(link.rows_of(old).values_list("pk", flat=True), there)
    for constraint in link.model._meta.constraints:
        if not isinstance(constraint, UniqueConstraint) or link.field.name not in constraint.fields:
            continue
        only = constraint.condition or Q()
        others = [name for name in constraint.fields if name != link.field.name]
        theirs = link.rows_of(new).filter(only, **{name: OuterRef(name) for name in others})
        rows = (
            link.rows_of(old)
            .filter(only)
            .annotate(met=Subquery(theirs.order_by("pk").values("pk")[:1]))
            .filter(met__isnull=False)
        )
        met = dict(rows.order_by("pk").values_list("pk", "met")) | met
    return met


class Settler(Protocol):
    """Changes rows that clash before they are joined; see settling.py."""

    def __call__(self, recorder: Recorder, old: int, new: int) -> None:
        """`old` and `new` are the rows that clash."""


@dataclass
class Counts:
    """How many rows of a kind move, and how many are taken out since there is one already."""

    moved: int = 0
    dropped: int = 0


@dataclass
class Walk:
    """Joins rows and all that hangs on them; without a recorder it only counts.

    `settlers` are asked, by model, before two rows that clash are joined. Those in `resolving`
    change the rows so that both can stay.
    """

    recorder: Recorder | None
    settlers: dict[str, Settler] = field(default_factory=dict)
    resolving: frozenset[str] = frozenset()
    counts: dict[str, Counts] = field(default_factory=dict)

    def join(self, model: type[models.Model], old: int, new: int) -> None:
        """Let everything that hangs on the row `old` hang on `new`."""
        for link in links_to(model):
            met = self._settled(link, old, new)
            for one, other in met.items():
                self.join(link.model, one, other)
            self._count(link, old, len(met))
            if self.recorder is not None:
                if met:
                    self.recorder.drop(link.model, list(met))
                self.recorder.move(link.model, link.field.column, old, new)

    def _settled(self, link: Link, old: int, new: int) -> dict[int, int]:
        """The rows that clash and are to be joined, after the settler of their kind was asked."""
        met = clashes(link, old, new)
        label = link.model._meta.label
        settle = self.settlers.get(label)
        if not met or settle is None:
            return met
        if self.recorder is not None:
            for one, other in met.items():
                settle(self.recorder, one, other)
        return {} if label in self.resolving else met

    def _count(self, link: Link, old: int, dropped: int) -> None:
        """Before anything is written, so that a plan and a merge count the same."""
        every = link.rows_of(old).count()
        if not every:
            return
        counts = self.counts.setdefault(link.words, Counts())
        counts.dropped += dropped
        counts.moved += every - dropped
