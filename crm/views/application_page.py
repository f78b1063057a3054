"""What a brand's public page of applications says, and whether it is open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from crm.forms.applications import ApplicationPageForm
from crm.models import ApplicationPage
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.applications import confirming
from crm.services.applications.page import CHANGEABLE, DECLINE_TEXT, change_page


@brand_page(Can.TRIAGE, post=Can.MANAGE_BRAND)
def page(request: BrandRequest) -> HttpResponse:
    """What the public page says; an admin changes it."""
    held = ApplicationPage.of(request.brand)
    if not held.decline_text:
        held.decline_text = DECLINE_TEXT
    is_sent = request.method == "POST"
    form = ApplicationPageForm(request.POST if is_sent else None, instance=held)
    if is_sent and form.is_valid():
        change_page(
            brand=request.brand,
            changes={name: form.cleaned_data[name] for name in CHANGEABLE},
            actor=request.user,
            at=timezone.now(),
        )
        messages.success(request, "Saved.")
        return redirect("crm:application_page", brand=request.brand.slug)
    context = {
        "form": form,
        "settings": ApplicationPage.of(request.brand),
        "mailbox": confirming.mailbox_of(request.brand),
        "address": request.build_absolute_uri(reverse("apply", args=[request.brand.slug])),
    }
    status = 422 if form.errors else 200
    return render(request, "crm/applications/page.html", context, status=status)
