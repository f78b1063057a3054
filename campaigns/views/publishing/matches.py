"""Posts that look like a campaign's and belong to none of its pieces yet."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.forms.publishing import MatchForm
from campaigns.models import Deliverable, Engagement
from campaigns.selectors.publishing.suggestions import marks_of, set_aside_of, suggestions_of
from campaigns.services.publishing import matching
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.views.finding import campaign_of
from crm.models import Post
from crm.permissions import BrandRequest, Can, brand_page

ACTS = ("match", "aside", "again")


@require_safe
@brand_page(Can.VIEW)
def matches(request: BrandRequest, key: str) -> HttpResponse:
    """Posts of the campaign's creators that carry its marks."""
    return _show(request, key)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, key: str, pk: int, name: str) -> HttpResponse:
    """Say which piece a post is, that it is none, or that it may be one after all."""
    campaign, now = campaign_of(request, key), timezone.now()
    if name not in ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    form = MatchForm(request.POST)
    try:
        match name:
            case "match":
                if not form.is_valid():
                    messages.error(request, "Choose which piece this post is.")
                    return redirect("campaigns:matches", request.brand.slug, key)
                made = matching.match(
                    post_id=pk,
                    deliverable_id=form.cleaned_data["deliverable"],
                    brand=request.brand,
                    because=form.cleaned_data["because"],
                    actor=request.user,
                    at=now,
                )
                words = f"The post is “{made.deliverable}”."
            case "aside":
                matching.set_aside(
                    post_id=pk,
                    campaign=campaign,
                    brand=request.brand,
                    actor=request.user,
                    at=now,
                )
                words = "It is not suggested any more."
            case _:
                matching.take_up(
                    post_id=pk,
                    campaign=campaign,
                    brand=request.brand,
                    actor=request.user,
                    at=now,
                )
                words = "It is suggested again."
    except (Post.DoesNotExist, Deliverable.DoesNotExist, Engagement.DoesNotExist) as gone:
        msg = "This post, or this piece, is gone."
        raise Http404(msg) from gone
    except ReasonNeeded as refusal:
        # Asked for beside the post.
        return _show(request, key, status=422, tried=pk, refusal=str(refusal), form=form)
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("campaigns:matches", request.brand.slug, key)


def _show(
    request: BrandRequest,
    key: str,
    *,
    status: int = 200,
    tried: int = 0,
    refusal: str = "",
    form: MatchForm | None = None,
) -> HttpResponse:
    campaign = campaign_of(request, key)
    context = {
        "campaign": campaign,
        "suggestions": suggestions_of(campaign),
        "aside": set_aside_of(campaign),
        "marks": sorted(marks_of(campaign).items()),
        "tried": tried,
        "refusal": refusal,
        "chosen": form.cleaned_data["deliverable"] if form and form.is_valid() else None,
    }
    return render(request, "campaigns/publishing/matches.html", context, status=status)
