"""Evidence taken out of the product: of a piece at once, of campaigns and times by a worker."""

from __future__ import annotations

import tempfile

from django import forms
from django.contrib import messages
from django.db.models import Sum
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.models import Campaign, Deliverable, EvidenceFile
from campaigns.services.disclosures import export_job
from campaigns.services.disclosures.exporting import Scope, name_of, note, write
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import PlainForm, put_error

# So many bytes of films are written while somebody waits; more by a worker.
LARGE = 50 * 1024 * 1024


class ProofForm(PlainForm):
    """Of which pieces."""

    campaign = forms.ModelChoiceField(
        Campaign.objects.none(),
        to_field_name="key",
        required=False,
        label="Campaign",
        empty_label="All campaigns",
    )
    since = forms.DateField(
        required=False,
        label="Looked at from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        required=False,
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.READ_AUDIT)
def proof(request: BrandRequest) -> HttpResponseBase:
    """Choose what to take out; a worker makes the file."""
    is_sent = request.method == "POST"
    form = ProofForm(request.POST if is_sent else None)
    field = form.fields["campaign"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = Campaign.objects.filter(brand=request.brand).order_by("-starts_on", "pk")
    if is_sent and form.is_valid():
        said = form.cleaned_data
        campaign = said["campaign"].key if said["campaign"] else ""
        try:
            job = export_job.ask(
                brand=request.brand,
                scope=Scope(campaign=campaign, since=said["since"], until=said["until"]),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "The archive is being made. You can leave this page.")
            return redirect("crm:job", request.brand.slug, job.pk)
    return render(
        request, "campaigns/evidence/proof.html", {"form": form}, status=422 if is_sent else 200
    )


@require_safe
@brand_page(Can.READ_AUDIT)
def of_piece(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The archive of one piece: at once, unless its films are large."""
    piece = get_object_or_404(
        Deliverable.objects.visible_to(request.user).filter(
            engagement__campaign__brand=request.brand
        ),
        pk=pk,
    )
    scope, at = Scope(deliverable=piece.pk), timezone.now()
    files = EvidenceFile.objects.filter(evidence__deliverable=piece)
    if (files.aggregate(sum=Sum("size"))["sum"] or 0) > LARGE:
        job = export_job.ask(brand=request.brand, scope=scope, actor=request.user, at=at)
        messages.success(request, "Its films are large: the archive is being made.")
        return redirect("crm:job", request.brand.slug, job.pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    count = write(file, brand=request.brand, scope=scope, at=at)
    file.seek(0)
    note(brand=request.brand, scope=scope, count=count, actor=request.user, at=at)
    return FileResponse(
        file,
        as_attachment=True,
        filename=name_of(request.brand, scope, at),
        content_type="application/zip",
    )
