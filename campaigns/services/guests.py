"""Links for people without an account: made, opened, ended.

The address holds the link's random number, signed with the product's secret key. A database that
gets lost opens nothing, and an address can be shown again to those who may make one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse

from campaigns.choices import GuestKind
from campaigns.models import Campaign, Deliverable, Engagement, EventInvitation, GuestLink
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.choices import NotificationKind
from crm.models import Brand, User
from crm.services.notifications import notify

# What a link can open.
Target = Engagement | Deliverable | Campaign | EventInvitation

DAYS = {
    GuestKind.PORTAL: 60,
    GuestKind.REVIEWER: 14,
    GuestKind.REPORT: 30,
    GuestKind.EVENT: 60,
}
DAYS_MAX = 365
# How exactly it is known when a link was used last.
_HOUR = timedelta(hours=1)
_signer = signing.Signer(salt="campaigns.guests")


class LinkUnknown(Exception):
    """The address holds no link of ours."""


class LinkEnded(Exception):
    """The link was good once: it expired, or it was taken back."""

    def __init__(self, link: GuestLink) -> None:
        super().__init__("This link has ended.")
        self.link = link


@transaction.atomic
def make_link(
    *,
    target: Target,
    name: str,
    actor: User | None,
    at: datetime,
    days: int | None = None,
) -> GuestLink:
    """A link to a creator's pages, a deliverable's review, a campaign's report, an invitation.

    It ends after `days`, or the usual number of its kind. Raises CampaignRefused.
    """
    kind, brand = _kind_and_brand(target)
    name = " ".join(name.split())[:120]
    if not name:
        raise CampaignRefused("Say who the link is for.", code="name_needed", field="name")
    days = DAYS[kind] if days is None else days
    if not 1 <= days <= DAYS_MAX:
        raise CampaignRefused(
            f"A link works for 1 to {DAYS_MAX} days.", code="out_of_range", field="days"
        )
    link = GuestLink.objects.create(
        brand=brand,
        kind=kind,
        engagement=target if isinstance(target, Engagement) else None,
        deliverable=target if isinstance(target, Deliverable) else None,
        campaign=target if isinstance(target, Campaign) else None,
        invitation=target if isinstance(target, EventInvitation) else None,
        name=name,
        created_by=actor,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    data: dict[str, object] = {"link": link.pk, "kind": kind.value, "days": days}
    audit.record(
        brand=brand,
        verb="campaigns.guest.invited",
        target=target,
        actor=actor,
        at=at,
        data=data,
        label=str(target),
    )
    return link


@transaction.atomic
def revoke(*, link: GuestLink, actor: User | None, at: datetime) -> None:
    """The address opens nothing from now on. A link that has ended stays as it is."""
    changed = GuestLink.objects.filter(pk=link.pk).open_at(at).update(revoked_at=at)
    if changed:
        target = target_of(link)
        audit.record(
            brand=link.brand,
            verb="campaigns.guest.revoked",
            target=target,
            actor=actor,
            at=at,
            data={"link": link.pk, "kind": link.kind},
            label=str(target),
        )


def token_of(link: GuestLink) -> str:
    """What the address holds."""
    return _signer.sign(link.uid.hex)


def path_of(link: GuestLink) -> str:
    """Where the link leads, as a path of this product."""
    return reverse("guest:home", args=[token_of(link)])


def find(token: str, at: datetime) -> GuestLink:
    """The link of an address, with what it opens. Raises LinkUnknown and LinkEnded."""
    try:
        uid = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise LinkUnknown from error
    link = (
        GuestLink.objects.select_related(
            "brand",
            "engagement__campaign__brand",
            "engagement__campaign__owner",
            "engagement__relationship__creator",
            "deliverable__engagement__campaign__brand",
            "deliverable__engagement__relationship__creator",
            "campaign__brand",
            "invitation__event__campaign__brand",
            "invitation__event__campaign__owner",
            "invitation__relationship__creator",
            "created_by",
        )
        .filter(uid=uid)
        .first()
    )
    if link is None:
        raise LinkUnknown
    if link.revoked_at is not None or link.expires_at <= at:
        raise LinkEnded(link)
    if link.last_used_at is None or at - link.last_used_at > _HOUR:
        GuestLink.objects.filter(pk=link.pk).update(last_used_at=at)
    return link


def ask_for_another(*, link: GuestLink, at: datetime) -> None:
    """Tell whoever looks after it that somebody stands before a link that has ended; once a day."""
    target = target_of(link)
    campaign = _campaign_of(target)
    person = link.created_by or campaign.owner
    if person is None:
        return
    notify(
        user=person,
        brand=link.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"{link.name} asks for a new link: the one to {_said(target)} has ended.",
        url=page_of(link),
        at=at,
        key=f"guest:{link.pk}:{at:%Y-%m-%d}",
    )


def target_of(link: GuestLink) -> Target:
    """What the link opens."""
    for target in (link.engagement, link.deliverable, link.campaign, link.invitation):
        if target is not None:
            return target
    msg = f"Link {link.pk} opens nothing, which the database does not allow."
    raise ValueError(msg)


def page_of(link: GuestLink) -> str:
    """The page of the brand on which the link is looked after."""
    target = target_of(link)
    slug, campaign = link.brand.slug, _campaign_of(target)
    if isinstance(target, Campaign):
        return reverse("campaigns:report", args=[slug, campaign.key])
    if isinstance(target, Deliverable):
        return reverse("campaigns:deliverable", args=[slug, target.pk])
    if isinstance(target, EventInvitation):
        return reverse("campaigns:event", args=[slug, campaign.key, target.event_id])
    return reverse("campaigns:engagement", args=[slug, campaign.key, target.pk])


def _said(target: Target) -> str:
    """What a link opens, as people call it."""
    if isinstance(target, Campaign):
        return f"the report of “{target}”"
    if isinstance(target, Deliverable):
        return f"the draft of “{target}”"
    if isinstance(target, EventInvitation):
        return f"the invitation to “{target.event}”"
    return f"their pages in “{target.campaign}”"


def _kind_and_brand(target: Target) -> tuple[GuestKind, Brand]:
    kinds: dict[type[Target], GuestKind] = {
        Engagement: GuestKind.PORTAL,
        Deliverable: GuestKind.REVIEWER,
        Campaign: GuestKind.REPORT,
        EventInvitation: GuestKind.EVENT,
    }
    return kinds[type(target)], _campaign_of(target).brand


def _campaign_of(target: Target) -> Campaign:
    if isinstance(target, Campaign):
        return target
    if isinstance(target, EventInvitation):
        return target.event.campaign
    return target.engagement.campaign if isinstance(target, Deliverable) else target.campaign
