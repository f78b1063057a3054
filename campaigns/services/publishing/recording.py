"""Writing down that a piece of content is published, and taking that back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.choices import DeliverableAct, DeliverableState, EngagementStage, ReviewStage
from campaigns.models import Deliverable, DeliverableEvent, Publication, UsageRight
from campaigns.models.guests import GuestLink
from campaigns.services import engagements
from campaigns.services.deliverables.record import Actor
from campaigns.services.disclosures.live import open_for_live
from campaigns.services.disclosures.opening import drop
from campaigns.services.holds import hold_on
from campaigns.services.publishing import captures, sightings
from campaigns.services.publishing.addresses import Address, read_address
from campaigns.services.publishing.importing import find_posts
from campaigns.services.publishing.planning import locked, record, refuse_closed
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.services.rights.granting import start_rights_of
from crm.choices import NotificationKind, PostKind
from crm.models import Brand, Post, User
from crm.services.facts import mark_changed
from crm.services.notifications import notify

REASON_MAX = 500
# What brings a creator from the contract to what people see.
_WAY = (EngagementStage.IN_PRODUCTION, EngagementStage.LIVE)


@transaction.atomic
def publish(
    *,
    deliverable_id: int,
    brand: Brand,
    url: str,
    published_at: datetime,
    at: datetime,
    expected_version: int | None,
    actor: User | None = None,
    link: GuestLink | None = None,
    capture: bytes = b"",
    because: str = "",
    post: Post | None = None,
) -> Publication:
    """Write down where a piece is published: by somebody of the brand, or the creator (`link`).

    What was not approved, or came before the embargo ended, takes somebody of the brand and a word
    (`because`). A story has no address that lasts: a capture shows it as well. `post`: an import
    brought it already. Raises CampaignRefused, and Deliverable.DoesNotExist.
    """
    found = locked(deliverable_id, brand, expected_version)
    refuse_closed(found)
    _check_moment(published_at, at)
    reason = _exception(found, published_at, because.strip()[:REASON_MAX], is_ours=link is None)
    shown = captures.read_capture(capture) if capture else None
    address = _address(found, url, post, has_capture=shown is not None)
    made = _write(found, address, reason, actor=actor, link=link, at=at)
    before, found.state, found.state_since = found.state, DeliverableState.PUBLISHED, at
    found.published_at, found.published_url = published_at, address.url if address else ""
    found.version += 1
    found.save(update_fields=["state", "state_since", "published_at", "published_url", "version"])
    if shown:
        sightings.keep_capture(
            made,
            shown,
            seen_at=published_at,
            is_there=True,
            note="",
            at=at,
            actor=actor,
            link=link,
        )
    find_posts(publications=[made.pk], at=at)
    data: dict[str, object] = {"state": [before, found.state], "published_at": published_at}
    if link:
        data["link"] = link.pk
    if reason:
        data["reason"] = reason
    record(found, "published", actor, at, data)
    day = published_at.astimezone(ZoneInfo(brand.timezone)).date()
    start_rights_of(found, day, actor=actor, at=at)
    _history(found, DeliverableAct.PUBLISH, reason, actor=actor, link=link, at=at)
    _go_live(found, actor, at)
    creator = found.engagement.relationship.creator_id
    mark_changed(brand=brand, creator_ids=[creator], cause="publication")
    if link:
        _tell_owner(found, link, at)
    made.refresh_from_db()
    found.refresh_from_db(fields=["post"])
    open_for_live(made, found, at, actor=Actor(actor, link))
    return made


@transaction.atomic
def correct_address(
    *,
    deliverable_id: int,
    brand: Brand,
    url: str,
    actor: User | None,
    at: datetime,
    expected_version: int | None,
) -> Publication:
    """Put a mistyped address right, as long as nothing was seen at the old one.

    Raises CampaignRefused, and Deliverable.DoesNotExist.
    """
    found = locked(deliverable_id, brand, expected_version)
    publication = _unseen(found, "Its address stays.")
    address = read_address(url, found.platform)
    if address.url == found.published_url:
        return publication
    publication.address_key = address.key
    try:
        with transaction.atomic():
            publication.save(update_fields=["address_key"])
    except IntegrityError as error:
        raise _taken(brand, address.key, None) from error
    found.published_url = address.url
    found.version += 1
    found.save(update_fields=["published_url", "version"])
    find_posts(publications=[publication.pk], at=at)
    record(found, "readdressed", actor, at, {"publication": publication.pk})
    _history(found, DeliverableAct.EDIT, "Its address was put right.", actor=actor, at=at)
    publication.refresh_from_db()
    return publication


@transaction.atomic
def take_back(
    *, deliverable_id: int, brand: Brand, reason: str, actor: User | None, at: datetime
) -> Deliverable:
    """It was not published after all, or elsewhere: the deliverable stands where it stood before.

    Refused once a capture or an import has shown it. Raises CampaignRefused, DoesNotExist.
    """
    found = locked(deliverable_id, brand, None)
    publication = _unseen(found, "If it is not there any more, write down that it is gone.")
    reason = reason.strip()[:REASON_MAX]
    if not reason:
        raise ReasonNeeded(f"Say why “{found}” is not published after all.")
    if UsageRight.objects.held().filter(deliverable=found, starts_on__isnull=False).exists():
        raise CampaignRefused(
            f"Rights of use began when “{found}” was published. Take them back first, or put its "
            "address right instead.",
            code="rights_began",
        )
    found.state, found.state_since = publication.state_before, at
    found.published_at, found.published_url, found.post = None, "", None
    found.version += 1
    found.save(
        update_fields=[
            "state", "state_since", "published_at", "published_url", "post", "version",
        ]
    )  # fmt: skip
    publication.delete()
    drop(found, ReviewStage.LIVE)
    record(found, "unpublished", actor, at, {"reason": reason, "state": found.state})
    _history(found, DeliverableAct.EDIT, f"Not published after all: {reason}", actor=actor, at=at)
    creator = found.engagement.relationship.creator_id
    mark_changed(brand=brand, creator_ids=[creator], cause="publication")
    return found


def _unseen(found: Deliverable, otherwise: str) -> Publication:
    """Its publication, which nobody and nothing has seen yet."""
    refuse_closed(found)
    publication = Publication.objects.filter(deliverable=found).first()
    if publication is None or found.state != DeliverableState.PUBLISHED:
        raise CampaignRefused(f"“{found}” is not published.", code="not_in_this_state")
    if publication.confirmed_at is not None:
        raise CampaignRefused(
            f"“{found}” was seen on {publication.confirmed_at:%-d %B %Y}, so it was published. "
            f"{otherwise}",
            code="confirmed",
        )
    return publication


def _check_moment(published_at: datetime, at: datetime) -> None:
    if published_at > at:
        raise CampaignRefused(
            "This moment is still to come. What is to be published is planned instead.",
            code="in_the_future",
            field="published_at",
        )


def _exception(found: Deliverable, published_at: datetime, because: str, *, is_ours: bool) -> str:
    """Why it is written down although a rule was broken; empty where none was."""
    campaign = found.engagement.campaign
    state = DeliverableState(found.state)
    if state in {DeliverableState.PUBLISHED, DeliverableState.CANCELLED}:
        word = "published already" if state is DeliverableState.PUBLISHED else "called off"
        raise CampaignRefused(f"“{found}” is {word}.", code="not_in_this_state")
    broken = []
    if state is not DeliverableState.APPROVED:
        broken.append(f"“{found}” is not approved: it is at “{state.label}”.")
    if campaign.embargo_until and published_at < campaign.embargo_until:
        until = campaign.embargo_until.astimezone(ZoneInfo(campaign.brand.timezone))
        broken.append(f"The embargo lasts until {until:%-d %B %Y %H:%M}.")
    engagement, brand = found.engagement, campaign.brand
    held = hold_on(brand, relationship=engagement.relationship, campaign=campaign, at=published_at)
    if held is not None:
        today = published_at.astimezone(ZoneInfo(brand.timezone)).date()
        broken.append(held.words(today) if is_ours else f"{brand} has paused this for the moment.")
    if not broken:
        return ""
    words = " ".join(broken)
    if not is_ours:
        raise CampaignRefused(
            f"{words} Please do not publish it yet; if it is public already, write to "
            f"{campaign.brand} at once.",
            code="not_approved",
        )
    if not because:
        raise ReasonNeeded(
            f"{words} If it is public all the same, say what happened; that stays written down."
        )
    return because


def _address(
    found: Deliverable, url: str, post: Post | None, *, has_capture: bool
) -> Address | None:
    """Where it is; None for a story that a capture shows."""
    if post is not None:
        if post.url:
            try:
                return read_address(post.url, found.platform)
            except CampaignRefused:
                pass
        return Address("", f"{found.platform_id}:{post.external_id}")
    if not url.strip() and found.form == PostKind.STORY:
        if has_capture:
            return None
        raise CampaignRefused(
            "A story is gone after a day: add a picture of it, or its address.",
            code="capture_needed",
            field="capture",
        )
    return read_address(url, found.platform)


def _write(
    found: Deliverable,
    address: Address | None,
    reason: str,
    *,
    actor: User | None,
    link: GuestLink | None,
    at: datetime,
) -> Publication:
    brand = found.engagement.campaign.brand
    key = address.key if address else None
    try:
        with transaction.atomic():
            return Publication.objects.create(
                deliverable=found,
                brand=brand,
                address_key=key,
                by=actor,
                link=link,
                recorded_at=at,
                exception_because=reason,
                state_before=found.state,
            )
    except IntegrityError as error:
        raise _taken(brand, key, link) from error


def _taken(brand: Brand, key: str | None, link: GuestLink | None) -> CampaignRefused:
    other = Publication.objects.filter(brand=brand, address_key=key).select_related(
        "deliverable__engagement__campaign"
    )
    words = "This address belongs to another piece of content already."
    for one in other[:1]:
        # What others do in a campaign is not for a creator to read.
        if link is None or link.engagement_id == one.deliverable.engagement_id:
            campaign = one.deliverable.engagement.campaign
            words = f"This address belongs to “{one.deliverable}” in {campaign} already."
    return CampaignRefused(words, code="address_taken", field="url")


def _history(
    found: Deliverable,
    act: DeliverableAct,
    note: str,
    *,
    actor: User | None,
    at: datetime,
    link: GuestLink | None = None,
) -> None:
    DeliverableEvent.objects.create(
        deliverable=found, act=act, actor=actor, name=link.name if link else "", at=at, note=note
    )


def _go_live(found: Deliverable, actor: User | None, at: datetime) -> None:
    """The creator goes live with their first publication, where the campaign lets them."""
    stage = found.engagement.stage
    if stage not in {EngagementStage.CONTRACTED, EngagementStage.IN_PRODUCTION}:
        return
    for to in _WAY[stage == EngagementStage.IN_PRODUCTION :]:
        try:
            engagements.change(
                engagement_id=found.engagement_id,
                brand=found.engagement.campaign.brand,
                changes={"stage": to, "reason": f"“{found}” is published."},
                actor=actor,
                at=at,
                expected_version=None,
            )
        except CampaignRefused:
            # E.g. an embargo that was broken: where it stands is for people to say.
            return


def _tell_owner(found: Deliverable, link: GuestLink, at: datetime) -> None:
    campaign = found.engagement.campaign
    person = found.engagement.owner or campaign.owner
    if person is None:
        return
    notify(
        user=person,
        brand=campaign.brand,
        kind=NotificationKind.CAMPAIGN,
        text=f"{link.name} published “{found}” ({campaign}).",
        url=reverse(
            "campaigns:engagement", args=[campaign.brand.slug, campaign.key, found.engagement_id]
        ),
        at=at,
        key=f"published:{found.pk}:{found.version}",
    )
