"""Words and hashtags on the rise, week by week, and what somebody decides about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import RisingTopic
from campaigns.selectors.topics import topics_of, weeks_of
from campaigns.services.keywords.keeping import KeywordsRefused
from campaigns.services.topics import deciding
from campaigns.services.topics.deciding import TopicRefused
from campaigns.services.topics.rising import CREATORS_MIN, FALSE_SHARE, WEEKS_BEFORE_MIN
from campaigns.tasks import count_keywords
from crm.permissions import BrandRequest, Can, brand_page


@require_safe
@brand_page(Can.VIEW)
def topics(request: BrandRequest) -> HttpResponse:
    """What rose in a week."""
    weeks = weeks_of(request.brand, request.GET.get("week", ""))
    context = {
        "weeks": weeks,
        "topics": list(topics_of(weeks.shown)) if weeks.shown else [],
        "creators_min": CREATORS_MIN,
        "false_share": FALSE_SHARE,
        "weeks_min": WEEKS_BEFORE_MIN,
    }
    return render(request, "campaigns/keywords/topics.html", context)


@require_POST
@brand_page(Can.PLAN_CAMPAIGNS)
def act(request: BrandRequest, pk: int, name: str) -> HttpResponse:
    """Follow a topic, or set it aside."""
    rows = RisingTopic.objects.visible_to(request.user).filter(week__brand=request.brand)
    topic = get_object_or_404(rows.select_related("week"), pk=pk)
    service = {"follow": deciding.follow, "dismiss": deciding.dismiss}.get(name)
    if service is None:
        raise Http404
    try:
        service(brand=request.brand, topic_id=topic.pk, actor=request.user, at=timezone.now())
    except (TopicRefused, KeywordsRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        if name == "follow":
            count_keywords.delay_on_commit(brand_id=request.brand.pk)
            messages.success(request, f"{topic} is among the search words now.")
        else:
            messages.success(request, f"{topic} is set aside.")
    address = reverse("campaigns:topics", args=[request.brand.slug])
    return redirect(f"{address}?{urlencode({'week': topic.week.week.isoformat()})}")
