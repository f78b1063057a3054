"""In which formats a creator's posts do well and come on time; what posts are about."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import ContentKind
from campaigns.selectors.formats import LEAST, LEAST_OF_FORMAT, formats_of
from campaigns.services.formats.saying import say
from campaigns.services.refusals import CampaignRefused
from campaigns.views.finding import relationship_with
from crm.models import Post, Relationship
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.portraits.sections import Section


@require_safe
@brand_page(Can.VIEW)
@creator_panel("formats")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The formats of one creator: a part of their page."""
    return _show(request, relationship_with(request, uid))


@require_POST
@brand_page(Can.REVIEW)
def say_one(request: BrandRequest, uid: UUID, pk: int) -> HttpResponse:
    """Say what a post is about, or take it back."""
    relationship = relationship_with(request, uid)
    try:
        say(
            relationship=relationship,
            post_id=pk,
            kind=request.POST.get("kind", ""),
            actor=request.user,
            at=timezone.now(),
        )
    except Post.DoesNotExist as error:
        msg = "There is no such post of this creator."
        raise Http404(msg) from error
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    if request.htmx:
        return _show(request, relationship)
    return redirect(Section.CONTENT.address(request.brand.slug, uid))


def _show(request: BrandRequest, relationship: Relationship) -> HttpResponse:
    is_left_alone = relationship.unprofiled_at is not None
    context = {
        "creator": relationship.creator,
        "is_left_alone": is_left_alone,
        "page": None if is_left_alone else formats_of(relationship, timezone.now()),
        "kinds": ContentKind.choices,
        "least": LEAST,
        "least_of_format": LEAST_OF_FORMAT,
    }
    return render(request, "campaigns/engagements/_formats.html", context)
