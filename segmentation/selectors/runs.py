"""What the list of runs and the page of one run show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from crm.models import Brand
from crm.paging import Order, Page, paginate
from segmentation.choices import ChangeKind, RunStatus
from segmentation.metrics.periods import calendar_of
from segmentation.models import Change, Run, RunSegment, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import evidence_in_words, fact_label
from segmentation.selectors.segments import Mover

UNFINISHED = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
BIGGEST = 10
BY_TIME = Order("-created", "created_at", "pk", descending=True)
BY_NUMBER = Order("number", "pk", "pk")


@dataclass(frozen=True)
class Missing:
    """A fact that was missing, and for how many of the creators it left undecided."""

    label: str
    creators: int


@dataclass(frozen=True)
class FoundLine:
    """What a run found for one segment, with its missing facts by weight."""

    found: RunSegment
    missing: list[Missing]


@dataclass(frozen=True)
class RunPage:
    """A run with what it found; empty lists while it is not done."""

    run: Run
    lines: list[FoundLine]
    biggest: list[RunSegment]
    joined: int
    left: int
    unknown: int
    broken: list[RunSegment]

    @property
    def is_unfinished(self) -> bool:
        """Whether the page should ask again."""
        return self.run.status in UNFINISHED

    @property
    def share(self) -> float | None:
        """The share of the brand's creators with any change."""
        if self.run.moved is None or not self.run.population:
            return None
        return self.run.moved / self.run.population


@dataclass(frozen=True)
class RunLine:
    """A run in the list, with joiners and leavers of all segments added up."""

    run: Run
    joined: int
    left: int


def runs_page(runs: QuerySet[Run], *, cursor: str | None, size: int = 30) -> Page[RunLine]:
    """Return a page of `runs`, newest first, in two statements. Raises crm.paging.BadCursor."""
    page: Page[Run] = paginate(
        runs.select_related("requested_by", "dimension"), BY_TIME, cursor=cursor, size=size
    )
    sums = {
        run: (joined, left)
        for run, joined, left in RunSegment.objects.filter(run__in=[run.pk for run in page.items])
        .values_list("run")
        .annotate(joined=Sum("joined"), left=Sum("left"))
        .order_by()
    }
    lines = [RunLine(run, *sums.get(run.pk, (0, 0))) for run in page.items]
    return Page(lines, page.next, page.previous)


def find_run(brand: Brand, pk: int) -> Run | None:
    """Return the brand's run with its people and dimension."""
    return (
        Run.objects.filter(brand=brand, pk=pk)
        .select_related("brand", "requested_by", "decided_by", "dimension")
        .first()
    )


def run_page(run: Run, facts: Catalogue) -> RunPage:
    """Return the page of a run. One statement."""
    found = list(
        run.segments.select_related("segment__dimension", "version").order_by(
            "segment__dimension__position", "segment__dimension__key", "segment__position"
        )
    )
    by_moves = sorted(found, key=lambda row: (-(row.joined + row.left), row.segment.key))
    return RunPage(
        run=run,
        lines=[FoundLine(row, _missing(row, facts)) for row in found],
        biggest=[row for row in by_moves[:BIGGEST] if row.joined + row.left],
        joined=sum(row.joined for row in found),
        left=sum(row.left for row in found),
        unknown=sum(row.unknown for row in found),
        broken=[row for row in found if row.error],
    )


def changes_page(
    run: Run,
    segment: Segment,
    kind: ChangeKind,
    *,
    facts: Catalogue,
    cursor: str | None,
    size: int = 50,
) -> Page[Mover]:
    """Return who joined or left a segment in a run, with evidence. Raises BadCursor."""
    rows = Change.objects.filter(run=run, segment=segment, kind=kind).select_related("creator")
    page: Page[Any] = paginate(rows, BY_NUMBER, cursor=cursor, size=size)
    calendar = calendar_of(run.brand)
    movers = [
        Mover(change, evidence_in_words(change.evidence, facts, calendar)) for change in page.items
    ]
    return Page(movers, page.next, page.previous)


def _missing(row: RunSegment, facts: Catalogue) -> list[Missing]:
    ordered = sorted(row.missing.items(), key=lambda item: (-item[1], item[0]))
    return [Missing(fact_label(name, facts), creators) for name, creators in ordered]
