"""Install rule packs, and adopt what a newer one words differently. Never overwrite a brand's own.

A pack adds the segments that a brand has not got. Of those it has, only a rule that a pack worded
may be replaced, when somebody says so; one that the brand reworded stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from segmentation.choices import UnknownPolicy
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Playbook, Segment
from segmentation.rules.facts import Catalogue
from segmentation.services import ledger
from segmentation.services.packs import files as pack_files
from segmentation.services.packs.files import Pack, SegmentDraft
from segmentation.services.packs.plans import Line, PackPlan, State, plan_pack, plans_of
from segmentation.services.segments import activate_version, create_segment, save_draft


class PackRefused(Exception):
    """The pack cannot be adopted like that; the message is fit for the user."""

    field = "segments"


@transaction.atomic
def install_pack(*, brand: Brand, name: str, actor: User | None, at: datetime) -> list[PackPlan]:
    """Add the dimension and the segments of a pack, or of the default set, that are not there yet.

    Returns what was added. What the brand has under the same keys stays as it is, even archived;
    doing it again adds nothing but what is new among niches and platforms. What asks for a fact
    that the brand has not got is left out. Raises PackUnknown.
    """
    ledger.lock_for_edit(brand)
    plans = plan_pack(brand=brand, name=name)
    facts = catalogue(brand)
    for plan in plans:
        if plan.is_empty:
            continue
        dimension = plan.dimension or _make_dimension(brand, plan.pack)
        for position, line in enumerate(plan.lines, 1):
            if line.state is State.NEW:
                _make_segment(
                    plan.pack,
                    dimension,
                    line.draft,
                    position=position,
                    actor=actor,
                    at=at,
                    facts=facts,
                )
        audit.record(
            brand=brand,
            verb="segmentation.pack.installed",
            target=dimension,
            actor=actor,
            at=at,
            data={"pack": plan.pack.origin, "added": [draft.key for draft in plan.adds]},
        )
    return plans


@transaction.atomic
def adopt_pack(
    *,
    brand: Brand,
    name: str,
    keys: Collection[str],
    actor: User | None,
    at: datetime,
    reason: str = "",
    as_drafts: bool = False,
) -> list[str]:
    """Take over a pack's newer wording of the segments `keys`, and fill in what they lack.

    A new version is put in use, or kept as a draft; a definition or playbook is only written where
    there is none. Returns the keys of what changed. Raises PackUnknown, and PackRefused for a
    segment that the brand has reworded, does not have or has archived: nothing is changed then.
    """
    ledger.lock_for_edit(brand)
    pack = pack_files.read(name)
    [plan] = plans_of(brand, [pack])
    lines = {line.draft.key: line for line in plan.lines}
    chosen = []
    for key in sorted(set(keys)):
        line = lines.get(key)
        if line is None or line.segment is None:
            raise PackRefused(f"{brand} has no segment {key!r} from the pack {pack.name}.")
        if not line.can_adopt:
            raise PackRefused(f"{line.segment}: {REFUSED[line.state]}")
        chosen.append(line)
    if not chosen:
        raise PackRefused("Choose at least one segment whose newer wording you want.")
    data: dict[str, list[str]] = {}
    for line in chosen:
        data[line.draft.key] = _adopt(
            pack, line, actor=actor, at=at, reason=reason, as_draft=as_drafts
        )
    if plan.dimension is not None and plan.is_installed:
        plan.dimension.origin = pack.origin
        plan.dimension.save(update_fields=["origin"])
    audit.record(
        brand=brand,
        verb="segmentation.pack.adopted",
        target=plan.dimension or brand,
        actor=actor,
        at=at,
        data={"pack": pack.origin, "changed": data, "as_drafts": as_drafts, "reason": reason},
    )
    return list(data)


REFUSED = {
    State.SAME: "it says what the pack says; there is nothing to adopt.",
    State.DRAFTED: "the pack's wording waits as a draft already.",
    State.OWN: "the rule is your own wording, which a pack never replaces.",
    State.ARCHIVED: "it is archived and stays as it was.",
}


def _adopt(
    pack: Pack, line: Line, *, actor: User | None, at: datetime, reason: str, as_draft: bool
) -> list[str]:
    """Change one segment; returns what changed, in words."""
    segment, draft, changed = line.segment, line.draft, list(line.lacks)
    if segment is None:
        return []
    if "definition" in line.lacks:
        segment.definition = draft.definition
    if "playbook" in line.lacks:
        _write_playbook(segment, draft, actor, at)
    if line.state is State.NEWER:
        version = save_draft(
            segment_id=segment.pk,
            rule=draft.wording.rule,
            stay_rule=draft.wording.stay_rule,
            minimum_stay_days=draft.wording.minimum_stay_days,
            near_percent=draft.wording.near_percent,
            unknown_policy=UnknownPolicy(draft.wording.unknown_policy),
            origin=pack.origin,
            actor=actor,
            at=at,
        )
        if not as_draft:
            activate_version(
                version_id=version.pk,
                reason=reason.strip() or f"Adopted from the pack {pack.origin}",
                at=at,
                actor=actor,
            )
        changed.append("draft" if as_draft else "rule")
    segment.origin = pack.origin
    segment.save(update_fields=["definition", "origin"])
    return changed


def add_what_is_new(*, brand: Brand, at: datetime) -> None:
    """Give packs that follow the brand's creators (niches, platforms) the segments they lack."""
    origins = Dimension.objects.filter(brand=brand).exclude(origin="")
    for key in origins.order_by("position", "key").values_list("key", flat=True):
        if key not in pack_files.names() or not pack_files.read(key).grows:
            continue
        # Usually nothing is new: then nobody waits for the lock.
        if not all(plan.is_empty for plan in plan_pack(brand=brand, name=key)):
            install_pack(brand=brand, name=key, actor=None, at=at)


def _make_dimension(brand: Brand, pack: Pack) -> Dimension:
    form = pack.dimension
    return Dimension.objects.create(
        brand=brand,
        key=pack.key,
        name=pack.name,
        description=f"{pack.description} Source: {pack.source}.",
        is_exclusive=form.get("exclusive", False),
        has_precedence=form.get("precedence", False),
        cadence=pack.cadence,
        position=form["position"],
        origin=pack.origin,
    )


def _make_segment(
    pack: Pack,
    dimension: Dimension,
    draft: SegmentDraft,
    *,
    position: int,
    actor: User | None,
    at: datetime,
    facts: Catalogue,
) -> None:
    segment = create_segment(
        dimension=dimension,
        key=draft.key,
        name=draft.name,
        rule=draft.wording.rule,
        at=at,
        actor=actor,
        purpose=draft.purpose,
        definition=draft.definition,
        primary_kpi=draft.primary_kpi,
        kpis=draft.kpis,
        position=position,
        unknown_policy=UnknownPolicy(draft.wording.unknown_policy),
        stay_rule=draft.wording.stay_rule,
        minimum_stay_days=draft.wording.minimum_stay_days,
        near_percent=draft.wording.near_percent,
        origin=pack.origin,
        facts=facts,
    )
    if draft.playbook:
        _write_playbook(segment, draft, actor, at)


def _write_playbook(
    segment: Segment, draft: SegmentDraft, actor: User | None, at: datetime
) -> None:
    Playbook.objects.create(segment=segment, updated_by=actor, updated_at=at, **draft.playbook)
