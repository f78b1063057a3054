"""The public page on which creators apply to a brand: no log-in, nothing from elsewhere."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from redis.exceptions import RedisError

from crm.forms import put_error
from crm.forms.applications import ApplyForm
from crm.models import ApplicationPage
from crm.services.applications import confirming, limits, proof, receiving
from crm.tasks import mail_applicant

logger = logging.getLogger(__name__)

BUSY = (
    "We cannot take applications this moment. Nothing that you wrote is lost: send it again in a "
    "few minutes."
)


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
    except limits.TooMany as too_many:
        put_error(form, "", str(too_many))
        status, headers = HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(too_many.seconds)}
    except proof.ProofRefused as refusal:
        put_error(form, "", str(refusal))
    except receiving.ApplicationRefused as refusal:
        put_error(form, refusal.field, str(refusal))
    except RedisError:
        # What cannot be counted is not taken: else a broken cache would open the door.
        logger.exception("The cache does not answer: an application was not taken.")
        put_error(form, "", BUSY)
        status = HTTPStatus.SERVICE_UNAVAILABLE
    answer = _shown(request, page, form, status)
    for name, value in headers.items():
        answer[name] = value
    return answer


def _take(request: HttpRequest, page: ApplicationPage, form: ApplyForm) -> None:
    at = timezone.now()
    payload = form.cleaned_data["puzzle"]
    shown = proof.check(payload, page, at)
    given = form.given(shown.consent_version)
    network = limits.network_of(_address(request))
    limits.count(brand_id=page.brand_id, network=network, email=given.email, at=at)
    proof.spend(shown)
    application = receiving.receive(page=page, given=given, at=at)
    if confirming.mailbox_of(page.brand) is not None:
        mail_applicant.delay_on_commit(application_id=application.pk)


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
        "challenge_json": json.dumps(proof.challenge(page, timezone.now())),
    }
    return render(request, "crm/applications/apply.html", context, status=status)


def _address(request: HttpRequest) -> str:
    """From where the request came; behind proxies of ours, what the outermost of them saw."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
