"""Plan a content test, begin it, end it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.db import transaction

from campaigns.models import Campaign
from campaigns.services.tracking.urls import UrlRefused, checked_target
from crm import audit
from crm.fact_keys import key_of
from crm.models import Brand, User
from segmentation.choices import ContentElement, ExperimentStatus, OutcomeMetric
from segmentation.models import AudienceSegment, ContentTest, ContentVariant
from segmentation.models.content_tests import LEAST_FLOOR, MEASURES, MOST_FLOOR, MOST_VARIANTS
from segmentation.services.edits import EditRefused

OPEN = (ExperimentStatus.DRAFT, ExperimentStatus.RUNNING)
MOST_OPEN = 50
DECISION_MAX = 500


@dataclass(frozen=True)
class Wording:
    """A variant as somebody words it."""

    name: str
    text: str
    audience: AudienceSegment | None = None


@dataclass(frozen=True)
class Plan:
    """What is asked, of what, and how it is counted."""

    name: str
    question: str
    element: ContentElement
    metric: OutcomeMetric
    planned_lift: float
    floor: int
    target: str
    variants: Sequence[Wording]


@transaction.atomic
def create(
    *,
    brand: Brand,
    campaign: Campaign,
    plan: Plan,
    actor: User | None,
    at: datetime,
    seed: str = "",
) -> ContentTest:
    """A draft, its variants with equal shares; the first is the one others are held against.

    `seed` is what chance is made of; none: one that nobody foresaw. Raises EditRefused.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    _check(brand, campaign, plan)
    found = ContentTest.objects.create(
        brand=brand,
        campaign=campaign,
        name=" ".join(plan.name.split()),
        question=plan.question.strip(),
        element=plan.element,
        metric=plan.metric,
        planned_lift=plan.planned_lift,
        floor=plan.floor,
        target=plan.target,
        seed=seed or secrets.token_hex(16),
        created_by=actor,
        created_at=at,
    )
    keys = _keys(plan.variants)
    equal, rest = divmod(100, len(plan.variants))
    ContentVariant.objects.bulk_create(
        ContentVariant(
            test=found,
            key=key,
            name=one.name.strip(),
            text=one.text.strip(),
            audience=one.audience,
            is_control=place == 0,
            share=equal + (place < rest),
            position=place,
        )
        for place, (key, one) in enumerate(zip(keys, plan.variants, strict=True))
    )
    _note(found, "planned", actor, at, {"campaign": campaign.key, "variants": keys})
    return found


@transaction.atomic
def start(*, test_id: int, actor: User | None, at: datetime) -> ContentTest:
    """Begin: from now on pieces are given variants. Raises EditRefused."""
    found = locked(test_id)
    if not found.is_draft:
        raise EditRefused(f"“{found}” has begun already.", code="has_begun")
    found.status, found.started_at, found.started_by = ExperimentStatus.RUNNING, at, actor
    found.save(update_fields=["status", "started_at", "started_by"])
    _note(found, "started", actor, at, {"seed": found.seed})
    return found


@transaction.atomic
def end(*, test_id: int, decision: str, actor: User | None, at: datetime) -> ContentTest:
    """End it with what the brand does now. Raises EditRefused."""
    found = locked(test_id)
    decision = " ".join(decision.split())
    if not found.is_running:
        raise EditRefused(f"“{found}” is not running.", code="not_running")
    if not 1 <= len(decision) <= DECISION_MAX:
        raise EditRefused(
            f"Say in 1 to {DECISION_MAX} characters what you do now.",
            code="decision_needed",
            field="decision",
        )
    found.status, found.ended_at, found.ended_by = ExperimentStatus.COMPLETED, at, actor
    found.decision = decision
    found.save(update_fields=["status", "ended_at", "ended_by", "decision"])
    _note(found, "ended", actor, at, {"decision": decision})
    return found


@transaction.atomic
def delete(*, test_id: int, actor: User | None, at: datetime) -> None:
    """Delete a draft. Raises EditRefused."""
    found = locked(test_id)
    if not found.is_draft:
        raise EditRefused(f"“{found}” has begun: end it instead.", code="has_begun")
    _note(found, "deleted", actor, at, {})
    found.delete()


def locked(test_id: int) -> ContentTest:
    """The test, for this transaction alone."""
    rows = ContentTest.objects.select_related("brand", "campaign")
    return rows.select_for_update(no_key=True, of=["self"]).get(pk=test_id)


def _refuse(words: str, field: str) -> None:
    raise EditRefused(words, code=f"bad_{field}", field=field)


def _check(brand: Brand, campaign: Campaign, plan: Plan) -> None:
    if campaign.brand_id != brand.pk or not campaign.is_open:
        _refuse("Choose a campaign that is not closed.", "campaign")
    if not 1 <= len(" ".join(plan.name.split())) <= 120:
        _refuse("A name has 1 to 120 characters.", "name")
    if not 1 <= len(plan.question.strip()) <= 1_000:
        _refuse("Say in 1 to 1,000 characters what you want to know.", "question")
    if plan.metric not in MEASURES:
        _refuse("Choose what is counted of a piece.", "metric")
    if not 0 < plan.planned_lift <= 10:
        _refuse("The difference it is made for is more than 0 and at most 1,000 %.", "planned_lift")
    if not LEAST_FLOOR <= plan.floor <= MOST_FLOOR:
        _refuse(f"The floor is {LEAST_FLOOR} to {MOST_FLOOR} %.", "floor")
    if plan.target:
        try:
            checked_target(plan.target)
        except UrlRefused as refusal:
            _refuse(str(refusal), "target")
    elif plan.metric in {OutcomeMetric.CLICKS, OutcomeMetric.ORDERS_PER_CLICK}:
        _refuse("Say where links lead: clicks are counted by them.", "target")
    if ContentTest.objects.filter(brand=brand, status__in=OPEN).count() >= MOST_OPEN:
        _refuse(f"{MOST_OPEN} tests are open: end one first.", "name")
    _check_variants(brand, plan)


def _check_variants(brand: Brand, plan: Plan) -> None:
    if not 2 <= len(plan.variants) <= MOST_VARIANTS:
        _refuse(f"Word 2 to {MOST_VARIANTS} variants.", "variants")
    names = [one.name.strip().lower() for one in plan.variants]
    if not all(names) or len(set(names)) < len(names):
        _refuse("Each variant has a name of its own.", "variants")
    for one in plan.variants:
        if not 1 <= len(one.text.strip()) <= 2_000 or len(one.name.strip()) > 80:
            _refuse("Say in 1 to 2,000 characters what creators of each variant do.", "variants")
        if one.audience is not None and one.audience.brand_id != brand.pk:
            _refuse("Choose one of your audiences.", "variants")


def _keys(variants: Sequence[Wording]) -> list[str]:
    """A key of its own for each, from its name."""
    found: list[str] = []
    for one in variants:
        key = key_of(one.name)[:36] or "variant"
        others = (f"{key}_{number}" for number in count(2))
        found.append(next(name for name in chain([key], others) if name not in found))
    return found


def _note(
    test: ContentTest, act: str, actor: User | None, at: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        brand=test.brand,
        verb=f"segmentation.content_test.{act}",
        target=test,
        actor=actor,
        at=at,
        data=data,
        label=test.name,
    )
