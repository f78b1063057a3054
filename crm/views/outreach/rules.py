"""The brand's rules of sending, and what the countries on file ask for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from crm.forms import put_error
from crm.forms.outreach import RulesForm
from crm.models import OutreachPolicy
from crm.outreach import countries
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.outreach.rules import CHANGEABLE, RulesRefused, change_rules


@brand_page(Can.VIEW, post=Can.MANAGE_BRAND)
def rules(request: BrandRequest) -> HttpResponse:
    """Look at them; an admin changes them."""
    is_sent = request.method == "POST"
    form = RulesForm(request.POST) if is_sent else RulesForm(initial=_initial(request))
    if is_sent and form.is_valid():
        try:
            change_rules(
                brand=request.brand,
                changes=form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except RulesRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. They hold for the next mail on.")
            return redirect("crm:outreach_rules", brand=request.brand.slug)
    context = {
        "form": form,
        "policy": OutreachPolicy.of(request.brand),
        "countries": countries.all_rules(),
        "as_of": countries.as_of(),
    }
    return render(request, "crm/outreach/rules.html", context, status=422 if form.errors else 200)


def _initial(request: BrandRequest) -> dict[str, object]:
    policy = OutreachPolicy.of(request.brand)
    initial: dict[str, object] = {name: getattr(policy, name) for name in CHANGEABLE}
    initial["weekdays"] = list(policy.weekdays)
    initial["days_off"] = "\n".join(day.isoformat() for day in policy.days_off)
    return initial
