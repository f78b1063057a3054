"""What people have a webhook told besides: a trial, something again, a period again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm import audit
from crm.choices import DeliveryStatus
from crm.models import User, Webhook, WebhookDelivery
from crm.models.webhooks import ALL_EVENTS
from crm.services.webhooks.keeping import WebhookRefused

# The most that is sent again at one time.
MOST = 10_000
# How long it is known what was told.
KEPT = timedelta(days=30)

_WITHIN = """
FROM crm_auditentry entry
WHERE entry.brand_id = %(brand)s AND entry.at >= %(since)s AND entry.at < %(before)s
  AND entry.number <= %(told)s
  AND (%(all)s OR regexp_replace(entry.verb, '[.][^.]*$', '') = ANY(%(events)s))
"""
_COUNT = f"SELECT count(*) FROM (SELECT 1 {_WITHIN} LIMIT %(most)s + 1) found"  # noqa: S608 - ours
_AGAIN = f"""
INSERT INTO crm_webhookdelivery (webhook_id, entry_id, next_try_at, created_at)
SELECT %(webhook)s, entry.id, %(at)s, %(at)s {_WITHIN} ORDER BY entry.number
ON CONFLICT ON CONSTRAINT crm_delivery_once DO UPDATE
SET status = 'waiting', tries = 0, next_try_at = %(at)s, ended_at = NULL
"""


@transaction.atomic
def ping(*, webhook: Webhook, at: datetime) -> WebhookDelivery:
    """Queue a trial. Raises WebhookRefused where it is paused, Webhook.DoesNotExist."""
    _at_work(webhook)
    return WebhookDelivery.objects.create(webhook=webhook, next_try_at=at, created_at=at)


@transaction.atomic
def send_again(*, delivery: WebhookDelivery, actor: User, at: datetime) -> WebhookDelivery:
    """Queue one thing again, under its old name. Raises WebhookRefused where it is paused."""
    webhook = _at_work(delivery.webhook)
    found = WebhookDelivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    found.status, found.tries = DeliveryStatus.WAITING, 0
    found.next_try_at, found.ended_at = at, None
    found.save(update_fields=["status", "tries", "next_try_at", "ended_at"])
    _record(webhook, 1, actor, at)
    return found


@transaction.atomic
def send_period(
    *, webhook: Webhook, since: datetime, before: datetime, actor: User, at: datetime
) -> int:
    """Queue all of a period again, and what it was not told of then; how many things.

    Raises WebhookRefused.
    """
    found = _at_work(webhook)
    if since >= before:
        raise WebhookRefused("The end lies after the beginning.", field="before")
    asked: dict[str, Any] = {
        "webhook": found.pk,
        "brand": found.brand_id,
        "since": since,
        "before": before,
        # What is later it is told of anyway.
        "told": found.told_up_to,
        "all": ALL_EVENTS in found.events,
        "events": found.events,
        "at": at,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, asked)
        if cursor.fetchone()[0] > MOST:
            raise WebhookRefused(
                f"These are more than {MOST:,} events: take a shorter period.", code="too_many"
            )
        cursor.execute(_AGAIN, asked)
        number = int(cursor.rowcount)
    _record(found, number, actor, at, since=since, before=before)
    return number


def forget(*, at: datetime) -> int:
    """Delete what was told long ago, and secrets that hold no more; how many deliveries."""
    Webhook.objects.filter(former_until__lt=at).update(former_secret="", former_until=None)
    gone, _ = WebhookDelivery.objects.filter(ended_at__lt=at - KEPT).delete()
    return gone


def _at_work(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update(no_key=True, of=("self",)).select_related("brand")
    held = found.get(pk=webhook.pk)
    if held.is_paused:
        raise WebhookRefused(f"“{held.name}” is paused: let it go on first.", code="paused")
    return held


def _record(webhook: Webhook, number: int, actor: User, at: datetime, **period: datetime) -> None:
    audit.record(
        brand=webhook.brand,
        verb="crm.webhook.sent_again",
        target=webhook,
        actor=actor,
        at=at,
        data={"events": number, "version": webhook.version, **period},
    )
