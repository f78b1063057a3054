"""Webhooks: addresses of other programs that are told what was done in a brand.

The ledger is their outbox. An act and its entry are written in one transaction, and entries of a
brand are numbered without gaps in the order in which they are committed. So a webhook only notes
up to which number it was told, and nothing is lost or told of that was not done. What is told
names the act and its target by kind and number: nothing personal.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower

from crm.choices import DeliveryStatus
from crm.models.brands import Brand, User
from crm.models.ledger import AuditEntry

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Among the events of a webhook: everything that is told of.
ALL_EVENTS = "*"


# The most that a webhook is left alone after failures.
REST_MAX = timedelta(minutes=10)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Webhooks of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def awake(self, at: datetime) -> Self:
        """Those to which a worker may turn: not paused, and no other one is at it.

        None rests longer than `REST_MAX`: one that would was put to rest by a clock that was ahead.
        """
        rested = (
            models.Q(rests_until=None)
            | models.Q(rests_until__lte=at)
            | models.Q(rests_until__gt=at + REST_MAX)
        )
        return self.filter(rested, is_paused=False)


class Webhook(models.Model):
    """An address that is told of acts, and how it knows that it is us (crm/signatures.py)."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Who is told when it does not answer.
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    # Groups of acts ("crm.stage"), single acts ("crm.stage.moved"), or ALL_EVENTS.
    events = ArrayField(models.CharField(max_length=60))
    # Encrypted (crm/outreach/secrets.py). After a change both are signed with until the moment.
    secret = models.TextField(editable=False)
    former_secret = models.TextField(blank=True, default="", editable=False)
    former_until = models.DateTimeField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    # Why it was paused without anybody asking for it; empty: a person did.
    pause_reason = models.CharField(max_length=300, blank=True, default="")
    # The number in the brand's ledger up to which deliveries were made.
    told_up_to = models.BigIntegerField(default=0)
    # Since when nothing arrives, and how many attempts that were.
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # Until when no worker turns to it: one is at it, or it is left alone after a failure.
    rests_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        constraints = [
            # Also how the webhooks of a brand are found.
            models.UniqueConstraint("brand", Lower("name"), name="crm_webhook_name_once"),
            models.CheckConstraint(
                name="crm_webhook_url_form", condition=models.Q(url__regex=r"^https?://[^/@\s]+")
            ),
            models.CheckConstraint(
                name="crm_webhook_of_something", condition=models.Q(events__len__gt=0)
            ),
            models.CheckConstraint(
                name="crm_webhook_former_whole",
                condition=models.Q(former_secret="", former_until=None)
                | ~models.Q(former_secret="") & models.Q(former_until__isnull=False),
            ),
            models.CheckConstraint(
                name="crm_webhook_failing_whole",
                condition=models.Q(failures=0, failing_since=None)
                | models.Q(failures__gt=0, failing_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def for_log(self) -> Self:
        """With what a line of the log shows: the event, and what came of the last attempt."""
        last = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-number")
        return self.select_related("entry", "webhook").annotate(
            last_status=Subquery(last.values("status_code")[:1]),
            last_ms=Subquery(last.values("duration_ms")[:1]),
            last_error=Subquery(last.values("error")[:1]),
        )


class WebhookDelivery(models.Model):
    """One thing to be told to one webhook; without an entry a trial that a person asked for."""

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, db_index=False, related_name="deliveries"
    )
    # No index: entries are never deleted.
    entry = models.ForeignKey(
        AuditEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    status = models.CharField(
        max_length=10,
        choices=DeliveryStatus.choices,
        default=DeliveryStatus.WAITING,
        db_default=DeliveryStatus.WAITING,
    )
    # How often it was tried since it was queued, and in all: somebody may have it sent again.
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["webhook", "entry"], name="crm_delivery_once"),
            models.CheckConstraint(
                name="crm_delivery_status_valid",
                condition=models.Q(status__in=DeliveryStatus.values),
            ),
            models.CheckConstraint(
                name="crm_delivery_waits_or_ended",
                condition=models.Q(
                    status=DeliveryStatus.WAITING, next_try_at__isnull=False, ended_at=None
                )
                | models.Q(
                    ~models.Q(status=DeliveryStatus.WAITING),
                    next_try_at=None,
                    ended_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            # The log of a webhook, newest first.
            models.Index(fields=["webhook", "-created_at", "-id"], name="crm_delivery_log"),
            # What is due, asked every few seconds: few wait at any time.
            models.Index(
                fields=["webhook", "next_try_at"],
                condition=models.Q(status=DeliveryStatus.WAITING),
                name="crm_delivery_due",
            ),
            # What is old enough to be forgotten.
            models.Index(
                fields=["ended_at"],
                condition=models.Q(ended_at__isnull=False),
                name="crm_delivery_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id}: {self.entry_id or 'trial'}"


class WebhookAttempt(models.Model):
    """One attempt to deliver: what the other side said, or why it could not be reached."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, db_index=False, related_name="log"
    )
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    # Of the answer; null: there was none, and `error` says why.
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["delivery", "number"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="crm_attempt_once"),
            models.CheckConstraint(
                name="crm_attempt_answered_or_not",
                condition=models.Q(status_code__isnull=False)
                | models.Q(status_code=None, answer="") & ~models.Q(error=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.number}"
