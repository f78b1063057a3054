"""The board of a campaign, one creator in it, and a creator's campaigns on their own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from campaigns.choices import EngagementStage, GuestKind
from campaigns.forms.engagements import EngagementForm, MoveForm, SubstituteForm
from campaigns.forms.guests import LinkForm
from campaigns.models import Campaign, Engagement, GuestLink
from campaigns.models.engagements import LEFT
from campaigns.selectors import engagements as selectors
from campaigns.selectors.conflicts import conflicts_of, vetted
from campaigns.selectors.creator_results import creator_results
from campaigns.selectors.engagements import Card
from campaigns.services import engagements as service
from campaigns.services import shortlists
from campaigns.services.guests import DAYS
from campaigns.services.refusals import CampaignRefused, ReasonNeeded
from campaigns.views.finding import campaign_of, engagement_of, relationship_with
from crm.models import Relationship
from crm.paging import Order, Page, page_or_first, paginate
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import put_error

CARDS = 25
LINKS = 20
NEWEST_FIRST = Order("engagements", "stage_since", "id", descending=True)


@dataclass(frozen=True)
class Column:
    """A stage of the campaign: how many are in it, and a page of their cards."""

    stage: EngagementStage
    count: int
    cards: Sequence[Card]
    next: str | None

    @property
    def is_folded(self) -> bool:
        """Who is out, or through, is looked at when somebody wants to."""
        return self.stage in LEFT or self.stage == EngagementStage.COMPLETED


@require_safe
@brand_page(Can.VIEW)
def board(request: BrandRequest, key: str) -> HttpResponse:
    """All stages, each with its newest arrivals."""
    found = campaign_of(request, key)
    pages: dict[EngagementStage, Page[Engagement]] = {}
    for stage in EngagementStage:
        rows = Engagement.objects.filter(campaign=found, stage=stage)
        rows = rows.select_related("relationship__creator__metrics", "owner")
        pages[stage] = paginate(rows, NEWEST_FIRST, size=CARDS)
    # One look-up of accounts for the cards of all columns.
    everybody = [engagement for page in pages.values() for engagement in page.items]
    prefetch_related_objects(everybody, "relationship__creator__profiles__platform")
    made = iter(_cards(found, everybody))
    counts = selectors.counts_of(found)
    context = {
        "campaign": found,
        "columns": [
            Column(stage, counts[stage], [next(made) for _item in page.items], page.next)
            for stage, page in pages.items()
        ],
        "total": sum(counts.values()),
    }
    return render(request, "campaigns/engagements/board.html", context)


@require_safe
@brand_page(Can.VIEW)
def column(request: BrandRequest, key: str, stage: str) -> HttpResponse:
    """More cards of a column, after the cursor."""
    found = campaign_of(request, key)
    if stage not in EngagementStage.values:
        msg = f"There is no stage “{stage}”."
        raise Http404(msg)
    rows = Engagement.objects.filter(campaign=found, stage=stage).with_creator()
    page = page_or_first(rows, NEWEST_FIRST, cursor=request.GET.get("cursor"), size=CARDS)
    shown = Column(EngagementStage(stage), len(page.items), _cards(found, page.items), page.next)
    template = "_cards" if request.htmx else "column"
    context = {"column": shown, "campaign": found}
    return render(request, f"campaigns/engagements/{template}.html", context)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def move(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Move a card; the answer is the card where it now belongs, or in place with the refusal."""
    campaign, found = campaign_of(request, key), engagement_of(request, key, pk)
    form = MoveForm(request.POST)
    creator, before = found.relationship.creator, EngagementStage(found.stage)
    refusal, needs_reason = "", False
    to = EngagementStage(form.cleaned_data["to"]) if form.is_valid() else before
    if not form.is_valid():
        refusal = " ".join(str(error) for errors in form.errors.values() for error in errors)
    else:
        try:
            service.change(
                engagement_id=pk,
                brand=request.brand,
                changes={"stage": to, "reason": form.cleaned_data["reason"]},
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except ReasonNeeded as error:
            refusal, needs_reason = str(error), True
        except CampaignRefused as error:
            refusal = str(error)
    if not request.htmx:
        words = refusal or f"{creator} is in “{to.label}” now."
        messages.add_message(request, messages.ERROR if refusal else messages.SUCCESS, words)
        return redirect("campaigns:campaign_board", request.brand.slug, key)
    (card,) = _cards(campaign, [engagement_of(request, key, pk)])
    context = {
        "campaign": campaign,
        "card": card,
        "to": to,
        "has_moved": not refusal and to != before,
        "refusal": refusal,
        "needs_reason": needs_reason,
        "counts": selectors.counts_of(campaign),
    }
    response = render(request, "campaigns/engagements/_moved.html", context)
    if refusal and not needs_reason:
        response.status_code = 409
    # Where the keyboard goes on.
    return trigger_client_event(response, "rapport:card", {"id": f"card-{pk}"}, after="settle")


@brand_page(Can.VIEW, post=Can.RUN_CAMPAIGNS)
def engagement(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """One creator in a campaign: stage, costs, what speaks against them, how it came about."""
    campaign, found = campaign_of(request, key), engagement_of(request, key, pk)
    if request.method != "POST":
        return _show(request, campaign, found)
    (card,) = _cards(campaign, [found])
    form = EngagementForm(
        request.POST, brand=request.brand, engagement=found, moves=list(card.moves)
    )
    if form.is_valid():
        try:
            service.change(
                engagement_id=pk,
                brand=request.brand,
                changes=form.changes,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:engagement", request.brand.slug, key, pk)
    return _show(request, campaign, found, status=422, form=form)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def substitute(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Give the place to somebody else."""
    campaign, found = campaign_of(request, key), engagement_of(request, key, pk)
    form = SubstituteForm(request.POST)
    if form.is_valid():
        rows = Relationship.objects.filter(brand=request.brand)
        other = rows.filter(creator__uid=form.cleaned_data["creator"]).first()
        try:
            made = shortlists.substitute(
                engagement_id=pk,
                brand=request.brand,
                relationship_id=other.pk if other else 0,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(
                request,
                f"{made.relationship.creator} is on the shortlist in the place of "
                f"{found.relationship.creator}.",
            )
            return redirect("campaigns:engagement", request.brand.slug, key, made.pk)
    return _show(request, campaign, found, status=422, substitute_form=form)


@require_safe
@brand_page(Can.VIEW)
@creator_panel("campaigns")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """A creator's campaigns, for the creator's page."""
    relationship = relationship_with(request, uid)
    context = {"engagements": selectors.of_creator(relationship), "creator": relationship.creator}
    return render(request, "campaigns/engagements/_of_creator.html", context)


@require_safe
@brand_page(Can.VIEW)
@creator_panel("results")
def results(request: BrandRequest, uid: UUID) -> HttpResponse:
    """What came of the work with a creator, for the creator's page."""
    relationship = relationship_with(request, uid)
    found = creator_results(relationship, at=timezone.now())
    context = {"found": found, "creator": relationship.creator}
    return render(request, "campaigns/engagements/_results.html", context)


def _show(
    request: BrandRequest,
    campaign: Campaign,
    found: Engagement,
    *,
    status: int = 200,
    form: EngagementForm | None = None,
    substitute_form: SubstituteForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    (card,) = _cards(campaign, [found])
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    can_leave = found.is_open and found.stage != EngagementStage.LIVE and campaign.is_open
    context = {
        "campaign": campaign,
        "card": card,
        "engagement": found,
        "creator": found.relationship.creator,
        "conflicts": conflicts_of(campaign, [found], now)[found.pk],
        "review": vetted([found.relationship_id], now).get(found.relationship_id, ""),
        "stays": found.stays.select_related("actor").order_by("-entered_at", "-pk"),
        "replaces": found.replaces_id
        and Engagement.objects.select_related("relationship__creator").get(pk=found.replaces_id),
        "replaced_by": found.replaced_by.select_related("relationship__creator").first(),
        "form": form
        or EngagementForm(brand=request.brand, engagement=found, moves=list(card.moves)),
        "links": GuestLink.objects.filter(engagement=found)[:LINKS],
        "make_url": reverse(
            "campaigns:guest_invite", args=[request.brand.slug, campaign.key, found.pk]
        ),
        "link_form": LinkForm(
            initial={"name": found.relationship.creator.name, "days": DAYS[GuestKind.PORTAL]}
        ),
        "now": now,
        "can_leave": can_leave,
        "words": words,
        "found": selectors.candidates(campaign, words) if words and can_leave else [],
        "listed": _listed(campaign, found) if can_leave else [],
        "substitute_form": substitute_form or SubstituteForm(initial={"version": found.version}),
    }
    return render(request, "campaigns/engagements/engagement.html", context, status=status)


def _listed(campaign: Campaign, found: Engagement) -> list[Engagement]:
    """Who waits on the shortlist, and could take the place."""
    rows = Engagement.objects.filter(
        campaign=campaign,
        stage__in=(
            EngagementStage.SHORTLISTED,
            EngagementStage.VETTED,
            EngagementStage.APPROVED,
        ),
        replaces=None,
    ).exclude(pk=found.pk)
    return list(rows.select_related("relationship__creator").order_by("-stage_since", "pk")[:20])


def _cards(campaign: Campaign, rows: Sequence[Engagement]) -> list[Card]:
    return selectors.cards(campaign, rows, at=timezone.now(), today=timezone.localdate())
