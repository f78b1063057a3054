"""The packs there are, and the preview of one: install it, adopt what it words differently now."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from crm.permissions import BrandRequest, Can, brand_page
from segmentation.forms.packs import AdoptForm
from segmentation.rules.errors import RuleInvalid
from segmentation.selectors import packs as selectors
from segmentation.services import packs as services
from segmentation.services.packs.files import PackUnknown
from segmentation.services.segments import SegmentRefused


@require_safe
@brand_page(Can.VIEW)
def packs(request: BrandRequest) -> HttpResponse:
    """All packs by kind."""
    context = {"groups": selectors.pack_groups(request.brand)}
    return render(request, "segmentation/packs/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@brand_page(Can.VIEW, post=Can.EDIT_SEGMENTS)
def pack(request: BrandRequest, key: str) -> HttpResponse:
    """One pack beside what the brand has; posting installs it, or adopts what is chosen."""
    form = AdoptForm(request.POST if "adopt" in request.POST else None)
    status = 200
    try:
        if "install" in request.POST:
            _install(request, key)
            return redirect("segmentation:pack", request.brand.slug, key)
        if "adopt" in request.POST and form.is_valid():
            _adopt(request, key, form)
            return redirect("segmentation:pack", request.brand.slug, key)
        if request.method == "POST":
            status = 422
    except PackUnknown as unknown:
        raise Http404(str(unknown)) from unknown
    except (services.PackRefused, SegmentRefused, RuleInvalid) as refusal:
        form.add_error(None, str(refusal))
        status = 409
    try:
        page = selectors.pack_page(request.brand, key)
    except PackUnknown as unknown:
        raise Http404(str(unknown)) from unknown
    chosen = request.POST.getlist("key")
    context = {"page": page, "form": form, "chosen": chosen}
    return render(request, "segmentation/packs/pack.html", context, status=status)


def _install(request: BrandRequest, key: str) -> None:
    [plan] = services.install_pack(
        brand=request.brand, name=key, actor=request.user, at=timezone.now()
    )
    if plan.adds:
        count = len(plan.adds)
        words = (
            f"{count} segment{'' if count == 1 else 's'} of {plan.pack.name} "
            f"{'was' if count == 1 else 'were'} added. Run the segmentation to find the members."
        )
        messages.success(request, words)
    elif plan.adds_dimension:
        messages.success(
            request, f"{plan.pack.name} was added; its segments come with the creators."
        )
    else:
        messages.info(request, "Everything that can be added was there already.")


def _adopt(request: BrandRequest, key: str, form: AdoptForm) -> None:
    changed = services.adopt_pack(
        brand=request.brand,
        name=key,
        keys=request.POST.getlist("key"),
        actor=request.user,
        at=timezone.now(),
        reason=form.cleaned_data["reason"],
        as_drafts=form.cleaned_data["use"] == "draft",
    )
    count = len(changed)
    messages.success(request, f"{count} segment{'' if count == 1 else 's'} changed.")
