"""What is said about an incident, and with each act."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.forms.offers import date_field
from campaigns.models import Campaign
from campaigns.risk.suitability import standard as taxonomy
from campaigns.services.incidents.record import NOTE_MAX
from campaigns.services.incidents.reporting import WHAT_MAX, Seen
from campaigns.services.incidents.runbooks import STATEMENT_MAX, Book
from crm.choices import IncidentKind, RunbookPhase, Severity
from crm.models import Brand, Incident, User
from crm.selectors import people_of
from crm.styled import PlainForm, lines

SEVERITY_WORDS = {
    Severity.LOW: "Low: nobody outside noticed, put right in a message",
    Severity.MEDIUM: "Medium: some people noticed, or a rule was broken",
    Severity.HIGH: "High: many noticed, press or authority may follow",
    Severity.CRITICAL: "Critical: somebody is harmed, or the brand is in the news",
}


class IncidentForm(PlainForm):
    """What happened, how bad it is, and who leads the work on it."""

    kind = forms.ChoiceField(choices=IncidentKind.choices, label="What kind of thing")
    severity = forms.ChoiceField(choices=list(SEVERITY_WORDS.items()), label="How bad")
    what = forms.CharField(
        max_length=WHAT_MAX,
        label="What happened",
        widget=lines(5),
        help_text="Read by legal, admins, its owner and you. Prefer “public post, this category” "
        "to what somebody believes, is ill with or did.",
    )
    url = forms.CharField(
        max_length=500,
        required=False,
        label="Where it can be seen",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    happened_on = date_field("Happened on", "Left empty: nobody knows.")
    noticed_on = date_field("Noticed on", "Left empty: today.")
    category = forms.ChoiceField(required=False, label="Category of suitability")
    tier = forms.ChoiceField(required=False, label="How it was treated")
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Led by", empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = taxonomy()
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", "None of them"),
            *((one.key, one.name) for one in known.categories.values()),
        ]
        self.fields["tier"].choices = [  # type: ignore[attr-defined]
            ("", "Not said"),
            *((one.key, f"{one.name}: {one.means}") for one in known.tiers.values()),
        ]
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, incident: Incident) -> IncidentForm:
        """The form as the incident is now."""
        names = ("kind", "severity", "what", "url", "happened_on", "noticed_on", "category", "tier")
        initial = {name: getattr(incident, name) for name in names}
        return cls(brand=incident.brand, initial=initial | {"owner": incident.owner_id})

    @property
    def seen(self) -> Seen:
        """What the services take."""
        said = dict(self.cleaned_data)
        kind, severity = IncidentKind(said.pop("kind")), Severity(said.pop("severity"))
        said.pop("campaigns", None)
        return Seen(kind=kind, severity=severity, **said)


class CampaignsForm(PlainForm):
    """Which campaigns an incident touches."""

    id_prefix = "affected"

    campaigns = forms.ModelMultipleChoiceField(
        Campaign.objects.none(), required=False, label="Campaigns it touches"
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Campaign.objects.filter(brand=brand).in_use().order_by("-starts_on", "name", "pk")
        self.fields["campaigns"].queryset = rows  # type: ignore[attr-defined]


class ActForm(PlainForm):
    """What is said with an act."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(max_length=NOTE_MAX, required=False, label="Why", widget=lines(2))


class NoteForm(PlainForm):
    """A note in the history."""

    id_prefix = "note"

    text = forms.CharField(max_length=NOTE_MAX, label="Note", widget=lines(2))


class FileForm(PlainForm):
    """A file that shows what happened."""

    id_prefix = "evidence"

    file = forms.FileField(label="Screenshot, recording or PDF")


class RunbookForm(PlainForm):
    """The steps of a kind, a line each, and the holding statement."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    first_hour = forms.CharField(required=False, label="First hour", widget=lines(7))
    first_day = forms.CharField(required=False, label="First day", widget=lines(7))
    afterwards = forms.CharField(required=False, label="Afterwards", widget=lines(6))
    statement = forms.CharField(
        required=False,
        max_length=STATEMENT_MAX,
        label="Holding statement",
        widget=lines(4),
        help_text="What is said while nothing more can be said. {creator}, {brand} and {day} are "
        "filled in. Legal clears it before anybody uses it.",
    )

    @classmethod
    def of(cls, book: Book) -> RunbookForm:
        """The form as the runbook is now."""
        steps = {phase.value: "\n".join(book.steps[phase]) for phase in RunbookPhase}
        return cls(initial={**steps, "statement": book.statement, "version": book.version})

    @property
    def steps(self) -> dict[RunbookPhase, list[str]]:
        """By when they are due."""
        return {phase: self.cleaned_data[phase.value].splitlines() for phase in RunbookPhase}
