"""Write an offer: a new one, its draft, a further version, a counter-offer; send it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.choices import Channel, OfferAct
from campaigns.forms.offers import (
    LetterForm,
    SaidForm,
    TermsPage,
    VersionForm,
    names_of_kinds,
)
from campaigns.models import Offer
from campaigns.services.fee_benchmarks import Benchmarks, accounts_of, benchmarks
from campaigns.services.offers import sending, writing
from campaigns.services.offers.states import why_not
from campaigns.services.offers.wanted import OfferRefused, Wanted, checked
from campaigns.services.offers.words import letter, platform_names
from campaigns.views.finding import offer_of, relationship_with
from crm.models import Mailbox, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.mail.composing import MailRefused
from crm.styled import put_error

EDIT = "campaigns/offers/edit.html"
Write = Callable[[TermsPage, int], Offer]


@brand_page(Can.MAKE_OFFERS)
def new(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A new offer to a creator, as a draft."""
    relationship = relationship_with(request, uid)
    without = ("reason",)
    page = TermsPage(
        request.POST if request.method == "POST" else None,
        brand=request.brand,
        relationship=relationship,
        initial={"owner": request.user.pk, "campaign": request.GET.get("place")},
        without=without,
    )
    if request.method == "POST" and page.is_valid:
        try:
            made = writing.draft_offer(
                relationship=relationship,
                title=page.terms.cleaned_data["title"],
                wanted=page.wanted,
                engagement=page.terms.cleaned_data["campaign"],
                owner=page.terms.cleaned_data["owner"],
                actor=request.user,
                at=timezone.now(),
            )
        except OfferRefused as refusal:
            page.put(refusal)
        else:
            messages.success(request, "Saved as a draft: nobody but your team has seen it.")
            return redirect("campaigns:offer", brand=request.brand.slug, pk=made.pk)
    return _form(request, relationship, page, heading="New offer")


