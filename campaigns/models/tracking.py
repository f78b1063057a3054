"""Short links to the shop, who came by them, and what a brand wants to know of visitors.

A click is of a visitor whom nobody knows: no address, no name of a browser, no cookie. What is kept
and why is in docs/tracking.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.choices import ClickKind, VisitorPeriod
from campaigns.models.campaigns import Campaign
from campaigns.models.engagements import Engagement
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Neither 0 and o nor 1, i and l: codes are read out in videos and typed.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 8
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


class TrackingSettings(models.Model):
    """What a brand decided about its links; without a row the defaults hold."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # The host that people see in links, which leads here too; empty: the product's own.
    domain = models.CharField(max_length=120, blank=True, default="")
    # Hosts of the brand's shops: a link that leads elsewhere gets a warning.
    shop_hosts = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # The parameter that tells the shop which click it was; empty: none.
    click_param = models.CharField(max_length=30, blank=True, default="rapport_click")
    visitor_period = models.CharField(
        max_length=5, choices=VisitorPeriod.choices, default=VisitorPeriod.DAY
    )
    repeat_seconds = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(3_600)]
    )
    keep_months = models.PositiveSmallIntegerField(
        default=13, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    code_pattern = models.CharField(max_length=40, default="{HANDLE}{PERCENT}")
    # A day is unusual above the median of its history plus so many deviations, and from this count.
    spike_deviations = models.DecimalField(
        max_digits=4, decimal_places=1, default=6, validators=[MinValueValidator(1)]
    )
    spike_minimum = models.PositiveIntegerField(default=20, validators=[MinValueValidator(1)])
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "tracking settings"
        constraints = [
            models.CheckConstraint(
                name="campaigns_tracking_period_valid",
                condition=Q(visitor_period__in=VisitorPeriod.values),
            ),
            models.CheckConstraint(
                name="campaigns_tracking_bounds",
                condition=Q(
                    repeat_seconds__lte=3_600,
                    keep_months__range=(1, 60),
                    spike_deviations__gte=1,
                    spike_minimum__gte=1,
                ),
            ),
            models.CheckConstraint(
                name="campaigns_tracking_param",
                condition=Q(click_param="") | Q(click_param__regex="^[a-z][a-z0-9_]*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"tracking of {self.brand_id}"


class TrackingLinkQuerySet(models.QuerySet["TrackingLink"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Links of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def in_use(self) -> Self:
        """Those that still lead somewhere."""
        return self.filter(archived_at=None)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("relationship__creator", "campaign", "engagement")


class TrackingLink(models.Model):
    """A short address that leads to the shop, of one creator. It is put away, never deleted."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # The end of the short address: of the whole installation, in small letters.
    code = models.CharField(max_length=16, unique=True)
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The engagement's, or one of its own where the creator is not in it.
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )
    label = models.CharField(max_length=120, blank=True, default="")
    # Which of several links of one creator it is: "hook A", "story".
    variant = models.CharField(max_length=60, blank=True, default="")
    target = models.CharField(max_length=2_000)
    utm_source = models.CharField(max_length=100, blank=True, default="")
    utm_medium = models.CharField(max_length=100, blank=True, default="")
    utm_campaign = models.CharField(max_length=100, blank=True, default="")
    utm_content = models.CharField(max_length=100, blank=True, default="")
    utm_term = models.CharField(max_length=100, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TrackingLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_link_code_form", condition=Q(code__regex=f"^[{ALPHABET}]{{4,16}}$")
            ),
            # Nothing else is ever redirected to. What was erased leads nowhere.
            models.CheckConstraint(
                name="campaigns_link_target_http",
                condition=Q(target__regex=r"^https?://[^\s/]") | Q(archived_at__isnull=False),
            ),
            # A place in a campaign has that campaign.
            models.CheckConstraint(
                name="campaigns_link_place",
                condition=Q(engagement=None) | Q(campaign__isnull=False),
            ),
        ]
        indexes = [
            # The brand's list, newest first.
            models.Index(fields=["brand", "-created_at", "-id"], name="campaigns_link_list"),
            # What belongs to a campaign.
            models.Index(fields=["campaign", "-created_at", "-id"], name="campaigns_link_campaign"),
        ]

    def __str__(self) -> str:
        return self.label or self.code

    @property
    def is_archived(self) -> bool:
        """Whether it leads nowhere any more."""
        return self.archived_at is not None


class ClickQuerySet(models.QuerySet["Click"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Clicks of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def of_people(self) -> Self:
        """Those that count: no programs, no previews, nobody twice at once."""
        return self.filter(kind=ClickKind.PERSON)


class Click(models.Model):
    """Somebody, or something, followed a link: written in batches, never changed, deleted in time.

    The database checks none of the keys (ADR 0007): links are never deleted without their brand,
    and each check would be paid with every click. The id is made when the browser is sent on
    (UUID version 7, so that new rows lie together): a batch that is written twice counts once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    link = models.ForeignKey(
        TrackingLink,
        on_delete=models.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name="clicks",
    )
    at = models.DateTimeField()
    # The brand's day: daily counts and the visitor's period go by it.
    day = models.DateField()
    # A number out of address, browser and a salt that is thrown away when the period is over; null:
    # the visitor objected (Do Not Track, Global Privacy Control), or there is no way to tell.
    visitor = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(
        max_length=7,
        choices=ClickKind.choices,
        default=ClickKind.PERSON,
        db_default=ClickKind.PERSON,
    )
    referrer_host = models.CharField(max_length=120, blank=True, default="", db_default="")
    # ISO 3166, where a proxy before us says it; null: not known.
    country = models.CharField(max_length=2, null=True, blank=True)

    objects = ClickQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_click_kind_valid", condition=Q(kind__in=ClickKind.values)
            ),
        ]
        indexes = [
            # A link's clicks of a span; the daily counts, and whether a visitor was just there.
            models.Index(fields=["link", "at"], name="campaigns_click_link"),
            # A brand's clicks of a span: attribution reads them; the oldest are deleted by it.
            models.Index(fields=["brand", "at"], name="campaigns_click_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at:%Y-%m-%d %H:%M}"


class ClickDay(models.Model):
    """How often a link was followed on one of the brand's days: stays when the clicks are gone."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    link = models.ForeignKey(
        TrackingLink, on_delete=models.CASCADE, db_index=False, related_name="days"
    )
    day = models.DateField()
    people = models.PositiveIntegerField(default=0, db_default=0)
    # Different visitors among them, as far as they could be told apart.
    visitors = models.PositiveIntegerField(default=0, db_default=0)
    # Clicks of people of whom that was not possible: each may be a visitor of their own.
    unknown = models.PositiveIntegerField(default=0, db_default=0)
    repeats = models.PositiveIntegerField(default=0, db_default=0)
    bots = models.PositiveIntegerField(default=0, db_default=0)
    # Sent on while the queue was full or away: nothing is known of them but that they were.
    lost = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["link", "-day"]
        constraints = [
            models.UniqueConstraint(fields=["link", "day"], name="campaigns_clickday_once"),
        ]
        indexes = [
            # A brand's clicks by day: dashboards and the watch over spikes.
            models.Index(fields=["brand", "day"], name="campaigns_clickday_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}: {self.people}"
