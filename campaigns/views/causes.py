"""Causes of creators, and the report of what a brand or a campaign brought about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.causes import green_claims
from campaigns.causes.taxonomy import standard
from campaigns.forms.causes import CauseForm, DonationForm, EvidenceForm, ImpactAsked, WithdrawForm
from campaigns.models import Campaign, CauseEvidence, CauseTag, Donation
from campaigns.selectors.causes import Impact, causes_of, donations, impact
from campaigns.services.causes import donating, papers, tagging
from campaigns.services.causes.green import take_green_claims
from campaigns.services.contracts.files import Paper
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import relationship_with
from crm.exports import Format, respond
from crm.models import Relationship
from crm.paging import Order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.promised_tasks import promise
from crm.stored import download
from crm.styled import put_error

NEWEST = Order("donations", "on", "id", descending=True)
PAGE = 50
COLUMNS = (
    "cause",
    "creators",
    "with evidence",
    "posts published",
    "donations",
    "amount",
    "currency",
)


@require_safe
@brand_page(Can.VIEW)
def causes(request: BrandRequest) -> HttpResponse:
    """What was brought about: by cause, with evidence, posts, donations and claims."""
    return _report(request)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """The report as a file: a line for each cause and currency."""
    _form, campaign = _asked(request)
    today = timezone.localdate()
    found = impact(request.brand, campaign, today)
    return respond(
        f"causes-{campaign.key if campaign else request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(found),
        form=form,
        about=[
            ("Brand", request.brand.name),
            ("Campaign", campaign.name if campaign else "all"),
            ("Creators with a cause", found.creators),
            ("of them with evidence", found.shown),
            ("Claims about the environment that may be said", found.may_be_said),
            ("of them substantiated", found.substantiated),
            ("Taken on", today),
        ],
    )


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def donate(request: BrandRequest) -> HttpResponse:
    """Write a donation down."""
    form = DonationForm(request.POST, request.FILES, brand=request.brand)
    if form.is_valid():
        said = form.cleaned_data
        names = ("cause", "recipient", "amount", "currency", "on", "note", "url", "campaign")
        try:
            made = donating.donate(
                brand=request.brand,
                given=donating.Given(**{name: said[name] for name in names}),
                paper=_paper(request, said["file"]),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"{made} is written down.")
            return redirect("campaigns:causes", request.brand.slug)
    return _report(request, status=422, form=form)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def withdraw(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a donation back."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it is taken back.")
        return redirect("campaigns:causes", request.brand.slug)
    try:
        gone = donating.withdraw(
            donation_id=pk,
            brand=request.brand,
            why=form.cleaned_data["why"],
            actor=request.user,
            at=timezone.now(),
        )
    except Donation.DoesNotExist as missing:
        raise Http404("There is no such donation.") from missing
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{gone} counts no more. It stays in the record.")
    return redirect("campaigns:causes", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def receipt(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Download what proves a donation."""
    rows = Donation.objects.visible_to(request.user)
    return _send(request, get_object_or_404(rows, brand=request.brand, pk=pk))


