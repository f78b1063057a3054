"""A brief as it is written: one page of several forms, handled as one; acceptances by word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from campaigns.choices import Freedom
from campaigns.models import Campaign
from campaigns.services.briefs.accepting import NAME_MAX, NOTE_MAX
from campaigns.services.briefs.choosing import Choices
from campaigns.services.briefs.document import (
    LINE_MAX,
    LINES_MAX,
    LISTS,
    SECONDS_MAX,
    TEXT_MAX,
    TEXTS,
    Block,
    Document,
    Message,
    Step,
    Wording,
)
from campaigns.services.briefs.words import platform_names
from campaigns.services.briefs.writing import REASON_MAX
from campaigns.services.claims import stands
from campaigns.services.refusals import CampaignRefused
from crm.choices import PostKind
from crm.styled import PlainForm, put_error


def _area(label: str, help_text: str = "", *, rows: int = 3) -> forms.CharField:
    """Some text, or lines of it."""
    most = TEXT_MAX if rows < 5 else LINES_MAX * (LINE_MAX + 2)
    return forms.CharField(
        max_length=most,
        required=False,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class BriefForm(PlainForm):
    """Everything that stands once; lists have one thing on each line."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    goal = _area("What we want to reach", "In a sentence that a creator understands.")
    background = _area("Background", "Why now, and what happened before.")
    audience = _area("For whom")
    product = _area("About the product", "Facts only: what it is, how it is used, what is in it.")
    dos = _area("Do", "One on each line.", rows=5)
    donts = _area("Don't", "One on each line.", rows=5)
    hashtags = _area("Hashtags", "One on each line; the label of advertising stands below.", rows=5)
    mentions = _area("Mentions", "One account on each line.", rows=5)
    links = _area("Links", "One address on each line.", rows=5)
    inspiration = _area(
        "For inspiration", "One address on each line, then what is good about it.", rows=5
    )
    usage = _area("What we do with the content", "Where, for how long, with or without paid media.")
    statements = _area(
        "Statements, word for word",
        "For a crisis: what is said, one on each line. Legal is asked.",
        rows=5,
    )
    freedom = forms.ChoiceField(choices=Freedom.choices, label="How free the creator is")
    claims = forms.MultipleChoiceField(
        required=False, label="Claims", widget=forms.CheckboxSelectMultiple
    )
    wordings = forms.MultipleChoiceField(
        required=False, label="Label of advertising", widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="What is new in this version",
        help_text="Creators who accepted the version before read it first.",
    )


