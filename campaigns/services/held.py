"""What this app holds about a creator, and what creators ask for behind their link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from campaigns.authenticity.thresholds import standard as standard_limits
from campaigns.choices import ReviewStage, ReviewState
from campaigns.models import (
    BriefAcceptance,
    CauseTag,
    ConnectionEntry,
    Contract,
    DisclosureReview,
    Draft,
    Engagement,
    EventInvitation,
    Gift,
    GuestLink,
    Offer,
    Permit,
    PolicyAcceptance,
    PromoCode,
    RuleFact,
    TrackingLink,
    UsageRight,
    VirtualCreator,
)
from campaigns.selectors.authenticity import looked_at
from campaigns.selectors.reliability import current_of as reliability_of
from campaigns.selectors.risk import Standing, standing_of
from campaigns.selectors.trust import authenticity_of, plain_account, trust_history
from campaigns.services.refusals import CampaignRefused
from crm.choices import RequestKind, RequestOrigin
from crm.models import PrivacyRequest, Relationship
from crm.services.held import Held, count_of
from crm.services.privacy.refusals import PrivacyRefused
from crm.services.privacy.requests import open_request


def held(relationship: Relationship, at: datetime) -> Iterator[Held]:
    """What was planned, offered, agreed and sent."""
    people = "people of our team, and you"
    places = Engagement.objects.filter(relationship=relationship)
    yield from count_of("Campaigns", places, "created_at", "people of our team")
    offers = Offer.objects.filter(relationship=relationship)
    yield from count_of("Offers", offers, "created_at", people)
    contracts = Contract.objects.filter(engagement__relationship=relationship)
    yield from count_of("Contracts", contracts, "created_at", people)
    briefs = BriefAcceptance.objects.filter(engagement__relationship=relationship)
    yield from count_of("Briefs you accepted", briefs, "at", "you")
    policies = PolicyAcceptance.objects.filter(engagement__relationship=relationship)
    yield from count_of("Policies you accepted", policies, "at", "you")
    rights = UsageRight.objects.filter(engagement__relationship=relationship)
    yield from count_of("What you allowed us to use", rights, "created_at", people)
    drafts = Draft.objects.filter(deliverable__engagement__relationship=relationship)
    yield from count_of("Drafts", drafts, "submitted_at", people)
    links = TrackingLink.objects.filter(relationship=relationship)
    yield from count_of("Your links to our shop", links, "created_at", "people of our team")
    codes = PromoCode.objects.filter(relationship=relationship)
    yield from count_of("Your codes for our shop", codes, "created_at", "people of our team")
    gifts = Gift.objects.filter(relationship=relationship)
    yield from count_of("Gifts", gifts, "created_at", people)
    events = EventInvitation.objects.filter(relationship=relationship)
    yield from count_of("Events we invited you to", events, "created_at", people)
    ties = ConnectionEntry.objects.filter(relationship=relationship)
    yield from count_of("What ties you to us", ties, "created_at", "people of our team")
    papers = Permit.objects.filter(relationship=relationship)
    yield from count_of("Your permits and registrations", papers, "created_at", people)
    facts = RuleFact.objects.filter(relationship=relationship)
    yield from count_of("What advertising rules ask about you", facts, "created_at", people)
    causes = CauseTag.objects.filter(relationship=relationship).standing()
    yield from count_of("Causes you stand for", causes, "created_at", "people of our team")
    character = VirtualCreator.objects.filter(relationship=relationship)
    what = "Who owns the character, and whom it is like"
    yield from count_of(what, character, "created_at", people)
    yield from judged(relationship)
    yield from scored(relationship)
    yield from trusted(relationship)
    yield from risked(relationship, at)
    yield from flagged(relationship, at)


def judged(relationship: Relationship) -> Iterator[Held]:
    """What was found of the creator's published posts, the newest of each."""
    looks = DisclosureReview.objects.filter(
        deliverable__engagement__relationship=relationship,
        state=ReviewState.DECIDED,
        stage=ReviewStage.LIVE,
    ).select_related("deliverable")
    for look in looks.order_by("deliverable_id", "-decided_at", "-pk").distinct("deliverable_id"):
        last = look.decisions.order_by("-at", "-pk").first()
        why = last.reason if last and last.reason else "decided by a person of our team"
        what = f"Whether “{look.deliverable}” is marked as advertising"
        yield Held(what, look.get_verdict_display(), why)


