"""The brand's public page: written and published by the team, read by everybody."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.public_policies import PublicPolicyForm, PublishForm
from campaigns.models import PublicPolicy
from campaigns.services import public_policies as service
from campaigns.services.documents import digest_of
from campaigns.services.refusals import CampaignRefused
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error


@require_safe
def public(request: HttpRequest, brand: str) -> HttpResponse:
    """The page as it was published last, or an earlier version; whether there is one is told."""
    policy = PublicPolicy.objects.filter(brand__slug=brand, is_open=True).first()
    if policy is None:
        msg = "There is no such page."
        raise Http404(msg)
    versions = list(policy.versions.order_by("-number"))
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), versions[0])
    context = {"shown": shown, "versions": versions, "newest": versions[0], "slug": brand}
    return render(request, "campaigns/policies/public.html", context)


@brand_page(Can.VIEW, post=Can.EDIT_POLICIES)
def page(request: BrandRequest) -> HttpResponse:
    """What the brand writes on it, how it would look now, and what is published."""
    policy = service.policy_of(request.brand)
    is_sent = request.method == "POST"
    form = PublicPolicyForm(request.POST if is_sent else None, policy=policy)
    if is_sent and form.is_valid():
        try:
            service.save(
                brand=request.brand,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. Nobody outside reads it before it is published.")
            return redirect("campaigns:public_policy", request.brand.slug)
    return _show(request, policy, form, status=422 if is_sent else 200)


@require_POST
@brand_page(Can.EDIT_POLICIES)
def publish(request: BrandRequest) -> HttpResponse:
    """Let everybody read it as it was shown."""
    form = PublishForm(request.POST)
    policy = service.policy_of(request.brand)
    if form.is_valid():
        try:
            made = service.publish(
                brand=request.brand,
                digest=form.cleaned_data["digest"],
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(request, f"Version {made.number} is public.")
            return redirect("campaigns:public_policy", request.brand.slug)
    return _show(request, policy, PublicPolicyForm(policy=policy), publishing=form, status=422)


@require_POST
@brand_page(Can.EDIT_POLICIES)
def withdraw(request: BrandRequest) -> HttpResponse:
    """Take it off again."""
    try:
        service.withdraw(brand=request.brand, actor=request.user, at=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The page is not public any more. Its versions stay.")
    return redirect("campaigns:public_policy", request.brand.slug)


def _show(
    request: BrandRequest,
    policy: PublicPolicy,
    form: PublicPolicyForm,
    *,
    publishing: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    document, newest = service.document_of(policy), service.newest_of(policy)
    digest = digest_of(document)
    context = {
        "policy": policy,
        "form": form,
        "document": document,
        "newest": newest,
        "is_new": newest is None or newest.digest != digest,
        "can_publish": bool(policy.controller and policy.contact_email),
        "publishing": publishing
        or PublishForm(initial={"digest": digest, "version": policy.version}),
    }
    return render(request, "campaigns/policies/public_page.html", context, status=status)
