"""Back-tests: scores as of a past day against what came after, by a worker, stored with their day.

The version is counted anew over the facts as of the end of that day, as a run of then would have
read them, so that a draft can be tried too. What a creator did is counted from the day after on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.models import User
from crm.performance import planned_for
from segmentation.choices import BacktestOutcome, ErrandStatus
from segmentation.facts.scratch import scratch_facts
from segmentation.metrics.periods import calendar_of
from segmentation.models import ScoreBacktest, ScoreVersion
from segmentation.models.score_studies import LEAST_DAYS, MOST_DAYS
from segmentation.scoring.definition import DefinitionInvalid
from segmentation.scoring.leaks import leaks
from segmentation.services import errands
from segmentation.services.edits import EditRefused
from segmentation.services.scores.later import outcomes_of
from segmentation.services.scores.standing import find_scores
from segmentation.services.scores.writing import components, definition_of

# By name: tasks are above services.
TASK = "segmentation.tasks.backtest_score"
# Older ones of a brand make room for newer ones.
MOST = 60
FIRST_DAY = date(2000, 1, 1)
WHY = {
    BacktestOutcome.ENGAGEMENT: "likes, comments, shares and saves for each view, of posts "
    "published in the time; creators with three such posts or more",
    BacktestOutcome.VIEWS: "the median views of posts in the time, divided by the median of as "
    "many days before; creators with three posts on each side",
    BacktestOutcome.ORDERS: "orders by codes and links in the time, less those taken back; "
    "creators who had a code or a link",
    BacktestOutcome.ON_TIME: "the share of pieces planned for the time that were published by "
    "their day; pieces that were called off do not count",
}


@transaction.atomic
def request_backtest(
    *,
    version: ScoreVersion,
    day: date,
    days: int,
    outcome: BacktestOutcome,
    actor: User | None,
    at: datetime,
) -> ScoreBacktest:
    """Have a version held against what came in the `days` after `day`. Raises EditRefused.

    One that is stored already is computed again: what was known late is in it then.
    """
    brand = version.model.brand
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise EditRefused(
            f"Look at {LEAST_DAYS} to {MOST_DAYS} days.", code="bad_days", field="days"
        )
    if day < FIRST_DAY:
        raise EditRefused(
            f"Nothing is known of before {FIRST_DAY:%Y}.", code="bad_day", field="day"
        )
    calendar = calendar_of(brand)
    # Not the day's: the calendar ends after the year 9999.
    if day >= calendar.day_of(at) - timedelta(days=days):
        raise EditRefused(
            f"{days} days after {day:%-d %B %Y} are not over yet: choose an earlier day, or fewer "
            "days.",
            code="bad_day",
            field="day",
        )
    definition_of(version, components(brand))
    found, _ = ScoreBacktest.objects.update_or_create(
        brand=brand,
        version=version,
        day=day,
        days=days,
        outcome=outcome,
        defaults={
            "status": ErrandStatus.QUEUED,
            "error": "",
            "attempts": 0,
            "requested_by": actor,
            "requested_at": at,
        },
    )
    old = ScoreBacktest.objects.filter(brand=brand).order_by("-requested_at", "-pk")
    ScoreBacktest.objects.filter(pk__in=list(old.values_list("pk", flat=True)[MOST:])).delete()
    audit.record(
        brand=brand,
        verb="segmentation.score.backtested",
        target=version.model,
        actor=actor,
        at=at,
        data={"version": version.number, "day": day, "days": days, "outcome": outcome},
    )
    errands.send(TASK, found)
    return found


def backtest(*, backtest_id: int, at: datetime) -> ScoreBacktest | None:
    """Compute one that waits for it; safe to call twice. A failure is told."""
    return errands.carry_out(
        ScoreBacktest.objects.select_related("brand", "version__model"),
        errand_id=backtest_id,
        task=TASK,
        work=lambda found: _fill(found, at),
        refusals=(DefinitionInvalid, EditRefused),
    )


def _fill(found: ScoreBacktest, at: datetime) -> None:
    calendar = calendar_of(found.brand)
    since = calendar.midnight(found.day + timedelta(days=1))
    until = calendar.midnight(found.day + timedelta(days=1 + found.days))
    with (
        scratch_facts(found.brand, since) as table,
        planned_for(None),
        connection.cursor() as cursor,
    ):
        definition = find_scores(
            cursor,
            version=found.version,
            brand=found.brand,
            at=since,
            into="score_then",
            facts_table=table,
        )
        cursor.execute("SELECT creator_id, score FROM score_then")
        scores = dict(cursor.fetchall())
        cursor.execute("DROP TABLE score_then, score_then_norms")
    outcome = BacktestOutcome(found.outcome)
    came = outcomes_of(
        brand=found.brand, outcome=outcome, creators=scores, since=since, until=until
    )
    found.result = {
        **_result(scores, came),
        "leaks": leaks(definition, components(found.brand), outcome),
    }
    found.computed_at = at
    found.save(update_fields=["result", "computed_at"])


def _result(scores: Mapping[int, float], came: Mapping[int, float]) -> dict[str, Any]:
    """Of all creators, none by name.

    scored       creators with a score as of the day; `creators`: those of them of whom is known
                 what came after
    correlation  Spearman's, with its interval of 95 %; `reason` where there is none
    groups       tenths by score, the lowest first: creators, low, high, mean, median of what came
    """
    # Heavy, and for workers only.
    import numpy as np  # noqa: PLC0415

    from segmentation.scoring import ranks  # noqa: PLC0415

    both = sorted(scores.keys() & came.keys())
    one = np.array([scores[creator] for creator in both], dtype=float)
    other = np.array([came[creator] for creator in both], dtype=float)
    found = ranks.spearman(one, other)
    return {
        "scored": len(scores),
        "creators": len(both),
        "correlation": {
            "value": found.value,
            "low": found.low,
            "high": found.high,
            "reason": found.reason,
        },
        "groups": [vars(group) for group in ranks.groups(one, other)],
    }
