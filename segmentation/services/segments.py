"""Make segments, reword their rules, take them out of use. A version is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.models import Brand, User
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules import json_form, text, tree
from segmentation.rules.facts import Catalogue
from segmentation.rules.validate import validate
from segmentation.services import ledger


class SegmentRefused(Exception):
    """The segment cannot be made or changed like that; the message is fit for the user."""


@transaction.atomic
def create_segment(
    *,
    dimension: Dimension,
    key: str,
    name: str,
    rule: tree.Node,
    at: datetime,
    actor: User | None = None,
    purpose: str = "",
    primary_kpi: str = "",
    kpis: Sequence[str] = (),
    position: int = 100,
    unknown_policy: UnknownPolicy = UnknownPolicy.LEAVE_OUT,
    origin: str = "",
    facts: Catalogue | None = None,
) -> Segment:
    """An active segment with its first version; the next run fills it.

    Raises SegmentRefused when the brand has the key already, RuleInvalid for a rule that cannot be
    evaluated. `facts` spares asking for the catalogue again when many segments are made.
    """
    brand = dimension.brand
    ledger.lock(brand)
    if Segment.objects.filter(brand=brand, key=key).exists():
        raise SegmentRefused(f"There is a segment {key!r} already.")
    segment = Segment.objects.create(
        brand=brand,
        dimension=dimension,
        key=key,
        name=name,
        purpose=purpose,
        primary_kpi=primary_kpi,
        kpis=list(kpis),
        owner=actor,
        position=position,
        bit=_free_bit(brand),
        unknown_policy=unknown_policy,
        origin=origin,
    )
    version = _add_version(
        segment, rule, actor=actor, at=at, reason="First version", facts=facts or catalogue(brand)
    )
    _use(segment, version)
    audit.record(
        brand=brand,
        verb="segmentation.segment.created",
        target=segment,
        actor=actor,
        at=at,
        data={"key": key, "rule": version.rule_text, "origin": origin},
    )
    return segment


@transaction.atomic
def reword_rule(
    *, segment_id: int, rule: tree.Node, at: datetime, actor: User | None, reason: str = ""
) -> SegmentVersion:
    """Give the segment a new version of its rule, in use from the next run on.

    A rule that says the same as the one in use changes nothing. Raises RuleInvalid, and
    SegmentRefused for an archived segment.
    """
    segment = _locked(segment_id)
    if segment.status == SegmentStatus.ARCHIVED:
        raise SegmentRefused(f"{segment} is archived; its rule stays as it was.")
    before = segment.active_version
    if before is not None and before.rule == json_form.dump(rule):
        return before
    version = _add_version(
        segment, rule, actor=actor, at=at, reason=reason, facts=catalogue(segment.brand)
    )
    _use(segment, version)
    audit.record(
        brand=segment.brand,
        verb="segmentation.segment.reworded",
        target=segment,
        actor=actor,
        at=at,
        data={"rule": [before.rule_text if before else None, version.rule_text], "reason": reason},
    )
    return version


@transaction.atomic
def archive_segment(
    *, segment_id: int, at: datetime, actor: User | None, reason: str = ""
) -> Segment:
    """Take a segment out of use: no run looks at it again, its open stays end at `at`."""
    segment = _locked(segment_id)
    if segment.status == SegmentStatus.ARCHIVED:
        return segment
    ended = ledger.end_all_stays(segment, at)
    segment.status = SegmentStatus.ARCHIVED
    segment.members_count = 0
    segment.save(update_fields=["status", "members_count"])
    audit.record(
        brand=segment.brand,
        verb="segmentation.segment.archived",
        target=segment,
        actor=actor,
        at=at,
        data={"reason": reason, "members": ended},
    )
    return segment


def _locked(segment_id: int) -> Segment:
    """The segment, with the brand's lock held: no run looks on while it changes."""
    segment = Segment.objects.select_related("brand", "active_version").get(pk=segment_id)
    ledger.lock(segment.brand)
    segment.refresh_from_db()
    return segment


def _free_bit(brand: Brand) -> int:
    """The next place in the masks: never one that any segment of the brand ever had."""
    highest = Segment.objects.filter(brand=brand).aggregate(highest=Max("bit"))["highest"]
    return 0 if highest is None else int(highest) + 1


def _add_version(
    segment: Segment,
    rule: tree.Node,
    *,
    actor: User | None,
    at: datetime,
    reason: str,
    facts: Catalogue,
) -> SegmentVersion:
    validate(rule, facts).require()
    last: dict[str, Any] = segment.versions.aggregate(number=Max("number"))
    return SegmentVersion.objects.create(
        segment=segment,
        number=(last["number"] or 0) + 1,
        rule=json_form.dump(rule),
        rule_text=text.print_rule(rule, facts),
        author=actor,
        reason=reason,
        created_at=at,
        activated_at=at,
    )


def _use(segment: Segment, version: SegmentVersion) -> None:
    segment.active_version = version
    segment.status = SegmentStatus.ACTIVE
    segment.broken_reason = ""
    segment.save(update_fields=["active_version", "status", "broken_reason"])
