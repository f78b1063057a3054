"""What is done to many creators from their list: a change as a job, and the list as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm import exports
from crm.exports import Format
from crm.filters import CreatorFilter, asked
from crm.forms import PlainForm, put_error
from crm.forms.lists import FieldValueForm, NextStepForm, OwnerForm, StageForm, TagForm, UntagForm
from crm.forms.reviews import AskManyForm
from crm.limits import TookTooLong
from crm.lists import changes, export
from crm.lists.columns import PARAMETER as COLUMNS
from crm.lists.patience import TOO_LONG, try_out
from crm.lists.selection import FilterRefused, Selection, errors_in_words
from crm.models import CustomField
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import relationships_of
from crm.sent import page_of_ours
from crm.services.bulk.changes import BulkRefused

TITLES = {
    "owner": "Give them to somebody",
    "next_step": "Say what comes next",
    "stage": "Move them to a stage",
    "field": "Fill a field",
    "tag": "Tag them",
    "untag": "Take a tag from them",
    "vetting": "Ask for reviews of them",
}
# Each is named in the address of the page that enrols them.
ENROL_AT_ONCE = 50
_FORMS: dict[str, Any] = {
    "owner": OwnerForm,
    "next_step": NextStepForm,
    "stage": StageForm,
    "tag": TagForm,
    "untag": UntagForm,
}


@require_POST
@brand_page(Can.MOVE_STAGES)
def change(request: BrandRequest, change: str) -> HttpResponse:
    """Ask what exactly, naming how many; with `do`, have it done in the background."""
    if change not in TITLES:
        raise Http404
    at = timezone.now()
    try:
        selection = Selection.posted(request.POST)
        number = selection.size(request.brand, at)
    except FilterRefused as refusal:
        return _refused(request, change, str(refusal))
    form = _form(request, change)
    if "do" in request.POST and form is not None and form.is_valid():
        try:
            job = changes.ask(
                brand=request.brand,
                selection=selection,
                change=form.change(),
                actor=request.user,
                role=request.role,
                at=at,
            )
        except BulkRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        except FilterRefused as refusal:
            put_error(form, "", str(refusal))
        else:
            messages.success(request, f"{job.title}: started. Its progress is at the top.")
            return redirect(_back(request))
    context = {
        "change": change,
        "title": TITLES[change],
        "form": form,
        "selection": selection,
        "number": number,
        "back": _back(request),
        "fields": CustomField.objects.filter(brand=request.brand).in_use()
        if change == "field"
        else (),
        "chosen_field": request.POST.get("field", ""),
    }
    return _answer(request, context, status=422 if form is not None and form.errors else 200)


def _form(request: BrandRequest, change: str) -> Any:
    """The change's form, filled in where it was sent; None where no field is chosen yet."""
    data = request.POST if "do" in request.POST else None
    if change == "vetting":
        return AskManyForm(data, brand=request.brand, requester=request.user)
    if change != "field":
        return _FORMS[change](data, brand=request.brand)
    fields = CustomField.objects.filter(brand=request.brand).in_use()
    field = fields.filter(key=request.POST.get("field", "")[:60]).first()
    return None if field is None else FieldValueForm(data, field=field)


def _refused(request: BrandRequest, change: str, words: str) -> HttpResponse:
    form = PlainForm({})
    form.is_valid()
    put_error(form, "", words)
    context = {
        "change": change,
        "title": TITLES[change],
        "form": form,
        "selection": None,
        "number": 0,
        "back": _back(request),
        "fields": (),
        "chosen_field": "",
    }
    return _answer(request, context, status=422)


def _answer(request: BrandRequest, context: dict[str, Any], status: int) -> HttpResponse:
    template = "crm/creators/many.html"
    if request.htmx and not request.htmx.boosted:
        template += "#form"
    return render(request, template, context, status=status)


def _back(request: BrandRequest) -> str:
    """The list or the board as it was, if that is an address of ours."""
    wanted = request.POST.get("back", "")
    path = f"/{request.brand.slug}/creators/"
    lists = (path, f"/{request.brand.slug}/board/")
    return page_of_ours(wanted, otherwise=path) if wanted.startswith(lists) else path


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def enrol(request: BrandRequest) -> HttpResponse:
    """To the page that enrols them in a sequence and says who cannot be."""
    try:
        rows = Selection.posted(request.POST).rows(request.brand, timezone.now())
    except FilterRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(request))
    uids = [*rows.order_by("pk").values_list("creator__uid", flat=True)[: ENROL_AT_ONCE + 1]]
    if len(uids) > ENROL_AT_ONCE:
        messages.error(
            request,
            f"At most {ENROL_AT_ONCE} creators go into a sequence from here at once. "
            "For more, enrol a segment or an audience.",
        )
        return redirect(_back(request))
    address = reverse("crm:outreach_enrol", args=[request.brand.slug])
    return redirect(f"{address}?{urlencode([('creator', uid) for uid in uids])}")


@require_safe
@brand_page(Can.VIEW)
def download(request: BrandRequest, form: str) -> HttpResponseBase:
    """The list as a file at once, with its own filter, order and columns."""
    found = CreatorFilter(request.GET, relationships_of(request.brand), request=request)
    if not found.is_valid():
        words = f"The filter cannot be used. {errors_in_words(found)}"
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
    try:
        try_out(found, cap=export.LONG)
    except TookTooLong:
        return HttpResponse(TOO_LONG, status=409, content_type="text/plain; charset=utf-8")
    at, query = timezone.now(), asked(request.GET)
    columns = export.columns_of(request.brand, request.GET.get(COLUMNS, ""))
    try:
        answer = exports.respond(
            export.name_of(request.brand, at),
            export.head(columns),
            export.lines(request.brand, found, columns),
            form=Format(form),
            about=export.about(request.brand, query, at),
        )
    except exports.TooLong as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    export.note(request.brand, request.user, at, query, None)
    return exports.taken_out(answer, "")


@require_POST
@brand_page(Can.VIEW)
def export_later(request: BrandRequest) -> HttpResponse:
    """Have the file made in the background: of a long list, or of who is ticked."""
    form = request.POST.get("form", "")
    if form not in {one.value for one in Format}:
        messages.error(request, "Choose CSV or Excel.")
        return redirect(_back(request))
    try:
        job = export.ask(
            brand=request.brand,
            selection=Selection.posted(request.POST),
            columns=request.POST.get(COLUMNS, ""),
            form=Format(form),
            actor=request.user,
            at=timezone.now(),
        )
    except FilterRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{job.title}: started. The file is at the top when it is ready.")
    return redirect(_back(request))
