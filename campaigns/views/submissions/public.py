"""A campaign's public page on which people hand in what they made: no log-in."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.submissions import SubmitForm
from campaigns.models import SubmissionPage
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import territories
from campaigns.services.submissions import files, receiving
from crm.public_forms import gate, proof
from crm.styled import put_error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, brand: str, key: str) -> HttpResponse:
    """The form, and what is sent with it."""
    page = _page(brand, key)
    if request.method != "POST":
        return _shown(request, page, SubmitForm(page=page))
    form = SubmitForm(request.POST, request.FILES, page=page)
    if not form.is_valid():
        return _shown(request, page, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    headers: dict[str, str] = {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        _take(request, page, form)
        return redirect("submit_thanks", brand=brand, key=key)
    except gate.SHUT as shut:
        status, headers = gate.explain(form, shut)
    except CampaignRefused as refusal:
        put_error(form, refusal.field, str(refusal))
    answer = _shown(request, page, form, status)
    for name, value in headers.items():
        answer[name] = value
    return answer


@require_safe
def thanks(request: HttpRequest, brand: str, key: str) -> HttpResponse:
    """What follows."""
    return render(request, "campaigns/submissions/thanks.html", {"page": _page(brand, key)})


def place_of(page: SubmissionPage) -> str:
    """What puzzles and limits of the page go by."""
    return f"submit:{page.campaign_id}"


def _take(request: HttpRequest, page: SubmissionPage, form: SubmitForm) -> None:
    at = timezone.now()
    version = gate.let_in(
        request,
        payload=form.cleaned_data["puzzle"],
        place=place_of(page),
        email=form.cleaned_data["email"].lower(),
        at=at,
    )
    upload = form.cleaned_data["file"]
    kept = files.keep(page.campaign.brand, upload) if upload else None
    receiving.receive(page=page, given=form.given(version), kept=kept, at=at)


def _page(brand: str, key: str) -> SubmissionPage:
    """The open page of a campaign; whether there is one without is nobody's business."""
    rows = SubmissionPage.objects.select_related("campaign__brand", "campaign__owner")
    found = rows.filter(campaign__brand__slug=brand, campaign__key=key, is_open=True).first()
    if found is None or not found.campaign.is_open:
        msg = "Nothing is taken in here."
        raise Http404(msg)
    return found


def _shown(
    request: HttpRequest,
    page: SubmissionPage,
    form: SubmitForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    version = receiving.words_version(page)
    context = {
        "page": page,
        "form": form,
        "territory": territories.names(page.territory),
        "challenge_json": json.dumps(proof.challenge(place_of(page), version, timezone.now())),
    }
    return render(request, "campaigns/submissions/submit.html", context, status=status)
