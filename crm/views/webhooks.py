"""Webhooks, for admins: set up, tried, looked at, told again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.choices import DeliveryStatus
from crm.forms import put_error
from crm.forms.webhooks import PeriodForm, RotateForm, WebhookForm
from crm.models import Webhook, WebhookDelivery
from crm.paging import Order, Page, page_or_first
from crm.permissions import BrandRequest, Can, brand_page
from crm.services.webhooks import again, keeping

_NEWEST_FIRST = Order("deliveries", "created_at", "id", descending=True)
ON_PAGE = 50


@require_safe
@brand_page(Can.MANAGE_BRAND)
def webhooks(request: BrandRequest) -> HttpResponse:
    """All webhooks of the brand, and how they are."""
    rows = Webhook.objects.filter(brand=request.brand).order_by("name", "pk")
    return render(request, "crm/webhooks/list.html", {"rows": rows})


@never_cache
@brand_page(Can.MANAGE_BRAND)
def new(request: BrandRequest) -> HttpResponse:
    """Set one up; the answer alone shows its secret."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            webhook, secret = keeping.create(
                brand=request.brand, wanted=form.wanted, actor=request.user, at=timezone.now()
            )
        except keeping.WebhookRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            return _show(request, webhook, secret=secret)
    status = 422 if form.errors else 200
    return render(request, "crm/webhooks/new.html", {"form": form}, status=status)


@brand_page(Can.MANAGE_BRAND)
def webhook(request: BrandRequest, pk: int) -> HttpResponse:
    """Look at what it was told; change it."""
    found = _mine(request, pk)
    if request.method != "POST":
        return _show(request, found)
    form = WebhookForm(request.POST, webhook=found)
    if form.is_valid():
        try:
            keeping.change(
                webhook=found,
                wanted=form.wanted,
                actor=request.user,
                at=timezone.now(),
                expected_version=form.cleaned_data["version"],
            )
        except keeping.WebhookRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:webhook", brand=request.brand.slug, pk=pk)
    return _show(request, found, form=form, status=422)


@require_POST
@never_cache
@brand_page(Can.MANAGE_BRAND)
def rotate(request: BrandRequest, pk: int) -> HttpResponse:
    """Give it another secret; the answer alone shows it."""
    found = _mine(request, pk)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _show(request, found, rotate_form=form, status=422)
    changed, secret = keeping.rotate(
        webhook=found,
        grace_hours=form.cleaned_data["grace_hours"],
        actor=request.user,
        at=timezone.now(),
    )
    return _show(request, changed, secret=secret)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def pause(request: BrandRequest, pk: int) -> HttpResponse:
    """Call it no more for now."""
    keeping.pause(webhook=_mine(request, pk), actor=request.user, at=timezone.now())
    messages.success(request, "Paused. What is done meanwhile is kept for it.")
    return redirect("crm:webhook", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def resume(request: BrandRequest, pk: int) -> HttpResponse:
    """Call it again, of what was done meanwhile or only of what comes."""
    skips = "skip" in request.POST
    found = _mine(request, pk)
    keeping.resume(webhook=found, skips=skips, actor=request.user, at=timezone.now())
    words = "of what is done from now on" if skips else "of what was done meanwhile, too"
    messages.success(request, f"It is told again, {words}.")
    return redirect("crm:webhook", brand=request.brand.slug, pk=pk)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def remove(request: BrandRequest, pk: int) -> HttpResponse:
    """Take it away."""
    found = _mine(request, pk)
    keeping.remove(webhook=found, actor=request.user, at=timezone.now())
    messages.success(request, f"“{found.name}” is taken away, with its secret and its log.")
    return redirect("crm:webhooks", brand=request.brand.slug)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def ping(request: BrandRequest, pk: int) -> HttpResponse:
    """Queue a trial."""
    found = _mine(request, pk)

    def act() -> str:
        again.ping(webhook=found, at=timezone.now())
        return "A trial is on its way: look at the log in a few seconds."

    return _told(request, found, act)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def replay(request: BrandRequest, pk: int) -> HttpResponse:
    """Queue a period again."""
    found = _mine(request, pk)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return _show(request, found, period_form=form, status=422)
    try:
        number = again.send_period(
            webhook=found,
            since=form.cleaned_data["since"],
            before=form.cleaned_data["before"],
            actor=request.user,
            at=timezone.now(),
        )
    except keeping.WebhookRefused as refusal:
        put_error(form, refusal.field, str(refusal))
        return _show(request, found, period_form=form, status=422)
    messages.success(request, f"{number:,} events are on their way again.")
    return redirect("crm:webhook", brand=request.brand.slug, pk=pk)


@require_safe
@brand_page(Can.MANAGE_BRAND)
def delivery(request: BrandRequest, pk: int) -> HttpResponse:
    """One delivery: each attempt, and what the other side said."""
    found = _delivery(request, pk)
    context = {"delivery": found, "webhook": found.webhook, "attempts": found.log.all()}
    return render(request, "crm/webhooks/delivery.html", context)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def send_again(request: BrandRequest, pk: int) -> HttpResponse:
    """Queue one delivery again."""
    found = _delivery(request, pk)

    def act() -> str:
        again.send_again(delivery=found, actor=request.user, at=timezone.now())
        return "It is on its way again."

    return _told(request, found.webhook, act)


def _mine(request: BrandRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.select_related("brand"), brand=request.brand, pk=pk)


def _delivery(request: BrandRequest, pk: int) -> WebhookDelivery:
    rows = WebhookDelivery.objects.select_related("webhook__brand", "entry")
    return get_object_or_404(rows, webhook__brand=request.brand, pk=pk)


def _told(request: BrandRequest, found: Webhook, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except keeping.WebhookRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("crm:webhook", brand=request.brand.slug, pk=found.pk)


def _show(
    request: BrandRequest,
    found: Webhook,
    *,
    form: WebhookForm | None = None,
    rotate_form: RotateForm | None = None,
    period_form: PeriodForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    chosen = request.GET.get("status", "")
    rows = WebhookDelivery.objects.filter(webhook=found).for_log()
    if chosen in DeliveryStatus.values:
        rows = rows.filter(status=chosen)
    page: Page[WebhookDelivery]
    page = page_or_first(rows, _NEWEST_FIRST, cursor=request.GET.get("cursor"), size=ON_PAGE)
    context = {
        "webhook": found,
        "form": form or WebhookForm(webhook=found),
        "rotate_form": rotate_form or RotateForm(),
        "period_form": period_form or PeriodForm(),
        "secret": secret,
        "page": page,
        "statuses": DeliveryStatus.choices,
        "chosen": chosen,
        "now": timezone.now(),
    }
    return render(request, "crm/webhooks/webhook.html", context, status=status)