def risked(relationship: Relationship, at: datetime) -> Iterator[Held]:
    """How careful we are, with every reason; who said something else stays unnamed."""
    standing = standing_of(relationship, at)
    if standing.tier is None:
        return
    computed = Standing(standing.assessment).reasons
    if standing.override is not None:
        source = "said by a person of our team in place of what was computed"
    else:
        source = f"computed: {' '.join(computed) or 'nothing counts against it'}"
    yield Held("Risk, as we reckon it", standing.tier.label, source)


def scored(relationship: Relationship) -> Iterator[Held]:
    """How reliable the creator was, with every component."""
    reading = reliability_of(relationship)
    if reading is None:
        return
    score = "too little is known" if reading.score is None else f"{reading.score} of 100"
    parts = "; ".join(
        f"{line['label'].lower()} {line['good']} of {line['of']}"
        for line in reading.components["components"]
        if line["of"]
    )
    source = f"computed from {parts}" if parts else "nothing on file yet"
    yield Held("Reliability, as we reckon it", score, source)


def trusted(relationship: Relationship) -> Iterator[Held]:
    """Authenticity and trust, with what made them."""
    limits = standard_limits()
    scored = authenticity_of(relationship)
    if scored is not None and scored.score is not None:
        signs = plain_account(scored.parts) or {"signs": []}
        parts = "; ".join(
            f"{limits.label(one['key']).lower()} {one['points']:.0f} of 100"
            for one in signs["signs"]
            if one["points"] is not None
        )
        source = f"computed from points for how little is unusual: {parts}"
        yield Held(
            "Authenticity of your numbers, as we reckon it", f"{scored.score} of 100", source
        )
    for reading in trust_history(relationship)[:1]:
        parts = "; ".join(
            f"{part['label'].lower()}: {part['value']}"
            for part in reading.parts["components"]
            if part["points"] is not None
        )
        score = "too little is known" if reading.score is None else f"{reading.score} of 100"
        source = f"computed from {parts}" if parts else "nothing on file yet"
        yield Held("Trust, as we reckon it", score, source)


def flagged(relationship: Relationship, at: datetime) -> Iterator[Held]:
    """What is unusual in the numbers of the creator's accounts."""
    looked = looked_at(relationship, at)
    raised = sorted({sign.flag["label"] for one in looked for sign in one.signs if sign.counts})
    if raised:
        source = "computed from the numbers of your accounts; tell us what explains it"
        yield Held("Unusual numbers we ask about", "; ".join(raised), source)


@transaction.atomic
def ask(*, link: GuestLink, what: RequestKind, text: str, at: datetime) -> PrivacyRequest:
    """Put it on the register of requests: due in a month, as the law gives.

    Raises CampaignRefused where the same was asked already and waits.
    """
    if link.engagement is None:
        raise CampaignRefused("This link is about no creator.")
    # Who asks twice at once asks once.
    relationship = (
        Relationship.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "creator")
        .get(pk=link.engagement.relationship_id)
    )
    zone = ZoneInfo(relationship.brand.timezone)
    try:
        return open_request(
            brand=relationship.brand,
            relationship=relationship,
            kind=what,
            origin=RequestOrigin.PORTAL,
            received_on=at.astimezone(zone).date(),
            text=text,
            at=at,
        )
    except PrivacyRefused as refusal:
        words = "You asked for this already, and it is being looked after."
        raise CampaignRefused(words, code=refusal.code) from refusal
