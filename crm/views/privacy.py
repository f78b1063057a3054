"""Requests of people about their data; a copy of it, its erasure, and what is not done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import RequestKind, RequestStatus
from crm.forms.base import PlainForm, put_error
from crm.forms.privacy import (
    CloseForm,
    EraseForm,
    ExtendForm,
    IdentityForm,
    LiftForm,
    RequestForm,
)
from crm.models import PrivacyRequest, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.held import held_about
from crm.services.privacy import copying, erasing, requests, standing, working
from crm.services.privacy.origins import origins_of
from crm.services.privacy.refusals import PrivacyRefused
from crm.views.of_creator import of_creator

CLOSED_SHOWN = 50


@brand_page(Can.HANDLE_PRIVACY)
def register(request: BrandRequest) -> HttpResponse:
    """What waits for an answer, what was answered last; write down what somebody asked."""
    today = timezone.localdate()
    form = RequestForm(
        request.brand,
        request.POST if request.method == "POST" else None,
        initial={"received_on": today},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        whom = form.whom()
        try:
            made = requests.open_request(
                brand=request.brand,
                relationship=whom,
                name="" if whom else said["who"],
                kind=said["kind"],
                origin=said["origin"],
                received_on=said["received_on"],
                text=said["text"],
                actor=request.user,
                at=timezone.now(),
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Written down: to be answered by {made.due_on:%-d %B %Y}.")
            return redirect("crm:privacy_request", brand=request.brand.slug, pk=made.pk)
    rows = PrivacyRequest.objects.filter(brand=request.brand).select_related(
        "relationship__creator", "closed_by"
    )
    context = {
        "form": form,
        "today": today,
        "waiting": rows.open().order_by("due_on", "pk"),
        "closed": rows.exclude(status=RequestStatus.OPEN).order_by("-closed_at", "-pk")[
            :CLOSED_SHOWN
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "crm/privacy/register.html", context, status=status)


@require_safe
@brand_page(Can.HANDLE_PRIVACY)
def request_page(request: BrandRequest, pk: int) -> HttpResponse:
    """One request: what is known, and what to do next."""
    return _show(request, _one(request, pk))


# What a request can be told, the form of it, and the service that does it.
_ACTS: dict[str, tuple[type[PlainForm], Callable[..., PrivacyRequest], str]] = {
    "identity": (IdentityForm, requests.check_identity, "It is known that it is them."),
    "extend": (ExtendForm, requests.extend, "Extended. Tell them, with the reason."),
    "close": (CloseForm, requests.close, "Closed."),
}


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Do the next thing about a request."""
    found = _one(request, pk)
    if act not in _ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    form_class, service, words = _ACTS[act]
    form = form_class(request.POST)
    if form.is_valid():
        try:
            service(
                request_id=pk,
                brand=request.brand,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, words)
            return redirect("crm:privacy_request", brand=request.brand.slug, pk=pk)
    return _show(request, found, **{act: form})


@require_safe
@brand_page(Can.HANDLE_PRIVACY)
@of_creator
def creator(request: BrandRequest, found: Relationship) -> HttpResponse:
    """What is held about a creator and where it is from; what may be done with it."""
    return _creator(request, found)


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
@of_creator
def copy(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Have a copy of everything made."""
    try:
        job = copying.ask(
            relationship=found,
            actor=request.user,
            at=timezone.now(),
            request=_open_request(found, RequestKind.ACCESS),
        )
    except PrivacyRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:privacy_creator", brand=request.brand.slug, uid=found.creator.uid)
    return redirect("crm:job", brand=request.brand.slug, pk=job.pk)


@brand_page(Can.HANDLE_PRIVACY)
@of_creator
def erase(request: BrandRequest, found: Relationship) -> HttpResponse:
    """What would go and what would stay, in numbers; then do it."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            job = working.ask(
                relationship=found,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
                request=_open_request(found, RequestKind.ERASURE),
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return redirect("crm:job", brand=request.brand.slug, pk=job.pk)
    context = {
        "creator": found.creator,
        "relationship": found,
        "form": form,
        "plan": erasing.plan(found, at=timezone.now()),
    }
    status = 422 if form.errors else 200
    return render(request, "crm/privacy/erase.html", context, status=status)


@require_POST
@brand_page(Can.HANDLE_PRIVACY)
@of_creator
def lift(request: BrandRequest, found: Relationship) -> HttpResponse:
    """Take a restriction or an objection back."""
    form = LiftForm(request.POST)
    if form.is_valid():
        try:
            standing.lift(
                relationship=found,
                because=form.cleaned_data["because"],
                actor=request.user,
                at=timezone.now(),
            )
        except PrivacyRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Lifted.")
            return redirect("crm:privacy_creator", brand=request.brand.slug, uid=found.creator.uid)
    return _creator(request, found, lift=form)


def _creator(
    request: BrandRequest, found: Relationship, lift: LiftForm | None = None
) -> HttpResponse:
    context = {
        "creator": found.creator,
        "relationship": found,
        "lines": [] if found.erased_at else held_about(found, timezone.now()),
        "origins": [] if found.erased_at else origins_of(found),
        "requests": PrivacyRequest.objects.filter(relationship=found).order_by("-pk"),
        "lift": lift or LiftForm(),
    }
    return render(
        request, "crm/privacy/creator.html", context, status=422 if lift is not None else 200
    )


def _one(request: BrandRequest, pk: int) -> PrivacyRequest:
    rows = PrivacyRequest.objects.filter(brand=request.brand)
    return get_object_or_404(
        rows.select_related("relationship__creator", "created_by", "closed_by"), pk=pk
    )


def _show(request: BrandRequest, found: PrivacyRequest, **forms: Any) -> HttpResponse:
    made = {name: form() for name, (form, _service, _words) in _ACTS.items()} | forms
    context = {
        "asked": found,
        "today": timezone.localdate(),
        "is_late": found.status == RequestStatus.OPEN and found.due_on < timezone.localdate(),
        **made,
    }
    return render(request, "crm/privacy/request.html", context, status=422 if forms else 200)


def _open_request(found: Relationship, kind: RequestKind) -> PrivacyRequest | None:
    return PrivacyRequest.objects.open().filter(relationship=found, kind=kind).first()
