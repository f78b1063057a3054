"""The rule builder: a rule in either notation, how steadily it decides, and a new segment."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.text import slugify

from crm.models import Brand, User
from crm.selectors import people_of
from crm.styled import PlainForm, lines
from segmentation.choices import UnknownPolicy
from segmentation.metrics.catalogue import METRICS
from segmentation.models import Dimension, Segment, SegmentVersion
from segmentation.rules.draft import Draft, draft_of_form, draft_of_text
from segmentation.rules.errors import RuleError
from segmentation.rules.facts import Catalogue
from segmentation.rules.text import MAX_LENGTH
from segmentation.selectors.builder import is_address_of_segment
from segmentation.selectors.builder_preview import Wanted
from segmentation.services.wordings import NEAR_PERCENT

MAX_JSON = 500_000
MAX_STAY_DAYS = 3_650


def _notation(name: str) -> forms.Textarea:
    """An input for a rule in the text notation."""
    look = {
        "class": "form-control font-monospace",
        "rows": 4,
        "spellcheck": "false",
        "autocapitalize": "off",
        "aria-describedby": f"{name}-faults",
    }
    return forms.Textarea(attrs=look)


class RuleForm(PlainForm):
    """What a version says. Of the two notations of a rule the JSON counts where both are sent.

    `rule` and `stay` are what was read of them, right or wrong; `stay` is None where the rule
    itself decides who stays.
    """

    rule_json = forms.CharField(required=False, max_length=MAX_JSON, widget=forms.HiddenInput)
    rule_text = forms.CharField(
        label="Rule, as text",
        required=False,
        strip=False,
        max_length=MAX_LENGTH,
        widget=_notation("rule"),
    )
    stay_json = forms.CharField(required=False, max_length=MAX_JSON, widget=forms.HiddenInput)
    stay_text = forms.CharField(
        label="Rule to stay, as text",
        required=False,
        strip=False,
        max_length=MAX_LENGTH,
        widget=_notation("stay"),
        help_text="Who is in stays while this holds. Empty: the rule itself decides.",
    )
    minimum_stay_days = forms.IntegerField(
        label="Shortest stay, days",
        min_value=0,
        max_value=MAX_STAY_DAYS,
        initial=0,
        help_text="Nobody leaves by the rule before so many days in the segment.",
    )
    near_percent = forms.IntegerField(
        label="Near miss, percent",
        min_value=0,
        max_value=100,
        initial=NEAR_PERCENT,
        help_text="Who misses a threshold by no more than this is listed as a near miss.",
    )
    unknown_policy = forms.ChoiceField(
        label="When a fact is missing",
        choices=UnknownPolicy.choices,
        initial=UnknownPolicy.LEAVE_OUT,
        help_text="What becomes of creators for whom a missing fact leaves the rule open.",
    )
    # The newest version when the page was opened: somebody may have saved another since.
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    rule: Draft
    stay: Draft | None

    def __init__(
        self,
        data: Any = None,
        *,
        facts: Catalogue,
        segment: Segment | None = None,
        version: SegmentVersion | None = None,
    ) -> None:
        super().__init__(data, initial=None if version is None else _initial(version))
        self.facts = facts
        self.segment_key = None if segment is None else segment.key

    def clean(self) -> dict[str, Any]:
        """Read both rules, and say that one is wrong where it is."""
        found: dict[str, Any] = super().clean() or {}
        self.rule = self._draft(found.get("rule_json"), found.get("rule_text") or "")
        stay_json, stay_text = found.get("stay_json"), found.get("stay_text") or ""
        has_stay = bool(stay_json or stay_text.strip())
        self.stay = self._draft(stay_json, stay_text) if has_stay else None
        for name, draft in (("rule_text", self.rule), ("stay_text", self.stay)):
            for error in () if draft is None else draft.errors:
                self.add_error(name, str(error))
        return found

    def _draft(self, form: str | None, text: str) -> Draft:
        # As a browser counts: places in the text are for its field, where a line ends with \n.
        text = text.replace("\r\n", "\n")
        if not form:
            if not text.strip():
                return Draft(None, (RuleError("", None, "empty", "The rule is empty."),))
            return draft_of_text(text, self.facts, segment=self.segment_key)
        try:
            return draft_of_form(json.loads(form), self.facts, segment=self.segment_key)
        except (ValueError, RecursionError):
            return Draft(None, (RuleError("", None, "wrong_shape", "The rule is no JSON."),))

    @property
    def wanted(self) -> Wanted:
        """What the form asks for, right or wrong; what cannot be read counts as left out."""
        found = self.cleaned_data
        return Wanted(
            rule=self.rule,
            stay=self.stay,
            minimum_stay_days=found.get("minimum_stay_days") or 0,
            near_percent=found.get("near_percent", NEAR_PERCENT),
            unknown_policy=found.get("unknown_policy") or UnknownPolicy.LEAVE_OUT,
        )

    @property
    def wording(self) -> dict[str, Any]:
        """What a valid form asks to be saved, as services take it."""
        found = self.cleaned_data
        return {
            "rule": self.rule.tree,
            "stay_rule": None if self.stay is None else self.stay.tree,
            "minimum_stay_days": found["minimum_stay_days"],
            "near_percent": found["near_percent"],
            "unknown_policy": UnknownPolicy(found["unknown_policy"]),
        }


def _initial(version: SegmentVersion) -> dict[str, Any]:
    return {
        "rule_text": version.rule_text,
        "stay_text": version.stay_rule_text,
        "minimum_stay_days": version.minimum_stay_days,
        "near_percent": version.near_percent,
        "unknown_policy": version.unknown_policy,
    }


class NewSegmentForm(PlainForm):
    """What a segment is and what it is for, beside its rule."""

    name = forms.CharField(max_length=120)
    key = forms.SlugField(
        required=False,
        max_length=60,
        help_text='Names it in addresses and in rules: segment("skincare-educators"). Empty: made '
        "from the name.",
    )
    dimension = forms.ModelChoiceField(
        Dimension.objects.none(),
        to_field_name="key",
        empty_label=None,
    )
    purpose = forms.CharField(
        widget=lines(2),
        max_length=2_000,
        help_text="What you will do differently for these creators.",
    )
    definition = forms.CharField(
        required=False,
        widget=lines(2),
        max_length=5_000,
        help_text="Who they are, as you would write it in a document.",
    )
    primary_kpi = forms.ChoiceField(
        label="Primary KPI",
        required=False,
        choices=[("", "None yet"), *((metric.key, metric.label) for metric in METRICS)],
        help_text="The one number that says whether it works.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        empty_label="Nobody yet",
    )

    def __init__(self, data: Any = None, *, brand: Brand, owner: User, dimension: str = "") -> None:
        super().__init__(data, initial={"owner": owner.pk, "dimension": dimension})
        self.brand = brand
        for name, found in (
            ("dimension", Dimension.objects.filter(brand=brand)),
            ("owner", people_of(brand)),
        ):
            self.fields[name].queryset = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make a key where none is given, and look whether it can be one."""
        found: dict[str, Any] = super().clean() or {}
        if "key" not in found or "name" not in found:
            return found
        key = (found["key"] or slugify(found["name"])[:60]).lower()
        found["key"] = key
        if not key:
            self.add_error("key", "Give it a key of Latin letters, digits and hyphens.")
        elif not is_address_of_segment(self.brand, key):
            self.add_error("key", f"“{key}” is the address of another page. Choose another key.")
        elif Segment.objects.filter(brand=self.brand, key=key).exists():
            self.add_error("key", f"There is a segment “{key}” already.")
        return found
