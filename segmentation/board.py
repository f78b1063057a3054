"""What segments and rules write on cards of the board: personas, checklists, suggested moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import F
from django.urls import reverse

from crm.board import Line
from crm.choices import Stage
from crm.models import Brand
from crm.selectors import CreatorRow
from segmentation.choices import SegmentStatus
from segmentation.models import Membership, StageSuggestion
from segmentation.services.stage_criteria import checklists


def lines(brand: Brand, rows: Sequence[CreatorRow], at: datetime) -> Mapping[int, Sequence[Line]]:
    """By relationship: what waits for an answer first."""
    found: defaultdict[int, list[Line]] = defaultdict(list)
    if not rows:
        return found
    by_pk = {row.relationship.pk: row for row in rows}
    panels = {
        pk: reverse("segmentation:creator_stage", args=[brand.slug, row.creator.uid])
        for pk, row in by_pk.items()
    }
    waiting = StageSuggestion.objects.open().filter(
        relationship__in=by_pk, from_stage=F("relationship__stage")
    )
    for one in waiting.select_related("version__stage_rule").order_by("suggested_at", "pk"):
        row = by_pk[one.relationship_id]
        words = f"{Stage(one.to_stage).label}? {one.version.stage_rule.name}"
        found[one.relationship_id].append(
            Line(
                words,
                "bulb",
                "Suggested",
                panels[row.relationship.pk],
                row.creator.name,
                is_marked=True,
            )
        )
    held = checklists(brand, [row.relationship for row in rows], at)
    for pk, lists in held.items():
        for asked in lists:
            words = f"{asked.title}: {asked.met} of {len(asked.checks)}"
            found[pk].append(
                Line(words, "checklist", "Criteria", panels[pk], by_pk[pk].creator.name)
            )
    creators = {row.creator.pk: pk for pk, row in by_pk.items()}
    for creator, name, do_not_pitch in _personas(brand, list(creators)):
        words = f"{name}, do not pitch" if do_not_pitch else name
        found[creators[creator]].append(Line(words, "user", "Persona"))
    return found


def personas_of(brand: Brand, creators: Collection[int]) -> dict[int, list[str]]:
    """The names of the personas that count for creators: one query for all of them."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for creator, name, _barred in _personas(brand, list(creators)):
        found[creator].append(name)
    return found


def _personas(brand: Brand, creators: Sequence[int]) -> list[tuple[int, str, bool | None]]:
    """The persona that counts for each creator: the first in order of precedence."""
    stays = (
        Membership.objects.filter(
            segment__brand=brand,
            segment__dimension__has_precedence=True,
            creator__in=creators,
        )
        .open()
        .exclude(segment__status=SegmentStatus.ARCHIVED)
        .order_by("creator_id", "segment__dimension_id", "segment__position", "segment__key")
        .distinct("creator_id", "segment__dimension_id")
    )
    return list(stays.values_list("creator", "segment__name", "segment__playbook__do_not_pitch"))
