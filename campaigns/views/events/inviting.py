"""Invite creators, send them their invitation, write down what they said."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.choices import EventPart
from campaigns.choices import InvitationAct as Act
from campaigns.forms.events import AnswerForm, InvitationMailForm
from campaigns.models import EventInvitation, GuestLink
from campaigns.services.deliverables.record import Actor
from campaigns.services.events import answering, covering, sending
from campaigns.services.guests import path_of
from campaigns.services.refusals import CampaignRefused
from campaigns.views.events.pages import event_of
from crm.exports import Format, respond
from crm.models import Mailbox, Post, Relationship
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_numbers
from crm.styled import put_error

LINK_COLUMNS = ("creator", "answer", "link", "works until")


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def invite(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """Put creators on the list: those chosen of the campaign, or somebody by name."""
    event_of(request, key, pk)
    chosen = row_numbers(request.POST.getlist("creator")[:1_000])
    try:
        made = answering.invite(
            event_id=pk,
            brand=request.brand,
            relationships=list(
                Relationship.objects.filter(brand=request.brand, pk__in=chosen).values_list(
                    "pk", flat=True
                )
            ),
            actor=request.user,
            at=timezone.now(),
        )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = "1 creator is" if len(made) == 1 else f"{len(made):,} creators are"
        messages.success(request, f"{words} on the list now. Nothing was sent yet.")
    return redirect("campaigns:event", request.brand.slug, key, pk)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def answer(request: BrandRequest, key: str, pk: int, number: int) -> HttpResponse:
    """What a creator said, written down by the team; or their invitation taken back."""
    event = event_of(request, key, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was saved: load the page again.")
        return redirect("campaigns:event", request.brand.slug, key, pk)
    said, now = form.cleaned_data, timezone.now()
    act = Act(said["act"])
    get_object_or_404(EventInvitation, event=event, pk=number)
    try:
        if act == Act.SEND:
            row = sending.mark_sent(
                invitation_id=number,
                brand=request.brand,
                actor=request.user,
                at=now,
                expected_version=said["version"],
            )
        else:
            row = answering.answer(
                invitation_id=number,
                brand=request.brand,
                act=act,
                guests=said["guests"],
                note=said["note"],
                by=Actor(request.user),
                at=now,
                expected_version=said["version"],
            )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        name = row.relationship.creator.name
        words = f"{name}: {row.get_state_display().lower()}."
        messages.success(request, f"Sent to {name}." if act == Act.SEND else words)
    return redirect("campaigns:event", request.brand.slug, key, pk)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def links(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A link for everybody who has not answered."""
    event = event_of(request, key, pk)
    made = sending.make_links(event=event, actor=request.user, at=timezone.now())
    words = "1 link is made" if made == 1 else f"{made:,} links are made"
    messages.success(request, f"{words}: copy them below, or take all of them as a file.")
    return redirect("campaigns:event", request.brand.slug, key, pk)


@require_safe
@brand_page(Can.RUN_CAMPAIGNS)
def links_file(request: BrandRequest, key: str, pk: int, form: Format) -> HttpResponseBase:
    """The links of all who have not answered, for a mail merge."""
    event, now = event_of(request, key, pk), timezone.now()
    rows = sending.unanswered(event)
    there = GuestLink.objects.filter(invitation__in=rows).open_at(now).order_by("expires_at")
    by_row = {link.invitation_id: link for link in there}
    return respond(
        f"invitations-{event.campaign.key}-{event.pk}",
        LINK_COLUMNS,
        [
            (
                row.relationship.creator.name,
                row.get_state_display(),
                request.build_absolute_uri(path_of(link)) if link else None,
                link.expires_at if link else None,
            )
            for row in rows
            for link in [by_row.get(row.pk)]
        ],
        form=form,
        about=[("Brand", request.brand.name), ("Event", event.name), ("As of", now)],
    )


@brand_page(Can.RUN_CAMPAIGNS, post=Can.SEND_MAIL)
def send(request: BrandRequest, key: str, pk: int) -> HttpResponse:
    """A mail to each of those who are chosen and have not answered."""
    event, now = event_of(request, key, pk), timezone.now()
    mailboxes = Mailbox.objects.filter(brand=request.brand).usable_by(request.user)
    is_sent = request.method == "POST"
    chosen = set(row_numbers(request.POST.getlist("to")))
    rows = sending.unanswered(event)
    form = InvitationMailForm(
        request.POST if is_sent else None,
        mailboxes=mailboxes,
        initial={
            "mailbox": mailboxes.first(),
            "subject": f"Invitation: {event}",
            "text": sending.letter_text(event),
        },
    )
    refused: list[tuple[str, str]] = []
    if is_sent and form.is_valid():
        try:
            sent = sending.send_mails(
                event=event,
                invitations=chosen,
                letter=sending.Letter(
                    **form.cleaned_data, site=sending.site_of(request.build_absolute_uri("/"))
                ),
                actor=request.user,
                at=now,
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            refused = sent.refused
            mails = f"{sent.mails:,} mail{'s'[: sent.mails != 1]}"
            words = f"{mails} will go out in a few seconds."
            if not refused:
                messages.success(request, words)
                return redirect("campaigns:event", request.brand.slug, key, pk)
            messages.warning(request, f"{words} {len(refused):,} could not be sent: see below.")
    context = {
        "campaign": event.campaign,
        "event": event,
        "rows": [(row, row.pk in chosen if is_sent else row.sent_at is None) for row in rows],
        "form": form,
        "has_mailbox": mailboxes.exists(),
        "refused": refused,
    }
    status = 422 if is_sent and not refused else 200
    return render(request, "campaigns/events/send.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def cover(request: BrandRequest, key: str, pk: int, number: int, verdict: str) -> HttpResponse:
    """Count a post as coverage of the event, or not."""
    event_of(request, key, pk)
    verdicts = {"yes": EventPart.YES, "no": EventPart.NO, "again": None}
    try:
        covering.say(
            event_id=pk,
            post_id=number,
            brand=request.brand,
            verdict=verdicts[verdict],
            actor=request.user,
            at=timezone.now(),
        )
    except (KeyError, Post.DoesNotExist, EventInvitation.DoesNotExist) as gone:
        msg = "This post is none of somebody who was invited."
        raise Http404(msg) from gone
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns:event", request.brand.slug, key, pk)
