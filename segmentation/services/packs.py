"""Install rule packs: add what a brand has not got, never change what it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from segmentation.facts.catalogue import catalogue
from segmentation.models import Dimension, Segment
from segmentation.services import ledger, pack_files
from segmentation.services.pack_files import Pack, SegmentDraft
from segmentation.services.segments import create_segment


@dataclass(frozen=True)
class PackPlan:
    """What installing a pack adds to a brand, and what the brand has already and keeps."""

    pack: Pack
    adds_dimension: bool
    adds: tuple[SegmentDraft, ...]
    keeps: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to add."""
        return not (self.adds_dimension or self.adds)


def plan_pack(*, brand: Brand, name: str) -> list[PackPlan]:
    """What `install_pack` would do; `default` names the set for a new brand. Raises PackUnknown."""
    has = set(Segment.objects.filter(brand=brand).values_list("key", flat=True))
    dimensions = set(Dimension.objects.filter(brand=brand).values_list("key", flat=True))
    plans = []
    for pack in pack_files.packs_named(name):
        drafts = pack_files.drafts(pack, brand)
        plans.append(
            PackPlan(
                pack=pack,
                adds_dimension=pack.key not in dimensions,
                adds=tuple(draft for draft in drafts if draft.key not in has),
                keeps=tuple(draft.key for draft in drafts if draft.key in has),
            )
        )
    return plans


@transaction.atomic
def install_pack(*, brand: Brand, name: str, actor: User | None, at: datetime) -> list[PackPlan]:
    """Add the dimension and the segments of a pack, or of the default set, that are not there yet.

    Returns what was added. What the brand has under the same keys stays as it is, even archived;
    doing it again adds nothing but what is new among niches and platforms. Raises PackUnknown.
    """
    ledger.lock(brand)
    plans = plan_pack(brand=brand, name=name)
    facts = catalogue(brand)
    for plan in plans:
        if plan.is_empty:
            continue
        dimension = _dimension(brand, plan.pack)
        order = [draft.key for draft in pack_files.drafts(plan.pack, brand)]
        for draft in plan.adds:
            create_segment(
                dimension=dimension,
                key=draft.key,
                name=draft.name,
                rule=draft.rule,
                at=at,
                actor=actor,
                purpose=draft.purpose,
                primary_kpi=draft.primary_kpi,
                kpis=draft.kpis,
                position=order.index(draft.key) + 1,
                origin=plan.pack.origin,
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


def add_what_is_new(*, brand: Brand, at: datetime) -> None:
    """Give packs that follow the brand's creators (niches, platforms) the segments they lack."""
    origins = Dimension.objects.filter(brand=brand).exclude(origin="")
    for key in origins.order_by("position", "key").values_list("key", flat=True):
        if key not in pack_files.names() or not pack_files.read(key).grows:
            continue
        # Usually nothing is new: then nobody waits for the lock.
        if not all(plan.is_empty for plan in plan_pack(brand=brand, name=key)):
            install_pack(brand=brand, name=key, actor=None, at=at)


def _dimension(brand: Brand, pack: Pack) -> Dimension:
    form = pack.dimension
    dimension, _ = Dimension.objects.get_or_create(
        brand=brand,
        key=pack.key,
        defaults={
            "name": form["name"],
            "description": f"{form['description'].strip()} Source: {pack.source}.",
            "is_exclusive": form.get("exclusive", False),
            "has_precedence": form.get("precedence", False),
            "position": form["position"],
            "origin": pack.origin,
        },
    )
    return dimension
