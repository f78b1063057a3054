"""Tasks: the list, one task, and those about a creator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import DateTimeField, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm.forms import TaskForm, VersionForm, put_error
from crm.models import Relationship, Task
from crm.paging import Order, Page, capped_count, page_or_first
from crm.panels import creator_panel
from crm.permissions import BrandRequest, Can, brand_page
from crm.selectors import people_of, relationships_of
from crm.services import tasks as service
from crm.services.mentions import handles

PAGE = 50
ON_CREATOR = 20
# By when they are due; some time comes last.
BY_DUE = Order("tasks-due", "due", "id", nullable=True)
BY_DONE = Order("tasks-done", "done_at", "id", descending=True)
DUE = Coalesce("due_at", Cast("due_on", DateTimeField()))


@brand_page(Can.VIEW, post=Can.WRITE_NOTES)
def tasks(request: BrandRequest) -> HttpResponse:
    """Open ones or done ones, one's own or everybody's; write a new one."""
    if request.method != "POST":
        return _list(request)
    form = TaskForm(request.POST, brand=request.brand)
    if form.is_valid():
        try:
            made = service.add_task(
                brand=request.brand, actor=request.user, at=timezone.now(), **form.wanted
            )
        except service.TaskRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, f"Added: {made.title}")
            return redirect("crm:tasks", brand=request.brand.slug)
    return _list(request, status=422, form=form)


def _list(request: BrandRequest, status: int = 200, **more: Any) -> HttpResponse:
    is_done, is_team = request.GET.get("done") == "1", request.GET.get("team") == "1"
    rows = Task.objects.filter(brand=request.brand).with_people()
    if not is_team:
        rows = rows.filter(assignee=request.user)
    if is_done:
        rows, order = rows.filter(done_at__isnull=False), BY_DONE
    else:
        rows, order = rows.open().annotate(due=DUE), BY_DUE
    context = {
        "page": _paged(rows, order, request.GET.get("cursor")),
        "count": capped_count(rows),
        "is_done": is_done,
        "is_team": is_team,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "form": TaskForm(brand=request.brand, initial={"assignee": request.user.pk}),
    } | more
    template = "crm/tasks/list.html"
    if request.htmx and not request.htmx.boosted and request.method == "GET":
        template += "#rows"
    return render(request, template, context, status=status)


def _paged(rows: QuerySet[Task], order: Order, cursor: str | None) -> Page[Task]:
    return page_or_first(rows, order, cursor=cursor, size=PAGE)


@brand_page(Can.VIEW, post=Can.WRITE_NOTES)
def task(request: BrandRequest, pk: int) -> HttpResponse:
    """One task; save changes to it."""
    found = _task(request, pk)
    form = TaskForm.of(found)
    if request.method == "POST":
        form = TaskForm(request.POST, brand=request.brand)
        seen = VersionForm(request.POST)
        if form.is_valid() and seen.is_valid():
            try:
                service.change_task(
                    task_id=pk,
                    brand=request.brand,
                    changes=form.wanted,
                    actor=request.user,
                    at=timezone.now(),
                    expected_version=seen.cleaned_data["version"],
                )
            except service.TaskRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(request, "Saved.")
                return redirect("crm:task", brand=request.brand.slug, pk=pk)
        elif not seen.is_valid():
            put_error(form, "", "This page is not complete. Load it again.")
    context = {
        "task": found,
        "form": form,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "mentioned": [one.user for one in found.mentions.select_related("user").order_by("pk")],
        "handles": handles(people_of(request.brand)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "crm/tasks/task.html", context, status=status)


@require_POST
@brand_page(Can.WRITE_NOTES)
def done(request: BrandRequest, pk: int) -> HttpResponse:
    """It is done, or, with `open`, to be done again."""
    found = _task(request, pk)
    is_reopened = request.POST.get("open") == "1"
    act = service.reopen_task if is_reopened else service.finish_task
    found = act(task_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    if request.htmx and request.htmx.target == "tasks" and found.relationship:
        return _panel(request, found.relationship)
    messages.success(request, f"{'Open again' if is_reopened else 'Done'}: {found.title}")
    if request.POST.get("stay") == "1":
        return redirect("crm:task", brand=request.brand.slug, pk=pk)
    return redirect("crm:tasks", brand=request.brand.slug)


@require_POST
@brand_page(Can.WRITE_NOTES)
def delete(request: BrandRequest, pk: int) -> HttpResponse:
    """Take a task away."""
    found = _task(request, pk)
    try:
        service.delete_task(task_id=pk, brand=request.brand, actor=request.user, at=timezone.now())
    except service.TaskRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:task", brand=request.brand.slug, pk=pk)
    messages.success(request, f"Deleted: {found.title}")
    return redirect("crm:tasks", brand=request.brand.slug)


@brand_page(Can.VIEW, post=Can.WRITE_NOTES)
@creator_panel("tasks")
def of_creator(request: BrandRequest, uid: UUID) -> HttpResponse:
    """The open tasks about a creator, as a part of the creator's page; write a new one."""
    rows = relationships_of(request.brand).select_related("brand", "creator")
    relationship = rows.filter(creator__uid=uid).first()
    if relationship is None:
        msg = "Your brand does not know this creator."
        raise Http404(msg)
    if request.method != "POST":
        return _panel(request, relationship)
    form = TaskForm(request.POST, brand=request.brand)
    if form.is_valid():
        try:
            service.add_task(
                brand=request.brand,
                relationship=relationship,
                actor=request.user,
                at=timezone.now(),
                **form.wanted,
            )
        except service.TaskRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            if not request.htmx:
                return redirect("crm:creator", brand=request.brand.slug, uid=uid)
            return _panel(request, relationship)
    return _panel(request, relationship, status=422, form=form)


def _panel(
    request: BrandRequest, relationship: Relationship, status: int = 200, **more: Any
) -> HttpResponse:
    rows = Task.objects.filter(relationship=relationship).with_people()
    opened = rows.open().annotate(due=DUE).order_by("due", "pk")
    context = {
        "relationship": relationship,
        "tasks": opened[:ON_CREATOR],
        "count": capped_count(opened, cap=ON_CREATOR),
        "done": rows.filter(done_at__isnull=False).order_by("-done_at", "-pk")[:3],
        "today": timezone.localdate(),
        "now": timezone.now(),
        "form": TaskForm(brand=request.brand, initial={"assignee": request.user.pk}),
    } | more
    return render(request, "crm/tasks/_panel.html", context, status=status)


def _task(request: BrandRequest, pk: int) -> Task:
    found = Task.objects.filter(brand=request.brand, pk=pk).with_people().first()
    if found is None:
        msg = "There is no such task."
        raise Http404(msg)
    found.brand = request.brand
    return found
