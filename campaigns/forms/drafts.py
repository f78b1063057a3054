"""Drafts as they are handed in, decisions at gates, remarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from campaigns.choices import CheckAnswer, GateOutcome
from campaigns.models import Draft
from campaigns.services.deliverables import comments, deciding, submitting
from campaigns.services.deliverables.files import KINDS
from crm.styled import PlainForm

_ANSWER, _NOTE = "answer-", "note-"


class ManyFilesInput(forms.FileInput):
    """An input for any number of files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class ManyFiles(forms.FileField):
    """Any number of files, or none."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files that were sent."""
        return [one for one in data or [] if one]


class DraftForm(PlainForm):
    """The next version."""

    id_prefix = "draft"

    text = forms.CharField(
        max_length=submitting.TEXT_MAX,
        required=False,
        strip=False,
        label="Text",
        help_text="The caption, the script or the body.",
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    uploads = ManyFiles(
        required=False,
        label="Files",
        help_text=f"Pictures, films, sound, PDF ({', '.join(KINDS.values())}).",
        widget=ManyFilesInput(attrs={"multiple": True, "accept": ",".join(KINDS)}),
    )
    links = forms.CharField(
        max_length=6_000,
        required=False,
        label="Addresses",
        help_text="E.g. of an unlisted video, one a line.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        max_length=submitting.NOTE_MAX,
        required=False,
        label="Note",
        help_text="For whoever reads it; it is not published.",
    )
    round_reason = forms.CharField(
        max_length=submitting.REASON_MAX, required=False, label="Why one more draft than agreed"
    )

    def __init__(self, *args: Any, is_over: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_over and not self.data.get("round_reason"):
            del self.fields["round_reason"]

    @classmethod
    def after(cls, draft: Draft | None, *, is_over: bool) -> DraftForm:
        """The next version begins with the text of the last one."""
        initial = {"text": draft.text, "links": "\n".join(draft.links)} if draft else {}
        return cls(initial=initial, is_over=is_over)

    @property
    def handed(self) -> submitting.Handed:
        """What the services take."""
        said = self.cleaned_data
        return submitting.Handed(
            text=said["text"],
            links=said["links"].splitlines(),
            uploads=said["uploads"],
            note=said["note"],
            round_reason=said.get("round_reason", ""),
        )


class DecisionForm(PlainForm):
    """What is said at a gate."""

    id_prefix = "decision"

    outcome = forms.ChoiceField(
        choices=GateOutcome.choices, widget=forms.RadioSelect, label="Decision"
    )
    reason = forms.CharField(
        max_length=deciding.REASON_MAX,
        required=False,
        label="Reason",
        help_text="Needed where it needs work; the creator reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    corrections = forms.CharField(
        max_length=12_000,
        required=False,
        label="Corrections",
        help_text="One a line; the creator says when each is done.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rest = forms.BooleanField(required=False, label="Every line without an answer is in order")

    def said(self, keys: list[str], data: QueryDict) -> deciding.Said:
        """What the services take."""
        given = self.cleaned_data
        return deciding.Said(
            outcome=GateOutcome(given["outcome"]),
            reason=given["reason"],
            corrections=given["corrections"].splitlines(),
            answers=answers_in(keys, data, rest_is_fine=given["rest"]),
        )


def answers_in(
    keys: list[str], data: Mapping[str, Any], *, rest_is_fine: bool
) -> dict[str, tuple[CheckAnswer, str]]:
    """The answers to lines of a checklist, by key."""
    found = {}
    for key in keys:
        given = data.get(f"{_ANSWER}{key}", "")
        if given not in CheckAnswer.values:
            if not rest_is_fine:
                continue
            given = CheckAnswer.YES
        found[key] = (CheckAnswer(given), str(data.get(f"{_NOTE}{key}", "")))
    return found


class OpinionForm(PlainForm):
    """What an outside reviewer thinks, of the version that they were shown."""

    id_prefix = "opinion"

    seen = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        choices=[
            (GateOutcome.APPROVED.value, "I would approve it"),
            (GateOutcome.NEEDS_WORK.value, "It needs work"),
        ],
        widget=forms.RadioSelect,
        label="What do you think?",
    )
    reason = forms.CharField(
        max_length=deciding.REASON_MAX,
        required=False,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemarkForm(PlainForm):
    """A remark, about words of the text, a file, or all of it."""

    id_prefix = "remark"

    text = forms.CharField(
        max_length=comments.TEXT_MAX,
        label="Remark",
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": "true"}),
    )
    quote = forms.CharField(
        max_length=comments.QUOTE_MAX,
        required=False,
        strip=False,
        label="About these words",
        help_text="Select them in the text, or copy them here. Empty: about all of it.",
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    file = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seconds = forms.DecimalField(
        required=False, min_value=0, max_digits=8, decimal_places=1, widget=forms.HiddenInput
    )
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    is_visible = forms.BooleanField(required=False, label="The creator sees it")

    def remark(self, draft: Draft) -> comments.Remark:
        """What the services take; the words are looked up in the version."""
        said = self.cleaned_data
        quote = said["quote"].replace("\r\n", "\n")
        start = end = None
        if quote.strip():
            hint = said["start"] or 0
            is_there = draft.text[hint : hint + len(quote)] == quote
            start = hint if is_there else draft.text.find(quote.strip())
            # -1 is refused by the service, in words.
            end = start + len(quote if is_there else quote.strip())
        return comments.Remark(
            text=said["text"],
            start=start,
            end=end,
            file=said["file"],
            seconds=said["seconds"],
            parent=said["parent"],
            is_visible=said["is_visible"],
        )
