"""Have scorecards computed by a worker: by who looks at one that is not there, or asks for it anew.

A quarter over many creators takes longer than anybody waits for a page, and needs libraries that
web processes do not load. All who ask for the same quarter share one order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from crm import audit
from crm.models import Brand, User
from segmentation.choices import ErrandStatus
from segmentation.facts.links import IN_USE
from segmentation.metrics.periods import Quarter, calendar_of, quarter_bounds, quarter_of
from segmentation.models import Scorecard, ScorecardOrder, Segment
from segmentation.services import errands, scorecards
from segmentation.services.scorecard_validity import is_by_the_catalogue, is_fresh

# By name: tasks are above services.
TASK = "segmentation.tasks.compute_scorecards"
# Looking at it does not have what failed tried again sooner; asking for it does.
TRIED_AGAIN_AFTER = timedelta(minutes=15)


class Held(NamedTuple):
    """What there is of a scorecard: the newest that may be shown, and the order for a newer one."""

    card: Scorecard | None
    order: ScorecardOrder | None


def hold(*, segment: Segment, period: str, actor: User | None, at: datetime) -> Held:
    """Return the stored scorecard; where there is none, or it is old, a worker is asked for it.

    One that is old is shown until then, and says of when it is; one by other formulas than today's
    is not. Raises PeriodRefused for a bad period text, and for a period that cannot have one.
    """
    quarter = scorecards.read_period(period, brand=segment.brand, as_of=at)
    card = (
        Scorecard.objects.select_related("segment")
        .filter(segment=segment, period=str(quarter))
        .first()
    )
    if card is not None and is_fresh(card, at):
        return Held(card, None)
    order = look(brand=segment.brand, quarter=quarter, segment=segment, actor=actor, at=at)
    return Held(card if card is not None and is_by_the_catalogue(card.metrics) else None, order)


def look(
    *,
    brand: Brand,
    quarter: Quarter,
    actor: User | None,
    at: datetime,
    segment: Segment | None = None,
) -> ScorecardOrder:
    """Have a quarter computed for who looks at it, unless it is under way or failed a moment ago.

    Of all segments in use together, which takes hardly longer than of one; `segment` is who is
    looked at, who may be none of them. Raises PeriodRefused where nobody was known in the quarter.
    """
    _require_anybody(brand, quarter, at)
    return _order(brand=brand, quarter=quarter, segment=segment, actor=actor, at=at, anew=False)


@transaction.atomic
def ask(*, brand: Brand, period: str, actor: User | None, at: datetime) -> ScorecardOrder:
    """Have the scorecards of all segments in use computed anew, as somebody asks.

    Raises PeriodRefused for a bad period text, and for a period that cannot have one.
    """
    quarter = scorecards.read_period(period, brand=brand, as_of=at)
    _require_anybody(brand, quarter, at)
    order = _order(brand=brand, quarter=quarter, segment=None, actor=actor, at=at, anew=True)
    audit.record(
        brand=brand,
        verb="segmentation.scorecards.requested",
        target=order,
        actor=actor,
        at=at,
        data={"period": str(quarter)},
    )
    return order


def current(brand: Brand, period: str) -> ScorecardOrder | None:
    """The order for all segments of a quarter that is under way, or failed and nothing came since.

    One or two statements.
    """
    found = ScorecardOrder.objects.filter(brand=brand, period=period, segment=None)
    order = found.exclude(status=ErrandStatus.DONE).first()
    if order is None or order.is_open:
        return order
    later = Scorecard.objects.filter(
        segment__brand=brand, period=period, computed_at__gt=order.requested_at
    )
    return None if later.exists() else order


def compute(*, order_id: int, at: datetime) -> ScorecardOrder | None:
    """Compute what waits for it; safe to call twice. A failure is told, old numbers stay."""
    return errands.carry_out(
        ScorecardOrder.objects.select_related("brand", "segment__brand"),
        errand_id=order_id,
        task=TASK,
        work=lambda order: _compute(order, at),
    )


def _compute(order: ScorecardOrder, at: datetime) -> None:
    if order.segment is None:
        scorecards.refresh(brand_id=order.brand_id, as_of=at, periods=[order.period])
    else:
        scorecards.get(segment=order.segment, period=order.period, as_of=at)


@transaction.atomic
def _order(
    *,
    brand: Brand,
    quarter: Quarter,
    segment: Segment | None,
    actor: User | None,
    at: datetime,
    anew: bool,
) -> ScorecardOrder:
    if segment is not None and segment.status in IN_USE:
        segment = None
    asked = {
        "status": ErrandStatus.QUEUED,
        "error": "",
        "attempts": 0,
        "requested_by": actor,
        "requested_at": at,
    }
    order, is_new = ScorecardOrder.objects.select_for_update(no_key=True).get_or_create(
        brand=brand, period=str(quarter), segment=segment, defaults=asked
    )
    failed_just_now = (
        order.status == ErrandStatus.FAILED and order.requested_at > at - TRIED_AGAIN_AFTER
    )
    if not is_new:
        if not anew and (order.is_open or failed_just_now):
            return order
        for name, value in asked.items():
            setattr(order, name, value)
        order.save(update_fields=list(asked))
    errands.send(TASK, order)
    return order


_KNEW_ANYBODY = """
SELECT EXISTS (SELECT FROM crm_relationship WHERE brand_id = %(brand)s AND since < %(ends)s)
  OR EXISTS (
    SELECT FROM segmentation_membership m JOIN segmentation_segment s ON s.id = m.segment_id
    WHERE s.brand_id = %(brand)s AND m.entered_at < %(ends)s
  )
"""


def _require_anybody(brand: Brand, quarter: Quarter, at: datetime) -> None:
    """Refuse a quarter that was over before the brand knew anybody: there is nothing to store."""
    calendar = calendar_of(brand)
    if quarter == quarter_of(at, calendar):
        return
    ends_at = quarter_bounds(quarter, calendar).end
    with connection.cursor() as cursor:
        cursor.execute(_KNEW_ANYBODY, {"brand": brand.pk, "ends": ends_at})
        [knew] = cursor.fetchone()
    if not knew:
        msg = f"{quarter} has nothing to measure: {brand} knew no creator yet."
        raise scorecards.PeriodRefused(msg)
