"""What a first draft says: as far as the campaign, its use case and the library know it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from campaigns.choices import Freedom, UseCase
from campaigns.models import Brief, Campaign, Claim
from campaigns.services.briefs.document import LINES_MAX, Block, ClaimLine, Document, Step
from campaigns.services.briefs.wordings import offered
from campaigns.services.claims import holds_in, stands, told
from campaigns.services.days import today_of
from campaigns.services.objectives import OBJECTIVES
from crm.choices import PostKind

# What most creators make on a platform; the first thing that a person would write.
USUAL_FORM = {
    "instagram": PostKind.SHORT_VIDEO,
    "tiktok": PostKind.SHORT_VIDEO,
    "youtube": PostKind.VIDEO,
    "twitch": PostKind.LIVE,
    "podcast": PostKind.AUDIO,
    "pinterest": PostKind.IMAGE,
}


def first_document(campaign: Campaign, at: datetime) -> Document:
    """A draft to begin with; of the labels the first of each jurisdiction is chosen."""
    today = today_of(campaign.brand, at)
    is_crisis = campaign.use_case == UseCase.CRISIS
    return Document(
        goal=_goal(campaign),
        background=campaign.occasion,
        audience=campaign.audience,
        freedom=Freedom.STRICT if is_crisis else Freedom.GUIDED,
        claims=claim_lines(claims_for(campaign, today)),
        blocks=tuple(
            Block(key, USUAL_FORM.get(key, PostKind.IMAGE).value) for key in campaign.platforms
        ),
        wordings=tuple(
            {
                wording.jurisdiction: wording
                for wording in reversed(
                    offered(campaign.jurisdictions, brand=campaign.brand.name, on=today)
                )
            }.values()
        )[::-1],
        steps=(Step("First publication", campaign.starts_on.isoformat()),),
    )


def variant_of(campaign: Campaign, at: datetime) -> Document:
    """A draft for a segment begins with what all creators get, as it is written now."""
    brief = Brief.objects.filter(campaign=campaign, segment="").first()
    newest = brief and brief.versions.order_by("-number").first()
    return Document.of(newest.document) if newest else first_document(campaign, at)


def claims_for(campaign: Campaign, today: date) -> Sequence[Claim]:
    """The claims of the library that count for the campaign's jurisdictions."""
    rows = Claim.objects.filter(brand=campaign.brand_id).in_force(today).order_by("text", "pk")
    return [claim for claim in rows if holds_in(claim, campaign.jurisdictions)]


def claim_lines(claims: Sequence[Claim]) -> tuple[ClaimLine, ...]:
    """As a brief says them. What needs evidence and has none must not be said."""
    return tuple(
        ClaimLine(claim.pk, claim.text, stands(claim).value, told(claim))
        for claim in claims[:LINES_MAX]
    )


def _goal(campaign: Campaign) -> str:
    metric = OBJECTIVES[campaign.objective]
    most = "at most " if metric.is_less_better else ""
    return (
        f"{metric.label}: {most}{metric.says(campaign.target, campaign.currency)} by "
        f"{campaign.target_on:%-d %B %Y}, by everybody in the campaign together."
    )
