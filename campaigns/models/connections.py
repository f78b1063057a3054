"""What ties creators to the brand beside offers, contracts and gifts: written down by people.

Rows are added, never changed (a trigger keeps them): what was wrong or ended is replaced by a
further row that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import TieEntry
from campaigns.disclosure.vocabulary import CONNECTION_KINDS
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

_IN_WORDS = {
    "travel_event": "Travel or event",
    "own_brand": "Own brand",
    "refund_after_review": "Refund after a review",
    "future_conditional_benefit": "Promised for later",
    "gift_unsolicited": "Gift that was not asked for",
}
# As the packs name them, with words for people.
TIE_KINDS = [
    (kind, _IN_WORDS.get(kind, kind.replace("_", " ").capitalize())) for kind in CONNECTION_KINDS
]
KIND_NAMES = dict(TIE_KINDS)


class ConnectionEntryQuerySet(models.QuerySet["ConnectionEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Rows of the brands in which `user` has a role."""
        return self.filter(relationship__brand__in=Brand.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that no later row replaced, but for those that only take back."""
        return self.filter(replaced_by=None).exclude(entry=TieEntry.WITHDRAWN)


class ConnectionEntry(models.Model):
    """One connection, or the statement that somebody looked and found none."""

    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    entry = models.CharField(max_length=9, choices=TieEntry.choices, default=TieEntry.TIE)
    kind = models.CharField(max_length=30, choices=TIE_KINDS, blank=True, default="")
    # null: nobody said. It is a connection all the same.
    value = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    # The brand's days: when it was received or began (null: not known), and the last one.
    on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    # What it was for, as people say it; rows of one aim are added up together.
    aim = models.CharField(max_length=120, blank=True, default="")
    # From whom, where it is not the brand itself.
    advertiser = models.CharField(max_length=120, blank=True, default="")
    # Whether the giver had a say in the content, and whether a contract was written. null: unknown.
    influence = models.BooleanField(null=True, blank=True)
    written_contract = models.BooleanField(null=True, blank=True)
    # How the brand knows, and where that is kept.
    source = models.CharField(max_length=500)
    evidence = models.CharField(max_length=500, blank=True, default="")
    # The row that it takes the place of, and why.
    replaces = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replaced_by"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConnectionEntryQuerySet.as_manager()

    class Meta:
        ordering = ["relationship", "-created_at", "-pk"]
        verbose_name_plural = "connections"
        constraints = [
            models.CheckConstraint(
                name="campaigns_tie_entry_valid",
                condition=Q(entry=TieEntry.TIE, kind__in=[kind for kind, _words in TIE_KINDS])
                | Q(entry__in=[TieEntry.NONE, TieEntry.WITHDRAWN], kind="", value=None),
            ),
            models.CheckConstraint(
                name="campaigns_tie_value_whole",
                condition=Q(value=None, currency="")
                | Q(value__isnull=False, value__gte=0, currency__regex="^[A-Z]{3}$"),
            ),
            models.CheckConstraint(name="campaigns_tie_sourced", condition=~Q(source="")),
            models.CheckConstraint(
                name="campaigns_tie_days",
                condition=Q(ended_on=None) | Q(on=None) | Q(ended_on__gte=F("on")),
            ),
            # That there is none holds for a day; nothing is replaced or taken back without a word.
            models.CheckConstraint(
                name="campaigns_tie_none_dated",
                condition=~Q(entry=TieEntry.NONE) | Q(on__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_tie_replaced_why",
                condition=(Q(replaces=None) & ~Q(entry=TieEntry.WITHDRAWN))
                | (Q(replaces__isnull=False) & ~Q(reason="")),
            ),
        ]
        indexes = [
            # A creator's ledger; the alerts go through it by creator.
            models.Index(fields=["relationship", "-created_at", "-id"], name="campaigns_tie_list"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display() or self.get_entry_display()
