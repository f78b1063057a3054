"""What is to be paid, and what was: amounts, what happened to them, payments and invoices.

An amount's words and sum never change, nor does a payment or an invoice: that is the database's to
keep, by triggers. No bank data is stored anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaigns.choices import CostKind, PayAct, PayState, PayTrigger
from campaigns.models.campaigns import Campaign
from campaigns.models.contracts import Contract
from campaigns.models.engagements import Engagement
from crm.models import Brand, Relationship, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

# Where money is still to go out, or may be.
OWED = (PayState.COMMITTED, PayState.READY, PayState.ON_HOLD)
# What counts as spent or bound: all but what was cancelled.
COUNTED = (*OWED, PayState.PAID)


class PayRules(models.Model):
    """How a brand pays, and how old a rate of exchange may be. Without a row: the defaults."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="+")
    # From this amount on, in the brand's currency, one person releases and another one pays; null:
    # nothing has to be released.
    release_limit = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # How many days before the day of a payment its rate may be of.
    rate_days = models.PositiveSmallIntegerField(default=7)
    # Raised with each change: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaigns_pay_rules_valid",
                condition=(Q(release_limit=None) | Q(release_limit__gte=0))
                & Q(rate_days__range=(0, 31)),
            ),
        ]

    def __str__(self) -> str:
        return f"how {self.brand_id} pays"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Invoices of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that nobody set aside."""
        return self.filter(voided_at=None)


class Invoice(models.Model):
    """A bill that came in, with its file. A wrong one is set aside, with the reason."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    # Whose it is: a creator's, or somebody else's by name.
    relationship = models.ForeignKey(
        Relationship, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    payee = models.CharField(max_length=200, blank=True, default="")
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=500, blank=True, default="")
    # The file, kept below its digest (services/payments/files.py); none: it came on paper.
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_type = models.CharField(max_length=120, blank=True, default="")
    file_size = models.PositiveIntegerField(null=True, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    void_reason = models.CharField(max_length=500, blank=True, default="")
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_invoice_whole",
                condition=~Q(number="") & Q(amount__gt=0, currency__regex="^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="campaigns_invoice_payee",
                condition=(Q(relationship=None) & ~Q(payee=""))
                | Q(relationship__isnull=False, payee=""),
            ),
            models.CheckConstraint(
                name="campaigns_invoice_file",
                condition=Q(file_name="", file_sha256="", file_size=None)
                | (~Q(file_name="") & Q(file_sha256__regex="^[0-9a-f]{64}$", file_size__gt=0)),
            ),
            models.CheckConstraint(
                name="campaigns_invoice_voided",
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            ),
            # Somebody else's bill is not entered twice; a creator's, the service sees to: a
            # constraint would stand in the way of a merge of two creators.
            models.UniqueConstraint(
                fields=["brand", "payee", "number"],
                condition=Q(voided_at=None, relationship=None),
                name="campaigns_invoice_once",
            ),
        ]
        indexes = [
            # The list, the newest first.
            models.Index(fields=["brand", "-issued_on", "-id"], name="campaigns_invoice_list"),
        ]

    def __str__(self) -> str:
        return self.number