class MessageForm(PlainForm):
    """A line without text is none."""

    text = forms.CharField(max_length=LINE_MAX, required=False, label="Message")
    is_verbatim = forms.BooleanField(
        required=False,
        label="Word for word",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    place = forms.IntegerField(min_value=1, max_value=99, required=False, label="Place")


class BlockForm(PlainForm):
    """A line without a platform is none."""

    platform = forms.ChoiceField(required=False, label="Platform")
    form = forms.ChoiceField(
        choices=[("", "Choose"), *PostKind.choices], required=False, label="Form"
    )
    count = forms.IntegerField(min_value=1, max_value=99, required=False, label="Number")
    seconds = forms.IntegerField(
        min_value=1, max_value=SECONDS_MAX, required=False, label="Seconds at most"
    )
    message = forms.CharField(max_length=LINE_MAX, required=False, label="The message there")
    advice = forms.CharField(max_length=LINE_MAX, required=False, label="What works there")

    def __init__(self, *args: Any, names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = [("", "None"), *names.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A line that says something says on which platform and in which form."""
        data = super().clean() or {}
        if not data.get("platform") and any(
            data.get(name) for name in ("form", "seconds", "message", "advice")
        ):
            self.add_error("platform", "Choose on which platform it appears.")
        if data.get("platform") and not data.get("form"):
            self.add_error("form", "Choose the form.")
        return data


class StepForm(PlainForm):
    """A line without a title is none."""

    title = forms.CharField(max_length=200, required=False, label="What the creator does")
    due_on = forms.DateField(
        required=False,
        label="By",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        """Each step has both."""
        data = super().clean() or {}
        if data.get("title") and not data.get("due_on"):
            self.add_error("due_on", "Say by when.")
        if data.get("due_on") and not data.get("title"):
            self.add_error("title", "Say what is to be done.")
        return data


class BriefPageForms:
    """The forms of a brief, filled in from a document or from what was sent."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        campaign: Campaign,
        document: Document,
        today: date,
        version: int,
        reason: str = "",
    ) -> None:
        self.choices = Choices.of(campaign, document, today)
        initial: dict[str, Any] = {name: getattr(document, name) for name in (*TEXTS, "freedom")}
        initial |= {name: "\n".join(getattr(document, name)) for name in LISTS}
        initial["claims"] = [str(line.claim) for line in document.claims]
        initial["wordings"] = [wording.key for wording in document.wordings]
        self.main = BriefForm(data, initial=initial | {"version": version, "reason": reason})
        claims: Any = self.main.fields["claims"]
        claims.choices = [(str(pk), text) for pk, text in self.choices.texts.items()]
        wordings: Any = self.main.fields["wordings"]
        wordings.choices = [(label.key, label.text) for label in self.choices.labels]
        self.messages = _lines(MessageForm, data, "messages", _places(document.messages))
        self.blocks = _lines(
            BlockForm,
            data,
            "blocks",
            [vars(block) for block in document.blocks],
            names=platform_names(),
        )
        self.steps = _lines(StepForm, data, "steps", [vars(step) for step in document.steps])

    @property
    def sets(self) -> list[BaseFormSet[Any]]:
        """The lines."""
        return [self.messages, self.blocks, self.steps]

    @property
    def is_valid(self) -> bool:
        """Whether all are; each is asked, so that everything wrong is shown."""
        return all([self.main.is_valid(), *(lines.is_valid() for lines in self.sets)])

    @property
    def document(self) -> Document:
        """What the services take; call it when all is valid."""
        data = self.main.cleaned_data
        messages = [row for _n, row in _said(self.messages, "text")]
        messages.sort(key=lambda row: row["place"] or LINES_MAX + 1)
        texts: dict[str, Any] = {name: data[name] for name in (*TEXTS, "freedom")}
        lists: dict[str, Any] = {name: tuple(data[name].splitlines()) for name in LISTS}
        return Document(
            **texts,
            **lists,
            messages=tuple(Message(row["text"], row["is_verbatim"]) for row in messages),
            claims=self.choices.claims({int(number) for number in data["claims"]}),
            blocks=tuple(
                Block(
                    row["platform"],
                    row["form"],
                    row["count"] or 1,
                    row["seconds"],
                    row["message"],
                    row["advice"],
                )
                for _n, row in _said(self.blocks, "platform")
            ),
            wordings=self.choices.wordings(data["wordings"]),
            steps=tuple(
                Step(row["title"], row["due_on"].isoformat())
                for _n, row in _said(self.steps, "title")
            ),
        )

    @property
    def claim_rows(self) -> list[tuple[str, str, str, bool]]:
        """For the page: number, words, how it stands, whether it is ticked."""
        ticked = {str(value) for value in self.main["claims"].value() or ()}
        return [
            (str(claim.pk), claim.text, stands(claim).label, str(claim.pk) in ticked)
            for claim in self.choices.library
        ] + [
            (str(line.claim), line.text, "no longer in force", str(line.claim) in ticked)
            for line in self.choices.gone
        ]

    @property
    def label_rows(self) -> list[tuple[Wording, bool]]:
        """For the page: each label, and whether it is ticked."""
        ticked = set(self.main["wordings"].value() or ())
        return [(label, label.key in ticked) for label in self.choices.labels]

    def put(self, refusal: CampaignRefused) -> None:
        """Put what the service refused where it belongs."""
        part, _, rest = refusal.field.partition("/")
        sets = {lines.prefix: lines for lines in self.sets}
        if part in sets and rest:
            number, _, name = rest.partition("/")
            key = {"messages": "text", "blocks": "platform", "steps": "title"}[part]
            place = _said(sets[part], key)[int(number)][0]
            put_error(sets[part].forms[place], name, str(refusal))
        else:
            put_error(self.main, part, str(refusal))


class AcceptanceForm(PlainForm):
    """A creator said yes elsewhere."""

    engagement = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    name = forms.CharField(max_length=NAME_MAX, label="Who said yes")
    note = forms.CharField(
        max_length=NOTE_MAX, label="Where it can be seen", help_text="The mail, the chat, the call."
    )


class AcceptForm(PlainForm):
    """What a creator fills in to accept; the name and the tick are both asked for."""

    version = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    name = forms.CharField(
        max_length=NAME_MAX,
        label="Your full name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(
        label="I have read it and will follow it",
        error_messages={"required": "Tick this to accept."},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class DecisionForm(forms.Form):
    """Yes or no, with words."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    answer = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])
    note = forms.CharField(max_length=1_000, required=False)


def _lines(
    form: type[PlainForm],
    data: Mapping[str, Any] | None,
    prefix: str,
    initial: list[dict[str, Any]],
    **form_kwargs: Any,
) -> BaseFormSet[Any]:
    made: type[BaseFormSet[Any]] = formset_factory(
        form, extra=1 if initial else 2, max_num=LINES_MAX, absolute_max=LINES_MAX + 5
    )
    return made(data, initial=initial, prefix=prefix, form_kwargs=form_kwargs)


def _said(lines: BaseFormSet[Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    """What the lines say that say something, each with its place in the page."""
    rows = [(number, form.cleaned_data) for number, form in enumerate(lines)]
    return [(number, row) for number, row in rows if row.get(key)]


def _places(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [vars(message) | {"place": n} for n, message in enumerate(messages, 1)]
