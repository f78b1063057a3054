"""Claims, guidelines, a policy and a brief with acceptances, for the demo brand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.choices import (
    BriefGate,
    CampaignStatus,
    ClaimStatus,
    Freedom,
    GuidelineKind,
)
from campaigns.models import Brief, Campaign, Claim, Guideline, Policy
from campaigns.selectors.briefs import readers_of
from campaigns.services import guidelines, policies
from campaigns.services.briefs import accepting, deciding, writing
from campaigns.services.briefs.beginnings import claim_lines, claims_for, first_document
from campaigns.services.briefs.document import Block, Message, Step
from campaigns.services.claims_library import Wanted, save_claim
from campaigns.services.days import today_of
from crm.choices import Role
from crm.models import Brand, User

_CLAIMS = (
    Wanted(
        "cures acne",
        ClaimStatus.FORBIDDEN,
        ("heal* acne", "treats acne", "acne is gone"),
        "medicine",
        reason="It is a cosmetic, not a medicine",
    ),
    Wanted(
        "clinically proven",
        ClaimStatus.EVIDENCE,
        ("proven in studies", "scientifically proven"),
        "effect",
        "Night cream",
        "Only for moisture, and with the number of people",
        "Study of 42 people over 8 weeks: 31 % more moisture",
        "Shared drive, Evidence, night cream, report of March",
    ),
    Wanted(
        "dermatologically tested",
        ClaimStatus.EVIDENCE,
        ("tested by dermatologists",),
        "safety",
        evidence="Patch test on 50 people",
        evidence_place="Shared drive, Evidence, patch tests",
    ),
    Wanted("removes wrinkles", ClaimStatus.EVIDENCE, ("erases wrinkles", "wrinkle free"), "effect"),
    Wanted(
        "without side effects",
        ClaimStatus.FORBIDDEN,
        ("no side effects", "100% safe"),
        "safety",
        reason="Nobody can promise that",
    ),
    Wanted("feels light", ClaimStatus.ALLOWED, ("not greasy", "absorbs quickly"), "feeling"),
    Wanted(
        "with niacinamide",
        ClaimStatus.ALLOWED,
        ("contains niacinamide",),
        "ingredient",
        "Night cream",
        "Name the ingredient, promise no effect of it",
    ),
)
_LINES = (
    (GuidelineKind.DO, "The label of advertising stands first, before the fold", "", ""),
    (GuidelineKind.DO, "Say what you do not like, too: it is your opinion", "", ""),
    (GuidelineKind.DO, "Speak and show the label in the first three seconds", "tiktok", ""),
    (GuidelineKind.DONT, "Before and after with other light, make-up or filters", "", ""),
    (GuidelineKind.DONT, "Medical words: heal, cure, treat, therapy", "", ""),
    (GuidelineKind.DONT, "Only the platform's own label, without the word “reklame”", "", "DK"),
)
_POLICY = """# Every paid post is marked
- The label stands first and is in the language of the post.
- A gift counts, too.

# Nothing is promised that we cannot show
What may be said stands in the library of claims. If you are not sure, ask before you film.

# Opinions are the creator's own
Nobody is asked to say what they do not think."""


@transaction.atomic
def fill_briefs(*, brand: Brand, seed: int, at: datetime) -> int:
    """The brand's rules once, and the brief of its running campaign; how many briefs there are."""
    people = {
        role: User.objects.filter(roles__brand=brand, roles__role=role).order_by("pk").first()
        for role in Role
    }
    manager, strategist, legal = (
        people[Role.MANAGER],
        people[Role.STRATEGIST],
        people[Role.LEGAL],
    )
    if manager is None or strategist is None or legal is None:
        return 0
    _fill_rules(brand, legal, at)
    running = Campaign.objects.filter(brand=brand, status=CampaignStatus.ACTIVE).first()
    if running is not None and not Brief.objects.filter(campaign=running).exists():
        _fill_brief(running, manager, strategist, legal, at)
        _accept(running, manager, seed, at)
    return Brief.objects.filter(campaign__brand=brand).count()


def _fill_rules(brand: Brand, legal: User, at: datetime) -> None:
    if not Claim.objects.filter(brand=brand).exists():
        for wanted in _CLAIMS:
            save_claim(brand=brand, wanted=wanted, actor=legal, at=at)
    if not Guideline.objects.filter(brand=brand).exists():
        for kind, text, platform, jurisdiction in _LINES:
            guidelines.add_guideline(
                brand=brand,
                kind=kind,
                text=text,
                platform=platform,
                jurisdiction=jurisdiction,
                actor=legal,
                at=at,
            )
    if not Policy.objects.filter(brand=brand).exists():
        made = policies.save_policy(
            brand=brand,
            title="How we work with creators",
            text=_POLICY,
            owner=legal,
            roles=[Role.STRATEGIST, Role.MANAGER],
            for_creators=True,
            actor=legal,
            at=at,
        )
        policies.publish(policy_id=made.pk, brand=brand, actor=legal, at=at, expected_version=None)


def _fill_brief(
    campaign: Campaign, manager: User, strategist: User, legal: User, at: datetime
) -> None:
    today = today_of(campaign.brand, at)
    library = claims_for(campaign, today)
    document = replace(
        first_document(campaign, at),
        product="A night cream with niacinamide, 50 ml, without perfume. Made in Aarhus.",
        freedom=Freedom.GUIDED.value,
        messages=(
            Message("It belongs at the end of an evening routine that you already have."),
            Message("It feels light and takes a minute."),
            Message("Made in Aarhus, without perfume.", is_verbatim=True),
        ),
        dos=("Show your own bathroom and your own routine", "Say how long you have used it"),
        donts=("Filters on skin", "Other brands in the picture"),
        claims=claim_lines(library),
        hashtags=("#tenroutines",),
        blocks=(
            Block(
                "instagram", "short_video", 1, 45, "The routine from start to end", "Quiet sound"
            ),
            Block("tiktok", "short_video", 1, 30, "One step that surprised you", "Begin speaking"),
        ),
        usage="Organic on our own channels for 6 months. Paid media only if we agree on it.",
        steps=(
            Step("Send your draft", (campaign.starts_on + timedelta(days=10)).isoformat()),
            Step("Publish", (campaign.starts_on + timedelta(days=18)).isoformat()),
        ),
    )
    made = writing.start_brief(
        campaign_id=campaign.pk, brand=campaign.brand, document=document, actor=manager, at=at
    )
    waiting = deciding.submit(
        brief_id=made.brief_id,
        brand=campaign.brand,
        actor=manager,
        at=at,
        expected_version=None,
    )
    deciders = {BriefGate.BRAND: strategist, BriefGate.LEGAL: legal}
    for gate in deciding.open_gates(waiting):
        deciding.decide(
            brief_id=made.brief_id,
            brand=campaign.brand,
            gate=gate,
            is_yes=True,
            note="",
            actor=deciders[gate],
            at=at,
            expected_version=None,
        )


def _accept(campaign: Campaign, manager: User, seed: int, at: datetime) -> None:
    """Two of three creators have accepted it."""
    for number, reader in enumerate(readers_of(campaign, at), start=seed):
        if number % 3:
            creator = reader.engagement.relationship.creator
            accepting.record_acceptance(
                engagement_id=reader.engagement.pk,
                brand=campaign.brand,
                version_id=reader.version.pk,
                name=creator.name[: accepting.NAME_MAX],
                note="Their answer to the mail with the brief",
                actor=manager,
                at=at,
            )
