"""Themes of comments: to whom one is given, what was done, and what a comment is."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import CommentKind, Mood
from crm.models import Brand, User
from crm.selectors import people_of
from crm.services.post_comments.deciding import ANSWER_MAX
from crm.styled import PlainForm, lines

NOT_SAID = ("", "not said")


class RouteForm(PlainForm):
    """Give a theme to somebody."""

    id_prefix = "route"

    assignee = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Who", empty_label="Nobody in particular"
    )
    due_on = forms.DateField(
        required=False,
        label="By",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        required=False,
        widget=lines(3),
        max_length=2_000,
        label="What they should know",
        help_text="The task leads to the comments; it quotes nobody.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[one.pk for one in people_of(brand)])
        self.fields["assignee"].queryset = people.order_by("email")  # type: ignore[attr-defined]


class AnswerForm(PlainForm):
    """What was done about a theme."""

    id_prefix = "answer"

    answer = forms.CharField(
        widget=lines(3), max_length=ANSWER_MAX, label="What was done, or why nothing was"
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class VersionForm(PlainForm):
    """Which state of a theme was looked at."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class LabelForm(PlainForm):
    """What somebody says of a comment."""

    id_prefix = "label"

    kind = forms.ChoiceField(choices=[NOT_SAID, *CommentKind.choices], required=False, label="Kind")
    mood = forms.ChoiceField(choices=[NOT_SAID, *Mood.choices], required=False, label="Mood")
    is_relevant = forms.TypedChoiceField(
        choices=[NOT_SAID, ("yes", "On the topic"), ("no", "Off the topic")],
        required=False,
        coerce=lambda said: said == "yes",
        empty_value=None,
        label="On the topic",
    )