@require_POST
@brand_page(Can.EDIT_POLICIES)
def green(request: BrandRequest) -> HttpResponse:
    """Take the claims about the environment into the library."""
    try:
        taken = take_green_claims(brand=request.brand, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        promise("campaigns.tasks.recheck_drafts", brand_id=request.brand.pk)
        kept = f" {taken.kept} were there already and stay as they are." if taken.kept else ""
        messages.success(request, f"{taken.added} claims were added to the library.{kept}")
    return redirect("campaigns:claims", request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What one creator stands for: a panel of their page, or a page of its own."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.EDIT_CREATORS)
def add(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Say that the creator stands for a cause."""
    relationship = relationship_with(request, uid)
    form = CauseForm(request.POST)
    if form.is_valid():
        try:
            tagging.tag(
                relationship=relationship,
                **form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _again(request, relationship)
    return _show(request, relationship, status=422, form=form)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def remove(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """The creator stands for it no more."""
    relationship = relationship_with(request, uid)
    try:
        tagging.remove(tag_id=pk, relationship=relationship, actor=request.user, at=timezone.now())
    except CauseTag.DoesNotExist as missing:
        raise Http404("The creator does not have this cause.") from missing
    return _again(request, relationship)


@require_POST
@brand_page(Can.EDIT_CREATORS)
def show(request: BrandRequest, uid: UUID) -> HttpResponse:
    """Keep what shows a cause."""
    relationship = relationship_with(request, uid)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        try:
            tagging.add_evidence(
                tag_id=said["tag"],
                relationship=relationship,
                what=said["what"],
                on=said["on"],
                url=said["url"],
                paper=_paper(request, said["file"]),
                actor=request.user,
                at=timezone.now(),
            )
        except CauseTag.DoesNotExist as missing:
            raise Http404("The creator does not have this cause.") from missing
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _again(request, relationship)
    return _show(request, relationship, status=422, evidence=form)


@require_safe
@brand_page(Can.VIEW)
def evidence(request: BrandRequest, pk: int) -> HttpResponseBase:
    """Download what shows a cause."""
    tags = CauseTag.objects.visible_to(request.user).filter(brand=request.brand)
    rows = CauseEvidence.objects.filter(tag__in=tags)
    return _send(request, get_object_or_404(rows, pk=pk))


def _report(
    request: BrandRequest, *, status: int = 200, form: DonationForm | None = None
) -> HttpResponse:
    asked, campaign = _asked(request)
    today = timezone.localdate()
    rows = donations(request.brand, campaign)
    page = page_or_first(rows, NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "asked": asked,
        "campaign": campaign,
        "impact": impact(request.brand, campaign, today),
        "page": page,
        "form": form or DonationForm(brand=request.brand, initial={"on": today}),
        "taxonomy": standard(),
        "green": green_claims.standard(),
    }
    return render(request, "campaigns/causes/report.html", context, status=status)


def _asked(request: BrandRequest) -> tuple[ImpactAsked, Campaign | None]:
    form = ImpactAsked(request.GET, brand=request.brand)
    return form, form.cleaned_data["campaign"] if form.is_valid() else None


def _lines(found: Impact) -> Iterator[tuple[object, ...]]:
    for line in found.lines:
        first = (line.cause.name, line.creators, line.shown, line.posts)
        for currency, total, number in line.donations:
            yield (*first, number, total, currency)
        if not line.donations:
            yield (*first, 0, None, "")


def _again(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    if request.htmx:
        return _show(request, relationship)
    return redirect("campaigns:creator_causes", request.brand.slug, relationship.creator.uid)


def _show(
    request: BrandRequest,
    relationship: Relationship,
    *,
    status: int = 200,
    form: CauseForm | None = None,
    evidence: EvidenceForm | None = None,
) -> HttpResponse:
    tags = causes_of(relationship)
    context: dict[str, Any] = {
        "creator": relationship.creator,
        "tags": [
            (tag, standard().causes.get(tag.cause), _evidence_form(tag, evidence)) for tag in tags
        ],
        "form": form or CauseForm(),
        "taxonomy": standard(),
    }
    template = "campaigns/causes/creator.html"
    if request.htmx and not request.htmx.boosted:
        template += "#panel"
    return render(request, template, context, status=status)


def _evidence_form(tag: CauseTag, sent: EvidenceForm | None) -> EvidenceForm:
    """What was sent where it was about this cause, else an empty one."""
    if sent is not None and sent.data.get("tag") == str(tag.pk):
        return sent
    given = {"tag": tag.pk, "on": timezone.localdate()}
    return EvidenceForm(initial=given, auto_id=f"evidence-{tag.pk}_%s")


def _paper(request: BrandRequest, file: Any) -> Paper | None:
    if not file:
        return None
    return papers.keep(brand=request.brand, name=file.name, content=file.read())


def _send(request: BrandRequest, found: CauseEvidence | Donation) -> HttpResponseBase:
    if not found.file_sha256 or not papers.STORE.has(request.brand.pk, found.file_sha256):
        raise Http404("There is no such file in the store.")
    return download(
        papers.STORE.open(request.brand.pk, found.file_sha256),
        name=found.file_name,
        content_type=found.file_type,
    )
