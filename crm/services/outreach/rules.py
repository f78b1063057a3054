"""A brand's rules of sending: who writes, when, and how far apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm import audit
from crm.models import Brand, OutreachPolicy, User

CHANGEABLE = (
    "sender_name",
    "postal_address",
    "privacy_url",
    "window_from",
    "window_until",
    "weekdays",
    "days_off",
    "quiet_days",
    "needs_consent_where_unknown",
)
DAYS_OFF_MAX = 100


class RulesRefused(Exception):
    """Nothing is saved; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def change_rules(
    *, brand: Brand, changes: Mapping[str, Any], actor: User, at: datetime
) -> OutreachPolicy:
    """Set any of CHANGEABLE; what is left out stays. Raises RulesRefused."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    policy = OutreachPolicy.of(brand)
    before = {name: getattr(policy, name) for name in CHANGEABLE}
    for name in CHANGEABLE:
        if name in changes:
            setattr(policy, name, changes[name])
    policy.postal_address = "\n".join(
        line.strip() for line in policy.postal_address.splitlines() if line.strip()
    )
    policy.weekdays = "".join(sorted(set(policy.weekdays)))
    policy.days_off = sorted(set(policy.days_off))
    if policy.window_from >= policy.window_until:
        raise RulesRefused("The hours have to end after they begin.", "window_until")
    if not policy.weekdays:
        raise RulesRefused("Choose at least one day.", "weekdays")
    if len(policy.days_off) > DAYS_OFF_MAX:
        raise RulesRefused(f"At most {DAYS_OFF_MAX} days off.", "days_off")
    moved = {
        name: [before[name], getattr(policy, name)]
        for name in CHANGEABLE
        if before[name] != getattr(policy, name)
    }
    if not moved:
        return policy
    policy.save()
    audit.record(
        brand=brand,
        verb="crm.outreach.rules_changed",
        target=brand,
        actor=actor,
        at=at,
        data=moved,
    )
    return policy
