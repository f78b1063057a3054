"""What a brand decides about looking after posts."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from campaigns.models import WatchSettings
from campaigns.services.refusals import CampaignOutdated
from crm import audit
from crm.models import Brand, User


class Decided(TypedDict, total=False):
    """The settings; what is left out stays. Forms and the API hold them within their bounds."""

    measure: str
    hours: int
    low_percent: int
    peers_min: int
    creators_min: int


def settings_of(brand: Brand) -> WatchSettings:
    """What the brand decided, or the defaults."""
    return WatchSettings.objects.filter(brand=brand).first() or WatchSettings(
        brand=brand, version=0
    )


@transaction.atomic
def decide(
    *, brand: Brand, said: Decided, actor: User, at: datetime, expected_version: int | None
) -> WatchSettings:
    """Keep settings; readings to come go by them. Raises CampaignOutdated."""
    # Two people who save the first settings at once: the second one waits, and is told.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    kept = settings_of(brand)
    if expected_version is not None and kept.version != expected_version:
        msg = "Somebody else changed the settings in the meantime. Look at them again."
        raise CampaignOutdated(msg)
    changed = [name for name, value in said.items() if getattr(kept, name) != value]
    if not changed:
        return kept
    for name, value in said.items():
        setattr(kept, name, value)
    kept.version += 1
    kept.save()
    audit.record(
        brand=brand,
        verb="campaigns.watch.decided",
        target=kept,
        actor=actor,
        at=at,
        label="watch over posts",
        data={"fields": changed, "version": kept.version},
    )
    return kept
