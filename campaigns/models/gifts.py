"""Products that a brand sends a creator, from the question whether they want it to the post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import GiftAct, GiftState
from campaigns.models.offers import Offer
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# On its way or there: from here on it is a material connection.
GIVEN = (GiftState.SHIPPED, GiftState.DELIVERED, GiftState.POSTED)
# Somebody still has something to do.
OPEN = (
    GiftState.PLANNED,
    GiftState.ASKED,
    GiftState.WANTED,
    GiftState.SHIPPED,
    GiftState.DELIVERED,
)


class GiftQuerySet(models.QuerySet["Gift"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Gifts of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those with which something is still to be done."""
        return self.filter(state__in=OPEN)

    def given(self) -> Self:
        """Those that left the house and did not come back."""
        return self.filter(state__in=GIVEN)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("relationship__creator", "owner", "offer")


class Gift(models.Model):
    """One parcel for one creator. Its value stays known: it is a material connection."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # The accepted offer that promised it.
    offer = models.ForeignKey(
        Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="gifts"
    )
    product = models.CharField(max_length=200)
    variant = models.CharField(max_length=120, blank=True, default="")
    # null: nobody said. It is a connection all the same.
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=GiftState.choices, default=GiftState.PLANNED)
    state_since = models.DateTimeField(default=timezone.now)
    # The brand's days on which it happened.
    asked_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    shipped_on = models.DateField(null=True, blank=True)
    delivered_on = models.DateField(null=True, blank=True)
    posted_on = models.DateField(null=True, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True, default="")
    tracking = models.CharField(max_length=120, blank=True, default="")
    post_url = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = GiftQuerySet.as_manager()

    class Meta:
        ordering = ["-state_since", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_gift_named", condition=~Q(product="")),
            models.CheckConstraint(
                name="campaigns_gift_state_valid", condition=Q(state__in=GiftState.values)
            ),
            models.CheckConstraint(
                name="campaigns_gift_value_whole",
                condition=Q(value=None, currency="")
                | Q(value__isnull=False, value__gte=0, currency__regex="^[A-Z]{3}$"),
            ),
            # What a state says has a day on which it came to be.
            models.CheckConstraint(
                name="campaigns_gift_dated",
                condition=(~Q(state=GiftState.ASKED) | Q(asked_on__isnull=False))
                & (
                    ~Q(state__in=[GiftState.WANTED, GiftState.REFUSED])
                    | Q(answered_on__isnull=False)
                )
                & (~Q(state__in=[*GIVEN, GiftState.RETURNED]) | Q(shipped_on__isnull=False))
                & (~Q(state=GiftState.DELIVERED) | Q(delivered_on__isnull=False))
                & (~Q(state=GiftState.POSTED) | (Q(posted_on__isnull=False) & ~Q(post_url="")))
                & (~Q(state=GiftState.RETURNED) | Q(returned_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="campaigns_gift_day_order",
                condition=(
                    Q(delivered_on=None)
                    | Q(shipped_on__isnull=False, delivered_on__gte=F("shipped_on"))
                )
                & (
                    Q(returned_on=None)
                    | Q(shipped_on__isnull=False, returned_on__gte=F("shipped_on"))
                ),
            ),
        ]
        indexes = [
            # The list: what moved last comes first.
            models.Index(fields=["brand", "-state_since", "-id"], name="campaigns_gift_moved"),
            # My day, and the list of one state.
            models.Index(
                fields=["brand", "state", "-state_since", "-id"], name="campaigns_gift_by_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} ({self.variant})" if self.variant else self.product

    @property
    def post_link(self) -> str:
        """Only http(s) is ever put in a page."""
        return self.post_url if self.post_url.startswith(("https://", "http://")) else ""


class GiftEvent(models.Model):
    """One thing that happened to a gift: an entry is added, never changed."""

    gift = models.ForeignKey(Gift, on_delete=models.CASCADE, db_index=False, related_name="events")
    act = models.CharField(max_length=10, choices=GiftAct.choices)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    on = models.DateField()
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["gift", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_gift_event_valid", condition=Q(act__in=GiftAct.values)
            ),
        ]
        indexes = [
            # The history of one gift; the timeline of a creator goes through their few gifts.
            models.Index(fields=["gift", "-at", "-id"], name="campaigns_gift_history"),
        ]

    def __str__(self) -> str:
        return f"{self.gift_id}: {self.act}"
