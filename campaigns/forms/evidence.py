"""What somebody saw of a piece of content: files, texts, the platform's own label."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import EvidenceFileKind
from campaigns.forms.drafts import ManyFiles, ManyFilesInput
from campaigns.forms.publishing import moment_field
from campaigns.services.deliverables.files import KINDS
from campaigns.services.disclosures import gathering
from crm.styled import PlainForm, lines

_YES_NO = [("", "Nobody looked"), ("yes", "On"), ("no", "Off")]


def _yes_no(label: str, help_text: str = "", choices: Any = None) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=choices or _YES_NO,
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        help_text=help_text,
    )


class GuestEvidenceForm(PlainForm):
    """What the creator shows of a piece."""

    id_prefix = "evidence"

    uploads = ManyFiles(
        required=False,
        label="Files",
        help_text="Screenshots of the whole screen, the film itself, or a PDF.",
        widget=ManyFilesInput(attrs={"multiple": True, "accept": ",".join(KINDS)}),
    )
    captured_at = moment_field("Taken at")
    text = forms.CharField(
        max_length=gathering.TEXT_MAX,
        required=False,
        label="The whole caption",
        help_text="Copied from the post, hashtags included.",
        widget=lines(4),
    )
    platform_tool = _yes_no(
        "The platform's own label", "E.g. “Paid partnership”, “Includes paid promotion”."
    )
    note = forms.CharField(max_length=gathering.NOTE_MAX, required=False, label="Note")

    @property
    def seen(self) -> dict[str, Any]:
        """The parts that were captured."""
        said = self.cleaned_data
        names = ("text", "platform_tool")
        return {name: said[name] for name in names}


class EvidenceForm(GuestEvidenceForm):
    """The same for the team, who can write down more of it."""

    kind = forms.ChoiceField(
        choices=[("", "As their type tells"), *EvidenceFileKind.choices],
        required=False,
        label="What the files show",
    )
    visible_text = forms.CharField(
        max_length=gathering.TEXT_MAX,
        required=False,
        label="As much of it as is seen at once",
        help_text="What stands before “more”, on a phone.",
        widget=lines(2),
    )
    title = forms.CharField(max_length=500, required=False, label="Title")
    frames = forms.CharField(
        max_length=gathering.FRAME_MAX * 20,
        required=False,
        label="Words on the picture",
        help_text="One line for each frame of a story, or each scene of a film.",
        widget=lines(3),
    )
    spoken = forms.CharField(
        max_length=gathering.TEXT_MAX,
        required=False,
        label="What is said",
        help_text="The words from the first to the last, as far as they were written down.",
        widget=lines(3),
    )
    label_seconds = forms.FloatField(
        min_value=0, required=False, label="Seconds for which the label is seen"
    )
    seconds = forms.FloatField(min_value=0, required=False, label="Seconds of the whole film")
    is_retouched = _yes_no(
        "A body or face was altered", choices=[("", "Nobody looked"), ("yes", "Yes"), ("no", "No")]
    )
    is_synthetic = _yes_no(
        "A person made by a machine appears",
        choices=[("", "Nobody looked"), ("yes", "Yes"), ("no", "No")],
    )
    url = forms.CharField(
        max_length=gathering.URL_MAX,
        required=False,
        label="Address at which it was seen",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    field_order = (
        "uploads", "kind", "captured_at", "text", "visible_text", "title", "frames", "spoken",
        "platform_tool", "label_seconds", "seconds", "is_retouched", "is_synthetic", "url", "note",
    )  # fmt: skip

    @property
    def seen(self) -> dict[str, Any]:
        """The parts that were captured."""
        said = self.cleaned_data
        names = (
            "text", "visible_text", "title", "spoken", "platform_tool", "label_seconds", "seconds",
            "is_retouched", "is_synthetic", "url",
        )  # fmt: skip
        frames = said["frames"].replace("\r\n", "\n")
        return {name: said[name] for name in names} | {
            "frames": frames.split("\n") if frames.strip() else None
        }
