"""How to reach a creator: addresses with purpose and basis, agents, where parcels go."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.forms import put_error
from crm.forms.contacts import AboutContactForm, AddressForm, AgentForm, BarForm, ContactForm
from crm.models import Agent, ContactPoint, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.portraits.contacts import reached
from crm.services import contacts as service
from crm.views.of_creator import of_creator

TEMPLATE = "crm/creators/contacts.html"


@brand_page(Can.VIEW, post=Can.EDIT_CREATORS)
@of_creator
def contacts(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """All of it; add an address or a number."""
    if request.method != "POST":
        return _page(request, relationship)
    form = ContactForm(request.POST, prefix="new")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = service.add_contact(
                relationship=relationship,
                kind=given["kind"],
                value=given["value"],
                about=given,
                actor=request.user,
                at=timezone.now(),
            )
        except service.ContactRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _back(request, relationship, f"Added {made.value}.")
    return _page(request, relationship, status=422, new_form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def contact(request: BrandRequest, relationship: Relationship, pk: int) -> HttpResponse:
    """Say what an address is for."""
    found = _contact(relationship, pk)
    form = AboutContactForm(request.POST, prefix=f"contact{pk}")
    if not form.is_valid():
        return _page(request, relationship, status=422, forms={pk: form})
    service.describe_contact(
        relationship=relationship,
        contact=found,
        about=form.cleaned_data,
        actor=request.user,
        at=timezone.now(),
    )
    return _back(request, relationship, "Saved.")


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def bar(request: BrandRequest, relationship: Relationship, pk: int) -> HttpResponse:
    """Say that an address is not to be used, or that it may be used again."""
    found = _contact(relationship, pk)
    form = BarForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if "bar" in request.POST and not reason.strip():
        messages.error(request, f"Say why {found.value} is not to be used. Nothing was changed.")
        return redirect("crm:contacts", brand=request.brand.slug, uid=relationship.creator.uid)
    service.bar_contact(
        relationship=relationship,
        contact=found,
        reason=reason if "bar" in request.POST else "",
        actor=request.user,
        at=timezone.now(),
    )
    may_be = "is not to be used" if "bar" in request.POST else "may be used again"
    return _back(request, relationship, f"{found.value} {may_be}.")


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def erase(request: BrandRequest, relationship: Relationship, pk: int) -> HttpResponse:
    """Forget an address for good."""
    found = _contact(relationship, pk)
    service.erase_contact(
        relationship=relationship, contact=found, actor=request.user, at=timezone.now()
    )
    return _back(request, relationship, "The address is forgotten.")


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def address(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """Say where parcels go, or forget it."""
    if "erase" in request.POST:
        service.erase_address(relationship=relationship, actor=request.user, at=timezone.now())
        return _back(request, relationship, "The address is forgotten.")
    form = AddressForm(request.POST, prefix="address")
    if form.is_valid():
        try:
            service.set_address(
                relationship=relationship,
                values=form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except service.ContactRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _back(request, relationship, "The address is saved.")
    return _page(request, relationship, status=422, address_form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def agents(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    """Say who speaks for the creator: somebody known, or somebody new."""
    form = AgentForm(request.POST, prefix="agent", brand=request.brand)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                agent = given["agent"] or service.save_agent(
                    brand=request.brand, values=given, actor=request.user, at=timezone.now()
                )
                service.represent(
                    relationship=relationship,
                    agent=agent,
                    in_copy=given["in_copy"],
                    actor=request.user,
                    at=timezone.now(),
                )
        except service.ContactRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _back(request, relationship, f"{agent} speaks for {relationship.creator}.")
    return _page(request, relationship, status=422, agent_form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
@of_creator
def agent(request: BrandRequest, relationship: Relationship, pk: int) -> HttpResponse:
    """Put an agent in copy or not, or say that they speak for the creator no longer."""
    found = get_object_or_404(Agent, brand=request.brand, pk=pk)
    if "part" in request.POST:
        service.part(relationship=relationship, agent=found, actor=request.user, at=timezone.now())
        return _back(request, relationship, f"{found} speaks for them no longer.")
    try:
        service.represent(
            relationship=relationship,
            agent=found,
            in_copy=request.POST.get("in_copy") == "1",
            actor=request.user,
            at=timezone.now(),
        )
    except service.ContactRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:contacts", brand=request.brand.slug, uid=relationship.creator.uid)
    return _back(request, relationship, "Saved.")


def _contact(relationship: Relationship, pk: int) -> ContactPoint:
    rows = ContactPoint.objects.filter(brand=relationship.brand, creator=relationship.creator_id)
    found: ContactPoint = get_object_or_404(rows, pk=pk)
    return found


def _back(request: BrandRequest, relationship: Relationship, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("crm:contacts", brand=request.brand.slug, uid=relationship.creator.uid)


def _page(
    request: BrandRequest,
    relationship: Relationship,
    status: int = 200,
    forms: dict[int, AboutContactForm] | None = None,
    **more: Any,
) -> HttpResponse:
    found = reached(relationship)
    given = forms or {}
    context = {
        "relationship": relationship,
        "creator": relationship.creator,
        "reached": found,
        "contact_forms": [
            (contact, given.get(contact.pk) or AboutContactForm.of(contact))
            for contact in found.contacts
        ],
        "new_form": ContactForm(prefix="new"),
        "address_form": AddressForm.of(found.address),
        "agent_form": AgentForm(prefix="agent", brand=request.brand),
    } | more
    return render(request, TEMPLATE, context, status=status)
