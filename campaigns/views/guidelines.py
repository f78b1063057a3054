"""Guidelines: the lines by which each piece of content is looked at."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.policies import GuidelineForm
from campaigns.models import Guideline
from campaigns.services import guidelines as service
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.EDIT_POLICIES)
def guidelines(request: BrandRequest) -> HttpResponse:
    """All lines; another one."""
    is_sent = request.method == "POST"
    form = GuidelineForm(request.POST if is_sent else None, brand=request.brand)
    if is_sent and form.is_valid():
        try:
            service.add_guideline(
                brand=request.brand, **form.cleaned_data, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "It is on the checklist from now on.")
            return redirect("campaigns:guidelines", request.brand.slug)
    rows = Guideline.objects.filter(brand=request.brand, archived_at=None)
    context = {
        "form": form,
        "rows": rows.select_related("platform").order_by("kind", "pk"),
    }
    status = 422 if is_sent else 200
    return render(request, "campaigns/policies/guidelines.html", context, status=status)


@require_POST
@brand_page(Can.EDIT_POLICIES)
def away(request: BrandRequest, pk: int) -> HttpResponse:
    """Put a line away."""
    try:
        service.put_away(
            guideline_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except Guideline.DoesNotExist as gone:
        msg = "There is no such line."
        raise Http404(msg) from gone
    messages.success(request, "It is on no checklist any more.")
    return redirect("campaigns:guidelines", request.brand.slug)
