"""Alerts that somebody sets aside with a reason, or takes up again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from campaigns.choices import AlertState
from campaigns.models import RuleAlert
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from campaigns.services.registers import checking
from crm import audit
from crm.models import Brand, User


@transaction.atomic
def set_aside(
    *,
    alert_id: int,
    brand: Brand,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> RuleAlert:
    """It needs nothing, for a reason. Raises CampaignRefused, RuleAlert.DoesNotExist."""
    alert = _taken(alert_id, brand, expected_version)
    if alert.state != AlertState.OPEN:
        raise CampaignRefused("This is not open any more.", code="outdated")
    alert.reason = checking.line(reason, "reason", 500, "Say why nothing needs to be done.")
    alert.state, alert.aside_by = AlertState.ASIDE, actor
    _save(alert, actor, at, "set_aside")
    return alert


@transaction.atomic
def take_up(
    *, alert_id: int, brand: Brand, actor: User, at: datetime, expected_version: int | None
) -> RuleAlert:
    """It does need something. Raises as `set_aside`."""
    alert = _taken(alert_id, brand, expected_version)
    if alert.state != AlertState.ASIDE:
        raise CampaignRefused("This was not set aside.", code="outdated")
    alert.state, alert.aside_by, alert.reason = AlertState.OPEN, None, ""
    _save(alert, actor, at, "taken_up")
    return alert


def _taken(alert_id: int, brand: Brand, expected_version: int | None) -> RuleAlert:
    rows = RuleAlert.objects.select_for_update(no_key=True, of=("self",))
    alert = rows.select_related("relationship__creator").get(pk=alert_id, brand=brand)
    if expected_version is not None and alert.version != expected_version:
        raise CampaignOutdated(
            "This changed since you loaded the page: look at it again before you decide."
        )
    return alert


def _save(alert: RuleAlert, actor: User, at: datetime, verb: str) -> None:
    alert.changed_at = at
    alert.version += 1
    alert.save()
    audit.record(
        brand=alert.brand,
        verb=f"campaigns.rule_alert.{verb}",
        target=alert,
        actor=actor,
        at=at,
        data={"relationship": alert.relationship_id, "rule": alert.rule},
        label=alert.relationship.creator.name,
    )
