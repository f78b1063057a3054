"""Make a creator of an applicant, and take that back while nobody has built on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from crm.choices import ContactKind, ContactPurpose, LawfulBasis, Source
from crm.importers.handles import profile_address
from crm.models import (
    Application,
    ApplicationAccount,
    ContactPoint,
    Creator,
    CreatorNiche,
    MetricSnapshot,
    Niche,
    Profile,
    Relationship,
    StageChange,
    User,
)
from crm.services import facts
from crm.services.merge.tables import links_to
from crm.services.metrics import refresh_metrics
from crm.services.relationships import relate, set_owner


class CannotMake(Exception):
    """It is not done; the message is fit for the user, `code` for a program."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Made:
    """What accepting made: `ids` by kind; what stood there already is not among them."""

    relationship: Relationship
    ids: dict[str, Any] = field(default_factory=dict)
    left_out: list[ApplicationAccount] = field(default_factory=list)


def make(
    application: Application, relationship: Relationship | None, actor: User, at: datetime
) -> Made:
    """A creator with what the applicant gave. Raises CannotMake."""
    accounts = list(application.accounts.select_related("platform").order_by("pk"))
    there = _profiles_of(accounts)
    ids: dict[str, Any] = {}
    if relationship is not None:
        creator = relationship.creator
    else:
        creator, is_new = _creator(application, accounts, there)
        if is_new:
            ids["creator"] = creator.pk
    _check_address(application, creator)
    found = relate(brand=application.brand, creator=creator, at=at, actor=actor)
    if relationship is None:
        # Who belongs to nobody is on nobody's day: whoever accepts looks after them.
        found = set_owner(
            relationship_id=found.pk, owner=actor, actor=actor, at=at, expected_version=None
        )
        ids |= {"relationship": found.pk, "version": found.version}
    made = Made(found, ids)
    for account in accounts:
        profile = there.get((account.platform_id, account.handle))
        if profile is None:
            ids.setdefault("profiles", []).append(_profile(creator, account, application))
        elif profile.creator_id != creator.pk:
            made.left_out.append(account)
    _contact(application, creator, ids, actor)
    _niches(application, creator, ids)
    refresh_metrics(creator_ids=[creator.pk], as_of=at)
    facts.mark_changed(brand=None, creator_ids=[creator.pk], cause="application")
    return made


def unmake(ids: Mapping[str, Any], relationship: Relationship, at: datetime) -> None:
    """Take out what `make` made. Raises CannotMake where others have built on it."""
    creator = relationship.creator
    _check_alone(ids, relationship)
    if "contact" in ids:
        ContactPoint.objects.filter(pk=ids["contact"], creator=creator).delete()
    CreatorNiche.objects.filter(pk__in=ids.get("niches", ()), creator=creator).delete()
    Profile.objects.filter(pk__in=ids.get("profiles", ()), creator=creator).delete()
    if "relationship" in ids:
        relationship.delete()
    if "creator" in ids:
        creator.delete()
        return
    refresh_metrics(creator_ids=[creator.pk], as_of=at)
    facts.mark_changed(brand=None, creator_ids=[creator.pk], cause="application")


def _profiles_of(accounts: Iterable[ApplicationAccount]) -> dict[tuple[str, str], Profile]:
    """The accounts that are known to the installation already."""
    same = models.Q(pk__in=[])
    for account in accounts:
        same |= models.Q(platform=account.platform_id, handle=account.handle)
    rows = Profile.objects.filter(same).select_related("creator").order_by("pk")
    return {(row.platform_id, row.handle): row for row in rows}


def _creator(
    application: Application,
    accounts: Iterable[ApplicationAccount],
    there: Mapping[tuple[str, str], Profile],
) -> tuple[Creator, bool]:
    """Whose the first known account is, else somebody new."""
    owners = [
        there[account.platform_id, account.handle].creator
        for account in accounts
        if (account.platform_id, account.handle) in there
    ]
    known = Relationship.objects.filter(brand=application.brand, creator__in=owners)
    if taken := known.select_related("creator").order_by("pk").first():
        raise CannotMake(
            f"{taken.creator} has one of these accounts already. Add the application to them.",
            "known",
        )
    if owners:
        return owners[0], False
    return Creator.objects.create(name=application.name, country=application.country), True


