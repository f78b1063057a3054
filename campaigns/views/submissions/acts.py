"""What is decided about something that was handed in, and what the campaign's page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.forms.offers import VersionForm
from campaigns.forms.submissions import AnswerForm, AskForm, ReasonForm, SubmissionPageForm
from campaigns.models import Submission, SubmissionPage
from campaigns.services.refusals import CampaignRefused
from campaigns.services.submissions import deciding, erasing
from campaigns.services.submissions.page import change_page
from campaigns.views.finding import campaign_of
from campaigns.views.submissions.inbox import REASONS, rows_of, submission_of
from crm.permissions import BrandRequest, Can, brand_page
from crm.styled import PlainForm, put_error

F = TypeVar("F", bound=PlainForm)
ROW = "campaigns/submissions/_submission.html"


@brand_page(Can.RUN_CAMPAIGNS)
def page(request: BrandRequest, key: str) -> HttpResponse:
    """The hashtag, the public page and its rules."""
    campaign = campaign_of(request, key)
    found = SubmissionPage.of(campaign)
    is_sent = request.method == "POST"
    form = SubmissionPageForm(request.POST if is_sent else None, page=found)
    if is_sent and form.is_valid():
        try:
            change_page(
                campaign=campaign,
                changes=form.changes,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except CampaignRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("campaigns:submission_page", request.brand.slug, key)
    context = {"campaign": campaign, "settings": found, "form": form, "here": "page"}
    status = 422 if is_sent else 200
    return render(request, "campaigns/submissions/page.html", context, status=status)


@require_POST
@brand_page(Can.RUN_CAMPAIGNS)
def act(request: BrandRequest, key: str, pk: int, name: str) -> HttpResponse:
    """Accept, refuse, ask, answer, withdraw, undo or erase."""
    if name not in _ACTS:
        msg = "There is no such act."
        raise Http404(msg)
    found = submission_of(request, key, pk)
    try:
        said = _ACTS[name](request, found)
    except Submission.DoesNotExist:
        return _answer(request, key, pk, problem="It is not there any more: it was erased.")
    except CampaignRefused as refusal:
        return _answer(request, key, pk, problem=str(refusal))
    if name == "erase":
        messages.success(request, said)
        return redirect("campaigns:submissions", request.brand.slug, key)
    return _answer(request, key, pk, said=said)


def _accept(request: BrandRequest, found: Submission) -> str:
    deciding.accept(
        submission_id=found.pk,
        brand=request.brand,
        actor=request.user,
        at=timezone.now(),
        expected_version=_version(request),
    )
    return "It is in the library, with the rights that its author gave."


def _refuse(request: BrandRequest, found: Submission) -> str:
    form = _read(ReasonForm(request.POST))
    deciding.refuse(
        submission_id=found.pk,
        brand=request.brand,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        at=timezone.now(),
        expected_version=form.cleaned_data["version"],
    )
    return "Refused. Nothing was sent."


def _ask(request: BrandRequest, found: Submission) -> str:
    form = _read(AskForm(request.POST))
    deciding.ask(
        submission_id=found.pk,
        brand=request.brand,
        use=form.use,
        actor=request.user,
        at=timezone.now(),
        expected_version=form.cleaned_data["version"],
    )
    return "Written down. Now send them these very words, and come back with their answer."


def _hear(request: BrandRequest, found: Submission) -> str:
    form = _read(AnswerForm(request.POST))
    deciding.answer(
        submission_id=found.pk,
        brand=request.brand,
        answer=form.answer,
        actor=request.user,
        at=timezone.now(),
        expected_version=form.cleaned_data["version"],
    )
    if form.answer.is_yes:
        return "It is in the library, with the rights that its author gave."
    return "They said no: it is refused, and erased after a while."


def _withdraw(request: BrandRequest, found: Submission) -> str:
    form = _read(ReasonForm(request.POST))
    deciding.withdraw(
        submission_id=found.pk,
        brand=request.brand,
        reason=form.cleaned_data["reason"],
        actor=request.user,
        at=timezone.now(),
        expected_version=form.cleaned_data["version"],
    )
    return "The rights end today. Take it down wherever it is shown: its log in the library says."


def _undo(request: BrandRequest, found: Submission) -> str:
    deciding.undo(
        submission_id=found.pk,
        brand=request.brand,
        actor=request.user,
        at=timezone.now(),
        expected_version=_version(request),
    )
    return "Back in the inbox."


def _erase(request: BrandRequest, found: Submission) -> str:
    erasing.erase(
        submission_id=found.pk, brand=request.brand, actor=request.user, at=timezone.now()
    )
    return "It is erased."


_ACTS: dict[str, Callable[[BrandRequest, Submission], str]] = {
    "accept": _accept,
    "refuse": _refuse,
    "ask": _ask,
    "answer": _hear,
    "withdraw": _withdraw,
    "undo": _undo,
    "erase": _erase,
}


def _read(form: F) -> F:
    """A form that can be read. Raises CampaignRefused with what is wrong in it."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise CampaignRefused(f"{label}: {errors[0]}" if label else str(errors[0]), field=name)
    return form


def _version(request: BrandRequest) -> int | None:
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def _answer(
    request: BrandRequest, key: str, pk: int, *, said: str = "", problem: str = ""
) -> HttpResponse:
    """The row as it is now; without htmx the inbox, with the words."""
    if not request.htmx:
        (messages.error if problem else messages.success)(request, problem or said)
        return redirect(reverse("campaigns:submissions", args=[request.brand.slug, key]))
    found = submission_of(request, key, pk)
    context = {
        "campaign": found.campaign,
        "row": rows_of(request, SubmissionPage.of(found.campaign), [found])[0],
        "said": said,
        "problem": problem,
        "reasons": REASONS,
    }
    return render(request, ROW, context, status=409 if problem else 200)
