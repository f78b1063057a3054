"""How a brand divides credit: each change is a further version, and the ones before stay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from campaigns.attribution.settings import Settings
from campaigns.models import AttributionSettings
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm import audit
from crm.models import Brand, User

_NAMES = (
    "window",
    "visit",
    "code_rule",
    "fresh_start",
    "first_share",
    "last_share",
    "half_life",
)


@transaction.atomic
def save_settings(
    *, brand: Brand, settings: Settings, actor: User, at: datetime, expected_number: int | None
) -> AttributionSettings:
    """Reports asked for from now on go by these. Raises CampaignRefused, CampaignOutdated.

    `expected_number` is the version that the person saw, 0 for none; None: whatever it is.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)  # so that versions have no gap
    rows = AttributionSettings.objects.filter(brand=brand)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    if expected_number is not None and expected_number != last:
        raise CampaignOutdated(
            "Somebody else changed the settings since you loaded the page: look at them again."
        )
    before = rows.filter(number=last).first()
    told = before.as_told if before else Settings()
    if settings == told:
        raise CampaignRefused("Nothing is different from the settings that hold already.")
    made = AttributionSettings.objects.create(
        brand=brand,
        number=last + 1,
        created_by=actor,
        created_at=at,
        **{name: getattr(settings, name) for name in _NAMES},
    )
    audit.record(
        brand=brand,
        verb="campaigns.attribution_settings.changed",
        target=made,
        actor=actor,
        at=at,
        data={
            name: [getattr(told, name), getattr(settings, name)]
            for name in _NAMES
            if getattr(told, name) != getattr(settings, name)
        },
    )
    return made
