"""What people type in vettings: answers, whom to ask, why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from crm.forms.base import PlainForm
from crm.forms.lists import ManyForm
from crm.models import Answer, Brand, Criterion, Review, ReviewForm, User
from crm.services.reviews.answers import COMMENT_MAX, EVIDENCE_MAX, Given
from crm.services.reviews.forms import newest_form
from crm.services.reviews.people import may_be_asked, with_work
from crm.services.reviews.vettings import REASON_MAX

# No answer of a list has this value.
CANNOT_SAY = "-"
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


class _Named:
    """As `with_work` found them."""

    def label_from_instance(self, obj: Any) -> str:
        work = f" ({obj.reviews_waiting} to write)" if obj.reviews_waiting else ""
        return f"{obj.display_name}{work}"


class ReviewerField(_Named, forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody who may review, with how many reviews they have to write already."""


class ReviewersField(_Named, forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several of them."""


class AskForm(PlainForm):
    """Who is to review a creator, by when, and why."""

    first = ReviewerField(User.objects.none(), label="Reviewer", empty_label="Choose")
    second = ReviewerField(User.objects.none(), label="Second reviewer", empty_label="Choose")
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
        people = with_work(may_be_asked(brand, form, requester), brand)
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

    reviewers = ReviewersField(
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
        people = may_be_asked(brand, form, requester)
        field.queryset = with_work(people, brand)  # type: ignore[attr-defined]
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

    reviewer = ReviewerField(User.objects.none(), label="Ask", empty_label="Choose")
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
        self.fields["reviewer"].queryset = with_work(people, brand)  # type: ignore[attr-defined]
