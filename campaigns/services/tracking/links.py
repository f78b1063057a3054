"""Links are made, changed, put away and taken out again; none is ever deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.db import transaction

from campaigns.models import Campaign, TrackingLink
from campaigns.models.tracking import ALPHABET, CODE_LENGTH, UTM
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import landing
from campaigns.services.tracking.arms import arms_of, refuse_another
from campaigns.services.tracking.places import Account, Place, accounts_of, checked, refuse_old
from campaigns.services.tracking.urls import UrlRefused, checked_target, checked_utm, utm_for
from crm import audit
from crm.models import Brand, User

LABEL_MAX, VARIANT_MAX = 120, 60
FIELDS = ("label", "variant", "target", *UTM)


class Said(TypedDict, total=False):
    """What somebody says of a link; what is left out stays, or is made up for a new one."""

    label: str
    variant: str
    target: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_content: str
    utm_term: str


@transaction.atomic
def make_link(*, brand: Brand, place: Place, said: Said, actor: User, at: datetime) -> TrackingLink:
    """A new link of a creator. Raises CampaignRefused."""
    place = checked(place, brand)
    creator = place.relationship.creator_id
    account = accounts_of([creator], place.campaign.platforms if place.campaign else ())
    link = drawn_up(
        brand=brand,
        place=place,
        said=said,
        account=account.get(creator, Account()),
        arm=_arm(brand, place.campaign, place.relationship.pk),
        actor=actor,
        at=at,
    )
    link.save(force_insert=True)
    landing.write_on_commit(TrackingLink.objects.filter(pk=link.pk))
    _log(link, "made", actor, at)
    return link


def drawn_up(
    *,
    brand: Brand,
    place: Place,
    said: Said,
    account: Account,
    arm: str,
    actor: User,
    at: datetime,
) -> TrackingLink:
    """The link as it would be made, not saved. Its variant is the creator's `arm`, if any.

    Raises CampaignRefused.
    """
    if arm:
        refuse_another(arm, said.get("variant") or arm)
        said = {**said, "variant": arm}
    made_up = utm_for(
        platform=account.platform,
        campaign=place.campaign.key if place.campaign else "",
        handle=account.handle,
        variant=said.get("variant", ""),
    )
    link = TrackingLink(
        brand=brand,
        code=new_code(),
        relationship=place.relationship,
        engagement=place.engagement,
        campaign=place.campaign,
        created_by=actor,
        created_at=at,
    )
    _set(link, {**made_up, **said, "target": said.get("target", "")})
    return link


def new_code() -> str:
    """Some 8 x 10^11 of them: nobody finds another one's by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


@transaction.atomic
def change_link(
    *,
    link_id: int,
    brand: Brand,
    said: Said,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> TrackingLink:
    """Say something else of a link. Its short address stays. Raises CampaignRefused, DoesNotExist.

    What it led to before stays in the ledger.
    """
    link = _locked(link_id, brand, expected_version)
    if link.is_archived:
        msg = "It was put away. Take it out again first."
        raise CampaignRefused(msg, code="archived")
    before = {name: getattr(link, name) for name in FIELDS}
    if said.get("variant", link.variant) != link.variant:
        refuse_another(_arm(brand, link.campaign, link.relationship_id), said["variant"])
    _set(link, said)
    changed = [name for name in FIELDS if getattr(link, name) != before[name]]
    if not changed:
        return link
    link.version += 1
    link.save(update_fields=[*changed, "version"])
    landing.write_on_commit(TrackingLink.objects.filter(pk=link.pk))
    _log(link, "changed", actor, at, changed)
    return link


@transaction.atomic
def archive_link(
    *, link_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> TrackingLink:
    """Put a link away: whoever follows it is told that it has ended. Its clicks stay."""
    link = _locked(link_id, brand, expected_version)
    if link.is_archived:
        msg = "It was put away already."
        raise CampaignRefused(msg, code="archived")
    return _put(link, at, "archived", actor, at)


@transaction.atomic
def restore_link(
    *, link_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> TrackingLink:
    """Take a link out again: it leads to where it did."""
    link = _locked(link_id, brand, expected_version)
    if not link.is_archived:
        msg = "It is in use."
        raise CampaignRefused(msg, code="in_use")
    if not link.target:
        msg = "The creator's data were erased: this link leads nowhere any more."
        raise CampaignRefused(msg, code="erased")
    return _put(link, None, "restored", actor, at)


def _put(
    link: TrackingLink, archived_at: datetime | None, verb: str, actor: User, at: datetime
) -> TrackingLink:
    link.archived_at = archived_at
    link.version += 1
    link.save(update_fields=["archived_at", "version"])
    landing.write_on_commit(TrackingLink.objects.filter(pk=link.pk))
    _log(link, verb, actor, at)
    return link


def _set(link: TrackingLink, said: Mapping[str, object]) -> None:
    """Put what was said on the link. Raises CampaignRefused."""
    given = {name: str(value).strip() for name, value in said.items() if name in FIELDS}
    for name, longest in (("label", LABEL_MAX), ("variant", VARIANT_MAX)):
        if name in given:
            words = " ".join(given[name].split())
            if len(words) > longest:
                raise CampaignRefused(f"At most {longest} characters.", field=name)
            setattr(link, name, words)
    try:
        if "target" in given:
            link.target = checked_target(given["target"])
        utm = checked_utm({name: given.get(name, getattr(link, name)) for name in UTM})
    except UrlRefused as refusal:
        raise CampaignRefused(str(refusal), field=refusal.field) from refusal
    for name, word in utm.items():
        setattr(link, name, word)


def _arm(brand: Brand, campaign: Campaign | None, relationship: int) -> str:
    return arms_of(brand, campaign, [relationship]).get(relationship, "")


def _locked(link_id: int, brand: Brand, expected_version: int | None) -> TrackingLink:
    rows = TrackingLink.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    link = rows.get(pk=link_id, brand=brand)
    refuse_old(link, expected_version)
    return link


def _log(
    link: TrackingLink, verb: str, actor: User, at: datetime, changed: Sequence[str] = ()
) -> None:
    audit.record(
        brand=link.brand,
        verb=f"campaigns.tracking_link.{verb}",
        target=link,
        actor=actor,
        at=at,
        label=f"link {link.code}",
        data={"link": link.pk, "fields": list(changed)},
        text={"target": link.target},
    )
