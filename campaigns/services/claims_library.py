"""The brand's library of claims: added, changed, put away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from campaigns.choices import ClaimStatus
from campaigns.disclosure import packs
from campaigns.disclosure.text import fold, key_of
from campaigns.models import Claim
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

TEXT_MAX, VARIANTS_MAX, CLAIMS_MAX = 200, 30, 2_000
# Shorter words would be found in every text.
LETTERS_MIN = 3


@dataclass(frozen=True)
class Wanted:
    """What a claim is to say."""

    text: str
    status: str
    variants: Sequence[str] = ()
    category: str = ""
    product: str = ""
    reason: str = ""
    evidence: str = ""
    evidence_place: str = ""
    jurisdictions: Sequence[str] = ()
    valid_from: date | None = None
    valid_until: date | None = None


@transaction.atomic
def save_claim(
    *,
    brand: Brand,
    wanted: Wanted,
    actor: User | None,
    at: datetime,
    claim_id: int | None = None,
    expected_version: int | None = None,
) -> Claim:
    """Add a claim, or change one. Raises CampaignRefused, Claim.DoesNotExist."""
    claim = Claim(brand=brand, created_at=at, version=0)
    if claim_id is not None:
        claim = Claim.objects.select_for_update(no_key=True).get(
            pk=claim_id, brand=brand, archived_at=None
        )
        if expected_version is not None and claim.version != expected_version:
            raise CampaignOutdated(
                "Somebody changed this claim since you loaded the page; nothing of yours was saved."
            )
    elif Claim.objects.filter(brand=brand, archived_at=None).count() >= CLAIMS_MAX:
        raise CampaignRefused(
            f"At most {CLAIMS_MAX:,} claims: put away what nobody says.", code="too_many"
        )
    before = _facts(claim) if claim_id else {}
    for name, value in _checked(wanted).items():
        setattr(claim, name, value)
    after = _facts(claim)
    if before == after:
        return claim
    claim.version += 1
    claim.updated_by, claim.updated_at = actor, at
    try:
        with transaction.atomic():
            claim.save()
    except IntegrityError as error:
        raise CampaignRefused(
            "The library has this claim for this product already.", field="text"
        ) from error
    changed = [name for name in after if before.get(name) != after[name]]
    audit.record(
        brand=brand,
        verb=f"campaigns.claim.{'changed' if claim_id else 'added'}",
        target=claim,
        actor=actor,
        at=at,
        data={"status": claim.status, "fields": changed if claim_id else []},
    )
    return claim


@transaction.atomic
def put_away(*, claim_id: int, brand: Brand, actor: User | None, at: datetime) -> Claim:
    """It is looked for no more; briefs that have it keep it. Raises Claim.DoesNotExist."""
    claim = Claim.objects.select_for_update(no_key=True).get(pk=claim_id, brand=brand)
    if claim.archived_at is not None:
        return claim
    claim.archived_at = at
    claim.version += 1
    claim.save(update_fields=["archived_at", "version"])
    audit.record(brand=brand, verb="campaigns.claim.put_away", target=claim, actor=actor, at=at)
    return claim


def _facts(claim: Claim) -> dict[str, object]:
    return {name: getattr(claim, name) for name in Wanted.__dataclass_fields__}


def _checked(wanted: Wanted) -> dict[str, object]:
    """What is kept. Raises CampaignRefused."""
    text = _words(wanted.text, "text")
    variants = list(
        {
            fold(words): words for line in wanted.variants if (words := _words(line, "variants"))
        }.values()
    )
    if not text:
        raise CampaignRefused("Write the claim.", field="text")
    if len(variants) > VARIANTS_MAX:
        raise CampaignRefused(f"At most {VARIANTS_MAX} wordings.", field="variants")
    if wanted.status not in ClaimStatus.values:
        raise CampaignRefused("Say whether it may be made.", field="status")
    kept: dict[str, object] = {
        "text": text,
        "variants": [words for words in variants if fold(words) != fold(text)],
        "status": wanted.status,
        "jurisdictions": known_jurisdictions(wanted.jurisdictions),
        "valid_from": wanted.valid_from,
        "valid_until": wanted.valid_until,
    }
    for name, most in (
        ("category", 80),
        ("product", 120),
        ("reason", 500),
        ("evidence", 500),
        ("evidence_place", 300),
    ):
        said = " ".join(getattr(wanted, name).replace("\0", "").split())
        if len(said) > most:
            raise CampaignRefused(f"{most} characters fit.", field=name)
        kept[name] = said
    if wanted.status == ClaimStatus.FORBIDDEN and not kept["reason"]:
        raise CampaignRefused("Say why it must not be said.", field="reason")
    if bool(kept["evidence"]) != bool(kept["evidence_place"]):
        missing = "evidence" if not kept["evidence"] else "evidence_place"
        raise CampaignRefused("Say what the evidence is, and where it is kept.", field=missing)
    if wanted.valid_from and wanted.valid_until and wanted.valid_until < wanted.valid_from:
        raise CampaignRefused("The last day comes before the first.", field="valid_until")
    return kept


def _words(text: str, field: str) -> str:
    words = " ".join(text.replace("\0", "").split())
    if len(words) > TEXT_MAX:
        raise CampaignRefused(f"{TEXT_MAX} characters fit.", field=field)
    if words and len(key_of(words)) < LETTERS_MIN and words.isascii():
        raise CampaignRefused(
            f"“{words}” is too short to be looked for: {LETTERS_MIN} letters at least.", field=field
        )
    return words


def known_jurisdictions(names: Sequence[str]) -> list[str]:
    """Their keys; raises CampaignRefused for one that no pack has rules for."""
    known = packs.standard()
    keys = known.resolve(names)
    for key in keys:
        if key not in known.jurisdictions:
            raise CampaignRefused(f"There are no rules for “{key}”.", field="jurisdictions")
    return sorted(keys)
