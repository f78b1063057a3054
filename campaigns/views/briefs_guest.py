"""The brief on the creator's own pages: read, kept as a file, accepted."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.choices import GuestKind
from campaigns.forms.briefs import AcceptForm
from campaigns.guests import GuestRequest, guest_page
from campaigns.models import BriefVersion
from campaigns.selectors.briefs import reading_of
from campaigns.services.briefs import accepting
from campaigns.services.briefs.files import file_name, pdf
from campaigns.services.refusals import CampaignRefused
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page(GuestKind.PORTAL)
def brief(request: GuestRequest) -> HttpResponseBase:
    """What the creator is asked for; accepted by name and tick."""
    engagement = request.guest.engagement
    reading = reading_of(engagement) if engagement else None
    if reading is None:
        msg = "There is no brief yet."
        raise Http404(msg)
    form = AcceptForm(
        request.POST if request.method == "POST" else None,
        initial={
            "version": reading.version.pk,
            "digest": reading.version.digest,
            "name": request.guest.name,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            accepting.accept_by_link(
                link=request.guest,
                version_id=form.cleaned_data["version"],
                digest=form.cleaned_data["digest"],
                name=form.cleaned_data["name"],
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Thank you: the brief is accepted.")
            return redirect("guest:brief", request.token)
    context = {
        "link": request.guest,
        "token": request.token,
        "reading": reading,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/briefs/guest.html", context, status=status)


@require_safe
@guest_page(GuestKind.PORTAL)
def brief_pdf(request: GuestRequest) -> HttpResponseBase:
    """The brief as a file."""
    engagement = request.guest.engagement
    reading = reading_of(engagement) if engagement else None
    if reading is None:
        msg = "There is no brief yet."
        raise Http404(msg)
    return _file(reading.version)


def _file(version: BriefVersion) -> HttpResponse:
    response = HttpResponse(pdf(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file_name(version)}"'
    return response
