"""Claims about the environment, taken into a brand's library at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.causes.green_claims import CATEGORY, standard
from campaigns.disclosure.text import fold
from campaigns.models import Claim
from campaigns.services.claims_library import Wanted, save_claim
from crm.models import Brand, User


@dataclass(frozen=True)
class Taken:
    """How many claims were added, and how many the library had already."""

    added: int
    kept: int


@transaction.atomic
def take_green_claims(*, brand: Brand, actor: User, at: datetime) -> Taken:
    """Add those that the library does not have; what the brand wrote itself stays as it is.

    Raises CampaignRefused where the library is full: then nothing is added.
    """
    # Two at once would both look before either has added.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    rows = Claim.objects.filter(brand=brand, archived_at=None, product="")
    there = {fold(text) for text in rows.values_list("text", flat=True)}
    wanted = [one for one in standard().claims if fold(one.text) not in there]
    for one in wanted:
        save_claim(
            brand=brand,
            wanted=Wanted(
                text=one.text,
                status=one.status,
                variants=one.variants,
                category=CATEGORY,
                reason=one.words,
            ),
            actor=actor,
            at=at,
        )
    return Taken(len(wanted), len(standard().claims) - len(wanted))
