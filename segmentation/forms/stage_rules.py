"""Rules about stages, written in the rule builder."""

from __future__ import annotations

from typing import Any

from django import forms

from crm.choices import Stage
from segmentation.forms.builder import RuleForm
from segmentation.models import StageRuleVersion
from segmentation.rules import tree
from segmentation.rules.facts import Catalogue
from segmentation.services.stage_rules import QUIET_DAYS, QUIET_MAX, REASON_MAX


class StageRuleForm(RuleForm):
    """What a rule about a stage says; it has no members, so nothing of how steadily they stay."""

    stay_json = None  # type: ignore[assignment]
    stay_text = None  # type: ignore[assignment]
    minimum_stay_days = None  # type: ignore[assignment]
    near_percent = None  # type: ignore[assignment]
    unknown_policy = None  # type: ignore[assignment]
    reason = forms.CharField(
        required=False,
        max_length=REASON_MAX,
        label="Why it is worded so",
        help_text="For whoever reads the history of the rule.",
    )

    def __init__(
        self, data: Any = None, *, facts: Catalogue, version: StageRuleVersion | None = None
    ) -> None:
        super().__init__(data, facts=facts)
        if version is not None:
            in_use = version.number if version.used_until is None else 0
            self.initial.update({"rule_text": version.rule_text, "based_on": in_use})

    @property
    def rule_tree(self) -> tree.Node:
        """The rule of a valid form."""
        if self.rule.tree is None:
            raise TypeError("ask a valid form only")
        return self.rule.tree


class SuggestionForm(StageRuleForm):
    """A move to suggest, and to whom."""

    name = forms.CharField(
        max_length=120,
        label="Why, in a few words",
        help_text="As the board shows it: “3 organic mentions in 90 days”.",
    )
    stage = forms.ChoiceField(choices=Stage.choices, label="From")
    to_stage = forms.ChoiceField(choices=Stage.choices, label="To")
    quiet_days = forms.IntegerField(
        min_value=1,
        max_value=QUIET_MAX,
        initial=QUIET_DAYS,
        label="Quiet after a no, days",
        help_text="A suggestion that somebody dismissed does not come again before that, unless it "
        "was not true in between.",
    )

    def __init__(
        self, data: Any = None, *, facts: Catalogue, version: StageRuleVersion | None = None
    ) -> None:
        super().__init__(data, facts=facts, version=version)
        if version is not None:
            rule = version.stage_rule
            for name in ("name", "stage", "to_stage", "quiet_days"):
                self.initial[name] = getattr(rule, name)
