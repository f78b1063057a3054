"""Where a segment is used."""

from __future__ import annotations

import pytest

from segmentation.choices import SegmentStatus
from segmentation.models import AudienceSegment, SegmentVersion, StageRule, StageRuleVersion
from segmentation.selectors.uses import audiences_by_segment, keys_asked_for, uses_of
from tests.segmentation.world import make_segment, moment

pytestmark = pytest.mark.django_db


def ask_for(segment, key, *, stay=False, number=1, draft=False):
    """Word the segment's rule so that it asks for another, deep inside."""
    rule = {"all": [{"fact": "followers", "op": ">=", "value": 1}, {"not": {"segment": key}}]}
    values = {"rule": {"segment": "nobody"}, "stay_rule": rule} if stay else {"rule": rule}
    version, _ = SegmentVersion.objects.update_or_create(
        segment=segment,
        number=number,
        defaults={
            **values,
            "rule_text": "...",
            "created_at": moment(1, 1),
            "activated_at": None if draft else moment(1, 1),
        },
    )
    return version


def test_rules_drafts_and_audiences(brand, other_brand):
    asked = make_segment(brand, "asked")
    by_rule, by_stay, by_draft = (make_segment(brand, key) for key in ("rule", "stay", "draft"))
    ask_for(by_rule, "asked")
    ask_for(by_stay, "asked", stay=True)
    draft = ask_for(by_draft, "asked", number=2, draft=True)
    ask_for(make_segment(brand, "archived", status=SegmentStatus.ARCHIVED), "asked")
    ask_for(make_segment(other_brand, "theirs"), "asked")
    audience = AudienceSegment.objects.create(brand=brand, key="teens", name="Teens")
    audience.segments.add(asked)

    found = uses_of(asked)
    assert found.rules == [by_rule, by_stay]
    assert found.drafts == [draft]
    assert found.audiences == [audience]
    assert found.is_any
    assert not uses_of(by_rule).is_any
    assert keys_asked_for(brand) == {"asked", "nobody"}
    assert audiences_by_segment(brand) == {asked.pk: ["Teens"]}


def test_a_fact_of_that_value_is_no_reference(brand):
    asked = make_segment(brand, "dk")
    version = make_segment(brand, "other").active_version
    version.rule = {"fact": "country", "op": "is", "value": "dk"}
    version.save()
    assert not uses_of(asked).is_any


def test_rules_of_stages_in_use(brand, other_brand):
    asked = make_segment(brand, "asked")
    criteria = StageRule.objects.create(
        brand=brand, kind="entry", stage="core", created_at=moment(1, 1)
    )
    suggestion = StageRule.objects.create(
        brand=brand,
        kind="suggest",
        stage="prospect",
        to_stage="core",
        name="Looks good",
        created_at=moment(1, 1),
    )
    over = StageRule.objects.create(
        brand=brand, kind="exit", stage="lapsed", created_at=moment(1, 1)
    )
    theirs = StageRule.objects.create(
        brand=other_brand, kind="entry", stage="core", created_at=moment(1, 1)
    )
    for rule, until in ((criteria, None), (suggestion, None), (over, moment(2, 1)), (theirs, None)):
        StageRuleVersion.objects.create(
            stage_rule=rule,
            number=1,
            rule={"not": {"segment": "asked"}},
            rule_text="not in segment asked",
            used_from=moment(1, 1),
            used_until=until,
        )
    found = uses_of(asked)
    assert found.stages == [criteria, suggestion]
    assert found.is_any
    assert keys_asked_for(brand) == {"asked"}
