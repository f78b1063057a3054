"""The briefs of a campaign: what creators are asked for, who approved it, who accepted it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import BriefGate
from campaigns.forms.briefs import AcceptanceForm, BriefPageForms, DecisionForm
from campaigns.models import Brief, BriefAcceptance, BriefVersion
from campaigns.selectors.briefs import brief_page, briefs_of, readers_of, version_for
from campaigns.services.briefs import accepting, deciding, sharing, writing
from campaigns.services.briefs.beginnings import first_document
from campaigns.services.briefs.document import Document
from campaigns.services.briefs.files import file_name, pdf
from campaigns.services.days import today_of
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import campaign_of, engagement_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.promised_tasks import promise


@require_safe
@brand_page(Can.VIEW)
def briefs(request: BrandRequest, key: str) -> HttpResponse:
    """Each brief of the campaign, and which creators have not accepted theirs."""
    campaign = campaign_of(request, key)
    readers = readers_of(campaign, timezone.now())
    context = {
        "campaign": campaign,
        "briefs": briefs_of(campaign),
        "readers": readers,
        "missing": sum(reader.acceptance is None for reader in readers),
        "without_link": sum(
            reader.acceptance is None and reader.link is None for reader in readers
        ),
    }
    return render(request, "campaigns/briefs/list.html", context)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def start(request: BrandRequest, key: str) -> HttpResponse:
    """Begin the brief for all creators, with what the campaign says."""
    campaign, now = campaign_of(request, key), timezone.now()
    try:
        made = writing.start_brief(
            campaign_id=campaign.pk,
            brand=request.brand,
            document=first_document(campaign, now),
            actor=request.user,
            at=now,
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:briefs", request.brand.slug, key)
    messages.success(request, "A draft with what the campaign says. Write on.")
    return redirect("campaigns:brief_edit", request.brand.slug, key, made.brief_id)


@require_safe
@brand_page(Can.VIEW)
def brief(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A version of a brief, by default the newest: what it says, and what is to be done."""
    return _show(request, _brief_of(request, key, pk))


