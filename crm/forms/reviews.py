"""What people type in vettings: answers, whom to ask, why not; and the review form itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from crm.choices import CriterionKind
from crm.forms.base import PlainForm
from crm.forms.lists import ManyForm
from crm.models import Answer, Brand, Criterion, Review, ReviewForm, User
from crm.models.reviews import SCORES, Option
from crm.services.reviews.answers import COMMENT_MAX, EVIDENCE_MAX, Given
from crm.services.reviews.forms import newest_form
from crm.services.reviews.people import may_be_asked
from crm.services.reviews.vettings import REASON_MAX
from crm.services.reviews.wordings import (
    CRITERIA_MAX,
    GUIDANCE_MAX,
    KEY_MAX,
    LABEL_MAX,
    LINE_MAX,
    Bar,
    Wording,
)

CANNOT_SAY = "-"
SEPARATOR = " | "
_DATE = {"type": "date"}


@dataclass(frozen=True)
class Line:
    """A criterion of a form with its two fields."""

    criterion: Criterion
    answer: forms.BoundField
    evidence: forms.BoundField


class AnswersForm(PlainForm):
    """A review: an answer to each criterion, what shows it, and a comment on the whole."""

    comment = forms.CharField(
        max_length=COMMENT_MAX,
        required=False,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], can_pass: bool = True, **kwargs: Any
    ) -> None:
        """`can_pass` lets people say that they cannot tell."""
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            choices = list(criterion.labels.items())
            if can_pass:
                choices.append((CANNOT_SAY, "I cannot say"))
            self.fields[f"answer_{criterion.key}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=criterion.label,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
            )
            self.fields[f"evidence_{criterion.key}"] = forms.CharField(
                max_length=EVIDENCE_MAX,
                required=False,
                label="What shows it" if criterion.needs_evidence else "What shows it (optional)",
                widget=forms.Textarea(attrs={"rows": 1}),
            )
        self.dress()

    @classmethod
    def of(cls, review: Review, criteria: Sequence[Criterion]) -> AnswersForm:
        """As it was saved; the answers of `review` should be at hand."""
        initial: dict[str, Any] = {"comment": review.comment}
        keys = {criterion.pk: criterion.key for criterion in criteria}
        for answer in review.answers.all():
            key = keys[answer.criterion_id]
            initial[f"answer_{key}"] = _typed(answer)
            initial[f"evidence_{key}"] = answer.evidence
        return cls(criteria=criteria, initial=initial)

    @property
    def lines(self) -> Iterator[Line]:
        """The criteria in order, for the page."""
        for criterion in self.criteria:
            yield Line(
                criterion,
                self[f"answer_{criterion.key}"],
                self[f"evidence_{criterion.key}"],
            )

    @property
    def given(self) -> dict[str, Given]:
        """The answers as the services take them, by key."""
        return {
            criterion.key: _given(
                criterion,
                self.cleaned_data[f"answer_{criterion.key}"],
                self.cleaned_data[f"evidence_{criterion.key}"],
            )
            for criterion in self.criteria
        }

    def put(self, field: str, message: str) -> None:
        """Put what a service refused beside the criterion that it names."""
        name = f"answer_{field.removeprefix('answers/')}" if field.startswith("answers/") else field
        self.add_error(name if name in self.fields else None, message)


def _typed(answer: Answer) -> str:
    if answer.cannot_say:
        return CANNOT_SAY
    return answer.choice if answer.score is None else str(answer.score)  # type: ignore[return-value]


def _given(criterion: Criterion, answer: str, evidence: str) -> Given:
    if answer == CANNOT_SAY:
        return Given(cannot_say=True, evidence=evidence)
    if criterion.is_scale:
        return Given(score=int(answer) if answer else None, evidence=evidence)
    return Given(choice=answer or None, evidence=evidence)


class AskForm(PlainForm):
    """Who is to review a creator, by when, and why."""

    first = forms.ModelChoiceField(User.objects.none(), label="Reviewer", empty_label="Choose")
    second = forms.ModelChoiceField(
        User.objects.none(), label="Second reviewer", empty_label="Choose"
    )
    due_on = forms.DateField(
        required=False, label="By", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        max_length=REASON_MAX,
        required=False,
        label="What for",
        help_text="Reviewers read it. Do not say what you think of the creator.",
    )

    def __init__(
        self, *args: Any, brand: Brand, form: ReviewForm, requester: User, **kwargs: Any
    ) -> None:
        """`form` says how many are asked."""
        super().__init__(*args, auto_id="id_vetting_%s", **kwargs)
        people = may_be_asked(brand, form, requester)
        self.fields["first"].queryset = people  # type: ignore[attr-defined]
        self.fields["second"].queryset = people  # type: ignore[attr-defined]
        self.fields["due_on"].help_text = f"Empty: in {form.days} days."
        if form.reviewers == 1:
            del self.fields["second"]
        else:
            self.fields["first"].label = "First reviewer"

    @property
    def reviewers(self) -> list[User]:
        """Who was chosen."""
        return [self.cleaned_data[name] for name in ("first", "second") if name in self.fields]


class AskManyForm(ManyForm):
    """Who is to review many creators: those chosen take turns."""

    reviewers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Reviewers",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    due_on = forms.DateField(
        required=False, label="By", widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    reason = forms.CharField(max_length=REASON_MAX, required=False, label="What for")

    def __init__(self, *args: Any, brand: Brand, requester: User, **kwargs: Any) -> None:
        """Without a review form nobody can be asked."""
        super().__init__(*args, brand=brand, **kwargs)
        form = newest_form(brand)
        field = self.fields["reviewers"]
        if form is None:
            field.help_text = "Your brand has no review form yet: a strategist or admin makes one."
            return
        field.queryset = may_be_asked(brand, form, requester)  # type: ignore[attr-defined]
        each = "two of them, who do not see each other" if form.reviewers == 2 else "one of them"
        field.help_text = f"Each creator goes to {each}; they take turns."
        self.fields["due_on"].help_text = f"Empty: in {form.days} days."

    def change(self) -> dict[str, Any]:
        """As a job's parameters have it."""
        data = self.cleaned_data
        return {
            "change": "vetting",
            "reviewers": sorted(user.pk for user in data["reviewers"]),
            "due_on": data["due_on"].isoformat() if data["due_on"] else "",
            "reason": data["reason"],
        }


class WhyForm(PlainForm):
    """Why something is declined or withdrawn."""

    why = forms.CharField(max_length=REASON_MAX, label="Why")


class AssignForm(PlainForm):
    """Who is to review instead of somebody, or in a place that is free."""

    reviewer = forms.ModelChoiceField(User.objects.none(), label="Ask", empty_label="Choose")
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        brand: Brand,
        form: ReviewForm,
        requester: User | None,
        asked: Sequence[int],
        **kwargs: Any,
    ) -> None:
        """`asked` are the ids of those who were asked before."""
        super().__init__(*args, **kwargs)
        people = may_be_asked(brand, form, requester).exclude(pk__in=asked)
        self.fields["reviewer"].queryset = people  # type: ignore[attr-defined]


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
        "position": number + 1,
        **anchors,
    }
