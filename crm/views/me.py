"""One's own page: what one is called, how one hears from the product, one's calendar."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.choices import MailPreference
from crm.forms import OwnNameForm, PreferencesForm, put_error
from crm.models import UserRole
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import people_of
from crm.services.calendar import digest_of, feed_of, make_feed, read_feed, revoke_feed
from crm.services.mentions import handle_of, handles
from crm.services.own_names import NameRefused, set_own_name
from crm.services.preferences import PreferencesRefused, preferences_of, set_preferences

TEMPLATE = "crm/notifications/me.html"


def _page(request: BrandRequest, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "name_form": OwnNameForm.of(request.user),
        "handle": handle_of(request.user, handles(people_of(request.brand))),
        "roles": UserRole.objects.filter(user=request.user)
        .select_related("brand")
        .order_by("brand__name", "pk"),
        "form": PreferencesForm.of(preferences_of(request.user), request.brand),
        "feed": feed_of(request.user),
        "address": "",
    } | more
    return render(request, TEMPLATE, context, status=status)


@brand_page(Can.VIEW)
def me(request: BrandRequest) -> HttpResponse:
    """Look at them; save the preferences."""
    if request.method != "POST":
        return _page(request)
    form = PreferencesForm(request.POST, brand=request.brand)
    if form.is_valid():
        try:
            set_preferences(
                user=request.user,
                timezone=form.cleaned_data["timezone"],
                hour=form.cleaned_data["hour"],
                mail=MailPreference(form.cleaned_data["mail"]),
            )
        except PreferencesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:me", brand=request.brand.slug)
    return _page(request, status=422, form=form)


@require_POST
@brand_page(Can.VIEW)
def name(request: BrandRequest) -> HttpResponse:
    """Say what one is called."""
    form = OwnNameForm(request.POST)
    if form.is_valid():
        try:
            set_own_name(user=request.user, **form.cleaned_data)
        except NameRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Colleagues see it from now on.")
            return redirect("crm:me", brand=request.brand.slug)
    return _page(request, status=422, name_form=form)


@require_POST
@never_cache
@brand_page(Can.VIEW)
def calendar_new(request: BrandRequest) -> HttpResponse:
    """Make an address for the calendar; this answer alone shows it."""
    secret = make_feed(user=request.user, at=timezone.now())
    path = reverse("calendar_feed", args=[secret])
    root = settings.RAPPORT_URL or request.build_absolute_uri("/").rstrip("/")
    return _page(request, address=f"{root}{path}")


@require_POST
@brand_page(Can.VIEW)
def calendar_revoke(request: BrandRequest) -> HttpResponse:
    """End the address."""
    if revoke_feed(user=request.user, at=timezone.now()):
        messages.success(request, "The address of your calendar does not work any more.")
    return redirect("crm:me", brand=request.brand.slug)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a secret address; whoever has the address may read it."""
    ical = read_feed(secret=secret, at=timezone.now())
    if ical is None:
        return HttpResponse("There is no calendar here (any more).\n", "text/plain", 404)
    etag = quote_etag(digest_of(ical.decode())[:32])
    response = HttpResponse(ical, "text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="rapport.ics"'
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response
