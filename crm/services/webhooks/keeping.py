"""Webhooks as admins keep them: added, changed, given a new secret, paused, removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from crm import audit, outgoing, signatures
from crm.audit.verbs import GROUPS
from crm.models import AuditEntry, Brand, User, Webhook
from crm.models.webhooks import ALL_EVENTS
from crm.outreach.secrets import encrypt

# How many a brand may have: each of them is told of everything that it asks for.
MOST = 20
NAME_MAX = 80
# After a rotation both secrets are signed with for so long, unless somebody says otherwise.
GRACE_HOURS, GRACE_HOURS_MAX = 24, 24 * 7


class WebhookRefused(Exception):
    """The webhook stays as it is; the message is fit for the user, `field` says where."""

    def __init__(self, text: str, *, field: str = "", code: str = "invalid") -> None:
        super().__init__(text)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says of a webhook."""

    name: str
    url: str
    events: tuple[str, ...]


def create(*, brand: Brand, wanted: Wanted, actor: User, at: datetime) -> tuple[Webhook, str]:
    """A webhook that is told of what is done from now on, and its secret, shown this once.

    Raises WebhookRefused. Looks the address up, so it takes as long as that does.
    """
    checked = _checked(wanted, url_before="")
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if Webhook.objects.filter(brand=brand).count() >= MOST:
            raise WebhookRefused(f"A brand has at most {MOST} webhooks.", code="too_many")
        secret = signatures.new_secret()
        webhook = Webhook(brand=brand, owner=actor, secret=encrypt(secret), created_at=at)
        _write(webhook, checked)
        entry = _record(webhook, "created", actor, at)
        webhook.told_up_to = entry.number
        webhook.save(update_fields=["told_up_to"])
    return webhook, secret


def change(
    *,
    webhook: Webhook,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Webhook:
    """Another name, address or choice of events. Raises WebhookRefused, Webhook.DoesNotExist."""
    checked = _checked(wanted, url_before=webhook.url)
    with transaction.atomic():
        found = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
        if expected_version is not None and found.version != expected_version:
            raise WebhookRefused(
                "Somebody else changed it since: look at it again.", code="outdated"
            )
        has_moved = found.url != checked.url
        if has_moved:
            # What went wrong was another address's.
            found.failures, found.failing_since, found.rests_until = 0, None, None
        found.version += 1
        _write(found, checked)
        _record(found, "changed", actor, at, address_changed=has_moved)
    return found


@transaction.atomic
def rotate(*, webhook: Webhook, grace_hours: int, actor: User, at: datetime) -> tuple[Webhook, str]:
    """Another secret, shown this once; for some hours the old one holds as well.

    Raises WebhookRefused, Webhook.DoesNotExist.
    """
    if not 0 <= grace_hours <= GRACE_HOURS_MAX:
        raise WebhookRefused(f"From 0 to {GRACE_HOURS_MAX} hours.", field="grace_hours")
    found = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if grace_hours:
        found.former_secret = found.secret
        found.former_until = at + timedelta(hours=grace_hours)
    else:
        found.former_secret, found.former_until = "", None
    secret = signatures.new_secret()
    found.secret = encrypt(secret)
    found.version += 1
    found.save(update_fields=["secret", "former_secret", "former_until", "version"])
    _record(found, "rotated", actor, at, hours=grace_hours)
    return found, secret


@transaction.atomic
def pause(*, webhook: Webhook, actor: User, at: datetime) -> Webhook:
    """Call it no more for now: what is done meanwhile is kept for it. One that is paused stays so.

    Raises Webhook.DoesNotExist.
    """
    found = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if not found.is_paused:
        found.is_paused, found.pause_reason = True, ""
        found.save(update_fields=["is_paused", "pause_reason"])
        _record(found, "paused", actor, at)
    return found


@transaction.atomic
def resume(*, webhook: Webhook, skips: bool, actor: User, at: datetime) -> Webhook:
    """Call it again, of what was done meanwhile too; `skips`: only of what is done from now on.

    One that is not paused stays as it is. Raises Webhook.DoesNotExist.
    """
    found = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    if not found.is_paused:
        return found
    found.is_paused, found.pause_reason = False, ""
    found.failures, found.failing_since, found.rests_until = 0, None, None
    if skips:
        found.deliveries.filter(ended_at=None).delete()
    else:
        found.deliveries.filter(ended_at=None).update(tries=0, next_try_at=at)
    entry = _record(found, "resumed", actor, at, skipped=skips)
    if skips:
        found.told_up_to = entry.number
    found.save()
    return found


@transaction.atomic
def remove(*, webhook: Webhook, actor: User, at: datetime) -> None:
    """Take it away with its secret and its log. Raises Webhook.DoesNotExist."""
    found = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    _record(found, "removed", actor, at)
    found.delete()


def _checked(wanted: Wanted, *, url_before: str) -> Wanted:
    """As it is kept. Raises WebhookRefused."""
    name, url = " ".join(wanted.name.split()), wanted.url.strip()
    if not name or len(name) > NAME_MAX:
        raise WebhookRefused(f"A name of at most {NAME_MAX} letters.", field="name")
    events = _events(wanted.events)
    if url != url_before:
        try:
            outgoing.check(url)
        except (outgoing.AddressRefused, outgoing.NoAnswer) as refusal:
            raise WebhookRefused(str(refusal), field="url") from refusal
    return Wanted(name, url, events)


def _events(told: Iterable[str]) -> tuple[str, ...]:
    events = sorted(set(told))
    if not events:
        raise WebhookRefused("Choose what it is to be told of.", field="events")
    for event in events:
        if event != ALL_EVENTS and event not in GROUPS:
            raise WebhookRefused(f"There are no events “{event[:60]}”.", field="events")
    return (ALL_EVENTS,) if ALL_EVENTS in events else tuple(events)


def _write(webhook: Webhook, wanted: Wanted) -> None:
    others = Webhook.objects.filter(brand=webhook.brand_id, name__iexact=wanted.name)
    if others.exclude(pk=webhook.pk).exists():
        raise WebhookRefused("There is a webhook of this name already.", field="name")
    webhook.name, webhook.url, webhook.events = wanted.name, wanted.url, list(wanted.events)
    webhook.save()


def _record(
    webhook: Webhook, act: str, actor: User, at: datetime, **facts: bool | int
) -> AuditEntry:
    # The host alone: the rest of an address may be a key.
    text = {"host": urlsplit(webhook.url).hostname, "events": webhook.events}
    return audit.record(
        brand=webhook.brand,
        verb=f"crm.webhook.{act}",
        target=webhook,
        actor=actor,
        at=at,
        data={"version": webhook.version, **facts},
        text=text,
    )
