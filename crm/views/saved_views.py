"""Saved views of the list of creators: opened, kept, renamed, shared, pinned, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from crm.choices import ListKind
from crm.filters import CreatorFilter
from crm.forms import put_error
from crm.forms.lists import ViewForm
from crm.lists.query import VIEW, kept
from crm.lists.selection import errors_in_words
from crm.models import SavedView, ViewPin
from crm.permissions import BrandRequest, Can, brand_page, may
from crm.selectors import relationships_of
from crm.services import saved_views as service


def _view(request: BrandRequest, pk: int) -> SavedView:
    mine = SavedView.objects.visible_to(request.user).filter(brand=request.brand)
    found = mine.select_related("author", "brand").filter(pk=pk).first()
    if found is None:
        msg = "There is no such view among yours."
        raise Http404(msg)
    return found


def _is_admin(request: BrandRequest) -> bool:
    return may(request.role, Can.MANAGE_BRAND)


def _open(request: BrandRequest, view: SavedView) -> str:
    """The list as the view has it."""
    query = QueryDict(view.query, mutable=True)
    query[VIEW] = str(view.pk)
    return f"{reverse('crm:creators', args=[request.brand.slug])}?{query.urlencode()}"


@brand_page(Can.VIEW)
def views(request: BrandRequest) -> HttpResponse:
    """All views that one may open; sending a list's `query` keeps it under a name."""
    query = kept(QueryDict(request.POST.get("query", request.GET.urlencode())))
    is_sent = request.method == "POST"
    form = ViewForm(request.POST) if is_sent else ViewForm()
    if is_sent and form.is_valid():
        found = CreatorFilter(QueryDict(query), relationships_of(request.brand), request=request)
        if not found.is_valid():
            put_error(form, "", f"The filter cannot be used. {errors_in_words(found)}")
        else:
            try:
                view = service.save_new(
                    brand=request.brand, query=query, author=request.user, **form.cleaned_data
                )
            except service.ViewRefused as refusal:
                put_error(form, refusal.field, str(refusal))
            else:
                messages.success(request, f"“{view}” is a tab of your list now.")
                return redirect(_open(request, view))
    rows = SavedView.objects.visible_to(request.user).filter(
        brand=request.brand, list=ListKind.CREATORS
    )
    pins = {pin.view_id: pin for pin in ViewPin.objects.filter(user=request.user, view__in=rows)}
    context = {
        "form": form,
        "query": query,
        "rows": [
            {
                "view": view,
                "pin": pins.get(view.pk),
                "may_change": service.may_change(view, request.user, is_admin=_is_admin(request)),
            }
            for view in rows.select_related("author")
        ],
    }
    return render(request, "crm/views/list.html", context, status=422 if form.errors else 200)


@brand_page(Can.VIEW)
def view(request: BrandRequest, pk: int) -> HttpResponse:
    """Open it; sent to, change its name and who sees it."""
    found = _view(request, pk)
    if request.method != "POST":
        return redirect(_open(request, found))
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            service.change(
                view=found, actor=request.user, is_admin=_is_admin(request), **form.cleaned_data
            )
        except service.ViewRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Saved.")
    else:
        messages.error(request, "Give the view a name of at most 80 characters.")
    return redirect("crm:saved_views", brand=request.brand.slug)


@require_POST
@brand_page(Can.VIEW)
def act(request: BrandRequest, pk: int, act: str) -> HttpResponse:
    """Overwrite it with the list as it is, remove it, or have it as a tab."""
    found, user = _view(request, pk), request.user
    try:
        match act:
            case "save":
                query = kept(QueryDict(request.POST.get("query", "")))
                service.overwrite(view=found, query=query, actor=user, is_admin=_is_admin(request))
                messages.success(request, f"“{found}” shows this list from now on.")
                return redirect(_open(request, found))
            case "delete":
                service.delete(view=found, actor=user, is_admin=_is_admin(request))
                messages.success(request, f"The view “{found}” is removed.")
            case "pin":
                service.pin(view=found, user=user)
            case "unpin":
                service.unpin(view=found, user=user)
            case "default" | "no-default":
                service.set_default(view=found, user=user, is_default=act == "default")
            case _:
                raise Http404
    except service.ViewRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:saved_views", brand=request.brand.slug)
