"""What legal says about a disclosure: a verdict, an answer to a line, the next request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from campaigns.choices import Channel, GateOutcome, ItemResult
from campaigns.forms.drafts import answers_in
from campaigns.services.deliverables import hours
from campaigns.services.deliverables.deciding import CORRECTION_MAX, CORRECTIONS, Said
from campaigns.services.disclosures import answers, deciding
from campaigns.services.disclosures.asking import VERDICTS
from campaigns.services.disclosures.record import CLEAR
from campaigns.services.remediation import asking, ending
from crm.models import Mailbox
from crm.services.mail.composing import SUBJECT_MAX
from crm.styled import PlainForm, lines

WAIT = "wait"


class VerdictForm(PlainForm):
    """A verdict, why, and for a draft what it means at legal's gate."""

    id_prefix = "verdict"

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=[(one.value, one.label) for one in VERDICTS],
        widget=forms.RadioSelect,
        label="Verdict",
    )
    reason = forms.CharField(
        max_length=deciding.REASON_MAX,
        required=False,
        label="Reason",
        help_text="Kept with the decision; the creator does not read it.",
        widget=lines(2),
    )
    outcome = forms.ChoiceField(
        choices=[
            ("", "As the verdict says"),
            *GateOutcome.choices,
            (WAIT, "Nothing yet: the gate still waits"),
        ],
        required=False,
        label="At legal's gate",
    )
    for_creator = forms.CharField(
        max_length=deciding.REASON_MAX,
        required=False,
        label="To the creator",
        help_text="What the draft needs, or why it is approved all the same.",
        widget=lines(4),
    )
    corrections = forms.CharField(
        max_length=CORRECTION_MAX * CORRECTIONS,
        required=False,
        label="Corrections",
        help_text="One a line; for “approved with corrections”.",
        widget=lines(2),
    )
    rest = forms.BooleanField(required=False, label="Every line without an answer is in order")

    def decided(self, keys: list[str], data: QueryDict, *, is_draft: bool) -> deciding.Decided:
        """What the services take."""
        said = self.cleaned_data
        verdict = said["verdict"]
        gate = None
        if is_draft and said["outcome"] != WAIT:
            is_clear = verdict in CLEAR
            chosen = said["outcome"] or (
                GateOutcome.APPROVED if is_clear else GateOutcome.NEEDS_WORK
            )
            outcome = GateOutcome(chosen)
            is_refusal = outcome == GateOutcome.NEEDS_WORK
            # The suggested words ask for something: with a plain yes they would confuse.
            words = said["for_creator"] if is_refusal or not is_clear else ""
            gate = Said(
                outcome=outcome,
                reason=words,
                corrections=said["corrections"].splitlines()
                if outcome == GateOutcome.CORRECTIONS
                else (),
                answers={} if is_refusal else answers_in(keys, data, rest_is_fine=said["rest"]),
            )
        return deciding.Decided(verdict=verdict, reason=said["reason"], gate=gate)


class AnswerForm(forms.Form):
    """What a person found about a line of the checklist."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    key = forms.CharField(max_length=200)
    result = forms.ChoiceField(choices=ItemResult.choices)
    note = forms.CharField(max_length=answers.NOTE_MAX, required=False)


def first_error(form: forms.BaseForm) -> str:
    """What is wrong with a form that has no page of its own."""
    errors: Mapping[str, Any] = form.errors
    return next((str(error) for some in errors.values() for error in some), "")


class _RequestForm(PlainForm):
    words = forms.CharField(
        max_length=asking.WORDS_MAX, label="What the creator reads", widget=lines(14)
    )
    due_on = forms.DateField(
        label="By",
        help_text="Until the end of the working day.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write a day, e.g. 2027-03-01.", "required": "Say by when."},
    )

    def _due_at(self, week: hours.Week) -> datetime:
        return datetime.combine(self.cleaned_data["due_on"], week.ends, tzinfo=week.zone)


class MailRequestForm(_RequestForm):
    """A request that goes by the product's mail."""

    mailbox = forms.ModelChoiceField(Mailbox.objects.none(), label="From", empty_label=None)
    subject = forms.CharField(max_length=SUBJECT_MAX, label="Subject")
    field_order = ("mailbox", "subject", "words", "due_on")

    def __init__(self, *args: Any, mailboxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailbox"].queryset = mailboxes  # type: ignore[attr-defined]

    def wanted(self, week: hours.Week) -> asking.Request:
        """What the services take."""
        said = self.cleaned_data
        return asking.Request(
            said["words"],
            self._due_at(week),
            Channel.MAIL,
            said["mailbox"],
            said["subject"],
        )


class HandRequestForm(_RequestForm):
    """A request that was sent or said in another way."""

    channel = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Channel if one != Channel.MAIL],
        label="How it was said",
    )
    field_order = ("channel", "words", "due_on")

    def wanted(self, week: hours.Week) -> asking.Request:
        """What the services take."""
        said = self.cleaned_data
        return asking.Request(said["words"], self._due_at(week), said["channel"])


class WithdrawForm(PlainForm):
    """Why nothing is asked for any more."""

    id_prefix = "withdraw"

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=ending.NOTE_MAX, label="Why", widget=lines(2))


class DoneForm(PlainForm):
    """It is said to be done."""

    id_prefix = "done"

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    note = forms.CharField(
        max_length=ending.NOTE_MAX, required=False, label="Note", widget=lines(2)
    )
