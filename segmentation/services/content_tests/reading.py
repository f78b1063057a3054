"""Read a content test, as often as anybody likes; and share new creators out by what was read.

The unit is the creator, as in experiments: clicks of one creator resemble each other. The interval
is always valid, so that looking often raises no false alarm.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from campaigns.choices import ClickKind, ConversionKind
from campaigns.experiments.results import Outcome, Plan, PlanRefused, Reading
from campaigns.services.documents import digest_of
from crm import audit
from crm.models import User
from segmentation.choices import ErrandStatus, OutcomeMetric
from segmentation.models import ContentReading, ContentTest
from segmentation.services import errands
from segmentation.services.content_tests.planning import locked
from segmentation.services.edits import EditRefused
from segmentation.services.experiments.looking import as_result

# By name: tasks are above services.
TASK = "segmentation.tasks.read_content_test"

# Who objects to profiling, also since a variant was given to them, is not counted.
# Each piece with whose it is, whether it is out, and what came of its link until the moment.
_BY_LINKS = """
WITH taken AS (
  SELECT conversion_id, bool_or(value IS NULL) AS is_whole, sum(value) AS value
  FROM campaigns_refund WHERE brand_id = %(brand)s AND at < %(until)s GROUP BY conversion_id
), brought AS (
  SELECT coalesce(o.link_id, c.link_id) AS link_id, count(*) AS orders
  FROM campaigns_conversion o
  LEFT JOIN campaigns_click c ON c.id = o.click AND o.link_id IS NULL
  LEFT JOIN taken t ON t.conversion_id = o.id
  WHERE o.brand_id = %(brand)s AND o.kind = %(order)s AND o.at < %(until)s
    AND NOT coalesce(t.is_whole OR t.value >= o.value, false)
  GROUP BY 1
)
SELECT e.relationship_id, v.name, p.link_id IS NOT NULL,
  d.published_at IS NOT NULL AND d.published_at < %(until)s,
  (SELECT count(*) FROM campaigns_click c WHERE c.link_id = p.link_id AND c.kind = %(person)s
    AND c.at >= p.assigned_at AND c.at < %(until)s),
  coalesce(b.orders, 0)
FROM segmentation_contentpiece p
JOIN segmentation_contentvariant v ON v.id = p.variant_id
JOIN campaigns_deliverable d ON d.id = p.deliverable_id
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id AND r.unprofiled_at IS NULL
LEFT JOIN brought b ON b.link_id = p.link_id
WHERE p.test_id = %(test)s ORDER BY p.number"""
# The post of a piece, or those that were seen as its publication.
_COUNTS = "o.likes, o.comments, o.shares, o.saves"
_SUM = " + ".join(f"coalesce({one}, 0)" for one in _COUNTS.split(", "))
_BY_POSTS = """
SELECT e.relationship_id, v.name, count(o.id),
  sum({events}) FILTER (WHERE {counts}), sum(o.views) FILTER (WHERE {counts})
FROM segmentation_contentpiece p
JOIN segmentation_contentvariant v ON v.id = p.variant_id
JOIN campaigns_deliverable d ON d.id = p.deliverable_id
JOIN campaigns_engagement e ON e.id = d.engagement_id
JOIN crm_relationship r ON r.id = e.relationship_id AND r.unprofiled_at IS NULL
LEFT JOIN crm_post o ON o.posted_at < %(until)s AND (o.id = d.post_id OR (d.post_id IS NULL
  AND EXISTS (SELECT FROM campaigns_sighting s JOIN campaigns_publication u
    ON u.id = s.publication_id WHERE u.deliverable_id = d.id AND s.post_id = o.id)))
