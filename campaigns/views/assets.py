"""The library: its list with what may be used today, one asset, new ones, files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import AssetKind, AssetOrigin, Usage
from campaigns.files import respond_with
from campaigns.filters.assets import AssetFilter
from campaigns.forms.assets import AssetForm, TagsForm, UseForm, tags_of
from campaigns.forms.offers import VersionForm
from campaigns.forms.rights import AskForm
from campaigns.models import Asset, Campaign
from campaigns.selectors.assets import Standing, standings
from campaigns.selectors.rights import STATES, answers, rights_of
from campaigns.services.assets import files, library
from campaigns.services.assets.collecting import take_in
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights.channels import channels
from campaigns.services.rights.telling import in_words
from campaigns.views.finding import asset_of
from crm.exports import Format, respond
from crm.models import Platform
from crm.paging import Order, capped_count, in_order, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error

NEWEST = Order("assets", "created_at", "id", descending=True)
PAGE = 50
CHUNK = 500
ASKED = ("search", "kind", "origin", "campaign", "platform", "tag", "usage", "rights", "creator")
COLUMNS = (
    "title",
    "kind",
    "how it came",
    "creator",
    "made by",
    "campaign",
    "platform",
    "tags",
    "address",
    "file",
    "organic today",
    "organic until",
    "paid today",
    "paid until",
    "whitelisting today",
    "whitelisting until",
    "made by AI",
    "people shown",
    "added",
)


@require_safe
@brand_page(Can.VIEW)
def assets(request: BrandRequest) -> HttpResponse:
    """The library, newest first, each asset with what may be done with it today."""
    rows, asked = _asked(request)
    page = page_or_first(rows.for_list_page(), NEWEST, cursor=request.GET.get("cursor"), size=PAGE)
    known = channels()
    context = {
        "page": page,
        "items": standings(page.items, timezone.localdate(), known),
        "count": capped_count(rows),
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "kinds": AssetKind.choices,
        "origins": AssetOrigin.choices,
        "usages": Usage.choices,
        "states": list(STATES.items()),
        "platforms": Platform.objects.order_by("position", "key"),
        "campaigns": Campaign.objects.filter(brand=request.brand).order_by("-created_at", "-pk"),
        "tags_form": TagsForm(),
    }
    template = "campaigns/assets/list.html"
    if request.htmx and not request.htmx.boosted:
        template += "#rows"
    return render(request, template, context)


@require_safe
@brand_page(Can.VIEW)
def export(request: BrandRequest, form: Format) -> HttpResponseBase:
    """What the list shows, as a file."""
    rows, _narrowed = _asked(request)
    today = timezone.localdate()
    return respond(
        f"library-{request.brand.slug}-{today:%Y-%m-%d}",
        COLUMNS,
        _lines(in_order(rows.for_list_page(), NEWEST)),
        form=form,
        about=[("Brand", request.brand.name), ("Taken on", today)],
    )


@brand_page(Can.PLAN_CAMPAIGNS)
def new(request: BrandRequest) -> HttpResponse:
    """A file or an address into the library; a post that is known comes with its creator."""
    is_sent = request.method == "POST"
    form = AssetForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        brand=request.brand,
        initial={"origin": AssetOrigin.UGC},
    )
    if is_sent and form.is_valid():
        try:
            made = _add(request, form)
        except library.AssetThere as there:
            messages.info(request, str(there))
            return redirect("campaigns:asset", brand=request.brand.slug, pk=there.asset.pk)
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"In the library: {made}")
            return redirect("campaigns:asset", brand=request.brand.slug, pk=made.pk)
    status = 422 if is_sent else 200
    return render(request, "campaigns/assets/new.html", {"form": form}, status=status)


@brand_page(Can.VIEW, post=Can.PLAN_CAMPAIGNS)
def asset(request: BrandRequest, pk: int) -> HttpResponse:
    """One asset: what it is, what may be done with it, where it is used. POST says it anew."""
    found = asset_of(request, pk)
    if request.method != "POST":
        return show(request, found)
    form = AssetForm(request.POST, brand=request.brand, asset=found)
    seen = VersionForm(request.POST)
    if not seen.is_valid():
        form.add_error(None, "This page is not complete. Load it again.")
    if form.is_valid():
        try:
            library.change(
                asset_id=pk,
                brand=request.brand,
                facts=form.facts,
                actor=request.user,
                at=timezone.now(),
                expected_version=seen.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:asset", brand=request.brand.slug, pk=pk)
    return show(request, found, status=422, form=form)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def put_away(request: BrandRequest, pk: int) -> HttpResponse:
    """Out of the list, or back."""
    asset_of(request, pk)
    is_away = request.POST.get("is_away") == "1"
    library.put_away(
        asset_id=pk, brand=request.brand, is_away=is_away, actor=request.user, at=timezone.now()
    )
    messages.success(request, "Put away." if is_away else "In the library again.")
    return redirect("campaigns:asset", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def tag(request: BrandRequest) -> HttpResponse:
    """Tags on several assets, or off them."""
    form = TagsForm(request.POST)
    ids = row_numbers(request.POST.getlist("asset"))
    if form.is_valid():
        tags = tags_of(form.cleaned_data["tags"])
        is_drop = form.cleaned_data["act"] == "drop"
        try:
            number = library.tag_many(
                brand=request.brand,
                ids=ids,
                add_tags=() if is_drop else tags,
                drop_tags=tags if is_drop else (),
                actor=request.user,
                at=timezone.now(),
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{number} asset{'s'[: number != 1]} changed.")
    else:
        messages.error(request, "Write a tag.")
    return redirect("campaigns:assets", brand=request.brand.slug)


@require_safe
@brand_page(Can.VIEW)
def file(request: BrandRequest, pk: int) -> HttpResponseBase:
    """The file, which lies in one store with drafts: shown where that is safe, or a download."""
    found = asset_of(request, pk)
    if not found.sha256:
        raise Http404("There is no file of this asset, only its address.")
    is_fetched = request.GET.get("download") == "1"
    return respond_with(request, library.stored(found), as_attachment=is_fetched)


def show(request: BrandRequest, found: Asset, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an asset, with the answer to what its address asks."""
    known, today = channels(), timezone.localdate()
    form = AskForm(request.GET if request.GET.get("usage") else None, initial={"on": today})
    answer = None
    if form.is_bound and form.is_valid():
        answer = answers(form.question(today), [found], known)[found.pk]
    rights = rights_of([found])[found.pk]
    context = {
        "asset": found,
        "creator": found.relationship.creator if found.relationship else None,
        "medium": found.content_type.partition("/")[0] if found.sha256 else "",
        "ask_form": form,
        "answer": answer,
        "standing": standings([found], today, known)[0],
        "rights": [(right, in_words(right, known)) for right in rights],
        "today": today,
        "uses": found.uses.select_related("created_by")[:100],
        "channels": known,
        "use_form": UseForm(initial=_use_asked(request.GET) | {"starts_on": today}),
        "form": AssetForm.of(found),
    } | more
    return render(request, "campaigns/assets/asset.html", context, status=status)


