"""By which weights a brand reckons trust: the published ones, or its own with a reason and date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from campaigns.authenticity.score import standard as of_authenticity
from campaigns.models import TrustWeights
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.trust.weights import KEYS, Weights, standard
from crm import audit
from crm.models import Brand, User

REASON_MAX = 300


def own_of(brand: Brand) -> TrustWeights | None:
    """The newest version that the brand made; None: the published weights hold."""
    return TrustWeights.objects.filter(brand=brand).order_by("-number").first()


def weights_of(own: TrustWeights | None) -> Weights:
    """As `assess` takes them."""
    if own is None:
        return standard()
    numbers = {key: int(getattr(own, key)) for key in KEYS}
    return standard().weighed(numbers, f"{standard().version}, own {own.number}")


def below_of(own: TrustWeights | None) -> int:
    """Below which authenticity somebody should look."""
    return of_authenticity().below if own is None else own.authenticity_below


@transaction.atomic
def weigh(
    *,
    brand: Brand,
    numbers: Mapping[str, int],
    authenticity_below: int,
    reason: str,
    actor: User,
    at: datetime,
) -> TrustWeights:
    """Make the next version; scores follow with the next computation. Raises CampaignRefused."""
    said = " ".join(reason.replace("\0", "").split())
    if not said:
        raise ReasonNeeded("Say why: it is shown with the version.")
    if len(said) > REASON_MAX:
        raise CampaignRefused(f"{REASON_MAX} characters at most.", field="reason")
    if not any(numbers[key] for key in KEYS):
        raise CampaignRefused("One part at least has to weigh something.", field=KEYS[0])
    # Whoever does the same at the same time comes after.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    before = own_of(brand)
    made = TrustWeights.objects.create(
        brand=brand,
        number=(before.number if before else 0) + 1,
        authenticity_below=authenticity_below,
        reason=said,
        by=actor,
        created_at=at,
        **{key: numbers[key] for key in KEYS},
    )
    audit.record(
        brand=brand,
        verb="campaigns.trust.weighed",
        target=made,
        actor=actor,
        at=at,
        data={
            "version": made.number,
            "weights": {key: numbers[key] for key in KEYS},
            "authenticity_below": authenticity_below,
            "reason": said,
        },
        label=f"Trust weights, version {made.number}",
    )
    return made
