"""The skincare brand: educators, routine creators, and storytellers with stricter claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from campaigns.choices import CampaignStatus, ClaimStatus, EngagementStage, UseCase
from campaigns.models import Campaign, Engagement
from campaigns.services.claims_library import Wanted, save_claim
from crm.models import Brand, Platform, User
from segmentation.services.playbooks import save_playbook
from tests.campaigns.made import engage, make_campaign, set_status
from tests.factories import ProfileFactory, RelationshipFactory
from tests.segmentation.world import make_segment, stay

CLAIM = "Clinically proven to calm redness"
STRICT = "No before and after, no promise of a result."


@dataclass(frozen=True)
class Skincare:
    """A campaign under way, with somebody of each kind whom the brand approved for it."""

    campaign: Campaign
    educator: Engagement
    storyteller: Engagement

    @property
    def path(self) -> str:
        """The campaign's page."""
        return f"/{self.campaign.brand.slug}/campaigns/{self.campaign.key}/"


def skincare(brand: Brand, manager: User) -> Skincare:
    """Three segments, what may be claimed, and who was taken from which segment."""
    now = timezone.now()
    save_claim(
        brand=brand,
        wanted=Wanted(
            CLAIM,
            ClaimStatus.EVIDENCE,
            variants=["clinically proven"],
            evidence="Study of 60 people over 8 weeks",
            evidence_place="Regulatory folder, study 14",
        ),
        actor=manager,
        at=now,
    )
    save_claim(
        brand=brand,
        wanted=Wanted("heals acne", ClaimStatus.FORBIDDEN, reason="It is no medicine."),
        actor=manager,
        at=now,
    )
    Platform.objects.get_or_create(key="instagram", defaults={"name": "Instagram"})
    campaign = make_campaign(
        brand,
        manager,
        name="Calm skin",
        use_case=UseCase.EDUCATION,
        target=1,
        starts_on=(now - timedelta(days=7)).date(),
        ends_on=(now + timedelta(days=60)).date(),
    )
    set_status(campaign, CampaignStatus.ACTIVE)
    places = {}
    for key, name, person in (
        ("educators", "Educators", "Ida Holm"),
        ("routine", "Routine creators", "Bo Lind"),
        ("storytellers", "Storytellers", "Eva Berg"),
    ):
        segment = make_segment(brand, key, name=name)
        relationship = RelationshipFactory(brand=brand, creator__name=person)
        ProfileFactory(creator=relationship.creator, followers=20_000)
        stay(segment, relationship.creator, now - timedelta(days=30))
        places[key] = engage(
            campaign, EngagementStage.APPROVED, relationship, segment=key, owner=manager
        )
        if key == "storytellers":
            save_playbook(
                segment_id=segment.pk,
                changes={"briefing": "A diary of four weeks.", "claims_policy": STRICT},
                at=now,
                actor=manager,
            )
    return Skincare(campaign, places["educators"], places["storytellers"])
