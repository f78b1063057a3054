"""The Django admin of the installation: accounts and registries. Brands have settings of their own.

What services keep whole (relationships, roles, tokens, the ledger) cannot be edited here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from crm.models import AuditEntry, Brand, Niche, Platform, Tier, TierScheme, User

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looking is allowed, nothing else."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """Accounts; roles are given in a brand's settings, where the ledger sees them."""

    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_active", "is_staff"]
    search_fields = ["email", "first_name", "last_name"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "handle"]}),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"classes": ["wide"], "fields": ["email", "usable_password", "password1", "password2"]},
        )
    ]
    filter_horizontal = []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Close an account (not active) instead: what it did stays readable."""
        return False


@admin.register(Brand)
class BrandAdmin(ReadOnlyAdmin):
    """Brands are made by `manage.py create_brand` and changed in their settings."""

    list_display = ["name", "slug", "timezone", "tier_scheme"]
    search_fields = ["name", "slug"]


@admin.register(Platform)
class PlatformAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The registry of platforms."""

    list_display = ["name", "key", "mark", "audience_word", "is_custom", "position"]


@admin.register(Niche)
class NicheAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Subjects that creators work in."""

    list_display = ["label", "key", "parent"]
    search_fields = ["label", "key"]


class TierInline(admin.TabularInline):  # type: ignore[type-arg]
    """The tiers of a scheme."""

    model = Tier
    extra = 0


@admin.register(TierScheme)
class TierSchemeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tier schemes with their source."""

    list_display = ["name", "key", "source", "year", "market", "platform"]
    inlines = [TierInline]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """The ledger of all brands."""

    list_display = ["brand", "number", "at", "actor_label", "verb", "target_label"]
    list_filter = ["brand", "verb"]
    list_select_related = ["brand"]
    search_fields = ["text__target_label", "text__actor_label"]
    show_full_result_count = False
