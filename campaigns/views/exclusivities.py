"""What a creator promised to others: found out, written down with its source, taken away again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.contracts import ElsewhereForm
from campaigns.models import ExclusiveElsewhere
from campaigns.selectors.exclusivities import promised_to_us
from campaigns.services import exclusivities as service
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import relationship_with
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def exclusivities(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What a creator is exclusive for, to us and to others, and a form for what was found out."""
    relationship = relationship_with(request, uid)
    form = ElsewhereForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            service.note(
                relationship=relationship,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Written down: shortlists show it.")
            return redirect("campaigns:exclusivities", request.brand.slug, uid)
    context = {
        "creator": relationship.creator,
        "notes": ExclusiveElsewhere.objects.filter(relationship=relationship).select_related(
            "created_by"
        ),
        "ours": list(promised_to_us(request.brand, [relationship.pk])),
        "form": form,
        "today": timezone.localdate(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/contracts/exclusivities.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def remove(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take a note away."""
    relationship = relationship_with(request, uid)
    if not ExclusiveElsewhere.objects.filter(pk=pk, relationship=relationship).exists():
        raise Http404("There is no such note.")
    service.remove(note_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    messages.success(request, "Taken away.")
    return redirect("campaigns:exclusivities", request.brand.slug, uid)