def _use_asked(query: QueryDict) -> dict[str, Any]:
    """A use is first asked about: what was asked is filled in."""
    return {name: query.get(name, "") for name in ("usage", "channel", "territory")}


def _add(request: BrandRequest, form: AssetForm) -> Asset:
    upload = form.cleaned_data["file"]
    kept = files.keep(request.brand, upload) if upload else None
    return take_in(
        brand=request.brand, facts=form.facts, kept=kept, actor=request.user, at=timezone.now()
    )


def _asked(request: BrandRequest) -> tuple[Any, dict[str, str]]:
    """What the address asks for; what cannot be read is left out. Put away only if asked for."""
    mine = Asset.objects.visible_to(request.user).filter(brand=request.brand)
    readable = request.GET.copy()
    readable.setdefault("is_archived", "false")
    found = AssetFilter(readable, mine, request=request)
    if not found.is_valid():
        for name in found.errors:
            readable.pop(name, None)
        found = AssetFilter(readable, mine, request=request)
    asked = {name: str(readable.get(name, "")) for name in (*ASKED, "is_archived")}
    asked["is_archived"] = "true" if asked["is_archived"] == "true" else ""
    rows: QuerySet[Asset] = found.qs
    return rows, asked


def _lines(rows: QuerySet[Asset]) -> Iterator[tuple[object, ...]]:
    """Row by row, the rights read for many at once."""
    known, today = channels(), timezone.localdate()
    batch: list[Asset] = []
    for row in rows.iterator(chunk_size=CHUNK):
        batch.append(row)
        if len(batch) == CHUNK:
            yield from (_line(one) for one in standings(batch, today, known))
            batch = []
    yield from (_line(one) for one in standings(batch, today, known))


def _line(standing: Standing) -> tuple[object, ...]:
    row = standing.asset
    found: list[object] = []
    for one in standing.uses:
        found += [one.word, one.until]
    return (
        row.title,
        row.get_kind_display(),
        row.get_origin_display(),
        row.relationship.creator.name if row.relationship else None,
        row.made_by or None,
        row.engagement.campaign.name if row.engagement else None,
        row.platform.name if row.platform else None,
        row.tags,
        row.url or None,
        row.file_name or None,
        *found,
        row.get_ai_use_display() or None,
        row.get_releases_display() or None,
        row.created_at,
    )
