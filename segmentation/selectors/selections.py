"""Whose audiences are compared: a segment, a campaign or a list; and how that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max, QuerySet

from campaigns.models import Campaign, Engagement
from crm.models import Brand, Creator, Relationship
from segmentation.metrics.overlap import Estimate, Step
from segmentation.models import Membership, Segment
from segmentation.selectors.overlap import CREATORS_MOST, Overlaps, Pair, Reach

# Rows and columns that anybody reads; the pairs below tell the rest.
MATRIX = 15
PAIRS = 25


class NoSelection(Exception):
    """There is no such campaign or creator of the brand."""


@dataclass(frozen=True)
class NamedStep:
    """A step of a cover, with who it is, and how much of the audience is new and of all."""

    creator: Creator
    step: Step
    new: float
    reached: float


@dataclass(frozen=True)
class Row:
    """Of a matrix: which share of this creator's audience each other one has; None: not told."""

    creator: Creator
    cells: Sequence[Estimate | None]


@dataclass(frozen=True)
class Selection:
    """Creators under a name. `left_out`: how many more there are than are compared."""

    name: str
    creators: Mapping[int, Creator]
    left_out: int = 0

    def names(self, pks: Iterable[int]) -> list[Creator]:
        """The creators, by name."""
        found = [self.creators[pk] for pk in pks if pk in self.creators]
        return sorted(found, key=lambda one: (one.name, one.pk))

    def named_steps(self, reach: Reach) -> list[NamedStep]:
        """Who adds how much, in order."""
        if reach.covered is None:
            return []
        whole = reach.covered.unique.value or 1
        return [
            NamedStep(
                self.creators[step.creator],
                step,
                step.adds / step.size if step.size else 0.0,
                step.total / whole,
            )
            for step in reach.covered.steps
        ]

    def matrix(self, found: Overlaps, reach: Reach) -> list[Row]:
        """Those who add most against each other."""
        steps = reach.covered.steps if reach.covered else []
        pks = [step.creator for step in steps if step.creator in found.audiences][:MATRIX]
        return [
            Row(
                self.creators[pk],
                [
                    None if pair is None else pair.share_for(pk)
                    for pair in (found.pair(pk, other) if other != pk else None for other in pks)
                ],
            )
            for pk in pks
        ]

    def top_pairs(self, found: Overlaps) -> list[tuple[Creator, Creator, Pair]]:
        """The pairs that share most of the smaller one's audience."""
        told = [
            (max(pair.share_of_one.value, pair.share_of_other.value), pair)
            for pair in found.pairs.values()
            if pair.seen and pair.share_of_one is not None and pair.share_of_other is not None
        ]
        told.sort(key=lambda one: (-one[0], one[1].one, one[1].other))
        return [
            (self.creators[pair.one], self.creators[pair.other], pair)
            for _share, pair in told[:PAIRS]
        ]


def selection_of(
    brand: Brand, *, segment: Segment | None, campaign: str, creators: Sequence[str]
) -> Selection | None:
    """The creators who are asked for; None: nobody is. Raises NoSelection.

    Of more than are compared at once, those with the largest audiences.
    """
    known = Relationship.objects.filter(brand=brand, unprofiled_at=None)
    if segment is not None:
        inside = Membership.objects.filter(segment=segment, left_at=None)
        return _of(f"Segment {segment.name}", known.filter(creator__in=inside.values("creator")))
    if campaign:
        row = Campaign.objects.filter(brand=brand, key=campaign).first()
        if row is None:
            msg = "There is no such campaign."
            raise NoSelection(msg)
        there = Engagement.objects.filter(campaign=row).open()
        return _of(f"Campaign {row.name}", known.filter(pk__in=there.values("relationship")))
    if creators:
        try:
            uids = [UUID(one) for one in creators[:CREATORS_MOST]]
        except ValueError as error:
            msg = "There is no such creator."
            raise NoSelection(msg) from error
        return _of("Chosen creators", known.filter(creator__uid__in=uids))
    return None


def _of(name: str, known: QuerySet[Relationship]) -> Selection:
    rows = known.annotate(size=Max("creator__profiles__followers"))
    largest = rows.order_by(F("size").desc(nulls_last=True), "creator")
    pks = list(largest.values_list("creator", flat=True)[:CREATORS_MOST])
    left_out = max(known.count() - len(pks), 0)
    people = Creator.objects.in_bulk(pks)
    return Selection(name, {pk: people[pk] for pk in pks}, left_out)
