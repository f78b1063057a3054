"""The public page on which creators apply to a brand: no log-in, nothing from elsewhere."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.forms import put_error
from crm.forms.applications import ApplyForm
from crm.models import ApplicationPage
from crm.public_forms import gate, proof
from crm.services.applications import confirming, receiving
from crm.services.promised_tasks import promise


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, brand: str) -> HttpResponse:
    """The form, and what is sent with it."""
    page = _page(brand)
    if request.method != "POST":
        return _shown(request, page, ApplyForm(page=page))
    form = ApplyForm(request.POST, page=page)
    if not form.is_valid():
        return _shown(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    headers: dict[str, str] = {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        _take(request, page, form)
        return redirect("apply_thanks", brand=brand)
    except gate.SHUT as shut:
        status, headers = gate.explain(form, shut)
    except receiving.ApplicationRefused as refusal:
        put_error(form, refusal.field, str(refusal))
    answer = _shown(request, page, form, status)
    for name, value in headers.items():
        answer[name] = value
    return answer


def _take(request: HttpRequest, page: ApplicationPage, form: ApplyForm) -> None:
    at = timezone.now()
    consent_version = gate.let_in(
        request,
        payload=form.cleaned_data["puzzle"],
        place=place_of(page),
        email=form.cleaned_data["email"].lower(),
        at=at,
    )
    given = form.given(consent_version)
    with transaction.atomic():
        application = receiving.receive(page=page, given=given, at=at)
        if confirming.mailbox_of(page.brand) is not None:
            promise("crm.tasks.mail_applicant", application_id=application.pk)


@require_safe
def thanks(request: HttpRequest, brand: str) -> HttpResponse:
    """What follows: the same for everybody, whoever the brand knows already."""
    page = _page(brand)
    context = {"page": page, "is_mailed": confirming.mailbox_of(page.brand) is not None}
    return render(request, "crm/applications/thanks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, brand: str, token: str) -> HttpResponse:
    """The page behind the link in our mail. A GET changes nothing: mail filters follow links."""
    template = "crm/applications/confirm.html"
    try:
        if request.method == "POST":
            application = confirming.confirm(brand=brand, token=token, at=timezone.now())
        else:
            application = confirming.read(brand, token)
    except confirming.BadLink as error:
        return render(request, template, {"problem": str(error)}, status=HTTPStatus.NOT_FOUND)
    context = {
        "application": application,
        "is_done": application.confirmed_at is not None,
    }
    return render(request, template, context)


def place_of(page: ApplicationPage) -> str:
    """What puzzles and limits of the page go by."""
    return f"apply:{page.brand_id}"


def _page(slug: str) -> ApplicationPage:
    """The open page of a brand; whether there is a brand without one is nobody's business."""
    page = ApplicationPage.objects.select_related("brand")
    found = page.filter(brand__slug=slug, is_open=True).first()
    if found is None:
        msg = "Nobody takes applications here."
        raise Http404(msg)
    return found


def _shown(
    request: HttpRequest,
    page: ApplicationPage,
    form: ApplyForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "challenge_json": json.dumps(
            proof.challenge(place_of(page), page.consent_version, timezone.now())
        ),
    }
    return render(request, "crm/applications/apply.html", context, status=status)
