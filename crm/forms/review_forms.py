"""The review form itself: the bar, and each criterion with its anchors or answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from crm.choices import CriterionKind
from crm.forms.base import PlainForm
from crm.models.reviews import SCORES, Option
from crm.services.reviews.wordings import (
    CRITERIA_MAX,
    GUIDANCE_MAX,
    KEY_MAX,
    LABEL_MAX,
    LINE_MAX,
    Bar,
    Wording,
)

# Between value and label on a line of a list.
SEPARATOR = " | "


class BarForm(PlainForm):
    """What every vetting has to pass."""

    reviewers = forms.TypedChoiceField(
        choices=[(2, "Two who do not see each other"), (1, "One")], coerce=int, label="Reviews"
    )
    dispute_from = forms.TypedChoiceField(
        choices=[(1, "1 point"), (2, "2 points"), (3, "3 points"), (4, "4 points")],
        coerce=int,
        label="A third person decides from a difference of",
        help_text="Of answers from a list: whenever the two are not the same.",
    )
    requester_may_review = forms.BooleanField(
        required=False,
        label="Whoever asks for a vetting may review it, too",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    days = forms.IntegerField(min_value=1, max_value=90, label="Days to review")
    guidance = forms.CharField(
        max_length=GUIDANCE_MAX,
        required=False,
        label="Before you begin",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What to look at. It stands above every review.",
    )
    why = forms.CharField(
        max_length=LINE_MAX, required=False, label="Why this version", help_text="For later."
    )
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @property
    def bar(self) -> Bar:
        """As the service takes it."""
        data = self.cleaned_data
        return Bar(
            reviewers=data["reviewers"],
            dispute_from=data["dispute_from"],
            requester_may_review=data["requester_may_review"],
            days=data["days"],
            guidance=data["guidance"],
        )


class OptionsField(forms.CharField):
    """Answers of a list as lines of text: value | label."""

    def prepare_value(self, value: Any) -> Any:
        """The lines, as they are typed."""
        if isinstance(value, list | tuple):
            return "\n".join(SEPARATOR.join((one["value"], one["label"])) for one in value)
        return value

    def to_python(self, value: Any) -> Any:
        """The answers; what is wrong with them, the service says."""
        made: list[Option] = []
        for line in (super().to_python(value) or "").splitlines():
            value, bar, label = line.partition(SEPARATOR.strip())
            if value.strip() or label.strip():
                made.append(
                    {"value": value.strip(), "label": label.strip()}
                    if bar
                    else {"value": "", "label": value.strip()}
                )
        return made


class CriterionForm(PlainForm):
    """One criterion. A line without a label is left out."""

    label = forms.CharField(max_length=LABEL_MAX, required=False, label="Criterion")
    key = forms.CharField(
        max_length=KEY_MAX,
        required=False,
        label="Key",
        help_text="Rules call it review_ and this. Empty: made from the name.",
    )
    question = forms.CharField(max_length=LINE_MAX, required=False, label="Question")
    kind = forms.ChoiceField(choices=CriterionKind.choices, label="Answered by")
    options = OptionsField(
        required=False,
        label="Answers of the list",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="One a line: label, or value | label. Only for one of a list.",
    )
    needs_evidence = forms.BooleanField(
        required=False,
        label="Reviewers say what shows it",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    least = forms.IntegerField(min_value=1, max_value=5, required=False, label="Passes from")
    most = forms.IntegerField(min_value=1, max_value=5, required=False, label="Passes to")
    passing = forms.CharField(
        max_length=1_000,
        required=False,
        label="Answers that pass",
        help_text="With commas between them. Empty: the answer is no bar.",
    )
    position = forms.IntegerField(min_value=1, max_value=99, required=False, label="Place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for score in SCORES:
            self.fields[f"anchor_{score}"] = forms.CharField(
                max_length=LINE_MAX, required=False, label=f"{score} means"
            )
        self.dress()

    @property
    def anchors(self) -> list[forms.BoundField]:
        """The five lines of the scale, for the page."""
        return [self[f"anchor_{score}"] for score in SCORES]

    @property
    def is_left_out(self) -> bool:
        """An empty line, or one whose name somebody took away."""
        return not self.cleaned_data.get("label", "").strip()

    @property
    def wording(self) -> Wording:
        """As the service takes it."""
        data = self.cleaned_data
        is_scale = data["kind"] == CriterionKind.SCALE
        return Wording(
            label=data["label"],
            key=data["key"],
            question=data["question"],
            kind=CriterionKind(data["kind"]),
            anchors=[data[f"anchor_{score}"] for score in SCORES] if is_scale else (),
            options=() if is_scale else data["options"],
            needs_evidence=data["needs_evidence"],
            least=data["least"],
            most=data["most"],
            passing=data["passing"].split(","),
        )


_Criteria = forms.formset_factory(
    CriterionForm, extra=1, max_num=CRITERIA_MAX, absolute_max=CRITERIA_MAX + 2
)


class CriteriaForms(_Criteria):  # type: ignore[misc,valid-type] # made by a function
    """All criteria of a form, and an empty one for another."""

    @classmethod
    def of(cls, wordings: Sequence[Wording]) -> CriteriaForms:
        """As they are in use."""
        return cls(prefix="criteria", initial=[_initial(one, n) for n, one in enumerate(wordings)])

    def ordered(self) -> list[CriterionForm]:
        """Those that are to be kept, by place, once all are valid."""
        kept = [form for form in self.forms if not form.is_left_out]
        return sorted(kept, key=lambda form: form.cleaned_data.get("position") or 99)


def _initial(one: Wording, number: int) -> Mapping[str, Any]:
    anchors = {
        f"anchor_{score}": anchor for score, anchor in zip(SCORES, one.anchors, strict=False)
    }
    return {
        "label": one.label,
        "key": one.key,
        "question": one.question,
        "kind": one.kind,
        "options": list(one.options),
        "needs_evidence": one.needs_evidence,
        "least": one.least,
        "most": one.most,
        "passing": ", ".join(one.passing),
        "position": number + 1,
        **anchors,
    }