class PayableQuerySet(models.QuerySet["Payable"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Amounts of the brands in which `user` has a role."""
        return self.filter(brand__in=Brand.objects.visible_to(user))

    def owed(self) -> Self:
        """Those that are neither paid nor cancelled."""
        return self.filter(state__in=OWED)

    def counted(self) -> Self:
        """Those that cost something: all but the cancelled ones."""
        return self.filter(state__in=COUNTED)

    def for_list_page(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("campaign", "engagement__relationship__creator", "invoice")


class Payable(models.Model):
    """An amount that a campaign owes: a part of a contract's fee, or a cost entered by hand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False, related_name="+")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, db_index=False, related_name="payables"
    )
    # Whose it is: the creator's in this campaign, or somebody else's by name.
    engagement = models.ForeignKey(
        Engagement, on_delete=models.CASCADE, null=True, blank=True, related_name="payables"
    )
    payee = models.CharField(max_length=200, blank=True, default="")
    # The contract that promised it, and which of its parts, from 1 on; null: entered by hand.
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, null=True, db_index=False, related_name="payables"
    )
    part = models.PositiveSmallIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=CostKind.choices)
    title = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    # null: a result has to be counted first.
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # What was paid already under the contract that this one amends: taken off the amount.
    set_off = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    trigger = models.CharField(max_length=12, choices=PayTrigger.choices)
    trigger_on = models.DateField(null=True, blank=True)
    net_days = models.PositiveSmallIntegerField(default=30)
    # Pay by result: what is counted, what one is worth, and the most (services/payments/results).
    rule = models.JSONField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=PayState.choices, default=PayState.COMMITTED)
    state_since = models.DateTimeField(default=timezone.now)
    # Where it goes back to when it is taken off hold; and why it is on hold.
    held_from = models.CharField(max_length=10, blank=True, default="")
    hold_reason = models.CharField(max_length=500, blank=True, default="")
    # The brand's day on which it became ready, what shows that, and by when it is to be paid.
    ready_on = models.DateField(null=True, blank=True)
    evidence = models.JSONField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    released_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    # When it went to finance the last time, in a file.
    exported_at = models.DateTimeField(null=True, blank=True)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.SET_NULL, null=True, blank=True, related_name="payables"
    )
    # Raised with each act: one from an old page is refused instead of overwriting.
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = PayableQuerySet.as_manager()

    class Meta:
        ordering = ["brand", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_payable_choices",
                condition=Q(
                    kind__in=CostKind.values,
                    trigger__in=PayTrigger.values,
                    state__in=PayState.values,
                    held_from__in=["", PayState.COMMITTED, PayState.READY],
                )
                & ~Q(title=""),
            ),
            models.CheckConstraint(
                name="campaigns_payable_money",
                condition=Q(currency__regex="^[A-Z]{3}$", set_off__gte=0)
                & (Q(amount=None) | Q(amount__gte=0)),
            ),
            # What is ready or paid has an amount; only a result that is to be counted has none.
            models.CheckConstraint(
                name="campaigns_payable_known",
                condition=Q(amount__isnull=False)
                | Q(
                    trigger=PayTrigger.RESULT,
                    state__in=[PayState.COMMITTED, PayState.ON_HOLD, PayState.CANCELLED],
                ),
            ),
            models.CheckConstraint(
                name="campaigns_payable_rule",
                condition=Q(trigger=PayTrigger.RESULT, rule__isnull=False)
                | (~Q(trigger=PayTrigger.RESULT) & Q(rule=None)),
            ),
            models.CheckConstraint(
                name="campaigns_payable_payee",
                condition=Q(engagement=None) | Q(payee=""),
            ),
            models.CheckConstraint(
                name="campaigns_payable_part",
                condition=Q(contract=None, part=None)
                | Q(contract__isnull=False, part__isnull=False, engagement__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_payable_held",
                condition=(Q(state=PayState.ON_HOLD) & ~Q(held_from="") & ~Q(hold_reason=""))
                | (~Q(state=PayState.ON_HOLD) & Q(held_from="", hold_reason="")),
            ),
            models.CheckConstraint(
                name="campaigns_payable_ready",
                condition=~Q(state__in=[PayState.READY, PayState.PAID])
                | Q(ready_on__isnull=False, due_on__isnull=False, evidence__isnull=False),
            ),
            models.CheckConstraint(
                name="campaigns_payable_days",
                condition=Q(due_on=None) | Q(ready_on=None) | Q(due_on__gte=F("ready_on")),
            ),
            # A contract promises each part once, however often it is read.
            models.UniqueConstraint(
                fields=["contract", "part"], name="campaigns_payable_part_once"
            ),
        ]
        indexes = [
            # The list of a brand, what was entered last first; files and the API.
            models.Index(fields=["brand", "-id"], name="campaigns_payable_list"),
            # What is owed, soonest first; sums of what is owed by state.
            models.Index(
                fields=["brand", "state", "due_on", "id"],
                name="campaigns_payable_due",
            ),
            # A campaign's money; the report's cost.
            models.Index(fields=["campaign", "state"], name="campaigns_payable_campaign"),
            # What waits for its milestone, all brands: the worker's round.
            models.Index(
                fields=["trigger", "id"],
                condition=Q(state="committed"),
                name="campaigns_payable_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_owed(self) -> bool:
        """Whether it is neither paid nor cancelled."""
        return self.state in OWED


class PayableEvent(models.Model):
    """One thing that happened to an amount: an entry is added, never changed."""

    payable = models.ForeignKey(
        Payable, on_delete=models.CASCADE, db_index=False, related_name="events"
    )
    act = models.CharField(max_length=10, choices=PayAct.choices)
    # Nobody: by itself, when a milestone was reached.
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    note = models.CharField(max_length=1_000, blank=True, default="")

    class Meta:
        ordering = ["payable", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="campaigns_payable_event_valid", condition=Q(act__in=PayAct.values)
            ),
            # Nobody holds, cancels or takes a payment back without a word.
            models.CheckConstraint(
                name="campaigns_payable_event_reasoned",
                condition=~Q(act__in=[PayAct.HOLD, PayAct.CANCEL, PayAct.REVERSE]) | ~Q(note=""),
            ),
        ]
        indexes = [
            # The history of one amount.
            models.Index(fields=["payable", "-at", "-id"], name="campaigns_payable_history"),
        ]

    def __str__(self) -> str:
        return f"{self.payable_id}: {self.act}"


class Payment(models.Model):
    """That an amount was paid. A mistake is taken back, and stays to be seen."""

    payable = models.ForeignKey(
        Payable, on_delete=models.CASCADE, db_index=False, related_name="payments"
    )
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    # As the bank statement or finance calls it: a reference, no account.
    reference = models.CharField(max_length=120, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reverse_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["payable", "pk"]
        constraints = [
            # Nothing is paid twice.
            models.UniqueConstraint(
                fields=["payable"],
                condition=Q(reversed_at=None),
                name="campaigns_payment_once",
            ),
            models.CheckConstraint(
                name="campaigns_payment_money",
                condition=Q(amount__gte=0, currency__regex="^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="campaigns_payment_reversed",
                condition=Q(reversed_at=None, reverse_reason="")
                | (Q(reversed_at__isnull=False) & ~Q(reverse_reason="")),
            ),
        ]
        indexes = [
            # The payments of an amount; those that stand are in the constraint.
            models.Index(fields=["payable", "id"], name="campaigns_payment_list"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} on {self.paid_on}"
