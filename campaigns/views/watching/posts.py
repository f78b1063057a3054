"""A post's numbers over time, and when posts do well."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.forms.watching import CountsForm, TimesForm
from campaigns.models import Publication
from campaigns.selectors.hints import hint_at
from campaigns.selectors.watching import times
from campaigns.selectors.watching.curves import chart_of, curve_of
from crm.choices import Source
from crm.models import Creator, Post
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.post_counts import Counted, CountsRefused, add_counts
from crm.styled import put_error


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.IMPORT_DATA)
def post(request: BrandRequest, pk: int) -> HttpResponse:
    """The numbers of a post by its age; posting adds some that were read off."""
    rows = Post.objects.filter(creator__relationships__brand=request.brand)
    found = get_object_or_404(rows.select_related("creator", "profile__platform"), pk=pk)
    now = timezone.now()
    sent = request.POST if request.method == "POST" else None
    form = CountsForm(sent, initial={"captured_at": timezone.localtime(now)})
    if form.is_valid():
        try:
            kept = add_counts(
                post_id=found.pk,
                brand=request.brand,
                rows=[Counted(form.cleaned_data["captured_at"], form.counts)],
                source=Source.MANUAL,
                actor=request.user,
                at=now,
            )
        except CountsRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Kept." if kept.new else "These were there already.")
            return redirect("campaigns:post_counts", request.brand.slug, pk)
    curve = curve_of(found)
    publications = Publication.objects.filter(brand=request.brand, deliverable__post=found)
    publication = publications.select_related(
        "deliverable__engagement__campaign", "reading"
    ).first()
    context = {
        "post": found,
        "curve": curve,
        "chart": chart_of(curve),
        "publication": publication,
        "reading": getattr(publication, "reading", None),
        "hint": hint_at(request.brand, found.pk),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/watching/post.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def posting_times(request: BrandRequest) -> HttpResponse:
    """By weekday and hour: of all creators, of one, or of those in a campaign."""
    form = TimesForm(request.GET, brand=request.brand)
    said = form.cleaned_data if form.is_valid() else {}
    uid, platform, campaign = said.get("creator"), said.get("platform") or "", said.get("campaign")
    creator = None
    if uid and campaign is None:
        rows = Creator.objects.filter(relationships__brand=request.brand)
        creator = get_object_or_404(rows, uid=uid)
    creators = [creator.pk] if creator else None
    if campaign is not None:
        creators = times.creators_of(campaign)
    found = times.times_of(request.brand, timezone.now(), creators=creators, platform=platform)
    context = {
        "times": found,
        "creator": creator,
        "campaign": campaign,
        "form": form,
        "posts_min": times.POSTS_MIN,
        "account_min": times.ACCOUNT_MIN,
    }
    return render(request, "campaigns/watching/times.html", context)
