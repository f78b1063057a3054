"""What a brand offers a creator: terms that go back and forth until one side decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import Channel, OfferAct, OfferState
from campaigns.models.engagements import Engagement
from crm.models import Brand, Message, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

OPEN = (OfferState.DRAFT, OfferState.SENT, OfferState.COUNTERED)


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Offers of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def open(self) -> Self:
        """Those that nobody has decided yet."""
        return self.filter(state__in=OPEN)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("relationship__creator", "owner", "current")


class Offer(models.Model):
    """A negotiation with one creator. What is offered stands in its versions."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    relationship = models.ForeignKey(Relationship, on_delete=models.CASCADE, related_name="+")
    # The place in a campaign that it is about, if any: of the same creator, as the service sees to.
    engagement = models.ForeignKey(
        Engagement, on_delete=models.SET_NULL, null=True, blank=True, related_name="offers"
    )
    title = models.CharField(max_length=200)
    # Who leads the negotiation: answers come to their day.
    owner = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=OfferState.choices, default=OfferState.DRAFT)
    state_since = models.DateTimeField(default=timezone.now)
    # The newest version, a draft or not: what lists show and sort by.
    current = models.ForeignKey(
        "campaigns.OfferVersion",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
    )
    # Raised with each act: a decision on an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-state_since", "-pk"]
        constraints = [
            models.CheckConstraint(name="campaigns_offer_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="campaigns_offer_state_valid", condition=Q(state__in=OfferState.values)
            ),
            models.CheckConstraint(
                name="campaigns_offer_state_order", condition=Q(state_since__gte=F("created_at"))
            ),
        ]
        indexes = [
            # The list: what moved last comes first.
            models.Index(fields=["brand", "-state_since", "-id"], name="campaigns_offer_moved"),
            # My day and what expires: the open ones, which are few.
            models.Index(
                fields=["state", "brand", "owner"],
                condition=Q(state__in=["draft", "sent", "countered"]),
                name="campaigns_offer_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state in OPEN


class OfferEvent(models.Model):
    """One thing that happened to an offer: an entry is added, never changed."""

    offer = models.ForeignKey(
        Offer, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    # What it was done with; a draft that was thrown away leaves none.
    version = models.ForeignKey(
        "campaigns.OfferVersion", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    act = models.CharField(max_length=10, choices=OfferAct.choices)
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When it was written down, and on which of the brand's days it happened.
    at = models.DateTimeField()
    on = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel.choices, blank=True, default="")
    # The mail that was written for it.
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["offer", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_offer_event_valid", condition=Q(act__in=OfferAct.values)
            ),
            models.CheckConstraint(
                name="campaigns_offer_event_channel_valid",
                condition=Q(channel__in=["", *Channel.values]),
            ),
        ]
        indexes = [
            # The history of one offer; the timeline of a creator goes through their few offers.
            models.Index(fields=["offer", "-at", "-id"], name="campaigns_offer_history"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.act}"
