"""A policy as it is written, its reading, and a line of the guidelines."""

from __future__ import annotations

from typing import Any

from django import forms

from campaigns.choices import GuidelineKind
from campaigns.forms.campaigns import jurisdictions
from campaigns.models import Policy
from campaigns.services import guidelines
from campaigns.services.policies import NAME_MAX, REASON_MAX, TEXT_MAX, TITLE_MAX
from crm.choices import Role
from crm.models import Brand, Platform, User
from crm.selectors import people_of
from crm.styled import PlainForm


class PolicyForm(PlainForm):
    """Whom it is for counts at once; what it says once it is published."""

    version = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput
    )
    title = forms.CharField(max_length=TITLE_MAX, label="Title")
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Who looks after it", empty_label="Nobody yet"
    )
    text = forms.CharField(
        max_length=TEXT_MAX,
        label="What it says",
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="# begins a heading, - a line of a list; an empty line ends a paragraph.",
    )
    reason = forms.CharField(
        max_length=REASON_MAX, required=False, label="What is new in this version"
    )
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        required=False,
        label="Who of the team reads it",
        widget=forms.CheckboxSelectMultiple,
    )
    for_creators = forms.BooleanField(
        required=False,
        label="Creators in campaigns accept it, too",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, brand: Brand, policy: Policy | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = people_of(brand)
        if policy is not None:
            newest = policy.versions.order_by("-number").first()
            said: dict[str, Any] = {
                "version": policy.version,
                "title": policy.title,
                "owner": policy.owner_id,
                "roles": policy.roles,
                "for_creators": policy.for_creators,
                "text": newest.text if newest else "",
                "reason": newest.reason if newest and newest.published_at is None else "",
            }
            self.initial = said


class ReadForm(forms.Form):
    """What was read."""

    version = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    digest = forms.CharField(max_length=64)


class AcceptPolicyForm(PlainForm):
    """What a creator fills in to accept."""

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


class GuidelineForm(PlainForm):
    """A line of the checklist."""

    kind = forms.ChoiceField(choices=GuidelineKind.choices, label="Do or don't")
    text = forms.CharField(max_length=guidelines.TEXT_MAX, label="Guideline")
    platform = forms.ChoiceField(required=False, label="Only on")
    jurisdiction = forms.ChoiceField(required=False, label="Only in")
    segment = forms.ChoiceField(
        required=False,
        label="Only for",
        help_text="Segments that creators were taken into campaigns from.",
    )

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        platforms = Platform.objects.order_by("name").values_list("key", "name")
        fields["platform"].choices = [("", "Every platform"), *platforms]
        fields["jurisdiction"].choices = [("", "Everywhere"), *jurisdictions()]
        segments = guidelines.segments_of(brand)
        fields["segment"].choices = [("", "All creators"), *((one, one) for one in segments)]
