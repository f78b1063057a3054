"""Calling webhooks: what is due goes out, what fails is tried again, a dead address is paused."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from random import SystemRandom
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from crm import audit, outgoing, signatures
from crm.choices import DeliveryStatus, NotificationKind, Role
from crm.models import User, Webhook, WebhookAttempt, WebhookDelivery
from crm.models.webhooks import REST_MAX
from crm.outreach.secrets import SecretLost, decrypt
from crm.services import notifications
from crm.services.webhooks.places import API, url_of

logger = logging.getLogger(__name__)

PING = "rapport.ping"
# After each failed attempt, so long until the next: ten attempts in some 76 hours.
WAITS = (
    *(timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
# Nobody waits exactly as long as the others.
JITTER = 0.1
# The most that an answer's Retry-After is heeded.
ASKED_WAIT_MAX = timedelta(days=1)
# After a failure the whole webhook is left alone, the longer the more often it failed.
REST = timedelta(seconds=5)
# A webhook at which nothing arrived for so long is paused.
PAUSED_AFTER = timedelta(days=3)
# One worker is at one webhook for so long, and no other one meanwhile.
TURN, LEASE = timedelta(seconds=30), timedelta(seconds=60)
AT_ONCE = 500
UNREADABLE = (
    "Its secret cannot be read, since the installation has another SECRET_KEY now."
    " Give it a new one."
)

_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one attempt."""

    took_ms: int
    status: int | None = None
    answer: str = ""
    error: str = ""
    retry_after: int | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether the other side took it."""
        return self.status is not None and 200 <= self.status < 300


def due(*, at: datetime) -> list[int]:
    """The webhooks for which something is due, and to which no worker turned yet."""
    waiting = WebhookDelivery.objects.filter(_due(at), webhook=OuterRef("pk"))
    return list(
        Webhook.objects.awake(at)
        .filter(Exists(waiting))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _due(at: datetime) -> Q:
    """What is to be tried now; what would wait longer than anything does, by a clock ahead, too."""
    longest = WAITS[-1] * (1 + JITTER)
    late = Q(next_try_at__lte=at) | Q(next_try_at__gt=at + longest)
    return late & Q(status=DeliveryStatus.WAITING)


def call(*, webhook_id: int, at: datetime) -> int:
    """Deliver what is due for a webhook, until one fails or its turn is over; how many arrived."""
    webhook = _take_turn(webhook_id, at)
    if webhook is None:
        return 0
    begun, arrived, has_failed = time.monotonic(), 0, False
    waiting = webhook.deliveries.filter(_due(at))
    for delivery in waiting.select_related("entry").order_by("next_try_at", "pk")[:AT_ONCE]:
        spent = timedelta(seconds=time.monotonic() - begun)
        if spent > TURN:
            break
        result = _attempt(webhook, delivery, at + spent)
        has_failed = not _note(delivery, result, at + spent)
        if has_failed:
            break
        arrived += 1
    if not has_failed:
        Webhook.objects.filter(pk=webhook.pk, failures=0).update(rests_until=None)
    return arrived


def name_of(webhook: Webhook, delivery: WebhookDelivery) -> str:
    """How what is told is called: the same at each attempt, also where it is sent again."""
    if delivery.entry is None:
        return f"ping_{delivery.pk}"
    return f"evt_{webhook.brand_id}_{delivery.entry.number}"


def message_of(webhook: Webhook, delivery: WebhookDelivery) -> dict[str, Any]:
    """What is told: kinds, numbers and addresses, nothing personal."""
    name, brand, entry = name_of(webhook, delivery), webhook.brand.slug, delivery.entry
    if entry is None:
        return {"id": name, "type": PING, **_at(delivery.created_at), "brand": brand}
    ledger = f"{settings.RAPPORT_URL}{API}/audit/{entry.number}/"
    return {
        "id": name,
        "type": entry.verb,
        **_at(entry.at),
        "brand": brand,
        "subject": {"type": entry.target_type, "id": entry.target_id, "url": url_of(entry)},
        "ledger": {"number": entry.number, "url": ledger},
    }


def _at(moment: datetime) -> dict[str, str]:
    return {"occurred_at": moment.astimezone(UTC).isoformat()}


def _take_turn(webhook_id: int, at: datetime) -> Webhook | None:
    """The webhook, which no other worker takes for a while; None where one did."""
    awake = Webhook.objects.awake(at).filter(pk=webhook_id)
    if not awake.update(rests_until=at + LEASE):
        return None
    return Webhook.objects.select_related("brand").filter(pk=webhook_id).first()


def _attempt(webhook: Webhook, delivery: WebhookDelivery, at: datetime) -> Result:
    name = name_of(webhook, delivery)
    body = json.dumps(message_of(webhook, delivery), separators=(",", ":")).encode()
    begun = time.monotonic()
    try:
        secrets = [decrypt(webhook.secret)]
        if webhook.former_until is not None and at < webhook.former_until:
            secrets.append(decrypt(webhook.former_secret))
        headers = signatures.headers_of(body, message_id=name, at=at, signed_with=secrets)
        headers |= {"Content-Type": "application/json", "User-Agent": "Rapport-Webhooks/1"}
        answer = outgoing.post(webhook.url, body, headers)
    except SecretLost:
        return Result(0, error=UNREADABLE)
    except (outgoing.AddressRefused, outgoing.NoAnswer) as error:
        return Result(_ms(begun), error=str(error)[:300])
    words = ""
    if 300 <= answer.status < 400:
        words = "Redirects are not followed: enter the address to which it leads."
    return Result(_ms(begun), answer.status, answer.text, words, answer.retry_after)


def _ms(begun: float) -> int:
    return round(1000 * (time.monotonic() - begun))


@transaction.atomic
def _note(delivery: WebhookDelivery, result: Result, at: datetime) -> bool:
    """Write down what came of an attempt; whether there was one that arrived."""
    # The webhook first, as everybody does: it may be gone, or paused, by now.
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()
    found = WebhookDelivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk).first()
    if webhook is None or found is None:
        return result.has_arrived
    webhook.brand = delivery.webhook.brand
    found.attempts += 1
    WebhookAttempt.objects.create(
        delivery=found,
        number=found.attempts,
        at=at,
        duration_ms=result.took_ms,
        status_code=result.status,
        answer=result.answer,
        error=result.error,
    )
    if result.has_arrived:
        found.status, found.next_try_at, found.ended_at = DeliveryStatus.DELIVERED, None, at
        webhook.failures, webhook.failing_since, webhook.delivered_at = 0, None, at
    else:
        _put_off(found, result, at)
        _bear(webhook, result, at)
    found.save()
    webhook.save(
        update_fields=(
            *("failures", "failing_since", "delivered_at", "rests_until", "is_paused"),
            "pause_reason",
        )
    )
    return result.has_arrived


def _put_off(delivery: WebhookDelivery, result: Result, at: datetime) -> None:
    """The next attempt, or the end of them."""
    delivery.tries += 1
    if delivery.tries > len(WAITS):
        delivery.status, delivery.next_try_at, delivery.ended_at = DeliveryStatus.FAILED, None, at
        return
    wait = WAITS[delivery.tries - 1] * _random.uniform(1 - JITTER, 1 + JITTER)
    if result.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=result.retry_after), ASKED_WAIT_MAX))
    delivery.next_try_at = at + wait


def _bear(webhook: Webhook, result: Result, at: datetime) -> None:
    """Leave a webhook alone that failed; pause one that has failed for long, or is gone."""
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or at
    webhook.rests_until = at + min(REST * 2 ** min(webhook.failures - 1, 10), REST_MAX)
    if webhook.is_paused:
        return
    if result.status == HTTPStatus.GONE:
        _give_up(webhook, "Its address answered that it is gone (410).", at)
    elif at - webhook.failing_since >= PAUSED_AFTER:
        _give_up(webhook, f"Nothing arrived for {PAUSED_AFTER.days} days.", at)


def _give_up(webhook: Webhook, reason: str, at: datetime) -> None:
    webhook.is_paused, webhook.pause_reason = True, reason
    logger.warning("Webhook %s was paused: %s", webhook.pk, reason)
    here = User.objects.filter(roles__brand=webhook.brand_id, roles__role=Role.ADMIN)
    owner = here.filter(pk=webhook.owner_id) if webhook.owner_id else here.none()
    notifications.notify_all(
        users=owner or here,
        brand=webhook.brand,
        kind=NotificationKind.INCIDENT,
        text=f"The webhook “{webhook.name}” was paused. {reason}",
        url=reverse("crm:webhook", args=[webhook.brand.slug, webhook.pk]),
        at=at,
    )
    audit.record(
        brand=webhook.brand,
        verb="crm.webhook.given_up",
        target=webhook,
        at=at,
        data={"attempts": webhook.failures, "version": webhook.version},
    )
