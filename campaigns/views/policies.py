"""The library of policies: written, published, read and accepted by the team."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.policies import PolicyForm, ReadForm
from campaigns.models import Policy, PolicyReading
from campaigns.selectors import policies as selectors
from campaigns.services import policies as service
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

ACCEPTANCES = 100


@require_safe
@brand_page(Can.VIEW)
def policies(request: BrandRequest) -> HttpResponse:
    """The library, and what you are asked to read."""
    context = {
        "policies": selectors.policies_of(request.brand),
        "unread": list(selectors.unread_by(request.user, request.brand)),
    }
    return render(request, "campaigns/policies/list.html", context)


@brand_page(Can.EDIT_POLICIES)
def new(request: BrandRequest) -> HttpResponse:
    """A further policy."""
    return _edit(request, None)


@brand_page(Can.EDIT_POLICIES)
def edit(request: BrandRequest, pk: int) -> HttpResponse:
    """Write the draft, or the next version."""
    return _edit(request, _policy_of(request, pk))


@require_safe
@brand_page(Can.VIEW)
def policy(request: BrandRequest, pk: int) -> HttpResponse:
    """What a policy says, to be accepted; who has and who has not."""
    found = _policy_of(request, pk)
    versions = list(found.versions.select_related("author").order_by("-number"))
    held = next((one for one in versions if one.published_at), None)
    draft = next((one for one in versions if one.published_at is None), None)
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), held or draft)
    for one in versions:
        one.policy = found
    context = {
        "policy": found,
        "versions": versions,
        "shown": shown,
        "held": held,
        "draft": draft,
        "is_asked": held is not None and request.role in found.roles and not found.archived_at,
        "mine": PolicyReading.objects.filter(version=held, user=request.user).first()
        if held
        else None,
        "readers": selectors.readers_of(held) if held else [],
        "acceptances": selectors.acceptances_of(held, ACCEPTANCES)
        if held and found.for_creators
        else [],
    }
    return render(request, "campaigns/policies/policy.html", context)


@require_POST
@brand_page(Can.VIEW)
def read(request: BrandRequest, pk: int) -> HttpResponse:
    """Accept what was read."""
    _policy_of(request, pk)
    form = ReadForm(request.POST)
    if not form.is_valid():
        messages.error(request, "This page is not complete. Load it again.")
        return redirect("campaigns:policy", request.brand.slug, pk)
    try:
        service.read(
            version_id=form.cleaned_data["version"],
            digest=form.cleaned_data["digest"],
            user=request.user,
            brand=request.brand,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Written down: you have read and accepted it.")
    return redirect("campaigns:policy", request.brand.slug, pk)


@require_POST
@brand_page(Can.EDIT_POLICIES)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Publish the draft, or put the policy away."""
    if act not in {"publish", "put-away"}:
        msg = "There is no such act."
        raise Http404(msg)
    sent = request.POST.get("version", "")
    now = timezone.now()
    try:
        if act == "publish":
            service.publish(
                policy_id=pk,
                brand=request.brand,
                actor=request.user,
                at=now,
                expected_version=int(sent) if sent.isdecimal() and len(sent) < 10 else 0,
            )
            messages.success(request, "It holds now. Whoever it is for is asked to read it.")
        else:
            service.put_away(policy_id=pk, brand=request.brand, actor=request.user, at=now)
            messages.success(request, "Nobody is asked to read it any more.")
    except Policy.DoesNotExist as gone:
        msg = "There is no such policy."
        raise Http404(msg) from gone
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    if act == "put-away":
        return redirect("campaigns:policies", request.brand.slug)
    return redirect("campaigns:policy", request.brand.slug, pk)


def _policy_of(request: BrandRequest, pk: int) -> Policy:
    rows = Policy.objects.visible_to(request.user).select_related("owner", "brand")
    return get_object_or_404(rows, brand=request.brand, pk=pk)


def _edit(request: BrandRequest, found: Policy | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = PolicyForm(request.POST if is_sent else None, brand=request.brand, policy=found)
    if is_sent and form.is_valid():
        data = form.cleaned_data
        try:
            made = service.save_policy(
                brand=request.brand,
                title=data["title"],
                text=data["text"],
                reason=data["reason"],
                owner=data["owner"],
                roles=data["roles"],
                for_creators=data["for_creators"],
                actor=request.user,
                at=timezone.now(),
                policy_id=found.pk if found else None,
                expected_version=data["version"] if found else None,
            )
        except Policy.DoesNotExist as gone:
            msg = "This policy was put away."
            raise Http404(msg) from gone
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. It holds once it is published.")
            return redirect("campaigns:policy", request.brand.slug, made.pk)
    context = {"form": form, "policy": found}
    status = 422 if is_sent else 200
    return render(request, "campaigns/policies/edit.html", context, status=status)