@brand_page(Can.PLAN_CAMPAIGNS)
def edit(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Write the draft, or the next version."""
    found = _brief_of(request, key, pk)
    newest = writing.newest_of(found)
    is_next = newest.is_fixed
    now = timezone.now()
    forms = BriefPageForms(
        request.POST if request.method == "POST" else None,
        campaign=found.campaign,
        document=Document.of(newest.document),
        today=today_of(request.brand, now),
        version=found.version,
        reason="" if is_next else newest.reason,
    )
    if request.method == "POST" and forms.is_valid:
        try:
            made = writing.write_draft(
                brief_id=pk,
                brand=request.brand,
                document=forms.document,
                reason=forms.main.cleaned_data["reason"],
                actor=request.user,
                at=now,
                expected_version=forms.main.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            forms.put(refusal)
        else:
            messages.success(request, f"Version {made.number} is saved as a draft.")
            return redirect("campaigns:brief", request.brand.slug, key, pk)
    context = {
        "campaign": found.campaign,
        "found": found,
        "newest": newest,
        "number": newest.number + 1 if is_next else newest.number,
        "is_next": is_next,
        "page": forms,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/briefs/edit.html", context, status=status)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def act(request: BrandRequest, key: str, pk: int, act: str) -> HttpResponse:
    """Submit the draft, take it back, or throw it away."""
    acts: dict[str, Any] = {
        "submit": deciding.submit,
        "take-back": deciding.take_back,
        "discard": writing.discard_draft,
    }
    if act not in acts:
        msg = "There is no such act."
        raise Http404(msg)
    _brief_of(request, key, pk)
    sent = request.POST.get("version", "")
    try:
        left = acts[act](
            brief_id=pk,
            brand=request.brand,
            actor=request.user,
            at=timezone.now(),
            expected_version=int(sent) if sent.isdecimal() and len(sent) < 10 else 0,
        )
    except CampaignRefused as refusal:
        return _show(request, _brief_of(request, key, pk), status=409, refused=str(refusal))
    messages.success(request, _SAID[act])
    if left is None:
        return redirect("campaigns:briefs", request.brand.slug, key)
    return redirect("campaigns:brief", request.brand.slug, key, pk)


_SAID = {
    "submit": "Whoever approves it is told.",
    "take-back": "It is a draft again.",
    "discard": "The draft is gone.",
}


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def approve(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Say yes or no for the brand."""
    return _decide(request, key, pk, BriefGate.BRAND)


@require_POST
@brand_page(Can.CLEAR_LEGAL)
def clear(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Say yes or no for legal."""
    return _decide(request, key, pk, BriefGate.LEGAL)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def accepted(request: BrandRequest, key: str) -> HttpResponse:
    """Write down that a creator accepted their brief elsewhere."""
    campaign_of(request, key)
    form = AcceptanceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Write who said yes, and where it can be seen.")
        return redirect("campaigns:briefs", request.brand.slug, key)
    data = form.cleaned_data
    engagement_of(request, key, data["engagement"])
    try:
        accepting.record_acceptance(
            engagement_id=data["engagement"],
            brand=request.brand,
            version_id=data["version"],
            name=data["name"],
            note=data["note"],
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Written down: {data['name']} accepted the brief.")
    return redirect("campaigns:briefs", request.brand.slug, key)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def links(request: BrandRequest, key: str) -> HttpResponse:
    """A link to their own pages for everybody who is missing and has none."""
    campaign = campaign_of(request, key)
    made = sharing.make_missing_links(campaign=campaign, actor=request.user, at=timezone.now())
    words = "1 link is made" if made == 1 else f"{made:,} links are made"
    messages.success(request, f"{words}: copy each into your message to the creator.")
    return redirect("campaigns:briefs", request.brand.slug, key)


@require_safe
@brand_page(Can.VIEW)
def of_engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Which brief a creator has, and whether they accepted it: for the page of the engagement."""
    campaign, engagement = campaign_of(request, key), engagement_of(request, key, pk)
    version = version_for(engagement)
    rows = BriefAcceptance.objects.filter(engagement=engagement).select_related(
        "version__brief", "recorded_by"
    )
    given = list(rows.order_by("-at", "-pk"))
    context = {
        "campaign": campaign,
        "held": version,
        "given": given,
        "is_accepted": version is not None and any(one.version_id == version.pk for one in given),
    }
    return render(request, "campaigns/briefs/_of_engagement.html", context)


@require_safe
@brand_page(Can.VIEW)
def as_pdf(request: BrandRequest, key: str, pk: int, number: int) -> HttpResponse:
    """A version as a file."""
    found = _brief_of(request, key, pk)
    version = get_object_or_404(found.versions, number=number)
    version.brief = found
    response = HttpResponse(pdf(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{file_name(version)}"'
    return response


def _decide(request: BrandRequest, key: str, pk: int, gate: BriefGate) -> HttpResponse:
    found, form = _brief_of(request, key, pk), DecisionForm(request.POST)
    if not form.is_valid():
        words = "This page is not complete. Load it again."
        return _show(request, found, status=422, refused=words)
    data = form.cleaned_data
    try:
        made = deciding.decide(
            brief_id=pk,
            brand=request.brand,
            gate=gate,
            is_yes=data["answer"] == "yes",
            note=data["note"],
            actor=request.user,
            at=timezone.now(),
            expected_version=data["version"],
        )
    except CampaignRefused as refusal:
        found = _brief_of(request, key, pk)
        return _show(request, found, status=409, refused=str(refusal), note=data["note"])
    # What was approved by the version before is looked at again.
    promise("campaigns.tasks.recheck_drafts", brand_id=request.brand.pk)
    messages.success(request, _told(made) if data["answer"] == "yes" else _SENT_BACK)
    return redirect("campaigns:brief", request.brand.slug, key, pk)


_SENT_BACK = "Sent back: its author is told."


def _told(version: BriefVersion) -> str:
    """How a version stands after a yes."""
    missing = [BriefGate(gate).label.lower() for gate in deciding.open_gates(version)]
    if not missing:
        return f"Version {version.number} is approved."
    return f"Your yes is written down. Version {version.number} waits for {' and '.join(missing)}."


def _brief_of(request: BrandRequest, key: str, pk: int) -> Brief:
    rows = Brief.objects.visible_to(request.user).select_related(
        "campaign__brand", "campaign__owner"
    )
    return get_object_or_404(rows, campaign__brand=request.brand, campaign__key=key, pk=pk)


def _show(
    request: BrandRequest, found: Brief, *, status: int = 200, refused: str = "", note: str = ""
) -> HttpResponse:
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 5 else None
    page = brief_page(found, number)
    if page is None:
        msg = "There is no such version."
        raise Http404(msg)
    context = {
        "campaign": found.campaign,
        "found": found,
        "page": page,
        "problems": deciding.problems_of(page.version, page.document, timezone.now())
        if page.version.state == "draft"
        else [],
        "refused": refused,
        "note": note,
        # Who wrote it does not say yes where somebody else can.
        "others_decide": [
            gate
            for gate in page.open_gates
            if page.version.author_id == request.user.pk
            and deciding.others_for(page.version, gate).exists()
        ],
    }
    return render(request, "campaigns/briefs/brief.html", context, status=status)