WHERE p.test_id = %(test)s
GROUP BY e.relationship_id, v.name, p.number ORDER BY p.number"""
_POSTS = {
    OutcomeMetric.ENGAGEMENTS: _BY_POSTS.format(
        events=_SUM, counts=f"o.views > 0 AND num_nonnulls({_COUNTS}) > 0"
    ),
    OutcomeMetric.SAVES: _BY_POSTS.format(
        events="o.saves", counts="o.views > 0 AND o.saves IS NOT NULL"
    ),
}


@transaction.atomic
def ask(*, test_id: int, actor: User | None, at: datetime) -> ContentReading:
    """Have the test read by a worker. Raises EditRefused."""
    test = locked(test_id)
    if not test.is_running:
        raise EditRefused(f"“{test}” is not running.", code="not_running")
    last = test.readings.order_by("number").last()
    if last is not None and last.is_open:
        raise EditRefused("It is being read already.", code="under_way")
    found = ContentReading.objects.create(
        test=test,
        number=(last.number if last else 0) + 1,
        status=ErrandStatus.QUEUED,
        requested_by=actor,
        requested_at=at,
    )
    errands.send(TASK, found)
    return found


def read(*, reading_id: int, at: datetime) -> ContentReading | None:
    """Compute a reading that waits; safe to call twice. A failure is told."""
    return errands.carry_out(
        ContentReading.objects.select_related("test__brand"),
        errand_id=reading_id,
        task=TASK,
        work=lambda found: _fill(found, at),
        refusals=(EditRefused, PlanRefused),
    )


def _fill(found: ContentReading, at: datetime) -> None:
    # Heavy: only workers import it.
    from campaigns.experiments.allocation import suggested  # noqa: PLC0415
    from campaigns.experiments.analysis import analyse  # noqa: PLC0415

    test = found.test
    keys = dict(test.variants.order_by("position").values_list("name", "key"))
    outcomes = _outcomes(test, found.requested_at)
    if not outcomes:
        raise EditRefused("No piece has a variant yet: give them out first.", code="no_pieces")
    control = test.variants.get(is_control=True)
    plan = Plan(
        control=control.name,
        level=test.level,
        reading=Reading.ANYTIME,
        planned_lift=test.planned_lift,
        seed=test.seed,
    )
    shares = suggested(outcomes, list(keys), floor=test.floor, seed=f"{test.seed}:{found.number}")
    found.result = as_result(analyse(outcomes, plan), keys)
    found.suggested = {keys[name]: share for name, share in shares.items()}
    found.digest = digest_of({"result": found.result, "suggested": found.suggested})
    found.computed_at = at
    found.save(update_fields=["result", "suggested", "digest", "computed_at"])


def _outcomes(test: ContentTest, until: datetime) -> list[Outcome]:
    """One for each creator: what came of all their pieces together."""
    metric = OutcomeMetric(test.metric)
    asked: dict[str, Any] = {
        "test": test.pk,
        "brand": test.brand_id,
        "until": until,
        "person": ClickKind.PERSON.value,
        "order": ConversionKind.ORDER.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_POSTS.get(metric, _BY_LINKS), asked)
        rows = cursor.fetchall()
    arms: dict[int, str] = {}
    events: dict[int, float | None] = defaultdict(float)
    weights: dict[int, float] = defaultdict(float)
    for relationship, arm, *counts in rows:
        arms[relationship] = arm
        came, on = _of_posts(*counts) if metric in _POSTS else _of_links(metric, *counts)
        before = events[relationship]
        # What is not known of one piece is not known of all of them together.
        events[relationship] = None if came is None or before is None else before + came
        weights[relationship] += on
    return [Outcome(one, arm, events[one], weights[one]) for one, arm in arms.items()]


def _of_links(
    metric: OutcomeMetric, has_link: bool, is_out: bool, clicks: int, orders: int
) -> tuple[float | None, float]:
    """A piece that is not out yet has no clicks because of that, and not because of its variant."""
    if not is_out:
        return 0.0, 0.0
    if not has_link:
        return None, 0.0
    if metric is OutcomeMetric.CLICKS:
        return float(clicks), 1.0
    return float(orders), float(clicks)


def _of_posts(posts: int, events: int | None, views: int | None) -> tuple[float | None, float]:
    """Not published yet: nothing to count on. Published without known counts: not known."""
    if not posts:
        return 0.0, 0.0
    return (None, 0.0) if views is None else (float(events or 0), float(views))


@transaction.atomic
def apply(
    *, reading_id: int, shares: Mapping[str, int], actor: User | None, at: datetime
) -> ContentTest:
    """Share new creators out as a person says, with the suggestion of a reading before them.

    `shares` are percents by the keys of the variants. Who has a variant keeps it. Raises
    EditRefused.
    """
    reading = ContentReading.objects.select_related("test").get(pk=reading_id)
    test = locked(reading.test_id)
    reading = test.readings.select_for_update(no_key=True).get(pk=reading_id)
    variants = {variant.key: variant for variant in test.variants.all()}
    if not test.is_running:
        raise EditRefused(f"“{test}” is not running.", code="not_running")
    if not reading.suggested:
        raise EditRefused("This reading suggests nothing.", code="nothing_suggested")
    if test.readings.filter(number__gt=reading.number, computed_at__isnull=False).exists():
        raise EditRefused("There is a newer reading: look at that one.", code="outdated")
    if reading.applied_at is not None:
        raise EditRefused("It was applied already: read the test again.", code="applied")
    if set(shares) != set(variants) or sum(shares.values()) != 100:
        raise EditRefused(
            "The shares of all variants add up to 100 %.", code="bad_shares", field="shares"
        )
    if min(shares.values()) < test.floor:
        raise EditRefused(
            f"Each variant gets {test.floor} % at least: that was planned.",
            code="bad_shares",
            field="shares",
        )
    for key, variant in variants.items():
        variant.share = shares[key]
        variant.save(update_fields=["share"])
    reading.applied, reading.applied_at, reading.applied_by = dict(shares), at, actor
    reading.save(update_fields=["applied", "applied_at", "applied_by"])
    audit.record(
        brand=test.brand,
        verb="segmentation.content_test.shared_out",
        target=test,
        actor=actor,
        at=at,
        data={"reading": reading.number, "suggested": reading.suggested, "shares": dict(shares)},
        label=test.name,
    )
    return test
