"""The lifts that were asked for a campaign, answered with what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from campaigns.experiments.weeks import (
    METHOD,
    Lift,
    LiftRefused,
    Span,
    in_words,
    lift_beside,
    lift_between,
)
from campaigns.models import Campaign, SeriesLift
from campaigns.selectors.series.charts import values_of


@dataclass(frozen=True)
class Answered:
    """A lift with its answer; no answer: `why_not` says why."""

    asked: SeriesLift
    lift: Lift | None
    words: Sequence[str]
    control: str
    why_not: str = ""
    method: str = METHOD


def lifts_of(campaign: Campaign) -> list[Answered]:
    """All of a campaign's: two queries."""
    asked = list(
        SeriesLift.objects.filter(campaign=campaign)
        .select_related("series", "control")
        .order_by("pk")
    )
    if not asked:
        return []
    everything = {
        one.pk: one for lift in asked for one in (lift.series, lift.control) if one is not None
    }
    back = max((lift.control_days_back or 0) for lift in asked)
    first = min(lift.before_first for lift in asked) - timedelta(days=back)
    known = values_of(list(everything.values()), first, max(lift.after_last for lift in asked))
    return [_answered(lift, known) for lift in asked]


def _answered(asked: SeriesLift, known: dict[int, dict]) -> Answered:  # type: ignore[type-arg]
    before = Span(asked.before_first, asked.before_last)
    after = Span(asked.after_first, asked.after_last)
    ours = known[asked.series_id]
    try:
        if asked.control is not None:
            control = f"{asked.control} on the same days"
            found = lift_beside(ours, known[asked.control.pk], before=before, after=after)
        else:
            back = timedelta(days=asked.control_days_back or 0)
            control = f"itself, {back.days} days earlier"
            found = lift_between(
                ours,
                before=before,
                after=after,
                control_before=Span(before.first - back, before.last - back),
                control_after=Span(after.first - back, after.last - back),
            )
    except LiftRefused as refusal:
        return Answered(asked, None, (), control, str(refusal))
    return Answered(asked, found, in_words(found, str(asked.series)), control)
