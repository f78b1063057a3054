"""Settings of a brand, for its admins: the brand, its people, its API tokens."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crm.choices import Role
from crm.forms import BrandForm, PersonForm, RoleForm, TokenForm, put_error
from crm.models import ApiToken, Brand, User, UserRole
from crm.permissions import BrandRequest, Can, brand_page
from crm.services import brands, tokens

TEMPLATE = "crm/brands/settings.html"


def _page(request: BrandRequest, status: int = 200, **forms: Any) -> HttpResponse:
    """The page, with forms that hold what was refused in place of fresh ones."""
    brand = Brand.objects.get(pk=request.brand.pk)
    context = {
        "brand_form": BrandForm(instance=brand),
        "timezones": BrandForm.timezones(),
        "people": UserRole.objects.filter(brand=brand)
        .select_related("user")
        .order_by("user__email"),
        "roles": Role.choices,
        "person_form": PersonForm(),
        "tokens": ApiToken.objects.filter(brand=brand).select_related("user"),
        "token_form": TokenForm(),
        "secret": "",
        "now": timezone.now(),
    } | forms
    return render(request, TEMPLATE, context, status=status)


@brand_page(Can.MANAGE_BRAND)
def settings(request: BrandRequest) -> HttpResponse:
    """Look at all settings; save those of the brand itself."""
    if request.method != "POST":
        return _page(request)
    form = BrandForm(request.POST, instance=Brand.objects.get(pk=request.brand.pk))
    if form.is_valid():
        try:
            brands.change_brand(
                brand_id=request.brand.pk,
                changes=form.cleaned_data,
                actor=request.user,
                at=timezone.now(),
            )
        except brands.BrandRefused as refusal:
            put_error(form, refusal.field, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("crm:settings", brand=request.brand.slug)
    return _page(request, status=422, brand_form=form)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def add_person(request: BrandRequest) -> HttpResponse:
    """Give somebody a role; who has no account yet gets one and sets a password by e-mail."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, person_form=form)
    email, role = form.cleaned_data["email"].lower(), Role(form.cleaned_data["role"])
    name = " ".join(form.cleaned_data["name"].split())
    at = timezone.now()
    user = User.objects.filter(email=email).first()
    if user is None and not name:
        put_error(form, "name", "Say what they are called: they have no account yet.")
        return _page(request, status=422, person_form=form)
    try:
        if user is None:
            brands.create_user(
                email=email,
                password=None,
                brand=request.brand,
                role=role,
                at=at,
                actor=request.user,
                name=name,
            )
            words = (
                f"{name} has an account now. They set their password with “I forgot my password”."
            )
        else:
            brands.set_role(brand=request.brand, user=user, role=role, at=at, actor=request.user)
            words = f"{email} is {role.label.lower()} now."
    except (brands.EmailTaken, brands.LastAdminRefused) as refusal:
        put_error(form, "email", str(refusal))
        return _page(request, status=422, person_form=form)
    messages.success(request, words)
    return redirect("crm:settings", brand=request.brand.slug)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def change_person(request: BrandRequest, pk: int) -> HttpResponse:
    """Change or take away somebody's role."""
    held = get_object_or_404(UserRole.objects.select_related("user"), pk=pk, brand=request.brand)
    form = RoleForm(request.POST)
    if form.is_valid():
        role = Role(form.cleaned_data["role"]) if form.cleaned_data["role"] else None
        try:
            brands.set_role(
                brand=request.brand,
                user=held.user,
                role=role,
                actor=request.user,
                at=timezone.now(),
            )
        except brands.LastAdminRefused as refusal:
            messages.error(request, str(refusal))
        else:
            words = f"is {role.label.lower()} now" if role else "has no role here any more"
            messages.success(request, f"{held.user.email} {words}.")
    else:
        messages.error(request, "There is no such role.")
    return redirect("crm:settings", brand=request.brand.slug)


@require_POST
@never_cache
@brand_page(Can.MANAGE_BRAND)
def add_token(request: BrandRequest) -> HttpResponse:
    """Make a token that acts as the admin who makes it; this answer alone shows it."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, token_form=form)
    try:
        _token, secret = tokens.create_token(
            brand=request.brand,
            user=request.user,
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            actor=request.user,
            at=timezone.now(),
            expires_at=_end_of(request.brand, form.cleaned_data["last_day"]),
            networks=form.cleaned_data["networks"],
        )
    except tokens.TokenRefused as refusal:
        put_error(form, "", str(refusal))
        return _page(request, status=422, token_form=form)
    return _page(request, secret=secret)


@require_POST
@never_cache
@brand_page(Can.MANAGE_BRAND)
def rotate_token(request: BrandRequest, pk: int) -> HttpResponse:
    """Make a token like another one, which ends a day later; this answer alone shows it."""
    get_object_or_404(ApiToken, pk=pk, brand=request.brand)
    try:
        _token, secret = tokens.rotate_token(
            token_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
        )
    except tokens.TokenRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("crm:settings", brand=request.brand.slug)
    return _page(request, secret=secret)


@require_POST
@brand_page(Can.MANAGE_BRAND)
def revoke_token(request: BrandRequest, pk: int) -> HttpResponse:
    """End a token."""
    get_object_or_404(ApiToken, pk=pk, brand=request.brand)
    token = tokens.revoke_token(
        token_id=pk, brand=request.brand, actor=request.user, at=timezone.now()
    )
    messages.success(request, f"The token “{token.name}” does not work any more.")
    return redirect("crm:settings", brand=request.brand.slug)


def _end_of(brand: Brand, day: date | None) -> datetime | None:
    """When the day is over in the brand's time zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(brand.timezone))