def _check_address(application: Application, creator: Creator) -> None:
    holder = (
        ContactPoint.objects.filter(
            brand=application.brand, kind=ContactKind.EMAIL, value=application.email
        )
        .exclude(creator=creator)
        .select_related("creator")
        .first()
    )
    if holder:
        raise CannotMake(
            f"The e-mail address belongs to {holder.creator}. Add the application to them.", "known"
        )


def _profile(creator: Creator, account: ApplicationAccount, application: Application) -> int:
    try:
        with transaction.atomic():
            profile = Profile.objects.create(
                creator=creator,
                platform=account.platform,
                handle=account.handle,
                url=profile_address(account.handle, account.platform_id) or account.url,
                followers=account.followers,
                metrics_at=application.submitted_at if account.followers is not None else None,
                metrics_source=Source.MANUAL,
            )
    except IntegrityError:
        raise CannotMake(
            f"Somebody added the account {account.handle} this moment. Load the page again."
        ) from None
    if account.followers is not None:
        MetricSnapshot.objects.create(
            profile=profile,
            captured_at=application.submitted_at,
            source=Source.MANUAL,
            followers=account.followers,
        )
    return profile.pk


def _contact(application: Application, creator: Creator, ids: dict[str, Any], actor: User) -> None:
    contact, is_new = ContactPoint.objects.get_or_create(
        brand=application.brand,
        kind=ContactKind.EMAIL,
        value=application.email,
        defaults={
            "creator": creator,
            "purpose": ContactPurpose.COLLABORATION,
            "basis": LawfulBasis.CONSENT,
            "found_in": f"application of {application.submitted_at:%-d %b %Y}",
            "given_by": "the creator",
            "author": actor,
        },
    )
    if is_new:
        ids["contact"] = contact.pk


def _niches(application: Application, creator: Creator, ids: dict[str, Any]) -> None:
    """Those of their topics that the installation has a word for."""
    words = {word.strip().lower() for word in application.topics.split(",") if word.strip()}
    if not words:
        return
    known = Niche.objects.annotate(word=models.functions.Lower("label")).filter(word__in=words)
    for niche in known.order_by("pk"):
        row, is_new = CreatorNiche.objects.get_or_create(
            creator=creator, niche=niche, defaults={"source": Source.CREATOR}
        )
        if is_new:
            ids.setdefault("niches", []).append(row.pk)


def _check_alone(ids: Mapping[str, Any], relationship: Relationship) -> None:
    """Whatever hangs on what was made, and was not made with it, is somebody's work.

    The application itself no longer names the relationship: others that do are counted.
    """
    own: dict[type[models.Model], set[int]] = {
        ContactPoint: {ids["contact"]} if "contact" in ids else set(),
        CreatorNiche: set(ids.get("niches", ())),
        Profile: set(ids.get("profiles", ())),
        Relationship: {ids["relationship"]} if "relationship" in ids else set(),
    }
    creator = relationship.creator
    built: set[str] = set()
    if ids.get("creator", creator.pk) != creator.pk:
        built.add("What it was merged with")
    if "creator" in ids:
        built |= _foreign(Creator, creator.pk, own)
    if "relationship" in ids:
        built |= _foreign(Relationship, relationship.pk, own)
        if relationship.version > ids.get("version", 1):
            built.add("Changes of stage, owner or next step")
    for pk in own[Profile]:
        profile = Profile.objects.filter(pk=pk, creator=creator).first()
        if profile is None:
            built.add("Accounts that went to another creator")
        else:
            built |= _foreign(Profile, pk, own)
    if built:
        listed = ", ".join(sorted(built))
        raise CannotMake(
            f"{creator} has got more since: {listed}. Move them to “Declined” on the board "
            "instead, or take that out first.",
            "built_on",
        )


def _foreign(
    model: type[models.Model], pk: int, own: Mapping[type[models.Model], set[int]]
) -> set[str]:
    """What else hangs on a row, in words."""
    found = set()
    for link in links_to(model):
        rows = link.rows_of(pk).exclude(pk__in=own.get(link.model, ()))
        if link.model is StageChange:
            rows = rows.exclude(from_stage="")
        if link.model is MetricSnapshot:
            rows = rows.exclude(source=Source.MANUAL)
        if rows.exists():
            found.add(link.words)
    return found
