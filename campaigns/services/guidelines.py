"""Lines of the checklist by which content is looked at: added and put away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import GuidelineKind
from campaigns.disclosure import packs
from campaigns.models import Engagement, Guideline
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Platform, User

TEXT_MAX, LINES_MAX = 300, 200


def segments_of(brand: Brand) -> list[str]:
    """The segments that creators were taken into campaigns from, by their keys."""
    rows = Engagement.objects.filter(campaign__brand=brand).exclude(segment="").order_by()
    return sorted(rows.values_list("segment", flat=True).distinct())


@transaction.atomic
def add_guideline(
    *,
    brand: Brand,
    kind: str,
    text: str,
    segment: str = "",
    platform: str = "",
    jurisdiction: str = "",
    actor: User | None,
    at: datetime,
) -> Guideline:
    """Another line. Raises CampaignRefused."""
    # Two people adding at once must not pass the limit or write the same line twice.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    text = " ".join(text.replace("\0", "").split())
    if kind not in GuidelineKind.values:
        raise CampaignRefused("Say whether it is a do or a don't.", field="kind")
    if not text:
        raise CampaignRefused("Write the guideline.", field="text")
    if len(text) > TEXT_MAX:
        raise CampaignRefused(f"{TEXT_MAX} characters fit.", field="text")
    known = packs.standard().jurisdictions
    if jurisdiction and jurisdiction not in known:
        raise CampaignRefused("There are no rules for this jurisdiction.", field="jurisdiction")
    found = Platform.objects.filter(key=platform).first() if platform else None
    if platform and found is None:
        raise CampaignRefused("Choose a platform that there is.", field="platform")
    if segment and segment not in segments_of(brand):
        raise CampaignRefused("Nobody was taken from this segment.", field="segment")
    rows = Guideline.objects.filter(brand=brand, archived_at=None)
    if rows.count() >= LINES_MAX:
        raise CampaignRefused(
            f"At most {LINES_MAX} lines: nobody checks more.", code="too_many", field="text"
        )
    same = {"text": text, "segment": segment, "platform": found, "jurisdiction": jurisdiction}
    if rows.filter(**same).exists():
        raise CampaignRefused("This line is there already.", field="text")
    made = Guideline.objects.create(brand=brand, kind=kind, created_by=actor, created_at=at, **same)
    _record(made, "added", actor, at)
    return made


@transaction.atomic
def put_away(*, guideline_id: int, brand: Brand, actor: User | None, at: datetime) -> Guideline:
    """It is on no checklist from now on. Raises Guideline.DoesNotExist."""
    line = Guideline.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=guideline_id, brand=brand
    )
    if line.archived_at is None:
        line.archived_at = at
        line.save(update_fields=["archived_at"])
        _record(line, "put_away", actor, at)
    return line


def _record(line: Guideline, verb: str, actor: User | None, at: datetime) -> None:
    audit.record(
        brand=line.brand,
        verb=f"campaigns.guideline.{verb}",
        target=line,
        actor=actor,
        at=at,
        data={
            "kind": line.kind,
            "segment": line.segment,
            "platform": line.platform_id,
            "jurisdiction": line.jurisdiction,
        },
    )