@require_POST
@brand_page(Can.MAKE_OFFERS)
def band(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What published rates say of the terms as they are typed; nothing is saved."""
    relationship = relationship_with(request, uid)
    page = TermsPage(
        request.POST,
        brand=request.brand,
        relationship=relationship,
        without=("title", "reason", "owner", "campaign"),
    )
    found = Benchmarks((), "Fill in the fee and what they make for it.")
    if page.is_valid:
        try:
            wanted = checked(page.wanted, brand_currency=request.brand.currency)
        except OfferRefused as refusal:
            found = Benchmarks((), str(refusal))
        else:
            accounts = accounts_of(relationship.creator_id)
            found = benchmarks(wanted, accounts, platform_names())
    return render(request, "campaigns/offers/_benchmarks.html", {"benchmarks": found})


@brand_page(Can.MAKE_OFFERS)
def draft(request: BrandRequest, pk: int) -> HttpResponse:
    """Change the draft."""
    found = offer_of(request, pk)

    def write(page: TermsPage, version: int) -> Offer:
        data = page.terms.cleaned_data
        return writing.change_draft(
            offer_id=pk,
            brand=request.brand,
            wanted=page.wanted,
            title=data["title"],
            reason=data["reason"],
            actor=request.user,
            at=timezone.now(),
            expected_version=version,
        )

    return _edit(
        request, found, OfferAct.EDIT, write, without=("owner", "campaign"), heading="The draft"
    )


@brand_page(Can.MAKE_OFFERS)
def revise(request: BrandRequest, pk: int) -> HttpResponse:
    """A further version of ours."""
    found = offer_of(request, pk)

    def write(page: TermsPage, version: int) -> Offer:
        return writing.revise(
            offer_id=pk,
            brand=request.brand,
            wanted=page.wanted,
            reason=page.terms.cleaned_data["reason"],
            actor=request.user,
            at=timezone.now(),
            expected_version=version,
        )

    without = ("title", "owner", "campaign")
    return _edit(request, found, OfferAct.REVISE, write, without=without, heading="A new version")


@brand_page(Can.MAKE_OFFERS)
def counter(request: BrandRequest, pk: int) -> HttpResponse:
    """What the creator asks for instead."""
    found = offer_of(request, pk)
    said = SaidForm(
        request.POST if request.method == "POST" else None,
        prefix="said",
        initial={"channel": Channel.MAIL},
    )
    del said.fields["note"]

    def write(page: TermsPage, version: int) -> Offer:
        try:
            return writing.counter(
                offer_id=pk,
                brand=request.brand,
                wanted=page.wanted,
                said=said.said,
                reason=page.terms.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
                expected_version=version,
            )
        except OfferRefused as refusal:
            if refusal.field in said.fields:
                put_error(said, refusal.field, str(refusal))
            raise

    return _edit(
        request,
        found,
        OfferAct.COUNTER,
        write,
        without=("title", "owner", "campaign"),
        heading="The creator's counter-offer",
        said=said,
    )


@brand_page(Can.MAKE_OFFERS)
def send(request: BrandRequest, pk: int) -> HttpResponse:
    """Send the draft by mail, or write down how it was sent."""
    found = offer_of(request, pk)
    if words := why_not(found.state, OfferAct.SEND):
        messages.error(request, words)
        return redirect("campaigns:offer", brand=request.brand.slug, pk=pk)
    mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
    do = request.POST.get("do", "")
    mail = LetterForm(
        request.POST if do == "mail" else None,
        prefix="mail",
        mailboxes=mailboxes,
        initial=_letter(request, found, mailboxes.first()),
    )
    hand = SaidForm(
        request.POST if do == "hand" else None, prefix="hand", initial={"channel": Channel.MESSAGE}
    )
    seen = VersionForm(request.POST)
    form = mail if do == "mail" else hand
    if request.method == "POST" and form.is_valid() and seen.is_valid():
        who: dict[str, Any] = {
            "offer_id": pk,
            "brand": request.brand,
            "actor": request.user,
            "at": timezone.now(),
            "expected_version": seen.cleaned_data["version"],
        }
        try:
            if do == "mail":
                sending.send_by_mail(**who, letter=sending.Letter(**mail.cleaned_data))
            else:
                sending.send_by_hand(**who, said=hand.said)
        except OfferRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            words = (
                "Sent: the mail goes out in a few seconds." if do == "mail" else "Marked as sent."
            )
            messages.success(request, words)
            return redirect("campaigns:offer", brand=request.brand.slug, pk=pk)
    context = {
        "offer": found,
        "mail": mail,
        "hand": hand,
        "mailbox": mailboxes.first(),
    } | _preview(found, mailboxes.first())
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/offers/send.html", context, status=status)


def _edit(
    request: BrandRequest,
    found: Offer,
    act: OfferAct,
    write: Write,
    *,
    without: tuple[str, ...],
    heading: str,
    said: SaidForm | None = None,
) -> HttpResponse:
    if words := why_not(found.state, act):
        messages.error(request, words)
        return redirect("campaigns:offer", brand=request.brand.slug, pk=found.pk)
    wanted = Wanted.of(found.current) if found.current else None
    is_sent = request.method == "POST"
    page = TermsPage(
        request.POST if is_sent else None,
        brand=request.brand,
        relationship=found.relationship,
        wanted=wanted,
        offer=found,
        initial={"reason": found.current.reason} if act == OfferAct.EDIT and found.current else {},
        without=without,
    )
    if is_sent:
        seen = VersionForm(request.POST)
        is_whole = page.is_valid and (said is None or said.is_valid())
        if is_whole and seen.is_valid():
            try:
                write(page, seen.cleaned_data["version"])
            except OfferRefused as refusal:
                if said is None or refusal.field not in said.fields:
                    page.put(refusal)
            else:
                messages.success(request, "Saved.")
                return redirect("campaigns:offer", brand=request.brand.slug, pk=found.pk)
        elif not seen.is_valid():
            put_error(page.terms, "", "This page is not complete. Load it again.")
    return _form(request, found.relationship, page, heading=heading, offer=found, said=said)


def _form(
    request: BrandRequest, relationship: Relationship, page: TermsPage, **more: Any
) -> HttpResponse:
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "page": page,
        "kinds": names_of_kinds(),
        "offer": None,
        "said": None,
    } | more
    return render(request, EDIT, context, status=422 if request.method == "POST" else 200)


def _letter(request: BrandRequest, found: Offer, box: Mailbox | None) -> dict[str, Any]:
    if box is None or found.current is None:
        return {}
    text = letter(
        Wanted.of(found.current),
        creator=found.relationship.creator.name,
        brand=request.brand.name,
        sender=request.user.display_name,
        is_first=found.current.number == 1,
    )
    return {"mailbox": box, "subject": found.title, "text": text}


def _preview(found: Offer, box: Mailbox | None) -> dict[str, Any]:
    """What the guard of outreach would say now."""
    if box is None:
        return {"verdict": None, "no_address": ""}
    thread = sending.thread_of(found, box)
    try:
        verdict = sending.preview(
            relationship=found.relationship, mailbox=box, thread=thread, at=timezone.now()
        )
    except MailRefused as refusal:
        return {"verdict": None, "no_address": str(refusal)}
    return {"verdict": verdict, "no_address": ""}
