"""Ways of looking at creators: make one, set its cadence, put its segments in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from celery.schedules import ParseException, crontab
from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.models import Brand, User
from segmentation.choices import Cadence, SegmentStatus
from segmentation.facts.links import BrandSegments
from segmentation.models import Dimension, Segment
from segmentation.rules.references import find_cycle
from segmentation.services import ledger
from segmentation.services.cadences import last_slot
from segmentation.services.edits import EditRefused, refuse_outdated, set_values

FIELDS = (
    "name",
    "description",
    "is_exclusive",
    "has_precedence",
    "cadence",
    "cron",
    "drift_alert_percent",
)
STEP = 10


@transaction.atomic
def create_dimension(
    *, brand: Brand, key: str, values: Mapping[str, Any], at: datetime, actor: User | None
) -> Dimension:
    """A new way of looking, after the ones there are. Raises EditRefused."""
    ledger.lock_for_edit(brand)
    if Dimension.objects.filter(brand=brand, key=key).exists():
        raise EditRefused(f"There is a dimension {key!r} already.", code="key_taken", field="key")
    last = Dimension.objects.filter(brand=brand).aggregate(last=Max("position"))["last"] or 0
    dimension = Dimension(brand=brand, key=key, position=last + STEP)
    set_values(dimension, {name: values[name] for name in FIELDS if name in values})
    _check(dimension, at)
    dimension.save()
    audit.record(
        brand=brand,
        verb="segmentation.dimension.created",
        target=dimension,
        actor=actor,
        at=at,
        data={"key": key, **{name: getattr(dimension, name) for name in FIELDS}},
    )
    return dimension


@transaction.atomic
def change_dimension(
    *,
    dimension_id: int,
    changes: Mapping[str, Any],
    at: datetime,
    actor: User | None,
    seen: str | None = None,
) -> Dimension:
    """Set some of FIELDS. Who may be where changes with the next run. Raises EditRefused."""
    dimension = _locked(dimension_id)
    refuse_outdated(dimension, FIELDS, seen)
    circles = _circles(dimension.brand)
    changed = set_values(dimension, {name: changes[name] for name in FIELDS if name in changes})
    if not changed:
        return dimension
    _check(dimension, at)
    dimension.save(update_fields=list(changed))
    _refuse_circles(dimension.brand, circles, field="is_exclusive")
    audit.record(
        brand=dimension.brand,
        verb="segmentation.dimension.changed",
        target=dimension,
        actor=actor,
        at=at,
        data=changed,
    )
    return dimension


@transaction.atomic
def order_segments(
    *, dimension_id: int, keys: Sequence[str], at: datetime, actor: User | None
) -> None:
    """Put the segments of a dimension in this order: the first comes first.

    `keys` are all but the archived ones, each once; else EditRefused, and the order stays. So it
    does where rules that refer to each other's segments could not be decided in this order.
    """
    dimension = _locked(dimension_id)
    circles = _circles(dimension.brand)
    segments = {
        segment.key: segment
        for segment in Segment.objects.filter(dimension=dimension)
        .exclude(status=SegmentStatus.ARCHIVED)
        .order_by("position", "key")
    }
    before = list(segments)
    if sorted(keys) != sorted(before):
        raise EditRefused(
            "The order must name every segment of the dimension once. Somebody may have added or "
            "archived one meanwhile: open the page anew.",
            code="outdated",
            field="keys",
        )
    if list(keys) == before:
        return
    for place, key in enumerate(keys, 1):
        segments[key].position = place * STEP
    Segment.objects.bulk_update(segments.values(), ["position"])
    _refuse_circles(dimension.brand, circles, field="keys")
    audit.record(
        brand=dimension.brand,
        verb="segmentation.dimension.ordered",
        target=dimension,
        actor=actor,
        at=at,
        data={"order": [before, list(keys)]},
    )


def _circles(brand: Brand) -> dict[str, tuple[str, ...]]:
    """The segments in use whose rules depend on themselves, each with the way round."""
    links = BrandSegments(brand)
    ways = {
        key: find_cycle(key, link.refers_to, links)
        for key, link in links.items()
        if link.is_in_use and link.refers_to
    }
    return {key: way for key, way in ways.items() if way is not None}


def _refuse_circles(brand: Brand, before: Mapping[str, object], *, field: str) -> None:
    """Refuse an order in which rules depend on themselves that did not do so before."""
    names = {key: link.name for key, link in BrandSegments(brand).items()}
    for key, way in _circles(brand).items():
        if key not in before:
            round_trip = " → ".join(names.get(step, step) for step in way)
            raise EditRefused(
                "In a single-valued dimension a segment gets whom the ones before it leave, and "
                f"then these would depend on each other in a circle: {round_trip}. Change the "
                "rule of one of them first.",
                code="segment_cycle",
                field=field,
            )


def _locked(dimension_id: int) -> Dimension:
    """The dimension, with the brand's lock held: no run looks on while it changes."""
    dimension = Dimension.objects.select_related("brand").get(pk=dimension_id)
    ledger.lock_for_edit(dimension.brand)
    dimension.refresh_from_db()
    return dimension


def _check(dimension: Dimension, at: datetime) -> None:
    if not dimension.name.strip():
        raise EditRefused("Give the dimension a name.", code="name_needed", field="name")
    if dimension.is_exclusive and dimension.has_precedence:
        raise EditRefused(
            "A creator is in one of the segments at most, or in several of which the first counts: "
            "choose one of the two.",
            code="exclusive_with_precedence",
            field="has_precedence",
        )
    if not 0 <= dimension.drift_alert_percent <= 100:
        raise EditRefused(
            "The share that raises an alert lies from 0 to 100 %.",
            code="invalid",
            field="drift_alert_percent",
        )
    if dimension.cadence not in Cadence.values:
        raise EditRefused("There is no such cadence.", code="invalid", field="cadence")
    if dimension.cadence != Cadence.CRON:
        if dimension.cron:
            raise EditRefused(
                "A cron expression belongs to the cadence “by a cron expression”.",
                code="cron_without_cadence",
                field="cron",
            )
        return
    if problem := cron_problem(dimension.cron):
        raise EditRefused(problem, code="bad_cron", field="cron")
    if last_slot(dimension, at) is None:
        raise EditRefused(
            "No day is like that: both the day of the month and the day of the week must fit.",
            code="bad_cron",
            field="cron",
        )


def cron_problem(expression: str) -> str:
    """What is wrong with a cron expression, in words; empty where nothing is."""
    if len(expression.split()) != len(("minute", "hour", "day", "month", "weekday")):
        return "Write five parts: minute, hour, day of the month, month, day of the week. 0 3 1 * *"
    try:
        crontab.from_string(expression)
    except (ParseException, ValueError) as error:
        return f"This is no cron expression: {error}."
    return ""
