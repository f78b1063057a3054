"""Invoices: entered with their file, attached to what they are for, set aside when wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from campaigns.choices import PayAct
from campaigns.models import Invoice, Payable
from campaigns.models.payments import PayableQuerySet
from campaigns.services.contracts.files import Paper, checked_paper
from campaigns.services.payments.record import (
    checked_amount,
    checked_currency,
    checked_day,
    checked_note,
    checked_text,
    trace,
)
from campaigns.services.payments.states import why_not
from campaigns.services.refusals import CampaignRefused
from crm import audit
from crm.models import Brand, Relationship, User
from crm.stored import Store

STORE = Store("invoices")


@dataclass(frozen=True)
class Bill:
    """What stands on an invoice: a creator's, or somebody else's by name."""

    number: str
    issued_on: date
    amount: Decimal
    currency: str
    relationship: Relationship | None = None
    payee: str = ""
    note: str = ""
    file_name: str = ""
    content: bytes | None = None


@transaction.atomic
def enter(
    *, brand: Brand, bill: Bill, payables: Sequence[int], actor: User, at: datetime
) -> Invoice:
    """Write down an invoice and what it is for. Raises CampaignRefused."""
    number = checked_text(bill.number, 60, "number")
    if not number:
        raise CampaignRefused("Say which number it has.", field="number")
    payee = checked_text(bill.payee, 200, "payee")
    if bool(payee) == (bill.relationship is not None):
        raise CampaignRefused("Choose the creator, or name who else it is from.", field="payee")
    # One at a time for a brand: the same bill is not entered twice at once.
    Brand.objects.select_for_update(no_key=True, of=("self",)).get(pk=brand.pk)
    same = Invoice.objects.standing().filter(
        brand=brand, relationship=bill.relationship, payee=payee, number__iexact=number
    )
    if same.exists():
        raise CampaignRefused(
            f"There is an invoice {number} of theirs already. Set that one aside if it is wrong.",
            field="number",
        )
    paper: Paper | None = None
    if bill.content is not None:
        paper = checked_paper(STORE, brand=brand, name=bill.file_name, content=bill.content)
    invoice = Invoice.objects.create(
        brand=brand,
        relationship=bill.relationship,
        payee=payee,
        number=number,
        issued_on=checked_day(bill.issued_on, "issued_on"),
        amount=checked_amount(bill.amount),
        currency=checked_currency(bill.currency),
        note=checked_text(bill.note, 500, "note"),
        file_name=paper.name if paper else "",
        file_type=paper.content_type if paper else "",
        file_size=paper.size if paper else None,
        file_sha256=paper.sha256 if paper else "",
        created_by=actor,
        created_at=at,
    )
    _attach(invoice, payables, actor, at)
    _log(invoice, "entered", actor, at, payables=len(set(payables)))
    return invoice


@transaction.atomic
def attach(
    *, invoice_id: int, brand: Brand, payables: Sequence[int], actor: User, at: datetime
) -> Invoice:
    """Say what an invoice is for, besides what was said. Raises Invoice.DoesNotExist,
    CampaignRefused.
    """
    invoice = _taken(invoice_id, brand)
    if not payables:
        raise CampaignRefused("Choose what it is for.", field="payables")
    _attach(invoice, payables, actor, at)
    _log(invoice, "attached", actor, at, payables=len(set(payables)))
    return invoice


@transaction.atomic
def set_aside(*, invoice_id: int, brand: Brand, reason: str, actor: User, at: datetime) -> Invoice:
    """A wrong one: it stays to be seen, and what it was for has none any more.

    Raises Invoice.DoesNotExist, CampaignRefused.
    """
    invoice = _taken(invoice_id, brand)
    reason = checked_note(reason, is_needed=True)
    invoice.voided_at, invoice.voided_by, invoice.void_reason = at, actor, reason
    invoice.save()
    for payable in _payables(brand, Payable.objects.filter(invoice=invoice)):
        _put(payable, None, actor, at, f"Invoice {invoice.number} was set aside.")
    _log(invoice, "set_aside", actor, at)
    return invoice


def remove_orphans(brand: Brand, *, at: datetime) -> int:
    """Delete files that no invoice names any more; returns how many."""
    return STORE.remove_orphans(brand.pk, needed=_needed(brand), at=at)


def _needed(brand: Brand) -> Callable[[set[str]], set[str]]:
    def needed(digests: set[str]) -> set[str]:
        rows = Invoice.objects.filter(brand=brand, file_sha256__in=digests)
        return set(rows.values_list("file_sha256", flat=True))

    return needed


def _taken(invoice_id: int, brand: Brand) -> Invoice:
    invoice = (
        Invoice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("brand", "relationship__creator")
        .get(pk=invoice_id, brand=brand)
    )
    if invoice.voided_at is not None:
        raise CampaignRefused("This invoice was set aside.", code="not_in_this_state")
    return invoice


def _attach(invoice: Invoice, ids: Sequence[int], actor: User, at: datetime) -> None:
    wanted = set(ids)
    rows = _payables(invoice.brand, Payable.objects.filter(pk__in=wanted))
    if len(rows) < len(wanted):
        raise CampaignRefused("There is no such amount.", field="payables")
    for payable in rows:
        if words := why_not(payable.state, PayAct.INVOICE):
            raise CampaignRefused(f"{payable.title}: {words}", field="payables")
        if payable.invoice_id not in {None, invoice.pk}:
            raise CampaignRefused(
                f"{payable.title} has an invoice already. Set that one aside first.",
                field="payables",
            )
        theirs = payable.engagement.relationship_id if payable.engagement else None
        if theirs != invoice.relationship_id:
            raise CampaignRefused(
                f"{payable.title} is not owed to {payee_of_invoice(invoice)}.", field="payables"
            )
        if payable.currency != invoice.currency:
            raise CampaignRefused(
                f"{payable.title} is in {payable.currency}, the invoice in {invoice.currency}.",
                field="payables",
            )
        if payable.invoice_id is None:
            _put(payable, invoice, actor, at, f"Invoice {invoice.number}")


def _payables(brand: Brand, rows: PayableQuerySet) -> list[Payable]:
    found = rows.filter(brand=brand).select_for_update(no_key=True, of=("self",))
    return list(
        found.select_related("brand", "campaign", "engagement__relationship__creator").order_by(
            "pk"
        )
    )


def _put(payable: Payable, invoice: Invoice | None, actor: User, at: datetime, note: str) -> None:
    payable.invoice = invoice
    payable.version += 1
    payable.save(update_fields=["invoice", "version"])
    trace(payable, PayAct.INVOICE, actor=actor, at=at, note=note)


def payee_of_invoice(invoice: Invoice) -> str:
    """Whose it is."""
    return invoice.relationship.creator.name if invoice.relationship else invoice.payee


def _log(invoice: Invoice, verb: str, actor: User, at: datetime, **data: int) -> None:
    audit.record(
        brand=invoice.brand,
        verb=f"campaigns.invoice.{verb}",
        target=invoice,
        actor=actor,
        at=at,
        data={"amount": invoice.amount, "currency": invoice.currency, **data},
        label=f"{invoice.number}, {payee_of_invoice(invoice)}",
    )
