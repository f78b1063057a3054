"""Asking for a match, and putting some of those it ranked on the campaign's shortlist."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from campaigns.models import Campaign, Engagement
from campaigns.selectors.conflicts import barred
from campaigns.services.refusals import CampaignRefused
from campaigns.services.shortlists import MAX_AT_ONCE, Added, Pick, refuse_named, shortlist
from crm import audit
from crm.models import Brand, Relationship, User
from segmentation.choices import ErrandStatus, SegmentStatus
from segmentation.matches.factors import parts_of
from segmentation.models import Match, MatchRow, ScoreModel, ScoreVersion, Segment, SegmentVersion
from segmentation.services import errands
from segmentation.services.matches import weights
from segmentation.services.matches.counting import TASK

PRICE_MAX = Decimal(10) ** 10


@dataclass(frozen=True)
class Question:
    """Among whom, by which score, and for how much; empty and None: not asked for."""

    segment: str = ""
    score: str = ""
    price_limit: Decimal | None = None


@transaction.atomic
def request(
    *, campaign_id: int, brand: Brand, question: Question, actor: User | None, at: datetime
) -> Match:
    """Have creators ranked for a campaign by a worker. Raises CampaignRefused."""
    campaign = Campaign.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=campaign_id, brand=brand
    )
    _refuse_closed(campaign)
    if Match.objects.filter(campaign=campaign, status=ErrandStatus.QUEUED).exists():
        raise CampaignRefused(
            "Creators are being ranked for this campaign already: wait until that is done.",
            code="under_way",
        )
    price = question.price_limit
    if price is not None and not 0 < price < PRICE_MAX:
        raise CampaignRefused(
            "What a piece may cost is more than zero.", code="out_of_range", field="price_limit"
        )
    match = Match.objects.create(
        campaign=campaign,
        weights=weights.used(brand, campaign, at),
        segment=_segment(brand, question.segment),
        score=_score(brand, question.score),
        price_limit=price,
        requested_by=actor,
        requested_at=at,
    )
    audit.record(
        brand=brand,
        verb="segmentation.match.asked",
        target=match,
        actor=actor,
        at=at,
        data={
            "campaign": campaign.key,
            "segment": question.segment or None,
            "score": question.score or None,
            "price_limit": price,
            "weights": match.weights.number,
        },
        label=f"Match for {campaign.name}",
    )
    errands.send(TASK, match)
    return match


@transaction.atomic
def take(
    *, match_id: int, brand: Brand, only: Collection[int], actor: User | None, at: datetime
) -> Added:
    """Put creators of a match on the shortlist, each with place and reasons; `only` are the
    numbers of their relationships.

    Whoever may not be invited any more (declined, suppressed, not to be pitched) is refused by
    name, and then nobody is taken. Who is in the campaign already stays as they are. Raises
    CampaignRefused.
    """
    match = Match.objects.select_related("campaign", "segment__segment").get(
        pk=match_id, campaign__brand=brand
    )
    if match.status != ErrandStatus.DONE or match.as_of is None:
        raise CampaignRefused("This match is not done: open it again.", code="not_done")
    wanted = set(only)
    if not wanted:
        raise CampaignRefused("Tick at least one creator.", code="nobody", field="creators")
    if len(wanted) > MAX_AT_ONCE:
        raise CampaignRefused(
            f"At most {MAX_AT_ONCE:,} creators at once.", code="too_many", field="creators"
        )
    rows = MatchRow.objects.without_objectors().filter(
        match=match, rank__isnull=False, relationship__in=wanted
    )
    found = list(rows.select_related("relationship__creator").order_by("rank"))
    if len(found) < len(wanted):
        raise CampaignRefused(
            "Some of those whom you chose are not in this match: rank creators again.",
            code="unknown_creator",
            field="creators",
        )
    present = set(
        Engagement.objects.filter(campaign=match.campaign_id, relationship__in=wanted).values_list(
            "relationship", flat=True
        )
    )
    new = [row.relationship for row in found if row.relationship_id not in present]
    refuse_barred(brand, new, at)
    counted = match.inputs["weights"]
    return shortlist(
        campaign_id=match.campaign_id,
        brand=brand,
        picks=[
            Pick(
                row.relationship_id,
                f"{row.rank}. of the match of {match.as_of:%-d %B %Y}. "
                + "; ".join(part.says for part in parts_of(row.parts, counted))
                + ".",
                _segment_key(match),
            )
            for row in found
        ],
        actor=actor,
        at=at,
    )


def refuse_barred(brand: Brand, relationships: Collection[Relationship], at: datetime) -> None:
    """Raise CampaignRefused with names and reasons where somebody is not to be invited."""
    refuse_named(relationships, barred(brand, relationships, at), code="barred")


def _refuse_closed(campaign: Campaign) -> None:
    if not campaign.is_open:
        raise CampaignRefused(
            f"{campaign} is {campaign.get_status_display().lower()}. Open it again to look for "
            "creators.",
            code="campaign_closed",
        )


def _segment(brand: Brand, key: str) -> SegmentVersion | None:
    if not key:
        return None
    segment = Segment.objects.filter(brand=brand, key=key).select_related("active_version").first()
    if segment is None:
        raise CampaignRefused(
            f"There is no segment {key!r}.", code="unknown_segment", field="segment"
        )
    if segment.status != SegmentStatus.ACTIVE or segment.active_version is None:
        raise CampaignRefused(
            f"“{segment}” is not active: only members of active segments can be ranked.",
            code="segment_not_active",
            field="segment",
        )
    return segment.active_version


def _score(brand: Brand, key: str) -> ScoreVersion | None:
    if not key:
        return None
    model = ScoreModel.objects.filter(brand=brand, key=key, archived_at=None).first()
    if model is None:
        raise CampaignRefused(f"There is no score {key!r}.", code="unknown_score", field="score")
    if model.counted_version is None:
        raise CampaignRefused(
            f"“{model}” has not been counted yet.", code="not_counted", field="score"
        )
    return model.counted_version


def _segment_key(match: Match) -> str:
    return match.segment.segment.key if match.segment else ""
