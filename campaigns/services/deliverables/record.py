"""How the services of pieces take hold of one, and how they write down what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from campaigns.choices import DeliverableAct, DeliverableState
from campaigns.models import Deliverable, DeliverableEvent, GuestLink
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

NOTE_MAX = 2_000


@dataclass(frozen=True)
class Actor:
    """Who does it: somebody of the brand, somebody behind a link, or (neither) the product."""

    user: User | None = None
    link: GuestLink | None = None

    @property
    def name(self) -> str:
        """How pages call them."""
        if self.user is not None:
            return self.user.display_name
        return self.link.name if self.link is not None else "Rapport"


def held(
    deliverable_id: int, brand: Brand, expected_version: int | None = None, *, force: bool = False
) -> Deliverable:
    """The piece with what it belongs to, held until the transaction ends.

    Raises Deliverable.DoesNotExist, and CampaignRefused where the campaign is closed (unless
    forced) or somebody else was quicker.
    """
    found = (
        Deliverable.objects.select_for_update(no_key=True, of=("self",))
        .select_related(
            "platform",
            "engagement__campaign__brand",
            "engagement__campaign__owner",
            "engagement__owner",
            "engagement__relationship__creator",
        )
        .get(pk=deliverable_id, engagement__campaign__brand=brand)
    )
    if expected_version is not None and found.version != expected_version:
        raise CampaignOutdated(
            f"“{found}” was changed since you looked: it is {found.get_state_display().lower()} "
            "now. Look at it again."
        )
    campaign = found.engagement.campaign
    if not campaign.is_open and not force:
        status = campaign.get_status_display().lower()
        raise CampaignRefused(
            f"{campaign} is {status}. Open it again to go on with its content.",
            code="campaign_closed",
        )
    return found


def enter(deliverable: Deliverable, state: DeliverableState, at: datetime) -> None:
    """Put the piece into a state and save it; the caller holds it."""
    if deliverable.state != state:
        deliverable.state = state
        deliverable.state_since = max(at, deliverable.created_at)
    deliverable.version += 1
    deliverable.save()


def log(
    deliverable: Deliverable,
    act: DeliverableAct,
    actor: Actor,
    at: datetime,
    *,
    number: int | None = None,
    gate: str = "",
    note: str = "",
    **facts: object,
) -> None:
    """Add to the history of the piece and to the ledger; texts stay out of the latter.

    Call it last: the ledger's lock is held until the transaction ends.
    """
    DeliverableEvent.objects.create(
        deliverable=deliverable,
        act=act,
        actor=actor.user,
        name="" if actor.user else actor.name,
        at=at,
        number=number,
        gate=gate,
        note=note[:NOTE_MAX],
    )
    data: dict[str, object] = {"state": deliverable.state} | facts
    if number is not None:
        data["draft"] = number
    if gate:
        data["gate"] = gate
    if actor.link is not None:
        data["link"] = actor.link.pk
    campaign = deliverable.engagement.campaign
    audit.record(
        brand=campaign.brand,
        verb=f"campaigns.deliverable.{act}",
        target=deliverable,
        actor=actor.user,
        at=at,
        data={"campaign": campaign.key} | data,
        label=deliverable.title,
    )


def page_of(deliverable: Deliverable) -> str:
    """The page of the piece."""
    campaign = deliverable.engagement.campaign
    return reverse("campaigns:deliverable", args=[campaign.brand.slug, deliverable.pk])


def words_of(text: str, field: str, most: int, *, needed: str = "") -> str:
    """A text as it is kept. Raises CampaignRefused where it is too long, or needed and empty."""
    text = text.replace("\0", "").strip()
    if len(text) > most:
        raise CampaignRefused(f"{most:,} characters are the most.", field=field)
    if needed and not text:
        raise CampaignRefused(needed, code="reason_needed", field=field)
    return text
