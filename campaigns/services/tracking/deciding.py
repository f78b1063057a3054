"""What a brand decides about its links and codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from django.db import transaction

from campaigns.models import TrackingLink, TrackingSettings
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.tracking import landing
from campaigns.services.tracking.naming import NameRefused, checked_pattern
from crm import audit
from crm.models import Brand, User

_HOST = re.compile(r"(?=.{1,120}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_PARAM = re.compile(r"[a-z][a-z0-9_]{0,29}")
SHOPS_MAX = 20


class Decided(TypedDict, total=False):
    """The settings; what is left out stays."""

    domain: str
    shop_hosts: list[str]
    click_param: str
    visitor_period: str
    repeat_seconds: int
    keep_months: int
    code_pattern: str
    spike_deviations: Decimal
    spike_minimum: int


def settings_of(brand: Brand) -> TrackingSettings:
    """What the brand decided, or the defaults."""
    return TrackingSettings.objects.filter(brand=brand).first() or TrackingSettings(
        brand=brand, version=0
    )


@transaction.atomic
def decide(
    *, brand: Brand, said: Decided, actor: User, at: datetime, expected_version: int | None
) -> TrackingSettings:
    """Keep settings; links go by them at once. Raises CampaignRefused."""
    # Two people who save the first settings at once: the second one waits, and is told.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    kept = settings_of(brand)
    if expected_version is not None and kept.version != expected_version:
        msg = "Somebody else changed the settings in the meantime. Look at them again."
        raise CampaignOutdated(msg)
    before = {name: getattr(kept, name) for name in said}
    for name, value in said.items():
        setattr(kept, name, value)
    _check(kept)
    changed = [name for name in before if getattr(kept, name) != before[name]]
    if not changed:
        return kept
    kept.version += 1
    kept.save()
    landing.write_on_commit(TrackingLink.objects.filter(brand=brand).in_use())
    audit.record(
        brand=brand,
        verb="campaigns.tracking.decided",
        target=kept,
        actor=actor,
        at=at,
        label="tracking",
        data={"fields": changed, "version": kept.version},
    )
    return kept


def _check(kept: TrackingSettings) -> None:
    kept.domain = _host(kept.domain, "domain") if kept.domain else ""
    kept.shop_hosts = list(dict.fromkeys(_hosts(kept.shop_hosts)))
    if len(kept.shop_hosts) > SHOPS_MAX:
        raise CampaignRefused(f"At most {SHOPS_MAX} shops.", field="shop_hosts")
    if kept.click_param and not _PARAM.fullmatch(kept.click_param):
        msg = "A parameter has small letters, digits and _, and begins with a letter."
        raise CampaignRefused(msg, field="click_param")
    try:
        kept.code_pattern = checked_pattern(kept.code_pattern)
    except NameRefused as refusal:
        raise CampaignRefused(str(refusal), field="code_pattern") from refusal


def _hosts(given: Iterable[str]) -> list[str]:
    return [_host(host, "shop_hosts") for host in given if host.strip()]


def _host(text: str, field: str) -> str:
    host = text.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if not _HOST.fullmatch(host):
        msg = f"{text.strip()} is not the name of a host, e.g. shop.example.com."
        raise CampaignRefused(msg, field=field)
    return host
