"""The ledger: who was where when, by dimension and by creator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from crm.models import Brand, Creator
from segmentation.choices import Cause, ChangeKind
from segmentation.metrics.periods import calendar_of
from segmentation.models import Change, Membership, Run, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import Evidence, evidence_in_words

# Stays shown of a creator, the newest ones.
STAYS_SHOWN = 50


def stays_of_dimension(dimension_id: int, moment: datetime) -> QuerySet[Membership]:
    """The stays that hold at `moment` in the segments of a dimension, the archived ones too.

    Those of people who have been erased since are not among them: nothing says who it was.
    """
    segments = Segment.objects.filter(dimension=dimension_id).values("pk")
    return Membership.objects.as_of(moment).filter(segment__in=segments)


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
    """What happened to a creator in the brand's segments, newest first. Two statements."""
    stays = list(
        Membership.objects.filter(segment__brand=brand, creator=creator)
        .select_related("segment__dimension", "version", "entered_run", "left_run")
        .order_by("-entered_at", "segment__key")[:STAYS_SHOWN]
    )
    changes = _changes(creator, stays)
    calendar = calendar_of(brand)

    def told(stay: Membership, run: Run | None, kind: ChangeKind) -> list[Evidence]:
        change = changes.get((run.pk, stay.segment_id, kind.value)) if run else None
        return evidence_in_words(change.evidence, facts, calendar) if change else []

    def both(stay: Membership) -> Iterator[Passage]:
        entered = Cause(stay.entered_cause)
        yield Passage(
            stay.entered_at,
            stay.segment,
            True,
            entered.label,
            stay.version.number,
            stay.entered_run,
            told(stay, stay.entered_run, ChangeKind.JOINED),
        )
        if stay.left_at is not None:
            left = Cause(stay.left_cause or Cause.RULE)
            # A roll-back ends a stay against what its run had read.
            read = [] if left == Cause.ROLLBACK else told(stay, stay.left_run, ChangeKind.LEFT)
            yield Passage(
                stay.left_at,
                stay.segment,
                False,
                left.label,
                stay.version.number,
                stay.left_run,
                read,
            )

    found = [passage for stay in stays for passage in both(stay)]
    return sorted(found, key=lambda one: (one.at, one.is_coming, one.segment.key), reverse=True)


def _changes(creator: Creator, stays: Sequence[Membership]) -> dict[tuple[int, int, str], Change]:
    """The creator's lines in the change sets of those runs, by run, segment and kind."""
    pairs = {
        (run, stay.segment_id)
        for stay in stays
        for run in (stay.entered_run_id, stay.left_run_id)
        if run is not None
    }
    if not pairs:
        return {}
    # By the index on run and segment.
    wanted = Q()
    for run in sorted({run for run, _ in pairs}):
        wanted |= Q(run=run, segment__in=sorted(seg for one, seg in pairs if one == run))
    return {
        (change.run_id, change.segment_id, change.kind): change
        for change in Change.objects.filter(wanted, creator=creator)
    }
