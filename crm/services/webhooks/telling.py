"""From the ledger to deliveries: each webhook gets what came in since, of what it asked for.

Entries of a brand come into its ledger one after the other and are numbered as they are committed,
so whoever has read up to a number has missed nothing before it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from crm.models import AuditEntry, Brand, Webhook
from crm.models.webhooks import ALL_EVENTS

# Entries looked at in one go, so that a large import is told in small transactions.
AT_ONCE = 5_000

_DELIVERIES = """
INSERT INTO crm_webhookdelivery (webhook_id, entry_id, next_try_at, created_at)
SELECT %(webhook)s, entry.id, %(at)s, %(at)s
FROM crm_auditentry entry
WHERE entry.brand_id = %(brand)s AND entry.number > %(after)s AND entry.number <= %(up_to)s
  AND (%(all)s OR regexp_replace(entry.verb, '[.][^.]*$', '') = ANY(%(events)s))
ORDER BY entry.number
ON CONFLICT ON CONSTRAINT crm_delivery_once DO NOTHING
"""


def tell(*, at: datetime) -> int:
    """Make the deliveries of what the ledgers got since; how many. Paused webhooks wait."""
    made = 0
    last = AuditEntry.objects.filter(brand=OuterRef("brand")).order_by("-number")
    behind = Webhook.objects.filter(is_paused=False).annotate(
        last=Subquery(last.values("number")[:1])
    )
    for pk in list(behind.filter(last__gt=F("told_up_to")).values_list("pk", flat=True)):
        while (told := _tell(pk, at)) is not None:
            made += told
    return made


@transaction.atomic
def _tell(webhook_id: int, at: datetime) -> int | None:
    """The next part of what one webhook does not know of; None: there is nothing more."""
    webhook = (
        Webhook.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(pk=webhook_id, is_paused=False)
        .first()
    )
    if webhook is None:
        return None
    brand = Brand(pk=webhook.brand_id)
    numbers = AuditEntry.objects.filter(brand=brand).order_by("-number")
    last = numbers.values_list("number", flat=True).first() or 0
    if last <= webhook.told_up_to:
        return None
    up_to = min(last, webhook.told_up_to + AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute(
            _DELIVERIES,
            {
                "webhook": webhook.pk,
                "brand": webhook.brand_id,
                "after": webhook.told_up_to,
                "up_to": up_to,
                "all": ALL_EVENTS in webhook.events,
                "events": webhook.events,
                "at": at,
            },
        )
        made = int(cursor.rowcount)
    webhook.told_up_to = up_to
    webhook.save(update_fields=["told_up_to"])
    return made
