"""What people did whom creators had sent: orders, sign-ups, and what was taken back of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from campaigns.choices import ConversionKind, ConversionSource, FeedSignature, FileShape
from campaigns.models.campaigns import Campaign
from campaigns.models.codes import PromoCode
from campaigns.models.tracking import TrackingLink
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_VALUE = Q(value=None, currency="") | Q(
    value__isnull=False, value__gte=0, currency__regex="^[A-Z]{3}$"
)


class ConversionFeedQuerySet(models.QuerySet["ConversionFeed"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Feeds of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def live(self) -> Self:
        """Those that take messages."""
        return self.filter(archived_at=None)


class ConversionFeed(models.Model):
    """A shop that sends its orders as they come in: where to, how signed, and what lies where."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=80)
    # In the address that the shop calls. Who knows it cannot send anything without the secret.
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.CharField(
        max_length=7, choices=FeedSignature.choices, default=FeedSignature.STAMPED
    )
    # Encrypted (crm/outreach/secrets.py).
    secret = models.CharField(max_length=400)
    # {field: JSON pointer into the message}, and {field: fixed words}.
    pointers = models.JSONField(default=dict)
    fixed = models.JSONField(default=dict)
    archived_at = models.DateTimeField(null=True, blank=True)
    # Signs of life: what came last, and what was refused last and why (never the message itself).
    received_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True, default="")
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConversionFeedQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "name", "pk"]
        constraints = [
            # Also the list of a brand's feeds.
            models.UniqueConstraint(fields=["brand", "name"], name="campaigns_feed_named_once"),
            models.CheckConstraint(
                name="campaigns_feed_valid",
                condition=Q(signature__in=FeedSignature.values) & ~Q(name="") & ~Q(secret=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConversionBatchQuerySet(models.QuerySet["ConversionBatch"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Files of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ConversionBatch(models.Model):
    """A file that brought conversions; taken back, its conversions are gone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    shape = models.CharField(max_length=5, choices=FileShape.choices)
    # {rows, conversions, refunds, known, value by currency}: what it brought.
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ConversionBatchQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_conversion_file_valid",
                condition=Q(shape__in=FileShape.values, sha256__regex="^[0-9a-f]{64}$"),
            ),
        ]
        indexes = [
            # A brand's files, the newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_conversion_files"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.file_name}"


class ConversionQuerySet(models.QuerySet["Conversion"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Conversions of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Conversion(models.Model):
    """One order, sign-up or the like. What was told is kept as it was told (a trigger sees to it).

    Only what it belongs to (link, code, campaign) is found later where it was not known.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # The shop's own number of it: told twice, it is still one.
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    kind = models.CharField(
        max_length=7, choices=ConversionKind.choices, default=ConversionKind.ORDER
    )
    # null: nobody said, which is not zero.
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    # An even share of a sum that was told for several at once: right together, guessed alone.
    is_share = models.BooleanField(default=False)
    # Who converted, as clicks count people (Click.visitor); null: not known. The click that the
    # shop gave back says it too: it is looked up when it is asked for, since it may be written
    # later than the order, and is deleted earlier. So no key.
    visitor = models.BigIntegerField(null=True, blank=True)
    click = models.UUIDField(null=True, blank=True)
    # The link as it was given, and which it is; null: none that the brand knows.
    link_text = models.CharField(max_length=80, blank=True, default="")
    link = models.ForeignKey(
        TrackingLink,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    # The code as it was given, and whose it is; null: none that the brand knows.
    code_text = models.CharField(max_length=80, blank=True, default="")
    code = models.ForeignKey(
        PromoCode,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    is_new_customer = models.BooleanField(null=True, blank=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.SET_NULL, null=True, blank=True, db_index=False, related_name="+"
    )
    source = models.CharField(max_length=7, choices=ConversionSource.choices)
    feed = models.ForeignKey(
        ConversionFeed,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    batch = models.ForeignKey(
        ConversionBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="conversions"
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = ConversionQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="campaigns_conversion_once"),
            models.CheckConstraint(
                name="campaigns_conversion_valid",
                condition=Q(kind__in=ConversionKind.values, source__in=ConversionSource.values)
                & ~Q(key=""),
            ),
            models.CheckConstraint(name="campaigns_conversion_value", condition=_VALUE),
        ]
        indexes = [
            # The list, and what a period holds.
            models.Index(fields=["brand", "-at", "-id"], name="campaigns_conversion_list"),
            # What a campaign brought.
            models.Index(
                fields=["campaign", "at"],
                condition=Q(campaign__isnull=False),
                name="campaigns_conversion_of",
            ),
            # How often a code was redeemed, by day too; which go when a code does.
            models.Index(
                fields=["code", "at"],
                condition=Q(code__isnull=False),
                name="campaigns_conversion_code",
            ),
            # What came by a link.
            models.Index(
                fields=["link", "at"],
                condition=Q(link__isnull=False),
                name="campaigns_conversion_link",
            ),
            # Codes that are nobody's: which, and how often.
            models.Index(
                Upper("code_text"),
                "brand",
                condition=Q(code=None) & ~Q(code_text=""),
                name="campaigns_conversion_unknown",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class RefundQuerySet(models.QuerySet["Refund"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Refunds of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class Refund(models.Model):
    """What was taken back of a conversion: a part, or (no value) all of it. Never changed."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    conversion = models.ForeignKey(Conversion, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    # In the currency of the conversion; null: the whole.
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # Only where the conversion has none, since nobody said what it brought.
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    source = models.CharField(max_length=7, choices=ConversionSource.choices)
    batch = models.ForeignKey(
        ConversionBatch, on_delete=models.CASCADE, null=True, blank=True, related_name="refunds"
    )
    received_at = models.DateTimeField(default=timezone.now)

    objects = RefundQuerySet.as_manager()

    class Meta:
        ordering = ["conversion", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "key"], name="campaigns_refund_once"),
            models.CheckConstraint(
                name="campaigns_refund_valid",
                condition=Q(source__in=ConversionSource.values)
                & ~Q(key="")
                & (Q(value=None) | Q(value__gt=0)),
            ),
            models.CheckConstraint(
                name="campaigns_refund_currency",
                condition=Q(currency="") | Q(currency__regex="^[A-Z]{3}$", value__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key
