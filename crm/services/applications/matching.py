"""Whom of a brand's creators an applicant may be, and what else is known of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Window
from django.db.models.functions import Lower, RowNumber

from crm.choices import ApplicationStatus, ContactKind, Stage
from crm.models import (
    Application,
    Brand,
    ContactPoint,
    Creator,
    FormerHandle,
    Profile,
    Relationship,
    SuppressedAddress,
)
from crm.outreach import addresses
from crm.outreach.parts import OBJECTIONS, PERSONAS
from crm.outreach.pitches import WHO, cares_of

# Of a name that many have in a country, so many are shown.
SAME_NAME_MAX = 3


@dataclass
class Match:
    """A creator whom the applicant may be, with the reasons; a sure one cannot be another."""

    creator: Creator
    reasons: list[str] = field(default_factory=list)
    is_sure: bool = False
    # Where they stand with the brand, in words.
    stage: str = ""
    # The personas that count, and why nobody is to pitch them, or who has to say yes first.
    personas: Sequence[str] = ()
    caution: str = ""


@dataclass(frozen=True)
class Known:
    """What a brand knows about an applicant already."""

    matches: Sequence[Match] = ()
    # Other applications of the same address or with the same account, newest first.
    others: Sequence[Application] = ()
    # The brand writes no more to the address.
    is_suppressed: bool = False

    @property
    def sure(self) -> Match | None:
        """Whose account or address it is already."""
        return next((match for match in self.matches if match.is_sure), None)


def known(brand: Brand, applications: Sequence[Application], at: datetime) -> dict[int, Known]:
    """By application: a few statements, however many applications there are."""
    found = _Matches(applications)
    _by_account(brand, applications, found)
    _by_address(brand, applications, found)
    _by_name(brand, applications, found)
    _stages(brand, found)
    _persuasions(brand, found, at)
    others = _others(brand, applications)
    barred = _suppressed(brand, applications)
    return {
        row.pk: Known(found.of(row), others.get(row.pk, []), row.email in barred)
        for row in applications
    }


class _Matches:
    """Matches by application and creator, the sure ones first."""

    def __init__(self, applications: Iterable[Application]) -> None:
        self._by_application: dict[int, dict[int, Match]] = {row.pk: {} for row in applications}

    def add(self, application: Application, creator: Creator, reason: str, *, sure: bool) -> None:
        match = self._by_application[application.pk].setdefault(creator.pk, Match(creator))
        if reason not in match.reasons:
            match.reasons.append(reason)
        match.is_sure = match.is_sure or sure

    def all(self) -> list[Match]:
        return [match for found in self._by_application.values() for match in found.values()]

    def of(self, application: Application) -> list[Match]:
        matches = self._by_application[application.pk].values()
        return sorted(matches, key=lambda match: (not match.is_sure, match.creator.pk))


def _by_account(brand: Brand, rows: Sequence[Application], found: _Matches) -> None:
    wanted: dict[tuple[str, str], list[Application]] = defaultdict(list)
    for row in rows:
        for account in row.accounts.all():
            wanted[account.platform_id, account.handle].append(row)
    if not wanted:
        return
    here, before = Q(), Q()
    for platform, handle in wanted:
        here |= Q(platform=platform, handle=handle)
        before |= Q(profile__platform=platform, handle=handle)
    profiles = Profile.objects.filter(here, creator__relationships__brand=brand)
    for profile in profiles.select_related("creator", "platform").order_by("pk"):
        for row in wanted[profile.platform_id, profile.handle]:
            reason = f"has this account: {profile.platform} {profile.handle}"
            found.add(row, profile.creator, reason, sure=True)
    formers = FormerHandle.objects.filter(before, profile__creator__relationships__brand=brand)
    for former in formers.select_related("profile__creator", "profile__platform").order_by("pk"):
        for row in wanted[former.profile.platform_id, former.handle]:
            reason = f"had this handle before: {former.profile.platform} {former.handle}"
            found.add(row, former.profile.creator, reason, sure=False)


def _by_address(brand: Brand, rows: Sequence[Application], found: _Matches) -> None:
    by_email: dict[str, list[Application]] = defaultdict(list)
    for row in rows:
        by_email[row.email].append(row)
    contacts = ContactPoint.objects.filter(
        brand=brand, kind=ContactKind.EMAIL, value__in=list(by_email)
    )
    for contact in contacts.select_related("creator").order_by("pk"):
        for row in by_email[contact.value]:
            found.add(row, contact.creator, "has this e-mail address", sure=True)


def _by_name(brand: Brand, rows: Sequence[Application], found: _Matches) -> None:
    by_name: dict[str, list[Application]] = defaultdict(list)
    for row in rows:
        by_name[row.name.lower()].append(row)
    countries = {row.country for row in rows}
    namesakes = Window(RowNumber(), partition_by=[Lower("name"), "country"], order_by="pk")
    creators = (
        Creator.objects.of_brand(brand)
        .annotate(lowered=Lower("name"), number=namesakes)
        .filter(lowered__in=list(by_name), country__in=["", *countries])
        .filter(number__lte=SAME_NAME_MAX)
        .order_by("pk")
    )
    for creator in creators:
        for row in by_name[creator.name.lower()]:
            if creator.country in {"", row.country}:
                reason = "has the same name and country" if creator.country else "has the same name"
                found.add(row, creator, reason, sure=False)


def _stages(brand: Brand, found: _Matches) -> None:
    matches = found.all()
    creators = {match.creator.pk for match in matches}
    rows = Relationship.objects.filter(brand=brand, creator__in=creators)
    stages = dict(rows.values_list("creator", "stage")) if creators else {}
    for match in matches:
        match.stage = Stage(stages[match.creator.pk]).label if match.creator.pk in stages else ""


def _persuasions(brand: Brand, found: _Matches, at: datetime) -> None:
    """What segments say of whom they may be: who accepts is to know it before the first mail."""
    matches = found.all()
    creators = {match.creator.pk for match in matches}
    if not creators:
        return
    barred: dict[int, str] = {}
    for objection in OBJECTIONS:
        barred = {**objection.of(brand, creators, at), **barred}
    cares = cares_of(brand, creators, at)
    personas: dict[int, list[str]] = defaultdict(list)
    for part in PERSONAS:
        for creator, names in part(brand, creators).items():
            personas[creator].extend(names)
    for match in matches:
        pk = match.creator.pk
        match.personas = personas[pk]
        match.caution = barred.get(pk, "")
        if not match.caution and pk in cares:
            care = cares[pk]
            match.caution = (
                f"Is in “{care.segment}”, where a mistake costs much: {WHO[care.depth]} has to say "
                "yes before a first mail or offer."
            )


def _others(brand: Brand, rows: Sequence[Application]) -> dict[int, list[Application]]:
    """Earlier and later ones; those whose address nobody confirmed say nothing."""
    emails = {row.email for row in rows}
    accounts = {(one.platform_id, one.handle) for row in rows for one in row.accounts.all()}
    same = Q(email__in=emails)
    for platform, handle in accounts:
        same |= Q(accounts__platform=platform, accounts__handle=handle)
    found = (
        Application.objects.filter(same, brand=brand)
        .exclude(status=ApplicationStatus.UNCONFIRMED)
        .distinct()
        .prefetch_related("accounts")
        .order_by("-submitted_at", "-pk")
    )
    others: dict[int, list[Application]] = defaultdict(list)
    for other in found[:100] if rows else ():
        theirs = {(one.platform_id, one.handle) for one in other.accounts.all()}
        for row in rows:
            mine = {(one.platform_id, one.handle) for one in row.accounts.all()}
            if other.pk != row.pk and (other.email == row.email or theirs & mine):
                others[row.pk].append(other)
    return others


def _suppressed(brand: Brand, rows: Sequence[Application]) -> frozenset[str]:
    digests = {addresses.digest(brand.pk, row.email): row.email for row in rows}
    held = SuppressedAddress.objects.filter(
        brand=brand, digest__in=list(digests), suppression__lifted_at=None
    )
    return frozenset(digests[digest] for digest in held.values_list("digest", flat=True))
