"""Clusters of creators: the map, a cluster, and what audiences share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import exports
from crm.models import Creator
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error
from segmentation.forms.clusters import MapForm, NameForm, OverlapForm
from segmentation.models import Cluster
from segmentation.selectors import clusters as selectors
from segmentation.selectors import overlap as overlaps
from segmentation.selectors.forecasts import platform_names
from segmentation.selectors.selections import NoSelection, Selection, selection_of
from segmentation.services.clusters import asking
from segmentation.services.edits import EditRefused


@require_safe
@brand_page(Can.VIEW)
def clusters(request: BrandRequest) -> HttpResponse:
    """The map and the list of clusters beside it. The fragment says that it is being made."""
    template = "segmentation/clusters/map.html"
    if request.htmx and not request.htmx.boosted:
        if not selectors.is_being_made(request.brand):
            # What is waited for is there: the page shows it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, f"{template}#status")
    form = MapForm(request.brand, request.GET)
    status = 200 if form.is_valid() else 422
    asked = form.cleaned_data
    page = selectors.map_page(request.brand, segment=asked.get("segment"), tier=asked.get("tier"))
    context = {"form": form, "page": page}
    return render(request, template, context, status=status)


@require_safe
@brand_page(Can.VIEW)
def clusters_csv(request: BrandRequest) -> HttpResponseBase:
    """Who is in which cluster, as a file."""
    stays = (
        selectors.stays_of(request.brand)
        .select_related("cluster", "creator")
        .order_by("cluster__number", "creator")
    )
    head = ["cluster", "name", "creator", "creator_name", "stability", "since"]

    def rows() -> Iterator[list[object]]:
        for stay in stays.iterator(chunk_size=2_000):
            cluster = stay.cluster
            yield [
                cluster.key,
                cluster.title,
                stay.creator.uid,
                stay.creator.name,
                stay.stability,
                stay.entered_at,
            ]

    return exports.respond("clusters", head, rows())


@require_POST
@brand_page(Can.RUN_SEGMENTS)
def make_map(request: BrandRequest) -> HttpResponse:
    """Have the map made anew."""
    if asking.ask_for_map(brand=request.brand, actor=request.user, at=timezone.now()):
        messages.success(request, "The map is being made.")
    else:
        messages.info(request, "The map is being made already.")
    return redirect("segmentation:clusters", request.brand.slug)


@brand_page(Can.VIEW, post=Can.RUN_SEGMENTS)
def cluster(request: BrandRequest, number: int) -> HttpResponse:
    """A cluster: its words, who is in it, and why; posting names it."""
    found = get_object_or_404(Cluster, brand=request.brand, number=number)
    form = NameForm(request.POST or None, initial={"name": found.name, "version": found.version})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                asking.rename(
                    cluster_id=found.pk,
                    **form.cleaned_data,
                    actor=request.user,
                    at=timezone.now(),
                )
            except EditRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(request, "Saved.")
                return redirect("segmentation:cluster", request.brand.slug, number)
    members = selectors.members(found)
    context = {
        "cluster": found,
        "form": form,
        "members": members[: selectors.MEMBERS],
        "more": max(found.size - selectors.MEMBERS, 0),
        "ties": selectors.strongest_ties(found),
    }
    return render(request, "segmentation/clusters/cluster.html", context, status=status)


@require_safe
@brand_page(Can.VIEW)
def of_creator(request: BrandRequest, uid: Any) -> HttpResponse:
    """In which cluster a creator is and why, and with whom they share people."""
    creator = get_object_or_404(Creator.objects.filter(relationships__brand=request.brand), uid=uid)
    ties = selectors.ties_of(request.brand, creator)
    pks = [creator.pk, *(told.whom.pk for told in ties if told.tie.people)]
    found = overlaps.overlap_of(request.brand, pks)
    context = {
        "creator": creator,
        "stay": selectors.cluster_of(request.brand, creator),
        "ties": ties,
        "found": found,
        "platform": platform_names().get(found.platform, ""),
        "rows": [
            (told.whom, pair, pair.share_for(creator.pk))
            for told in ties
            if (pair := found.pair(creator.pk, told.whom.pk)) is not None
        ],
    }
    return render(request, "segmentation/clusters/creator.html", context)


@require_safe
@brand_page(Can.VIEW)
def overlap(request: BrandRequest) -> HttpResponse:
    """What the audiences of a selection share, and how many people it reaches once."""
    form = OverlapForm(request.brand, request.GET)
    context: dict[str, Any] = {"form": form, "selection": None}
    status = 200
    if form.is_valid():
        asked = form.cleaned_data
        try:
            selection = selection_of(
                request.brand,
                segment=asked["segment"],
                campaign=asked["campaign"],
                creators=request.GET.getlist("creator"),
            )
        except NoSelection as refusal:
            raise Http404(str(refusal)) from refusal
        if selection is not None:
            context |= _compared(request, selection, asked)
    else:
        status = 422
    return render(request, "segmentation/clusters/overlap.html", context, status=status)


def _compared(request: BrandRequest, selection: Selection, asked: dict[str, Any]) -> dict[str, Any]:
    pks = list(selection.creators)
    reach = overlaps.unique_reach(
        request.brand, pks, basis=asked["basis"], population=asked["population"]
    )
    found = overlaps.overlap_of(request.brand, pks, basis=asked["basis"])
    return {
        "selection": selection,
        "reach": reach,
        "platform": platform_names().get(reach.platform, ""),
        "found": found,
        "steps": selection.named_steps(reach),
        "unknown": selection.names(reach.unknown),
        "matrix": selection.matrix(found, reach),
        "pairs": selection.top_pairs(found),
    }
