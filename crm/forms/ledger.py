"""Which entries of the ledger: one filter for the page, the export and the API."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from crm import audit
from crm.audit.verbs import GROUPS
from crm.forms.base import PlainForm
from crm.models import AuditEntry, Brand, Creator, User
from crm.paging import Order

NEWEST_FIRST = Order("ledger", key="number", descending=True)
Entries = QuerySet[AuditEntry]


class LedgerFilter(filters.FilterSet):  # type: ignore[misc] # it ships no types
    """The filter itself; `request.brand` says whose ledger it is."""

    verb = filters.CharFilter(
        method="by_verb",
        max_length=60,
        help_text="The act, or how it begins: `crm.stage.moved`, `crm.stage`.",
    )
    actor = filters.NumberFilter(
        field_name="actor", min_value=0, max_value=2**63 - 1, help_text="By this account."
    )
    target_type = filters.CharFilter(max_length=40, help_text="The kind of row: `crm.creator`.")
    target_id = filters.NumberFilter(min_value=0, max_value=2**63 - 1, help_text="Of this number.")
    creator = filters.UUIDFilter(
        method="by_creator", help_text="Done to a creator, or to whatever belongs to them."
    )

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_verb(self, rows: Entries, _name: str, value: str) -> Entries:
        """The act itself, or all of its group."""
        # "crm.tag" is not the beginning of "crm.tags".
        return rows.filter(Q(verb=value) | Q(verb__startswith=f"{value.rstrip('.')}."))

    def by_creator(self, rows: Entries, _name: str, value: Any) -> Entries:
        """Nothing where the creator is not of the brand."""
        # Of a page's request, or of the token of an API request.
        brand: Brand = getattr(self.request, "brand", None) or self.request.auth.brand
        found = Creator.objects.filter(uid=value, relationships__brand=brand).first()
        return rows & audit.about_creator(brand, found) if found else rows.none()


class LedgerForm(PlainForm):
    """The filter of the page, as a person fills it in."""

    verb = forms.ChoiceField(required=False, label="What")
    actor = forms.ChoiceField(required=False, label="Who")
    target_type = forms.ChoiceField(required=False, label="Done to")
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To", widget=forms.DateInput(attrs={"type": "date"})
    )
    target_id = forms.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    creator = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """The choices are the brand's people and what its ledger is about."""
        super().__init__(*args, **kwargs)
        people = User.objects.filter(roles__brand=brand).order_by("email")
        kinds = audit.kinds_of_targets(brand)
        self._offer("verb", [("", "Anything"), *GROUPS.items()])
        self._offer(
            "actor",
            [("", "Anybody"), (audit.SYSTEM, "The product itself")]
            + [(str(user.pk), f"{user.display_name} ({user.email})") for user in people],
        )
        self._offer(
            "target_type", [("", "Anything"), *((kind, kind_in_words(kind)) for kind in kinds)]
        )

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the types
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        return said

    def entries(self, brand: Brand) -> Entries:
        """What is asked for; nothing where the question makes no sense."""
        rows: Entries = AuditEntry.objects.filter(brand=brand)
        if not self.is_valid():
            return rows.none()
        said = self.cleaned_data
        rows = within(rows, since=_start(said["since"]), before=_end(said["until"]))
        if said["actor"] == audit.SYSTEM:
            rows = rows.filter(actor=None)
        elif said["actor"]:
            rows = rows.filter(actor=said["actor"])
        asked = LedgerFilter(
            {name: said[name] for name in ("verb", "target_type", "target_id", "creator")},
            queryset=rows,
            request=_Asked(brand),
        )
        found: Entries = asked.qs
        return found


class _Asked:
    """What the filter wants to know of a request."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand


def within(rows: Entries, *, since: datetime | None, before: datetime | None) -> Entries:
    """Those of a span of time."""
    if since:
        rows = rows.filter(at__gte=since)
    if before:
        rows = rows.filter(at__lt=before)
    return rows


def kind_in_words(kind: str) -> str:
    """A kind of row as people call it: "crm.mailtemplate" is a mail template."""

    try:
        return str(apps.get_model(kind)._meta.verbose_name).capitalize()
    except LookupError:
        return kind


def _start(day: Any) -> datetime | None:
    return datetime.combine(day, time.min, timezone.get_current_timezone()) if day else None


def _end(day: Any) -> datetime | None:
    return _start(day + timedelta(days=1)) if day else None


class KeepingForm(PlainForm):
    """Where checkpoints are mailed to."""

    address = forms.CharField(
        required=False,
        max_length=254,
        label="Mail each checkpoint to",
        help_text="Somebody outside this installation: your counsel, an auditor. Empty: nobody.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
