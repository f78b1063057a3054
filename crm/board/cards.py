"""The cards of a board: what is on them, and where each may go from here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.board.parts import PARTS, Line
from crm.choices import Stage
from crm.models import Brand, Relationship, StageChange, Task
from crm.selectors import CreatorRow, TierTable, creator_rows
from crm.services.relationships import PATH, SIDE, allowed_moves
from crm.services.stalls import Limits, stalled

# A bar goes up to so many times what is called much: higher rates stand at its end.
BAR_ENDS_AT = 2


@dataclass(frozen=True)
class Bar:
    """A rate against what is usual, in percent of the bar's length."""

    at: int
    low: int
    width: int

    @classmethod
    def of(cls, row: CreatorRow) -> Bar | None:
        """None where the rate or what is usual is not known."""
        rate, tier = row.engagement_rate, row.tier
        if rate is None or tier is None or tier.engagement_low is None:
            return None
        low = tier.engagement_low
        high = low if tier.engagement_high is None else tier.engagement_high
        end = BAR_ENDS_AT * high
        if end <= 0:
            return None
        place = round(100 * low / end)
        # Without an upper bound everything from the lower one on is usual.
        until = 100 if tier.engagement_high is None else round(100 * high / end)
        return cls(at=min(98, round(100 * rate / end)), low=place, width=until - place)


@dataclass(frozen=True)
class Card:
    """A creator on the board, and where they may go from here."""

    row: CreatorRow
    days_in_stage: int
    # Stage and whether the move takes a reason.
    moves: Sequence[tuple[Stage, bool]]
    # What is to be done about the creator first.
    task: Task | None
    # After how many days nobody said or planned anything, the card is called stalled; None: not.
    stalled_after: int | None
    bar: Bar | None
    lines: Sequence[Line]

    @property
    def relationship(self) -> Relationship:
        """What moves."""
        return self.row.relationship


def cards(
    brand: Brand, rows: Sequence[Relationship], limits: Mapping[Stage, Limits], at: datetime
) -> list[Card]:
    """Cards for relationships that were read `with_creator()`: a constant number of statements."""
    ids = [row.pk for row in rows]
    aside = [row.pk for row in rows if row.stage in SIDE]
    before = _last_on_path(aside) if aside else {}
    tasks = Task.objects.next_of(ids)
    still = stalled(ids, limits, at)
    shown = creator_rows(rows, TierTable.of(brand))
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for part in PARTS:
        for pk, more in part(brand, shown, at).items():
            lines[pk].extend(more)
    return [
        Card(
            row=row,
            days_in_stage=max((at - row.relationship.stage_since).days, 0),
            moves=list(
                allowed_moves(
                    Stage(row.relationship.stage), before.get(row.relationship.pk)
                ).items()
            ),
            task=tasks.get(row.relationship.pk),
            stalled_after=still.get(row.relationship.pk),
            bar=Bar.of(row),
            lines=lines[row.relationship.pk],
        )
        for row in shown
    ]


def _last_on_path(ids: Sequence[int]) -> dict[int, Stage]:
    """The stage that each lapsed or declined creator had before."""
    stays = (
        StageChange.objects.filter(relationship__in=ids, stage__in=PATH)
        .order_by("relationship", "-entered_at", "-pk")
        .distinct("relationship")
        .values_list("relationship", "stage")
    )
    return {pk: Stage(stage) for pk, stage in stays}
