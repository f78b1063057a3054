"""What a brand declares attention to be worth, version by version, and what other channels cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import BooleanField, F, Func, Q, Value
from django.utils import timezone

from campaigns.choices import MarketingChannel, ValueKind
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


# What of JSON services/media_values reads by key; numbers are texts, for they are decimals. Filters
# look into lists, .type() does not.
def _all(where: str, kind: str) -> str:
    return f'!({where}.type() != "{kind}")'


def _numbers(where: str) -> str:
    return f'{_all(where, "string")} && !exists({where} ? (!(@ like_regex "^[0-9]+([.][0-9]+)?$")))'


_WEIGHTS = " && ".join(
    f"exists(@.{name}) && {_numbers(f'@.{name}')}"
    for name in ("likes", "comments", "saves", "shares")
)
_TEXTS = " && ".join(f'@.{key}.type() == "string"' for key in ("key", "name", "currency", "source"))
_MODEL = f"""{_TEXTS} && @.values.type() == "object"
  && {_numbers("@.values.*")} && {_numbers("@.multiplier")}"""
_MODELS = f"""@.models.type() == "array" && {_all("@.models[*]", "object")}
  && !exists(@.models[*] ? (!({_MODEL})))"""


def _reads(path: str) -> Func:
    """Whether `values` are as a condition of SQL's paths into JSON says."""
    return Func(
        F("values"),
        Value(f'$ ? ($.type() == "object" && {path})'),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )


class ValueSet(models.Model):
    """One version of a brand's values: of its models of media value, or its weights. Kept."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=7, choices=ValueKind.choices)
    number = models.PositiveIntegerField()
    # As services/media_values reads it.
    values = models.JSONField()
    reason = models.CharField(max_length=500)
    author = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["brand", "kind", "-number"]
        constraints = [
            # Also how the newest one is found.
            models.UniqueConstraint(
                fields=["brand", "kind", "number"], name="campaigns_value_set_once"
            ),
            models.CheckConstraint(
                name="campaigns_value_set_valid",
                condition=Q(kind__in=ValueKind.values, number__gte=1) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="campaigns_value_set_readable",
                condition=Q(_reads(_MODELS), kind=ValueKind.MEDIA)
                | Q(_reads(_WEIGHTS), kind=ValueKind.WEIGHTS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, version {self.number}"


class ChannelResultQuerySet(models.QuerySet["ChannelResult"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Results of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class ChannelResult(models.Model):
    """What another channel cost and brought in a time, as somebody entered it; null: not known."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    channel = models.CharField(max_length=12, choices=MarketingChannel.choices)
    name = models.CharField(max_length=120, blank=True, default="")
    starts_on = models.DateField()
    # The last day.
    ends_on = models.DateField()
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    impressions = models.BigIntegerField(null=True, blank=True)
    clicks = models.BigIntegerField(null=True, blank=True)
    conversions = models.BigIntegerField(null=True, blank=True)
    revenue = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # Where the numbers are from.
    source = models.CharField(max_length=200)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ChannelResultQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_channel_result_valid",
                condition=Q(
                    channel__in=MarketingChannel.values,
                    cost__gte=0,
                    currency__regex="^[A-Z]{3}$",
                    ends_on__gte=F("starts_on"),
                )
                & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="campaigns_channel_result_counts",
                condition=(Q(impressions=None) | Q(impressions__gte=0))
                & (Q(clicks=None) | Q(clicks__gte=0))
                & (Q(conversions=None) | Q(conversions__gte=0))
                & (Q(revenue=None) | Q(revenue__gte=0)),
            ),
        ]
        indexes = [
            # The list, the newest first.
            models.Index(fields=["brand", "-starts_on", "-id"], name="campaigns_channel_list"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_channel_display()
