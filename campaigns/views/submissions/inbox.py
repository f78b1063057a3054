"""The inbox of a campaign: what was handed in, posts to take in, and who brought it about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.choices import SubmissionState
from campaigns.files import StoredFile, respond_with
from campaigns.forms.submissions import AnswerForm, AskForm
from campaigns.models import Submission, SubmissionPage
from campaigns.models.submissions import WAITING
from campaigns.selectors.submissions.chain import chain_of
from campaigns.selectors.submissions.inbox import counts_of, known, may_accept, permission_of
from campaigns.selectors.submissions.posts import LIMIT, suggested
from campaigns.services.refusals import CampaignRefused
from campaigns.services.rights import territories
from campaigns.services.submissions import files, receiving
from campaigns.views.finding import campaign_of
from crm.exports import Format, respond
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page

ON_PAGE = 10
OLDEST_FIRST = Order("submissions", "created_at", "id")
NEWEST_FIRST = Order("submissions-decided", "created_at", "id", descending=True)
REASONS = (
    "Does not fit the campaign",
    "Somebody is shown who has not agreed",
    "Says something that we cannot show is true",
    "Quality",
    "Spam",
)
COLUMNS = (
    "number",
    "how it came",
    "handed in or posted",
    "name",
    "email",
    "platform",
    "account",
    "words",
    "may be quoted",
    "named as inspiration",
    "address",
    "file",
    "state",
    "decided",
    "by",
    "reason",
    "permission",
    "wording",
    "uses",
    "where",
    "months",
    "said by",
    "seen at",
    "asset",
)


@require_safe
@brand_page(Can.RUN_CAMPAIGNS)
def submissions(request: BrandRequest, key: str) -> HttpResponse:
    """What stands at one state, the oldest first where somebody has to decide."""
    campaign, state = campaign_of(request, key), _state(request)
    rows = Submission.objects.filter(campaign=campaign, state=state).with_details()
    page = _paged(rows, state, request.GET.get("cursor"))
    settings = SubmissionPage.of(campaign)
    counts = counts_of(campaign)
    context = {
        "campaign": campaign,
        "settings": settings,
        "page": page,
        "rows": rows_of(request, settings, page.items),
        "tabs": [(one, counts[one], one == state) for one in SubmissionState],
        "state": state,
        "reasons": REASONS,
        "here": "inbox",
    }
    return render(request, "campaigns/submissions/list.html", context)


@require_safe
@brand_page(Can.RUN_CAMPAIGNS)
def export(request: BrandRequest, key: str, form: Format) -> HttpResponseBase:
    """What stands at one state as a file, or all of it."""
    campaign = campaign_of(request, key)
    rows = Submission.objects.filter(campaign=campaign).with_details().order_by("created_at", "pk")
    if request.GET.get("state"):
        rows = rows.filter(state=_state(request))
    name = f"submissions-{request.brand.slug}-{key}"
    return respond(name, COLUMNS, _cells(rows.iterator(chunk_size=500)), form=form)


@require_safe
@brand_page(Can.RUN_CAMPAIGNS)
def submission(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """One by itself, whatever its state."""
    found = submission_of(request, key, pk)
    settings = SubmissionPage.of(found.campaign)
    context = {
        "campaign": found.campaign,
        "submission": found,
        "rows": rows_of(request, settings, [found]),
        "reasons": REASONS,
    }
    return render(request, "campaigns/submissions/one.html", context)


@require_safe
@brand_page(Can.RUN_CAMPAIGNS)
def file(request: BrandRequest, key: str, pk: int) -> HttpResponseBase:
    """What was uploaded: shown where safe, else fetched."""
    found = submission_of(request, key, pk)
    if not found.sha256:
        msg = "Nothing was uploaded with it."
        raise Http404(msg)
    kept = StoredFile(found.file_name, found.content_type, found.size or 0, found.medium)
    return respond_with(request, kept, lambda _kept: files.opened(found))


@brand_page(Can.RUN_CAMPAIGNS)
def posts(request: BrandRequest, key: str) -> HttpResponse:
    """Imported posts with the hashtag; those that are chosen go into the inbox."""
    campaign = campaign_of(request, key)
    page = SubmissionPage.of(campaign)
    found = suggested(page)
    if request.method == "POST":
        chosen = set(request.POST.getlist("post"))
        picked = [post for post in found if str(post.pk) in chosen]
        try:
            made = receiving.take_posts(
                campaign=campaign, posts=picked, actor=request.user, at=timezone.now()
            )
        except CampaignRefused as refusal:
            messages.error(request, str(refusal))
        else:
            number = len(made)
            messages.success(
                request, f"{number} post{'s'[: number != 1]} in the inbox. Ask before you use them."
            )
        return redirect("campaigns:submission_posts", request.brand.slug, key)
    context = {
        "campaign": campaign,
        "settings": page,
        "posts": found,
        "is_cut": len(found) == LIMIT,
        "limit": LIMIT,
        "here": "posts",
    }
    return render(request, "campaigns/submissions/posts.html", context)


@require_safe
@brand_page(Can.VIEW)
def chain(request: BrandRequest, key: str) -> HttpResponse:
    """Which creators' audience posted after them: numbers only, no names of the public."""
    campaign = campaign_of(request, key)
    context = {"campaign": campaign, "chain": chain_of(campaign), "here": "chain"}
    return render(request, "campaigns/submissions/chain.html", context)


