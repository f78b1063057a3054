"""What the list of runs and the page of one run show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet, Sum

from crm.models import Brand
from crm.paging import Order, Page, paginate
from segmentation.choices import ErrandStatus, RunStatus
from segmentation.models import Dimension, Run, RunOrder, RunSegment, Segment
from segmentation.rules.facts import Catalogue
from segmentation.selectors.evidence import fact_label
from segmentation.selectors.movements import DimensionFlow, flows
from segmentation.services import counting, sessions
from segmentation.services.rollback import later_run

UNFINISHED = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
BIGGEST = 10
# Below so many a share says little: two of three may leave for good reasons.
FEW = 10
# Between marking a run as running and its worker showing up.
LOST_AFTER = timedelta(minutes=1)
BY_TIME = Order("-created", "created_at", "pk", descending=True)


@dataclass(frozen=True)
class Weighed:
    """A fact, or what a rule compares, and for how many creators it matters."""

    label: str
    creators: int
    # As rules name it.
    name: str


@dataclass(frozen=True)
class FoundLine:
    """What a run found for one segment: missing facts and near misses by weight."""

    found: RunSegment
    missing: list[Weighed]
    near: list[Weighed]
    # The rule that was evaluated is no longer the one in use.
    is_reworded: bool

    @property
    def near_total(self) -> int:
        """Cases of a creator who is almost in."""
        return sum(one.creators for one in self.near)


@dataclass(frozen=True)
class FoundBlock:
    """A dimension with what was found for its segments."""

    dimension: Dimension
    lines: list[FoundLine]

    @property
    def moves(self) -> bool:
        """Whether anybody joins or leaves one of its segments."""
        return any(line.found.joined or line.found.left for line in self.lines)


@dataclass(frozen=True)
class Oddity:
    """Something to look at before deciding."""

    segment: Segment
    words: str
    is_serious: bool = False


@dataclass(frozen=True)
class RunPage:
    """A run with what it found; empty lists while it is not done."""

    run: Run
    blocks: list[FoundBlock]
    biggest: list[RunSegment]
    flows: list[DimensionFlow]
    missing: list[Weighed]
    odd: list[Oddity]
    joined: int
    left: int
    unknown: int
    near: int
    # The run that has to be rolled back first, where this one is applied and not the newest.
    later: Run | None
    # The last thing that somebody had done with it by a worker.
    order: RunOrder | None

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker evaluates it, or has yet to."""
        return self.run.status in UNFINISHED

    @property
    def under_way(self) -> RunOrder | None:
        """What a worker is doing with it, or has yet to do: nobody can decide until then."""
        return self.order if self.order is not None and self.order.is_open else None

    @property
    def went_wrong(self) -> RunOrder | None:
        """The order that came to nothing, and that nothing came after."""
        failed = self.order is not None and self.order.status == ErrandStatus.FAILED
        return self.order if failed else None

    @property
    def is_being_counted(self) -> bool:
        """Whether missing facts and near misses are still to come."""
        return self.has_near and self.run.counted_at is None

    @property
    def has_near(self) -> bool:
        """Whether those who are nearly in can be looked up."""
        return self.run.status in counting.COUNTED

    @property
    def share(self) -> float | None:
        """The share of the brand's creators with any change."""
        if self.run.moved is None or not self.run.population:
            return None
        return self.run.moved / self.run.population

    @property
    def held(self) -> list[RunSegment]:
        """The segments that were held back."""
        return [line.found for block in self.blocks for line in block.lines if line.found.is_held]


@dataclass(frozen=True)
class Progress:
    """How far an unfinished run is."""

    run: Run
    # From 1; None where no worker can be seen.
    step: int | None
    steps: int
    words: str
    is_lost: bool


@dataclass(frozen=True)
class RunLine:
    """A run in the list, with joiners and leavers of all segments added up."""

    run: Run
    joined: int
    left: int
    under_way: RunOrder | None


