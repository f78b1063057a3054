"""Counsel signs the rules of a jurisdiction; the brand adds to them, and ends what it added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from campaigns.choices import AdditionKind
from campaigns.disclosure.additions import REQUIREMENTS, packs_with, patterns_of
from campaigns.disclosure.packs import PackRefused
from campaigns.disclosure.wordings import PatternRefused
from campaigns.models import PackAddition, PackSignOff
from campaigns.selectors.packs import addition_of, packs_for
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import checking
from crm import audit
from crm.models import Brand, User

ADDITIONS_MAX, VARIANTS_MAX = 200, 20


@dataclass(frozen=True)
class Wanted:
    """What a brand adds."""

    kind: str
    text: str = ""
    variants: Sequence[str] = ()
    rule: str = ""
    language: str = ""
    starts_on: date | None = None
    until: date | None = None
    reason: str = ""


@transaction.atomic
def sign_off(
    *, brand: Brand, jurisdiction: str, digest: str, note: str, actor: User, at: datetime
) -> PackSignOff:
    """Stand by the rules as they were shown: `digest` is that of what was read.

    Raises CampaignRefused.
    """
    key = checking.jurisdiction(jurisdiction)
    pack = packs_for(brand, today_of(brand, at)).jurisdictions[key]
    if digest != pack.digest:
        raise CampaignOutdated(
            "The rules changed since you loaded the page. Read them again before you sign."
        )
    row = PackSignOff.objects.create(
        brand=brand,
        jurisdiction=key,
        pack_version=pack.version,
        digest=pack.digest,
        note=checking.line(note, "note", 1_000),
        signed_by=actor,
        signed_name=actor.display_name,
        signed_at=at,
    )
    audit.record(
        brand=brand,
        verb="campaigns.rule_pack.signed_off",
        target=row,
        actor=actor,
        at=at,
        data={"jurisdiction": key, "version": pack.version, "digest": pack.digest},
    )
    return row


@transaction.atomic
def add(
    *, brand: Brand, jurisdiction: str, wanted: Wanted, actor: User, at: datetime
) -> PackAddition:
    """Add a wording or a requirement from a day on. Raises CampaignRefused."""
    key = checking.jurisdiction(jurisdiction)
    if PackAddition.objects.filter(brand=brand).count() >= ADDITIONS_MAX:
        raise CampaignRefused(f"{ADDITIONS_MAX} additions are the most.", code="too_many")
    today = today_of(brand, at)
    row = PackAddition(
        brand=brand,
        jurisdiction=key,
        kind=_kind(wanted.kind),
        starts_on=checking.day(wanted.starts_on, "starts_on") or today,
        until=checking.day(wanted.until, "until"),
        reason=checking.line(wanted.reason, "reason", 500, "Say why, for whoever reads it later."),
        added_by=actor,
        added_at=at,
    )
    if row.starts_on < today:
        raise CampaignRefused(
            "It cannot hold for days that are over: posts of then were judged by the rules of "
            "then.",
            field="starts_on",
        )
    checking.in_order(row.starts_on, row.until, "until")
    if row.kind == AdditionKind.REQUIREMENT:
        if wanted.rule not in REQUIREMENTS:
            raise CampaignRefused("Choose what is to be asked.", field="rule")
        row.rule = wanted.rule
    else:
        row.text = checking.line(wanted.text, "text", 120, "Write the wording, as “#collab”.")
        row.variants = _variants(wanted.variants)
        row.language = checking.line(wanted.language, "language", 8).lower()
        if not all(any(map(str.isalnum, part)) for part in patterns_of([row.text, *row.variants])):
            raise CampaignRefused("There is nothing to look for in that wording.", field="text")
    row.save(force_insert=True)
    try:
        packs_with((addition_of(row, brand),))
    except (PackRefused, PatternRefused) as refused:
        raise CampaignRefused(str(refused), field="text") from refused
    _log(row, "added", actor, at)
    return row


@transaction.atomic
def end(*, addition_id: int, brand: Brand, reason: str, actor: User, at: datetime) -> PackAddition:
    """It holds no longer than yesterday. Raises CampaignRefused, PackAddition.DoesNotExist."""
    row = PackAddition.objects.select_for_update(no_key=True).get(pk=addition_id, brand=brand)
    today = today_of(brand, at)
    if row.until is not None and row.until < today:
        raise CampaignRefused("It is over already.", code="outdated")
    row.end_reason = checking.line(reason, "reason", 500, "Say why it should not hold any more.")
    row.until, row.ended_by = date.fromordinal(today.toordinal() - 1), actor
    row.save()
    _log(row, "ended", actor, at)
    return row


def _kind(kind: str) -> AdditionKind:
    try:
        return AdditionKind(kind)
    except ValueError as error:
        raise CampaignRefused("Choose what it is.", field="kind") from error


def _variants(texts: Sequence[str]) -> list[str]:
    tidy = [checking.line(text, "variants", 120) for text in texts]
    found = list(dict.fromkeys(text for text in tidy if text))
    if len(found) > VARIANTS_MAX:
        raise CampaignRefused(f"{VARIANTS_MAX} other spellings are the most.", field="variants")
    return found


def _log(row: PackAddition, verb: str, actor: User, at: datetime) -> None:
    audit.record(
        brand=row.brand,
        verb=f"campaigns.rule_pack.addition_{verb}",
        target=row,
        actor=actor,
        at=at,
        data={
            "jurisdiction": row.jurisdiction,
            "kind": row.kind,
            "says": str(row),
            "is_looser": row.is_looser,
            "starts_on": row.starts_on,
            "until": row.until,
            "reason": row.end_reason or row.reason,
        },
    )
