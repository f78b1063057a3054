"""The forms of this app's pages. What services refuse is put beside the field that it names."""

from __future__ import annotations

import calendar
import zoneinfo
from typing import Any

import pycountry
from django import forms
from django.core.exceptions import ValidationError

from crm.choices import CreatorType, Role, Scope, Stage
from crm.importers.dates import FORM_LABELS
from crm.importers.vocabulary import TARGETS, Level
from crm.models import ApiToken, Brand, Creator, Platform, Relationship, TierScheme, User
from crm.selectors import people_of
from crm.services.notes import NOTE_MAX
from crm.services.relationships import NEXT_STEP_MAX, REASON_MAX

MAX_FOLLOWERS = 10**12
_COUNTRIES = [
    ("", "Not known"),
    *sorted(((c.alpha_2, c.name) for c in pycountry.countries), key=lambda pair: pair[1]),
]
_MONTHS = [(number, calendar.month_name[number]) for number in range(1, 13)]


class Styled:
    """Gives each field the look of its kind, and ties its help text and errors to it."""

    fields: dict[str, forms.Field]

    def dress(self) -> None:
        """Call at the end of __init__."""
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxSelectMultiple | forms.HiddenInput):
                continue
            is_choice = isinstance(widget, forms.Select)
            widget.attrs.setdefault("class", "form-select" if is_choice else "form-control")


