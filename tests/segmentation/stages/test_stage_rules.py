"""Rules about stages are kept in versions, checked before they are saved, and can be retired."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.choices import Stage
from crm.models import AuditEntry
from segmentation.choices import StageRuleKind
from segmentation.models import StageRule, StageRuleVersion
from segmentation.rules import text
from segmentation.rules.errors import RuleInvalid
from segmentation.services import stage_rules
from segmentation.services.stage_rules import StageRuleRefused
from tests.factories import NOW
from tests.segmentation.stages.building import criteria, suggestion

pytestmark = pytest.mark.django_db


def test_another_wording_ends_the_one_before(brand, admin_user):
    first = criteria(brand, "entry", Stage.CORE, "followers >= 1_000")
    again = criteria(brand, "entry", Stage.CORE, "followers >= 1_000", reason="Same")
    later = NOW + timedelta(days=1)
    second = stage_rules.set_criteria(
        brand=brand,
        kind=StageRuleKind.ENTRY,
        stage=Stage.CORE,
        rule=text.parse("followers >= 2_000"),
        at=later,
        actor=admin_user,
        reason="More reach",
        seen=1,
    )

    assert again == first
    first.refresh_from_db()
    assert (first.number, first.used_until) == (1, later)
    assert (second.number, second.used_until, second.author) == (2, None, admin_user)
    assert second.stage_rule == first.stage_rule
    assert stage_rules.in_use(brand, [StageRuleKind.ENTRY]) == [second]
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.verb, entry.target_label) == (
        "segmentation.stage_rule.worded",
        "To enter Core partner",
    )
    assert entry.data == {
        "kind": "entry",
        "stage": "core",
        "to_stage": "",
        "version": [1, 2],
        "rule": ["followers >= 1000", "followers >= 2000"],
        "reason": "More reach",
    }


def test_a_wording_on_top_of_an_unseen_one_is_refused(brand):
    criteria(brand, "exit", Stage.PROSPECT, "has_owner is true")
    with pytest.raises(StageRuleRefused, match="Somebody else has worded this") as refusal:
        criteria(brand, "exit", Stage.PROSPECT, "has_email is true", seen=0)
    assert refusal.value.code == "outdated"
    assert StageRuleVersion.objects.get().rule_text == "has_owner is true"


def test_a_rule_that_cannot_be_evaluated_is_not_saved(brand):
    with pytest.raises(RuleInvalid), transaction.atomic():
        criteria(brand, "entry", Stage.CORE, "shoe_size > 40")
    assert not StageRule.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"to": Stage.PROSPECT}, "move_not_allowed", "“First-time partner”, “Advocate”"),
        ({"name": "  "}, "no_name", "few words"),
        ({"quiet_days": 0}, "wrong_days", "From 1 to 3,650 days."),
        ({"reason": "x" * 301}, "too_long", "at most 300"),
    ],
)
def test_a_suggestion_that_makes_no_sense_is_refused(brand, change, code, words):
    with pytest.raises(StageRuleRefused) as refusal, transaction.atomic():
        suggestion(brand, **change)
    assert refusal.value.code == code
    assert words in str(refusal.value)
    assert not StageRule.objects.exists()


def test_two_suggestions_have_two_names(brand, other_brand):
    made = suggestion(brand)
    suggestion(other_brand)
    with pytest.raises(StageRuleRefused, match="There is a suggestion"):
        suggestion(brand, to=Stage.LAPSED)
    changed = suggestion(brand, to=Stage.LAPSED, rule_id=made.stage_rule_id)
    assert changed == made  # the same rule, to another stage
    assert changed.stage_rule.to_stage == Stage.LAPSED


def test_retired_criteria_are_asked_no_more_and_can_come_back(brand, admin_user):
    made = criteria(brand, "entry", Stage.CORE, "followers >= 1_000")
    for _twice in range(2):
        stage_rules.retire(stage_rule_id=made.stage_rule_id, at=NOW, actor=admin_user)
    assert stage_rules.in_use(brand, list(StageRuleKind)) == []
    assert AuditEntry.objects.filter(verb="segmentation.stage_rule.retired").count() == 1
    back = criteria(brand, "entry", Stage.CORE, "followers >= 1_000", seen=0)
    assert (back.number, back.stage_rule) == (2, made.stage_rule)


def test_the_ready_rules_fill_what_the_brand_has_not(brand):
    criteria(brand, "entry", Stage.CORE, "followers >= 1_000")
    suggestion(brand, name="3 organic mentions in 90 days")
    assert stage_rules.take_ready(brand=brand, at=NOW, actor=None) == 2 + 5
    assert stage_rules.take_ready(brand=brand, at=NOW, actor=None) == 0
    texts = dict(
        StageRuleVersion.objects.filter(stage_rule__brand=brand).values_list(
            "stage_rule__origin", "rule_text"
        )
    )
    assert texts["mentions-again"] == "count(posts where caption contains Acme, last 30 days) >= 1"
    kept = StageRuleVersion.objects.get(stage_rule__stage=Stage.CORE, stage_rule__kind="entry")
    assert kept.rule_text == "followers >= 1000"


def test_a_name_with_quotes_is_quoted(brand):
    brand.name = 'Acme "The {Best}" %s'
    brand.save()
    assert stage_rules.take_ready(brand=brand, at=NOW, actor=None) == 3 + 6
    rule = StageRuleVersion.objects.get(stage_rule__origin="mentions-again").rule
    assert rule["where"]["value"] == brand.name


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "entry", "to_stage": "core"},
        {"kind": "suggest", "to_stage": "", "name": "Why"},
        {"kind": "suggest", "to_stage": "prospect", "name": "Why"},
        {"kind": "suggest", "to_stage": "core", "name": ""},
        {"kind": "wish"},
        {"kind": "entry", "quiet_days": 0},
    ],
)
def test_the_database_refuses_rules_without_sense(brand, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        StageRule.objects.create(brand=brand, stage="prospect", created_at=NOW, **values)
