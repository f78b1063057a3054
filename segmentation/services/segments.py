"""Make segments, reword their rules, take them out of use. A version is never changed.

A rule is worded as a draft (`save_draft`) and taken into use with a reason (`activate_version`);
packs and programs do both at once (`create_segment`, `reword_rule`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.models import Brand, User
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules import json_form, tree
from segmentation.rules.facts import Catalogue
from segmentation.services import ledger
from segmentation.services.wordings import NEAR_PERCENT, Wording


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
    definition: str = "",
    stay_rule: tree.Node | None = None,
    minimum_stay_days: int = 0,
    near_percent: int = NEAR_PERCENT,
    origin: str = "",
    facts: Catalogue | None = None,
) -> Segment:
    """An active segment with its first version; the next run fills it.

    `origin` is the pack it comes from. Raises SegmentRefused when the brand has the key already,
    RuleInvalid for a rule that cannot be evaluated. `facts` spares asking for the catalogue again
    when many segments are made.
    """
    facts = facts or catalogue(dimension.brand)
    segment = _new_segment(
        dimension,
        key=key,
        name=name,
        purpose=purpose,
        definition=definition,
        primary_kpi=primary_kpi,
        kpis=list(kpis),
        owner=actor,
        position=position,
        unknown_policy=unknown_policy,
        origin=origin,
    )
    version = _add_version(
        segment,
        Wording(rule, stay_rule, minimum_stay_days, near_percent, unknown_policy),
        actor=actor,
        at=at,
        reason="First version",
        origin=origin,
        is_used=True,
        facts=facts,
    )
    _use(segment, version)
    audit.record(
        brand=segment.brand,
        verb="segmentation.segment.created",
        target=segment,
        actor=actor,
        at=at,
        data={"key": key, "rule": version.rule_text, "origin": origin},
    )
    return segment


@transaction.atomic
def draft_segment(
    *,
    dimension: Dimension,
    key: str,
    name: str,
    purpose: str,
    rule: tree.Node,
    at: datetime,
    actor: User | None,
    definition: str = "",
    primary_kpi: str = "",
    owner: User | None = None,
    stay_rule: tree.Node | None = None,
    minimum_stay_days: int = 0,
    near_percent: int = NEAR_PERCENT,
    unknown_policy: UnknownPolicy = UnknownPolicy.LEAVE_OUT,
) -> SegmentVersion:
    """A segment that no run looks at until its first version, a draft, is activated.

    Raises SegmentRefused when the brand has the key already or no purpose is given, RuleInvalid.
    """
    if not purpose.strip():
        raise SegmentRefused("Say what the segment is for: its purpose.")
    segment = _new_segment(
        dimension,
        key=key,
        name=name,
        purpose=purpose,
        definition=definition,
        primary_kpi=primary_kpi,
        owner=owner,
    )
    wording = Wording(rule, stay_rule, minimum_stay_days, near_percent, unknown_policy)
    version = _add_version(segment, wording, actor=actor, at=at)
    audit.record(
        brand=segment.brand,
        verb="segmentation.segment.drafted",
        target=segment,
        actor=actor,
        at=at,
        data={"key": key, "rule": version.rule_text},
    )
    return version


@transaction.atomic
def save_draft(
    *,
    segment_id: int,
    rule: tree.Node,
    actor: User | None,
    at: datetime,
    stay_rule: tree.Node | None = None,
    minimum_stay_days: int = 0,
    near_percent: int = NEAR_PERCENT,
    unknown_policy: UnknownPolicy = UnknownPolicy.LEAVE_OUT,
    origin: str = "",
) -> SegmentVersion:
    """Keep a wording of the segment's rule as a version that is not in use yet.

    `origin` is the pack that words it so. What says the same as the newest version is no new one:
    that version is returned. Raises RuleInvalid, and SegmentRefused for an archived segment.
    """
    segment = _locked(segment_id)
    if segment.status == SegmentStatus.ARCHIVED:
        raise SegmentRefused(f"{segment} is archived; its rule stays as it was.")
    wording = Wording(rule, stay_rule, minimum_stay_days, near_percent, unknown_policy)
    newest = segment.versions.order_by("-number").first()
    if newest is not None and wording.is_of(newest):
        return newest
    version = _add_version(segment, wording, actor=actor, at=at, origin=origin)
    audit.record(
        brand=segment.brand,
        verb="segmentation.version.drafted",
        target=segment,
        actor=actor,
        at=at,
        data={"version": version.number, "rule": version.rule_text},
    )
    return version


@transaction.atomic
def activate_version(
    *, version_id: int, reason: str, at: datetime, actor: User | None
) -> SegmentVersion:
    """Put a draft in use, from the next run on. The first one makes the segment take part.

    Raises SegmentRefused without a reason, for an archived segment and for a version that was in
    use before (save its rule as a new draft to return to it), RuleInvalid for a rule that can no
    longer be evaluated.
    """
    segment = _locked(SegmentVersion.objects.values_list("segment", flat=True).get(pk=version_id))
    version = segment.versions.select_for_update(no_key=True).get(pk=version_id)
    reason = reason.strip()
    if not reason:
        raise SegmentRefused("Say why the rule changes: the next person will want to know.")
    if segment.status == SegmentStatus.ARCHIVED:
        raise SegmentRefused(f"{segment} is archived; its rule stays as it was.")
    if version.pk == segment.active_version_id:
        raise SegmentRefused(f"Version {version.number} is in use already.")
    if version.activated_at is not None:
        raise SegmentRefused(
            f"Version {version.number} was in use before. Open it in the builder and save it as a "
            "new draft to return to it."
        )
    Wording.of(version).require_valid(catalogue(segment.brand), segment=segment.key)
    before = segment.active_version
    version.activated_at = at
    version.reason = reason
    version.save(update_fields=["activated_at", "reason"])
    _use(segment, version)
    audit.record(
        brand=segment.brand,
        verb="segmentation.version.activated",
        target=segment,
        actor=actor,
        at=at,
        data={
            "version": [before.number if before else None, version.number],
            "rule": [before.rule_text if before else None, version.rule_text],
            "reason": reason,
        },
    )
    return version


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
    wording = Wording(rule)
    if before is not None:
        if before.rule == json_form.dump(rule):
            return before
        wording = replace(Wording.of(before), rule=rule)
    version = _add_version(segment, wording, actor=actor, at=at, reason=reason, is_used=True)
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
    ledger.lock_for_edit(segment.brand)
    segment.refresh_from_db()
    return segment


def _new_segment(dimension: Dimension, *, key: str, **columns: Any) -> Segment:
    """A draft segment without versions, with the brand's lock held."""
    brand = dimension.brand
    ledger.lock_for_edit(brand)
    if Segment.objects.filter(brand=brand, key=key).exists():
        raise SegmentRefused(f"There is a segment {key!r} already.")
    return Segment.objects.create(
        brand=brand, dimension=dimension, key=key, bit=_free_bit(brand), **columns
    )


def _free_bit(brand: Brand) -> int:
    """The next place in the masks: never one that any segment of the brand ever had."""
    highest = Segment.objects.filter(brand=brand).aggregate(highest=Max("bit"))["highest"]
    return 0 if highest is None else int(highest) + 1


def _add_version(
    segment: Segment,
    wording: Wording,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    origin: str = "",
    is_used: bool = False,
    facts: Catalogue | None = None,
) -> SegmentVersion:
    facts = facts or catalogue(segment.brand)
    wording.require_valid(facts, segment=segment.key)
    last: dict[str, Any] = segment.versions.aggregate(number=Max("number"))
    return SegmentVersion.objects.create(
        segment=segment,
        number=(last["number"] or 0) + 1,
        **wording.columns(facts),
        author=actor,
        reason=reason,
        origin=origin,
        created_at=at,
        activated_at=at if is_used else None,
    )


def _use(segment: Segment, version: SegmentVersion) -> None:
    segment.active_version = version
    segment.unknown_policy = version.unknown_policy
    segment.status = SegmentStatus.ACTIVE
    segment.broken_reason = ""
    segment.save(update_fields=["active_version", "unknown_policy", "status", "broken_reason"])