class PlainForm(Styled, forms.Form):
    """A form that is not of one model."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class NewCreatorForm(PlainForm):
    """A creator by hand, with the account that they are known by."""

    name = forms.CharField(max_length=200, label="Name")
    platform = forms.ModelChoiceField(Platform.objects.all(), label="Platform", empty_label=None)
    handle = forms.CharField(
        max_length=500, label="Handle", help_text="Or the address of the profile."
    )
    followers = forms.IntegerField(
        min_value=0,
        max_value=MAX_FOLLOWERS,
        required=False,
        label="Followers",
        help_text="As of today, if you know it.",
    )
    country = forms.ChoiceField(choices=_COUNTRIES, required=False, label="Country")
    email = forms.EmailField(
        required=False, label="E-mail", help_text="Seen by your brand only.", max_length=254
    )


class NewProfileForm(PlainForm):
    """Another account of a creator, or a newer count of a known one."""

    platform = forms.ModelChoiceField(Platform.objects.all(), label="Platform", empty_label=None)
    handle = forms.CharField(max_length=500, label="Handle or address")
    followers = forms.IntegerField(
        min_value=0, max_value=MAX_FOLLOWERS, required=False, label="Followers today"
    )


class CreatorForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """What is known of a creator as a person."""

    country = forms.ChoiceField(choices=_COUNTRIES, required=False, label="Country")
    is_celebrity = forms.NullBooleanField(
        required=False,
        label="Celebrity",
        widget=forms.Select(choices=[("unknown", "Nobody said"), ("true", "Yes"), ("false", "No")]),
        help_text="A celebrity is in the celebrity tier whatever the count.",
    )

    class Meta:
        model = Creator
        fields = ["name", "creator_type", "country", "language", "profession", "is_celebrity"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["creator_type"].choices = CreatorType.choices  # type: ignore[attr-defined]
        self.dress()


class RelationshipForm(PlainForm):
    """How the brand stands with the creator: stage, owner, next step. One save for all three."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    stage = forms.ChoiceField(choices=Stage.choices, label="Stage")
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="Reason",
        help_text="Needed to and from lapsed and declined.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Owner", empty_label="Nobody"
    )
    next_step = forms.CharField(max_length=NEXT_STEP_MAX, required=False, label="Next step")
    next_step_on = forms.DateField(
        required=False,
        label="By",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        """`brand` says who can be the owner."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_of(brand)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, relationship: Relationship) -> RelationshipForm:
        """The form as the relationship is now."""
        return cls(
            brand=relationship.brand,
            initial={
                "version": relationship.version,
                "stage": relationship.stage,
                "owner": relationship.owner_id,
                "next_step": relationship.next_step,
                "next_step_on": relationship.next_step_on,
            },
        )

    def clean(self) -> dict[str, Any]:
        """A day without a step is a slip."""
        data = super().clean() or {}
        if data.get("next_step_on") and not data.get("next_step"):
            self.add_error("next_step", "Say what is to be done by that day.")
        return data


class MoveForm(forms.Form):
    """A move on the board."""

    to = forms.ChoiceField(choices=Stage.choices)
    reason = forms.CharField(max_length=REASON_MAX, required=False)
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class NoteForm(PlainForm):
    """A note."""

    text = forms.CharField(
        max_length=NOTE_MAX, label="Note", widget=forms.Textarea(attrs={"rows": 3})
    )


class BrandForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """What an admin sets for a brand."""

    fiscal_year_start_month = forms.TypedChoiceField(
        choices=_MONTHS,
        coerce=int,
        label="Fiscal year begins in",
        help_text="Quarters of runs and scorecards follow it.",
    )
    tier_scheme = forms.ModelChoiceField(
        TierScheme.objects.all(),
        required=False,
        label="Tier scheme",
        empty_label="None",
        help_text="How cards and lists cut creators by followers.",
    )
    approval_threshold_percent = forms.IntegerField(
        min_value=0,
        max_value=100,
        label="Approval threshold, %",
        help_text="A run that moves a larger share of your creators waits for somebody's approval.",
    )

    class Meta:
        model = Brand
        fields = [
            "name",
            "timezone",
            "fiscal_year_start_month",
            "tier_scheme",
            "approval_threshold_percent",
        ]
        help_texts = {"timezone": "For example Europe/Copenhagen."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].widget.attrs["list"] = "timezones"
        self.dress()

    @staticmethod
    def timezones() -> list[str]:
        """What the field suggests."""
        return sorted(zoneinfo.available_timezones())


class PersonForm(PlainForm):
    """Somebody by address, and what they do for the brand."""

    email = forms.EmailField(max_length=254, label="E-mail")
    role = forms.ChoiceField(choices=Role.choices, label="Role")


class RoleForm(forms.Form):
    """A change of somebody's role; empty takes it away."""

    role = forms.ChoiceField(choices=[("", "Remove from brand"), *Role.choices], required=False)


class TokenForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """A token of the REST API."""

    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        label="What it may do",
        error_messages={"required": "Choose at least one."},
    )

    class Meta:
        model = ApiToken
        fields = ["name"]
        labels = {"name": "What it is for"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the brand's form, which has a name too.
        super().__init__(*args, **{**kwargs, "auto_id": "id_token_%s"})
        self.dress()


class UploadForm(PlainForm):
    """A file of creators or posts, or rows pasted from a spreadsheet."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="CSV, TSV, JSON lines or XLSX; .gz and .xz are unpacked.",
    )
    pasted = forms.CharField(
        required=False,
        label="Or paste rows",
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="With the row of headings, as copied from a spreadsheet; or one handle per line.",
    )
    kind = forms.ChoiceField(
        choices=[("", "Tell by the headings"), ("creators", "Creators"), ("posts", "Posts")],
        required=False,
        label="What it holds",
    )
    source = forms.SlugField(
        max_length=60,
        required=False,
        label="Source",
        help_text="For example modash. The columns are remembered by this name.",
    )

    def clean(self) -> dict[str, Any]:
        """One of both, file or rows."""
        data = super().clean() or {}
        if bool(data.get("file")) == bool((data.get("pasted") or "").strip()):
            self.add_error("file", "Choose a file or paste rows, one of both.")
        return data


class ImportFileForm(PlainForm):
    """What is true of the whole file of an import."""

    kind = forms.ChoiceField(choices=[("creators", "Creators"), ("posts", "Posts")], label="Holds")
    platform = forms.ModelChoiceField(
        Platform.objects.all(),
        required=False,
        label="Platform",
        empty_label="Rows say it themselves",
    )
    captured_on = forms.DateField(
        required=False,
        label="Numbers are from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Empty: today.",
    )


class ImportColumnForm(PlainForm):
    """What one column of an import means, and how its cells are written."""

    target = forms.ChoiceField(required=False, label="Field")
    platform = forms.ModelChoiceField(
        Platform.objects.all(), required=False, label="Platform", empty_label="The file's platform"
    )
    decimal = forms.ChoiceField(
        choices=[("point", "Decimal point: 1,234.5"), ("comma", "Decimal comma: 1.234,5")],
        required=False,
        label="Decimal mark",
    )
    unit = forms.ChoiceField(
        choices=[("fraction", "0.035 is 3.5 %"), ("points", "3.5 is 3.5 %")],
        required=False,
        label="Unit",
    )
    form = forms.ChoiceField(
        choices=[(form.value, label) for form, label in FORM_LABELS.items()],
        required=False,
        label="Dates",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [
            (
                level.label,
                [(key, found.label) for key, found in TARGETS.items() if found.level is level],
            )
            for level in Level
        ]
        self.fields["target"].choices = [("", "Leave out"), *groups]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
            field.widget.attrs["class"] = "form-select form-select-sm"


def put_error(form: forms.BaseForm, field: str, message: str) -> None:
    """Put what a service refused beside the field it names, or at the top of the form."""
    form.add_error(field if field in form.fields else None, ValidationError(message))
