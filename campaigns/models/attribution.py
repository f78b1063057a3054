"""How a brand divides credit: what a report says it was computed with never changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.attribution.settings import CodeRule, Settings
from crm.models import Brand, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

CODE_RULES = [(rule.value, rule.label) for rule in CodeRule]
_NOTHING = timedelta()


class AttributionSettingsQuerySet(models.QuerySet["AttributionSettings"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Settings of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))


class AttributionSettings(models.Model):
    """A version of a brand's settings; the newest one holds. docs/attribution.md says what each is.

    A brand without a row has those of the library (campaigns/attribution/settings.py).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    window = models.DurationField()
    visit = models.DurationField()
    code_rule = models.CharField(max_length=20, choices=CODE_RULES)
    fresh_start = models.BooleanField(default=False)
    first_share = models.FloatField()
    last_share = models.FloatField()
    half_life = models.DurationField()
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttributionSettingsQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "-number"]
        verbose_name_plural = "attribution settings"
        constraints = [
            # Also how the newest is found.
            models.UniqueConstraint(
                fields=["brand", "number"], name="campaigns_attribution_settings_once"
            ),
            models.CheckConstraint(
                name="campaigns_attribution_settings_valid",
                condition=Q(code_rule__in=[rule.value for rule in CodeRule])
                & Q(window__gt=_NOTHING, visit__gte=_NOTHING, half_life__gt=_NOTHING),
            ),
            models.CheckConstraint(
                name="campaigns_attribution_shares",
                condition=Q(first_share__gte=0, last_share__gte=0)
                & (Q(first_share__gt=0) | Q(last_share__gt=0))
                & Q(first_share__lte=1 - F("last_share")),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def as_told(self) -> Settings:
        """As the library takes them."""
        return Settings(
            window=self.window,
            visit=self.visit,
            code_rule=CodeRule(self.code_rule),
            fresh_start=self.fresh_start,
            first_share=self.first_share,
            last_share=self.last_share,
            half_life=self.half_life,
        )
