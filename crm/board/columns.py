"""The columns of a board: how many cards each has, how long they stand there, a page of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.board.cards import Card
from crm.choices import Stage
from crm.filters import BoardFilter
from crm.models import Brand
from crm.paging import Count, Order, capped_count
from crm.selectors import stage_counts
from crm.services.stalls import Limits

# A page of a column: more than a screen shows. Each card costs over a millisecond.
CARDS = 20
NEWEST_FIRST = Order("board", "stage_since", "id", descending=True)


@dataclass(frozen=True)
class Head:
    """What stands above a column: how many creators are in it, and for how long by now."""

    stage: Stage
    count: Count
    # Half of them are in it for at least so many days; None: nobody is, or too many to look at.
    median_days: int | None
    # More cards than this are a lot; None: any number is fine.
    limit: int | None

    @property
    def is_over(self) -> bool:
        """Whether there are more than the brand calls a lot."""
        return self.limit is not None and self.count.number > self.limit


@dataclass(frozen=True)
class Column:
    """A stage and a page of its cards; None where they are loaded when somebody opens it."""

    head: Head
    cards: Sequence[Card] | None
    next: str | None = None

    @property
    def stage(self) -> Stage:
        """Which it is."""
        return self.head.stage


def heads(
    brand: Brand,
    found: BoardFilter,
    limits: Mapping[Stage, Limits],
    at: datetime,
    *,
    only: Sequence[Stage] = tuple(Stage),
) -> dict[Stage, Head]:
    """The heads of the columns: stored counts, or counted up to a cap where it is filtered."""
    if found.is_narrowed:
        counts = {stage: capped_count(found.qs.filter(stage=stage)) for stage in only}
    else:
        stored = stage_counts(brand)
        counts = {stage: Count(stored[stage], is_capped=False) for stage in only}
    medians = _medians(found, counts, at)
    return {
        stage: Head(
            stage=stage,
            count=counts[stage],
            median_days=medians.get(stage),
            limit=limits[stage].cards if stage in limits else None,
        )
        for stage in only
    }


def _medians(found: BoardFilter, counts: Mapping[Stage, Count], at: datetime) -> dict[Stage, int]:
    """By stage, of whole columns; an index has each in order. One statement for all."""
    rows = found.qs.order_by("-stage_since", "-pk").values_list("stage", "stage_since")
    middles = [
        rows.filter(stage=stage)[count.number // 2 : count.number // 2 + 1]
        for stage, count in counts.items()
        if count.number and not count.is_capped
    ]
    if not middles:
        return {}
    first, *others = middles
    told = first.union(*others, all=True) if others else first
    return {Stage(stage): max((at - since).days, 0) for stage, since in told}
