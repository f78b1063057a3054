"""Setting up a webhook, and having it told of a period again."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.audit.verbs import GROUPS
from crm.forms.base import PlainForm
from crm.models import Webhook
from crm.models.webhooks import ALL_EVENTS
from crm.outgoing import URL_MAX
from crm.services.webhooks.keeping import GRACE_HOURS, GRACE_HOURS_MAX, NAME_MAX, Wanted

_APPS = (
    ("crm", "Creators, outreach and the brand"),
    ("campaigns", "Campaigns, content, money and law"),
    ("segmentation", "Segments, runs and experiments"),
)


class WebhookForm(PlainForm):
    """Where it is, and what it is told of."""

    name = forms.CharField(max_length=NAME_MAX, label="Name")
    url = forms.CharField(
        max_length=URL_MAX,
        label="Address",
        help_text="https:// and a server on the internet. It is looked up before it is saved.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        choices=[(ALL_EVENTS, "Everything"), *GROUPS.items()],
        label="Told of",
        error_messages={"required": "Choose what it is to be told of."},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        if webhook is not None:
            names = ("name", "url", "events", "version")
            kwargs["initial"] = {name: getattr(webhook, name) for name in names}
        super().__init__(*args, **kwargs)

    @property
    def wanted(self) -> Wanted:
        """As the service takes it."""
        said = self.cleaned_data
        return Wanted(said["name"], said["url"], tuple(said["events"]))

    @property
    def is_all(self) -> bool:
        """Whether “Everything” is chosen."""
        return ALL_EVENTS in self._chosen

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The events by app, with which of them are chosen."""
        chosen = self._chosen
        found = []
        for app, title in _APPS:
            events = [
                {"value": group, "label": words, "is_chosen": group in chosen}
                for group, words in sorted(GROUPS.items(), key=lambda item: item[1].lower())
                if group.partition(".")[0] == app
            ]
            number = sum(bool(event["is_chosen"]) for event in events)
            found.append({"title": title, "events": events, "number": number})
        return found

    @property
    def _chosen(self) -> set[str]:
        return set(self["events"].value() or ())


class RotateForm(PlainForm):
    """How long the old secret holds as well."""

    id_prefix = "rotate"

    grace_hours = forms.IntegerField(
        min_value=0,
        max_value=GRACE_HOURS_MAX,
        initial=GRACE_HOURS,
        label="Hours in which the old one holds as well",
    )


class PeriodForm(PlainForm):
    """From when to when it is told again: moments of the brand's time zone."""

    id_prefix = "period"

    since = forms.DateTimeField(
        label="From", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    before = forms.DateTimeField(
        label="To", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
