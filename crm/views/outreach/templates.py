"""Mail templates: the list, one with its versions, and how it reads for a creator."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm.choices import MailPurpose
from crm.forms import put_error
from crm.forms.outreach import TemplateForm
from crm.models import MailTemplate, MailTemplateVersion, Relationship
from crm.outreach.merge_fields import PERSONAL_LINE, faults
from crm.permissions import BrandRequest, Can, brand_page
from crm.sent import row_number
from crm.services.outreach.templates import (
    About,
    TemplateRefused,
    archive_template,
    change_template,
    make_template,
    newest_version,
    render_for,
    restore_template,
)
from crm.services.outreach.values import fields_of

EDIT = "crm/outreach/templates/edit.html"
ABOUT = ("name", "description", "purpose", "stage", "audience")
# So far "next creator" leads; who wants more looks at a creator's own page.
PREVIEW_MAX = 200


@require_safe
@brand_page(Can.VIEW)
def templates(request: BrandRequest) -> HttpResponse:
    """All templates, by name."""
    mine = MailTemplate.objects.filter(brand=request.brand)
    context = {
        "templates": mine.in_use().prefetch_related("versions"),
        "archived": mine.exclude(archived_at=None).order_by("name", "pk"),
    }
    return render(request, "crm/outreach/templates/list.html", context)


@brand_page(Can.MANAGE_OUTREACH)
def new(request: BrandRequest) -> HttpResponse:
    """Write a template."""
    return _edit(request, None)


@brand_page(Can.VIEW, post=Can.MANAGE_OUTREACH)
def template(request: BrandRequest, pk: int) -> HttpResponse:
    """Read a template with its versions; write a new version."""
    return _edit(request, get_object_or_404(MailTemplate, brand=request.brand, pk=pk))


@require_POST
@brand_page(Can.MANAGE_OUTREACH)
def archive(request: BrandRequest, pk: int) -> HttpResponse:
    """Take it out of use, or bring it back."""
    found = get_object_or_404(MailTemplate, brand=request.brand, pk=pk)
    at = timezone.now()
    try:
        if found.archived_at is None:
            archive_template(template_id=pk, at=at, actor=request.user)
            messages.success(request, f"“{found}” is archived. Sequences that have it keep it.")
        else:
            restore_template(template_id=pk, at=at, actor=request.user)
            messages.success(request, f"“{found}” is in use again.")
    except TemplateRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:mail_templates", brand=request.brand.slug)


def _edit(request: BrandRequest, found: MailTemplate | None) -> HttpResponse:
    version = newest_version(found) if found else None
    is_sent = request.method == "POST"
    form = (
        TemplateForm(request.POST, brand=request.brand)
        if is_sent
        else TemplateForm(brand=request.brand, initial=_initial(found, version))
    )
    preview: dict[str, Any] = {}
    if is_sent and form.is_valid():
        if "preview" in request.POST:
            preview = _preview(request, form)
        elif (saved := _saved(request, found, form)) is not None:
            messages.success(request, f"“{saved}” is saved.")
            return redirect("crm:mail_template", brand=request.brand.slug, pk=saved.pk)
    context = {
        "template": found,
        "version": version,
        "versions": found.versions.select_related("author")[:20] if found else [],
        "form": form,
        "merge_fields": fields_of(request.brand).values(),
        **preview,
    }
    return render(request, EDIT, context, status=422 if form.errors else 200)


def _initial(found: MailTemplate | None, version: MailTemplateVersion | None) -> dict[str, Any]:
    if found is None or version is None:
        return {}
    about = {name: getattr(found, name) for name in ABOUT}
    return about | {"subject": version.subject, "body": version.body}


def _saved(
    request: BrandRequest, found: MailTemplate | None, form: TemplateForm
) -> MailTemplate | None:
    """What was saved; None where it is refused, and then the form says why."""
    given = form.cleaned_data
    about: About = {
        "name": given["name"],
        "description": given["description"],
        "purpose": MailPurpose(given["purpose"]),
        "stage": given["stage"],
        "audience": given["audience"],
    }
    text = {"subject": given["subject"], "body": given["body"]}
    at, actor = timezone.now(), request.user
    try:
        if found is None:
            return make_template(brand=request.brand, about=about, at=at, actor=actor, **text)
        return change_template(template_id=found.pk, about=about, at=at, actor=actor, **text)
    except TemplateRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return None


def _preview(request: BrandRequest, form: TemplateForm) -> dict[str, Any]:
    """How it reads for one of the brand's creators, by their names; nothing is saved."""
    given = form.cleaned_data
    known = fields_of(request.brand)
    for name in ("subject", "body"):
        for fault in faults(given[name], known)[:1]:
            put_error(form, name, f"Line {fault.line}, character {fault.column}: {fault.text}")
            return {}
    wanted = request.POST["preview"]
    place = min(row_number(wanted) or 0, PREVIEW_MAX)
    rows = Relationship.objects.filter(brand=request.brand).select_related("creator")
    if given["stage"]:
        rows = rows.filter(stage=given["stage"])
    two = list(rows.order_by("creator__name", "pk")[place : place + 2])
    if not two:
        return {"is_preview": True}
    shown = two[0]
    version = MailTemplateVersion(subject=given["subject"], body=given["body"])
    line = "[here goes the personal line]"
    mail = render_for(
        version,
        [shown],
        brand=request.brand,
        sender=request.user,
        at=timezone.now(),
        personal_lines={shown.pk: line},
    )[shown.pk]
    return {
        "is_preview": True,
        "preview": mail,
        "preview_creator": shown.creator,
        "previous_place": place - 1 if place else None,
        "next_place": place + 1 if len(two) > 1 and place < PREVIEW_MAX else None,
        "has_line": PERSONAL_LINE in given["body"],
    }
