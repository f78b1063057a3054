"""A rule is worded as a draft, and taken into use with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.models import AuditEntry
from segmentation.choices import SegmentStatus, UnknownPolicy
from segmentation.models import Segment, SegmentVersion
from segmentation.rules import text
from segmentation.rules.errors import RuleInvalid
from segmentation.services.segments import (
    SegmentRefused,
    activate_version,
    archive_segment,
    draft_segment,
    reword_rule,
    save_draft,
)
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
BIG = text.parse("followers >= 10_000 and country is DK")


@pytest.fixture
def segment(brand) -> Segment:
    """In use since NOW, with version 1."""
    return segment_of(dimension_of(brand), "big", "followers >= 1_000")


def save(segment, rule=BIG, **more) -> SegmentVersion:
    return save_draft(segment_id=segment.pk, rule=rule, actor=None, at=LATER, **more)


def state(segment) -> list[object]:
    """Everything that an activation could change."""
    segment.refresh_from_db()
    return [
        segment.active_version_id,
        segment.status,
        *SegmentVersion.objects.order_by("pk").values_list("pk", "activated_at", "reason"),
        AuditEntry.objects.count(),
    ]


def test_a_draft_leaves_the_rule_in_use_alone(segment, strategist):
    draft = save_draft(
        segment_id=segment.pk,
        rule=BIG,
        stay_rule=text.parse("followers >= 9_000"),
        minimum_stay_days=30,
        near_percent=5,
        unknown_policy=UnknownPolicy.KEEP,
        actor=strategist,
        at=LATER,
    )
    segment.refresh_from_db()
    assert (segment.active_version.number, segment.status) == (1, SegmentStatus.ACTIVE)
    assert (draft.number, draft.activated_at, draft.author) == (2, None, strategist)
    assert draft.rule_text == "followers >= 10_000\nand country is DK"
    assert draft.stay_rule == {"fact": "followers", "op": ">=", "value": 9000}
    assert draft.stay_rule_text == "followers >= 9000"
    assert (draft.minimum_stay_days, draft.near_percent) == (30, 5)
    assert (draft.unknown_policy, segment.unknown_policy) == ("keep", "leave_out")
    entry = AuditEntry.objects.get(verb="segmentation.version.drafted")
    assert entry.data == {"version": 2, "rule": draft.rule_text}


def test_saving_the_same_again_makes_no_version(segment):
    first = save(segment)
    entries = AuditEntry.objects.count()
    assert save(segment) == first
    assert segment.versions.count() == 2
    assert AuditEntry.objects.count() == entries
    assert save(segment, near_percent=20).number == 3
    assert save(segment).number == 4


def test_a_draft_is_activated_with_its_reason_once(segment, strategist):
    draft = save(segment, unknown_policy=UnknownPolicy.REVIEW)
    activate_version(version_id=draft.pk, reason=" Too broad. ", at=LATER, actor=strategist)
    segment.refresh_from_db()
    draft.refresh_from_db()
    assert (segment.active_version, segment.unknown_policy) == (draft, UnknownPolicy.REVIEW)
    assert (draft.activated_at, draft.reason) == (LATER, "Too broad.")
    entry = AuditEntry.objects.get(verb="segmentation.version.activated")
    assert entry.actor == strategist
    assert entry.data == {
        "version": [1, 2],
        "rule": ["followers >= 1000", "followers >= 10_000\nand country is DK"],
        "reason": "Too broad.",
    }
    before = state(segment)
    with pytest.raises(SegmentRefused, match="Version 2 is in use already"):
        activate_version(version_id=draft.pk, reason="Again.", at=LATER, actor=strategist)
    assert state(segment) == before


def test_a_version_that_was_in_use_comes_back_as_a_new_one(segment):
    first = segment.active_version
    activate_version(version_id=save(segment).pk, reason="Narrower.", at=LATER, actor=None)
    before = state(segment)
    with pytest.raises(SegmentRefused, match="Version 1 was in use before"):
        activate_version(version_id=first.pk, reason="Back.", at=LATER, actor=None)
    assert state(segment) == before
    again = save(segment, text.parse(first.rule_text))
    assert again.number == 3


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_activation_without_a_reason(segment, reason):
    draft = save(segment)
    before = state(segment)
    with pytest.raises(SegmentRefused, match="Say why the rule changes"):
        activate_version(version_id=draft.pk, reason=reason, at=LATER, actor=None)
    assert state(segment) == before


def test_a_rule_that_no_longer_holds_is_not_activated(segment):
    draft = save(segment)
    SegmentVersion.objects.filter(pk=draft.pk).update(rule={"fact": "gone", "op": ">=", "value": 1})
    before = state(segment)
    with pytest.raises(RuleInvalid, match='There is no fact "gone"'):
        activate_version(version_id=draft.pk, reason="New.", at=LATER, actor=None)
    assert state(segment) == before


@pytest.mark.parametrize("more", [{"rule": "gone >= 1"}, {"stay_rule": "gone >= 1"}])
def test_an_invalid_rule_is_not_kept_as_a_draft(segment, more):
    wording = {"rule": BIG} | {name: text.parse(rule) for name, rule in more.items()}
    before = state(segment)
    with pytest.raises(RuleInvalid):
        save(segment, **wording)
    assert state(segment) == before


def test_an_archived_segment_takes_no_draft_and_activates_none(segment):
    draft = save(segment)
    archive_segment(segment_id=segment.pk, at=LATER, actor=None)
    before = state(segment)
    with pytest.raises(SegmentRefused, match="archived"):
        save(segment, near_percent=50)
    with pytest.raises(SegmentRefused, match="archived"):
        activate_version(version_id=draft.pk, reason="Still.", at=LATER, actor=None)
    assert state(segment) == before


def test_rewording_keeps_how_steady_the_segment_is(segment):
    draft = save(segment, stay_rule=text.parse("followers >= 900"), minimum_stay_days=7)
    activate_version(version_id=draft.pk, reason="Steady.", at=LATER, actor=None)
    version = reword_rule(
        segment_id=segment.pk, rule=text.parse("followers >= 2_000"), at=LATER, actor=None
    )
    assert (version.stay_rule_text, version.minimum_stay_days) == ("followers >= 900", 7)


def test_a_new_segment_waits_for_its_first_activation(brand, strategist):
    draft = draft_segment(
        dimension=dimension_of(brand),
        key="danish",
        name="Danish",
        purpose="Local launches.",
        definition="Lives in Denmark.",
        primary_kpi="engagement_rate",
        rule=text.parse("country is DK"),
        owner=strategist,
        actor=strategist,
        at=NOW,
    )
    segment = draft.segment
    assert (segment.status, segment.active_version, segment.owner) == (
        SegmentStatus.DRAFT,
        None,
        strategist,
    )
    assert (segment.purpose, segment.definition) == ("Local launches.", "Lives in Denmark.")
    assert not Segment.objects.active().exists()

    activate_version(version_id=draft.pk, reason="First.", at=LATER, actor=strategist)
    assert list(Segment.objects.active()) == [segment]


@pytest.mark.parametrize(
    ("more", "words"),
    [({"purpose": " "}, "what the segment is for"), ({"key": "big"}, "There is a segment 'big'")],
)
def test_a_new_segment_needs_a_purpose_and_a_key_of_its_own(segment, more, words):
    given = {"key": "new", "name": "New", "purpose": "A job."} | more
    before = state(segment)
    with pytest.raises(SegmentRefused, match=words):
        draft_segment(dimension=segment.dimension, rule=BIG, at=NOW, actor=None, **given)
    assert state(segment) == before
    assert Segment.objects.count() == 1


def test_a_rule_cannot_refer_to_itself(segment):
    before = state(segment)
    with pytest.raises(RuleInvalid, match="big"):
        save(segment, text.parse('segment("big")'))
    assert state(segment) == before