def runs_page(runs: QuerySet[Run], *, cursor: str | None, size: int = 30) -> Page[RunLine]:
    """Return a page of `runs`, newest first, in three statements. Raises crm.paging.BadCursor."""
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
    orders = RunOrder.objects.open().filter(run__in=[run.pk for run in page.items])
    under_way = {order.run_id: order for order in orders}
    lines = [RunLine(run, *sums.get(run.pk, (0, 0)), under_way.get(run.pk)) for run in page.items]
    return Page(lines, page.next, page.previous)


def find_run(brand: Brand, pk: int) -> Run | None:
    """Return the brand's run with its people and dimension."""
    return (
        Run.objects.filter(brand=brand, pk=pk)
        .select_related("brand", "requested_by", "decided_by", "rolled_back_by", "dimension")
        .first()
    )


def progress(run: Run, *, at: datetime) -> Progress:
    """Return how far an unfinished run is, as its worker says. Two statements at most."""
    step = sessions.step_of(run) if run.status == RunStatus.RUNNING else None
    is_lost = (
        step is None
        and run.status == RunStatus.RUNNING
        and run.started_at is not None
        and run.started_at < at - LOST_AFTER
        and not sessions.alive([run])
    )
    return Progress(
        run=run,
        step=None if step is None else step + 1,
        steps=len(sessions.STEPS),
        words="" if step is None else sessions.STEPS[step],
        is_lost=is_lost,
    )


def newest_order(run: Run) -> RunOrder | None:
    """The last thing that somebody had done with the run by a worker."""
    orders = RunOrder.objects.filter(run=run).select_related("requested_by")
    return orders.order_by("-pk").first()


def run_page(run: Run, facts: Catalogue) -> RunPage:
    """Return the page of a run. Four statements at most."""
    found = list(
        run.segments.select_related("segment__dimension", "version").order_by(
            "segment__dimension__position",
            "segment__dimension__key",
            "segment__position",
            "segment__key",
        )
    )
    by_moves = sorted(found, key=lambda row: (-(row.joined + row.left), row.segment.key))
    missing: Counter[str] = Counter()
    for row in found:
        missing.update(row.missing)
    lines = [
        FoundLine(
            row,
            _by_weight(row.missing, facts),
            _by_weight(row.near, facts),
            row.segment.active_version_id != row.version_id,
        )
        for row in found
    ]
    return RunPage(
        run=run,
        blocks=[
            FoundBlock(block[0].found.segment.dimension, block)
            for _, group in groupby(lines, key=lambda line: line.found.segment.dimension_id)
            if (block := list(group))
        ],
        biggest=[row for row in by_moves[:BIGGEST] if row.joined + row.left],
        flows=flows(run, found),
        missing=_by_weight(missing, facts)[:BIGGEST],
        odd=list(_odd(run, lines)),
        joined=sum(row.joined for row in found),
        left=sum(row.left for row in found),
        unknown=sum(row.unknown for row in found),
        near=sum(line.near_total for line in lines),
        later=later_run(run) if run.status == RunStatus.APPLIED else None,
        order=newest_order(run),
    )


def _odd(run: Run, lines: Sequence[FoundLine]) -> Iterator[Oddity]:
    """What a strategist should look at first, in the order of the list."""
    for line in lines:
        row = line.found
        before = row.members - row.joined + row.left
        if row.error:
            yield Oddity(row.segment, f"is broken and keeps its members: {row.error}", True)
        if line.is_reworded and run.status == RunStatus.WAITING:
            yield Oddity(row.segment, "was reworded since: this is what its rule of before found")
        if row.left and not row.members:
            yield Oddity(row.segment, f"would be empty: all {before:,} leave", True)
        elif row.left * 2 > before >= FEW:
            yield Oddity(row.segment, f"loses {row.left:,} of {before:,} members")
        if row.joined > before >= FEW:
            yield Oddity(row.segment, f"more than doubles: {row.joined:,} join {before:,}")
        if run.population and row.unknown * 2 > run.population >= FEW:
            yield Oddity(
                row.segment,
                f"is undecided for {row.unknown:,} of {run.population:,} creators",
            )


def _by_weight(counts: Mapping[str, int], facts: Catalogue) -> list[Weighed]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Weighed(fact_label(name, facts), creators, name) for name, creators in ordered]
