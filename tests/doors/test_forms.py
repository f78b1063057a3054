"""What forms of pages can set, and which rows they offer: told by the forms themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django import forms
from django.urls import get_resolver

# Columns that only the product writes, whatever is posted beside a form's own fields.
PROTECTED = {
    "id", "pk", "uid", "brand", "actor", "author", "asked_by", "created_by", "created_at",
    "updated_at", "owner_user", "digest", "hash", "previous_hash", "secret", "password",
    "is_staff", "is_superuser", "is_active", "groups", "user_permissions", "status", "stage",
}  # fmt: skip


def our_forms() -> list[type[forms.BaseForm]]:
    assert get_resolver().url_patterns  # which loads every page, and with it every form
    return [
        form
        for form in below(forms.BaseForm)
        if form.__module__.startswith(("crm.", "campaigns.", "segmentation."))
    ]


def below(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for one in form.__subclasses__():
        yield one
        yield from below(one)


def test_no_form_of_a_table_sets_what_only_the_product_writes():
    wrong, tables = [], 0
    for form in our_forms():
        if issubclass(form, forms.ModelForm) and form._meta.model:
            tables += 1
            named = form._meta.fields
            wrong += [f"{form.__name__}: all"] if not named or named == forms.ALL_FIELDS else []
            wrong += [f"{form.__name__}.{name}" for name in PROTECTED & set(form.base_fields)]
    assert wrong == []
    assert tables >= 3


def test_no_form_offers_rows_before_it_knows_the_brand():
    """Else those of every brand could be chosen wherever a page forgets to narrow them."""
    wrong, fields = [], 0
    for form in our_forms():
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, forms.ModelChoiceField):
                columns = {column.name for column in field.queryset.model._meta.get_fields()}
                is_branded = bool(columns & {"brand", "relationship", "campaign", "engagement"})
                fields += is_branded
                if is_branded and not field.queryset.query.is_empty():
                    wrong.append(f"{form.__name__}.{name}")
    assert wrong == []
    assert fields > 20
