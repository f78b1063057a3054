"""The ledger: who was where when, by dimension and by creator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from crm.models import Brand, Creator
from segmentation.choices import Cause
from segmentation.metrics.periods import calendar_of
from segmentation.models import Membership, Run, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import Evidence, evidence_in_words, recorded

# Stays shown of a creator, the newest ones.
STAYS_SHOWN = 50


def stays_of_dimension(dimension_id: int, moment: datetime | None) -> QuerySet[Membership]:
    """The stays in the segments of a dimension, the archived ones too: open now, or at `moment`.

    Those of people who have been erased since are not among them: nothing says who it was.
    """
    segments = Segment.objects.filter(dimension=dimension_id).values("pk")
    stays = Membership.objects.filter(segment__in=segments)
    return stays.open() if moment is None else stays.as_of(moment)


@dataclass(frozen=True)
class Passage:
    """A creator's coming into a segment, or going: when, why, by which run and on what evidence."""

    at: datetime
    segment: Segment
    is_coming: bool
    cause: str
    version: int
    run: Run | None
    evidence: list[Evidence]


def passages(brand: Brand, creator: Creator, facts: Catalogue) -> list[Passage]:
    """What happened to a creator in the brand's segments, newest first. Three statements."""
    stays = list(
        Membership.objects.filter(segment__brand=brand, creator=creator)
        .select_related("segment__dimension", "version", "entered_run", "left_run")
        .order_by("-entered_at", "segment__key")[:STAYS_SHOWN]
    )
    read = recorded(
        (run, stay.segment_id, creator.pk)
        for stay in stays
        for run in (stay.entered_run_id, stay.left_run_id)
        if run is not None
    )
    calendar = calendar_of(brand)

    def told(stay: Membership, run: Run | None) -> list[Evidence]:
        found = read.get((run.pk, stay.segment_id, creator.pk), {}) if run else {}
        return evidence_in_words(found, facts, calendar)

    def both(stay: Membership) -> Iterator[Passage]:
        entered = Cause(stay.entered_cause)
        yield Passage(
            stay.entered_at,
            stay.segment,
            True,
            entered.label,
            stay.version.number,
            stay.entered_run,
            told(stay, stay.entered_run),
        )
        if stay.left_at is not None:
            left = Cause(stay.left_cause or Cause.RULE)
            # A roll-back ends a stay against what its run had read.
            against = left == Cause.ROLLBACK
            yield Passage(
                stay.left_at,
                stay.segment,
                False,
                left.label,
                stay.version.number,
                stay.left_run,
                [] if against else told(stay, stay.left_run),
            )

    found = [passage for stay in stays for passage in both(stay)]
    return sorted(found, key=lambda one: (one.at, one.is_coming, one.segment.key), reverse=True)