def submission_of(request: BrandRequest, key: str, pk: int) -> Submission:
    """One of a campaign of the brand. Raises Http404."""
    rows = Submission.objects.visible_to(request.user).with_details()
    rows = rows.select_related("campaign__brand", "brand", "platform", "asset", "decided_by")
    return get_object_or_404(rows, brand=request.brand, campaign__key=key, pk=pk)


def rows_of(
    request: BrandRequest, settings: SubmissionPage, some: Sequence[Submission]
) -> list[dict[str, Any]]:
    """What rows of the inbox show: three queries more than the rows."""
    what_is_known = known(request.brand, some)
    return [
        {
            "submission": row,
            "permission": permission_of(row),
            "territory": _where(row),
            "may_accept": may_accept(row),
            "is_waiting": row.state in WAITING,
            "known": what_is_known[row.pk],
            "ask": AskForm.of(settings, row.version, row.pk),
            "answer": AnswerForm(initial={"version": row.version}, auto_id=f"said-{row.pk}-%s"),
        }
        for row in some
    ]


def _where(row: Submission) -> str:
    permission = permission_of(row)
    return territories.names(permission.territory) if permission else ""


def _state(request: BrandRequest) -> SubmissionState:
    given = request.GET.get("state", SubmissionState.OPEN)
    if given not in SubmissionState.values:
        msg = f"Nothing is at “{given}”."
        raise Http404(msg)
    return SubmissionState(given)


def _paged(rows: Any, state: SubmissionState, cursor: str | None) -> Page[Submission]:
    order = OLDEST_FIRST if state in WAITING else NEWEST_FIRST
    return page_or_first(rows, order, cursor=cursor, size=ON_PAGE)


def _cells(rows: Iterator[Submission]) -> Iterator[list[object]]:
    for row in rows:
        permission = permission_of(row)
        yield [
            row.pk,
            row.get_origin_display(),
            row.submitted_at,
            row.name,
            row.email,
            row.platform.name if row.platform else "",
            row.handle,
            row.text,
            "yes" if row.is_testimonial else "no",
            row.inspired_by,
            row.url,
            row.file_name,
            row.get_state_display(),
            row.decided_at,
            row.decided_by.email if row.decided_by else "",
            row.reason,
            permission.get_state_display() if permission else "",
            permission.wording_version if permission else "",
            ", ".join(permission.usages) if permission else "",
            territories.names(permission.territory) if permission else "",
            (permission.months or "no end") if permission else "",
            permission.given_by if permission else "",
            permission.proof if permission else "",
            row.asset_id or "",
        ]
