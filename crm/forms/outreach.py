"""What people type in outreach: templates, sequences, suppressions, rules of sending."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms

from crm.choices import MailPurpose, Stage, StepAction, SuppressionReason
from crm.forms.base import PlainForm
from crm.models import Brand, Mailbox, MailTemplate, Sequence, User
from crm.models.mail_templates import BODY_MAX, SUBJECT_MAX
from crm.models.sequences import DELAY_MAX, LINE_MAX
from crm.outreach.parts import AUDIENCES

_ANY_STAGE = [("", "Any stage"), *Stage.choices]
_WEEKDAYS = [
    (str(number), day)
    for number, day in enumerate(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), start=1
    )
]


def audience_choices(brand: Brand) -> list[tuple[str, Any]]:
    """All audiences of the brand, by kind; the empty one first."""
    groups = [
        (part.label, [(f"{part.key}:{key}", label) for key, label in part.choices(brand)])
        for part in AUDIENCES
    ]
    return [("", "Anybody"), *(group for group in groups if group[1])]


class AboutForm(PlainForm):
    """What templates and sequences are called and for whom they are."""

    name = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(max_length=300, required=False, label="What it is for")
    stage = forms.ChoiceField(choices=_ANY_STAGE, required=False, label="Stage")
    audience = forms.ChoiceField(required=False, label="Audience")

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["audience"])
        field.choices = audience_choices(brand)


class TemplateForm(AboutForm):
    """A template with what it says."""

    purpose = forms.ChoiceField(
        choices=MailPurpose.choices,
        label="Kind of mail",
        help_text="A first mail needs {{personal_line}}, what is said to this creator alone.",
    )
    subject = forms.CharField(max_length=SUBJECT_MAX, label="Subject")
    body = forms.CharField(
        max_length=BODY_MAX,
        strip=False,
        label="Mail",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Plain text. The signature, your address and the unsubscribe link follow by "
        "themselves.",
    )
    field_order = ("name", "description", "purpose", "stage", "audience", "subject", "body")


class SequenceForm(AboutForm):
    """What a sequence is for, and when it stops."""

    stops_on_stage_change = forms.BooleanField(
        required=False,
        initial=True,
        label="Stop when the creator's stage changes",
        help_text="An answer, an opt-out, a bounce or do-not-pitch always stop it.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class StepForm(PlainForm):
    """One step; the first has no choice but its template."""

    action = forms.ChoiceField(choices=StepAction.choices, required=False, label="What to do")
    delay_days = forms.IntegerField(
        min_value=0, max_value=DELAY_MAX, required=False, label="Days after the step before"
    )
    template_id = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, label="Template"
    )
    reminder = forms.CharField(max_length=200, required=False, label="What to remind of")

    def __init__(
        self, *args: Any, templates: dict[str, list[MailTemplate]], position: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.position = position
        purpose = MailPurpose.FIRST if position == 1 else MailPurpose.FOLLOW_UP
        field = cast("forms.ChoiceField", self.fields["template_id"])
        field.choices = [
            ("", "Choose"),
            *((template.pk, template.name) for template in templates.get(purpose, [])),
        ]
        if position == 1:
            for name in ("action", "delay_days", "reminder"):
                del self.fields[name]


class EnrolForm(PlainForm):
    """Which sequence, from which mailbox."""

    sequence = forms.ModelChoiceField(Sequence.objects.none(), label="Sequence", empty_label=None)
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.none(), label="Send from", empty_label=None, required=False
    )

    def __init__(self, *args: Any, brand: Brand, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sequences = cast("forms.ModelChoiceField[Sequence]", self.fields["sequence"])
        mailboxes = cast("forms.ModelChoiceField[Mailbox]", self.fields["mailbox"])
        sequences.queryset = Sequence.objects.filter(brand=brand).in_use()
        mailboxes.queryset = Mailbox.objects.filter(brand=brand).usable_by(user)


class ApproveForm(PlainForm):
    """A mail as somebody reads it before it leaves."""

    personal_line = forms.CharField(
        max_length=LINE_MAX,
        required=False,
        label="Personal line",
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        help_text="What is said to this creator alone: what you saw of their work.",
    )
    subject = forms.CharField(max_length=400, required=False, label="Subject")
    text = forms.CharField(
        max_length=100_000,
        required=False,
        strip=False,
        label="Mail",
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class SuppressionForm(PlainForm):
    """Somebody who is not to be written to."""

    address = forms.CharField(
        max_length=254,
        label="E-mail address",
        help_text="Where it is a creator's, all their addresses are covered, but for a bounce.",
    )
    reason = forms.ChoiceField(choices=SuppressionReason.choices, label="Why")
    note = forms.CharField(max_length=300, required=False, label="Note")


class RulesForm(PlainForm):
    """The brand's rules of sending."""

    sender_name = forms.CharField(
        max_length=120,
        required=False,
        label="Who writes",
        help_text="The company's name as the law knows it. Empty: the brand's name.",
    )
    postal_address = forms.CharField(
        max_length=300,
        required=False,
        label="Postal address",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands below each mail. Without it nothing is sent.",
    )
    privacy_url = forms.URLField(
        max_length=300,
        required=False,
        assume_scheme="https",
        label="Privacy notice",
        help_text="Linked in first mails where the law asks to say where an address is from.",
    )
    window_from = forms.TimeField(
        label="Mails leave from", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    window_until = forms.TimeField(
        label="until",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="By the creator's clock, where it is known.",
    )
    weekdays = forms.MultipleChoiceField(
        choices=_WEEKDAYS,
        label="On",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    days_off = forms.CharField(
        required=False,
        label="But not on",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Dates such as 2026-12-25, one a line.",
    )
    quiet_days = forms.IntegerField(
        min_value=0,
        max_value=365,
        label="Quiet days",
        help_text="For so long after a mail of anybody of yours, nobody else begins a new "
        "conversation with the creator.",
    )
    needs_consent_where_unknown = forms.BooleanField(
        required=False,
        label="Ask for consent where no rule is on file",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        help_text="Otherwise a legitimate interest is assumed there.",
    )

    def clean_days_off(self) -> list[date]:
        """The dates; ValidationError names the line that is none."""
        found = []
        for line in self.cleaned_data["days_off"].split():
            try:
                found.append(date.fromisoformat(line))
            except ValueError:
                raise forms.ValidationError(f"“{line[:30]}” is no date like 2026-12-25.") from None
        return found

    def clean_weekdays(self) -> str:
        """As the policy keeps them."""
        return "".join(self.cleaned_data["weekdays"])
