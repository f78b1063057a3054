"""Codes are made, changed, put away, and replaced where one got around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from campaigns.models import PromoCode
from campaigns.services.days import EARLIEST, LATEST, today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking.naming import NameRefused, checked_code, free
from campaigns.services.tracking.places import Place, checked, refuse_old
from crm import audit
from crm.models import Brand, User

TERMS_MAX = 300
FIELDS = ("valid_from", "valid_until", "terms", "limit_total", "limit_per_day")


class Said(TypedDict, total=False):
    """What somebody says of a code; what is left out stays."""

    valid_from: date | None
    valid_until: date | None
    terms: str
    limit_total: int | None
    limit_per_day: int | None


@transaction.atomic
def make_code(
    *, brand: Brand, place: Place, code: str, said: Said, actor: User, at: datetime
) -> PromoCode:
    """A new code of a creator. Raises CampaignRefused: also where the brand has it already."""
    place = checked(place, brand)
    made = drawn_up(brand=brand, place=place, code=code, said=said, actor=actor, at=at)
    _insert(made)
    _log(made, "made", actor, at)
    return made


def drawn_up(
    *, brand: Brand, place: Place, code: str, said: Said, actor: User, at: datetime
) -> PromoCode:
    """The code as it would be made, not saved. Raises CampaignRefused."""
    try:
        name = checked_code(code)
    except NameRefused as refusal:
        raise CampaignRefused(str(refusal), field="code") from refusal
    made = PromoCode(
        brand=brand,
        code=name,
        relationship=place.relationship,
        engagement=place.engagement,
        campaign=place.campaign,
        created_by=actor,
        created_at=at,
    )
    _set(made, said)
    return made


@transaction.atomic
def change_code(
    *,
    code_id: int,
    brand: Brand,
    said: Said,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> PromoCode:
    """Say something else of a code; its name never changes: buyers have it. Raises
    CampaignRefused, DoesNotExist.
    """
    code = locked(code_id, brand, expected_version)
    if code.is_archived:
        msg = "It was put away. Take it out again first."
        raise CampaignRefused(msg, code="archived")
    before = {name: getattr(code, name) for name in FIELDS}
    _set(code, said)
    changed = [name for name in FIELDS if getattr(code, name) != before[name]]
    if not changed:
        return code
    code.version += 1
    code.save(update_fields=[*changed, "version"])
    _log(code, "changed", actor, at, changed)
    return code


@transaction.atomic
def archive_code(
    *, code_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> PromoCode:
    """Put a code away. What was bought with it, and still comes in, goes on counting for it."""
    code = locked(code_id, brand, expected_version)
    if code.is_archived:
        msg = "It was put away already."
        raise CampaignRefused(msg, code="archived")
    return _put(code, at, "archived", actor, at)


@transaction.atomic
def restore_code(
    *, code_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> PromoCode:
    """Take a code out again."""
    code = locked(code_id, brand, expected_version)
    if not code.is_archived:
        msg = "It is in use."
        raise CampaignRefused(msg, code="in_use")
    return _put(code, None, "restored", actor, at)


@transaction.atomic
def replace_code(
    *,
    code_id: int,
    brand: Brand,
    name: str = "",
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> PromoCode:
    """A new code for the creator of one that got around, which ends today. Raises CampaignRefused.

    Without a name it is the old one with a number behind it.
    """
    old = locked(code_id, brand, expected_version)
    today = today_of(brand, at)
    if old.is_archived:
        msg = "It was put away already."
        raise CampaignRefused(msg, code="archived")
    if old.valid_until is not None and old.valid_until < today:
        msg = f"It ended on {old.valid_until:%-d %B %Y} already."
        raise CampaignRefused(msg, code="ended")
    place = Place(old.relationship, old.engagement, old.campaign)
    wanted = name or free(old.code, all_names(brand))
    new = drawn_up(
        brand=brand, place=place, code=wanted, said=_same(old, today), actor=actor, at=at
    )
    new.replaces = old
    old.valid_until = max(today, old.valid_from or today)
    old.version += 1
    old.save(update_fields=["valid_until", "version"])
    _insert(new)
    _log(new, "replaced", actor, at)
    return new


def all_names(brand: Brand) -> set[str]:
    """All codes of the brand."""
    return set(PromoCode.objects.filter(brand=brand).values_list("code", flat=True))


def locked(code_id: int, brand: Brand, expected_version: int | None) -> PromoCode:
    """The code, for this transaction alone. Raises CampaignOutdated, DoesNotExist."""
    rows = PromoCode.objects.select_for_update(no_key=True, of=("self",))
    code = rows.select_related("brand", "relationship", "engagement", "campaign").get(
        pk=code_id, brand=brand
    )
    refuse_old(code, expected_version)
    return code


def _same(old: PromoCode, today: date) -> Said:
    return Said(
        valid_from=today,
        valid_until=old.valid_until,
        terms=old.terms,
        limit_total=old.limit_total,
        limit_per_day=old.limit_per_day,
    )


def _put(
    code: PromoCode, archived_at: datetime | None, verb: str, actor: User, at: datetime
) -> PromoCode:
    code.archived_at = archived_at
    code.version += 1
    code.save(update_fields=["archived_at", "version"])
    _log(code, verb, actor, at)
    return code


def _insert(code: PromoCode) -> None:
    try:
        with transaction.atomic():
            code.save(force_insert=True)
    except IntegrityError as error:
        if "campaigns_code_once" not in str(error):
            raise
        msg = f"{code.code} is a code of your brand already."
        raise CampaignRefused(msg, code="taken", field="code") from error


def _set(code: PromoCode, said: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in said:
            setattr(code, name, said[name])
    code.terms = " ".join(code.terms.split())
    if len(code.terms) > TERMS_MAX:
        raise CampaignRefused(f"At most {TERMS_MAX} characters.", field="terms")
    for name in ("valid_from", "valid_until"):
        day = getattr(code, name)
        if day is not None and not EARLIEST <= day.year <= LATEST:
            msg = f"The year must lie from {EARLIEST} to {LATEST}."
            raise CampaignRefused(msg, field=name)
    if code.valid_from and code.valid_until and code.valid_until < code.valid_from:
        msg = "It would end before it begins."
        raise CampaignRefused(msg, field="valid_until")
    for name in ("limit_total", "limit_per_day"):
        number = getattr(code, name)
        if number is not None and not 1 <= number <= 2**31 - 1:
            msg = "At least 1, or nothing where there is no limit."
            raise CampaignRefused(msg, field=name)


def _log(
    code: PromoCode, verb: str, actor: User, at: datetime, changed: Sequence[str] = ()
) -> None:
    audit.record(
        brand=code.brand,
        verb=f"campaigns.promo_code.{verb}",
        target=code,
        actor=actor,
        at=at,
        label=f"code {code.code}",
        data={"fields": list(changed), "replaces": code.replaces_id},
    )
