"""What this app holds about a creator, and what creators ask for behind their link."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.choices import DataRequest
from campaigns.models import (
    BriefAcceptance,
    Contract,
    Draft,
    Engagement,
    Gift,
    GuestLink,
    Offer,
    PolicyAcceptance,
    UsageRight,
)
from campaigns.services.refusals import CampaignRefused
from crm.choices import Role
from crm.models import Brand, Relationship, Task, User, UserRole
from crm.services.held import Held, count_of
from crm.services.tasks import add_task

# One month to answer: Regulation (EU) 2016/679, article 12(3).
DAYS_TO_ANSWER = 30
TEXT_MAX = 2_000


def held(relationship: Relationship) -> Iterator[Held]:
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
    gifts = Gift.objects.filter(relationship=relationship)
    yield from count_of("Gifts", gifts, "created_at", people)


@transaction.atomic
def ask(*, link: GuestLink, what: DataRequest, text: str, at: datetime) -> Task:
    """A task for whoever looks after the creator: due in a month, as the law gives.

    Raises CampaignRefused where the same was asked already and waits, or nobody could be told.
    """
    engagement = link.engagement
    if engagement is None:
        raise CampaignRefused("This link is about no creator.")
    # Who asks twice at once asks once.
    relationship = (
        Relationship.objects.select_for_update(of=("self",))
        .select_related("brand", "creator", "owner")
        .get(pk=engagement.relationship_id)
    )
    person = _who_answers(link, relationship)
    title = f"{what.label}: {relationship.creator.name}"
    if Task.objects.filter(relationship=relationship, title=title, done_at=None).exists():
        raise CampaignRefused(
            "You asked for this already, and it is being looked after.", code="asked_already"
        )
    return add_task(
        brand=relationship.brand,
        relationship=relationship,
        title=title,
        details=f"Asked behind the link for {link.name}, on {at:%-d %B %Y}.\n\n{text}".strip(),
        assignee=person,
        actor=person,
        at=at,
        due_on=(at + timedelta(days=DAYS_TO_ANSWER)).date(),
    )


def _who_answers(link: GuestLink, relationship: Relationship) -> User:
    brand: Brand = relationship.brand
    for person in (relationship.owner, link.created_by):
        if person and UserRole.objects.filter(brand=brand, user=person).exists():
            return person
    admin = UserRole.objects.filter(brand=brand, role=Role.ADMIN).select_related("user").first()
    if admin is None:
        raise CampaignRefused(f"Nobody at {brand} can be told this way: write to them.")
    return admin.user
