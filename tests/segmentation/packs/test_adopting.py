"""A newer version of a pack: adopted where the pack worded the rule, never over the brand's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm.models import AuditEntry, Tier
from segmentation.models import Dimension, Playbook, Segment, SegmentVersion
from segmentation.rules import text
from segmentation.services.packs import PackRefused, adopt_pack, install_pack, plan_pack
from segmentation.services.packs import files as pack_files
from segmentation.services.packs.plans import State
from segmentation.services.segments import archive_segment, reword_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of

pytestmark = pytest.mark.django_db

PACK = "size_glossary_4"


def install(brand, name=PACK):
    return install_pack(brand=brand, name=name, actor=None, at=NOW)


def states(brand, name=PACK):
    [plan] = plan_pack(brand=brand, name=name)
    return {line.draft.key: line.state for line in plan.lines}


@pytest.fixture
def newer(brand):
    """The brand has the pack; since then the tiers nano and mega have changed."""
    install(brand)
    Tier.objects.filter(scheme__key="glossary_4", key="nano").update(low=2_000)
    Tier.objects.filter(scheme__key="glossary_4", key="mega").update(low=2_000_000)
    return brand


def nano():
    return Segment.objects.select_related("active_version").get(key="size4-nano")


def test_what_the_pack_words_differently_is_shown_and_installing_leaves_it(newer):
    assert states(newer) == {
        "size4-nano": State.NEWER,
        "size4-micro": State.SAME,
        "size4-macro": State.SAME,
        "size4-mega": State.NEWER,
    }
    install(newer)
    assert nano().active_version.number == 1


def test_adopting_makes_a_new_version_in_use(newer, strategist):
    changed = adopt_pack(
        brand=newer, name=PACK, keys=["size4-nano"], actor=strategist, at=NOW, reason="New bounds"
    )
    assert changed == ["size4-nano"]
    version = nano().active_version
    assert (version.number, version.origin, version.author, version.reason) == (
        2,
        "size_glossary_4 v1",
        strategist,
        "New bounds",
    )
    assert version.rule_text == "followers >= 2000\nand followers < 10_000"
    assert states(newer)["size4-nano"] == State.SAME
    assert states(newer)["size4-mega"] == State.NEWER
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry.verb == "segmentation.pack.adopted"
    assert entry.data["changed"] == {"size4-nano": ["rule"]}


def test_adopting_as_a_draft_leaves_the_rule_in_use(newer):
    adopt_pack(brand=newer, name=PACK, keys=["size4-nano"], actor=None, at=NOW, as_drafts=True)
    assert nano().active_version.number == 1
    draft = SegmentVersion.objects.get(segment=nano(), number=2)
    assert (draft.activated_at, draft.origin) == (None, "size_glossary_4 v1")
    assert states(newer)["size4-nano"] == State.DRAFTED


def test_the_brands_own_wording_is_never_replaced(newer):
    reword_rule(segment_id=nano().pk, rule=text.parse("followers >= 7"), at=NOW, actor=None)
    archive_segment(segment_id=Segment.objects.get(key="size4-micro").pk, at=NOW, actor=None)
    assert states(newer)["size4-nano"] == State.OWN
    assert states(newer)["size4-micro"] == State.ARCHIVED
    before = list(SegmentVersion.objects.values_list("pk", flat=True)), AuditEntry.objects.count()
    for key, words in (
        ("size4-nano", "your own wording"),
        ("size4-micro", "it is archived"),
        ("size4-macro", "nothing to adopt"),
        ("nowhere", "has no segment 'nowhere'"),
    ):
        with pytest.raises(PackRefused, match=words):
            adopt_pack(brand=newer, name=PACK, keys=["size4-mega", key], actor=None, at=NOW)
    with pytest.raises(PackRefused, match="at least one"):
        adopt_pack(brand=newer, name=PACK, keys=[], actor=None, at=NOW)
    after = list(SegmentVersion.objects.values_list("pk", flat=True)), AuditEntry.objects.count()
    assert after == before


def test_a_segment_of_the_brands_own_under_the_same_key_stays_its_own(brand):
    mine = segment_of(dimension_of(brand), "size4-nano", "followers >= 3")
    install(brand)
    assert states(brand)["size4-nano"] == State.OWN
    mine.refresh_from_db()
    assert (mine.dimension.key, mine.origin) == ("mine", "")


def test_definitions_and_playbooks_are_filled_in_only_where_there_is_none(brand, strategist):
    """As with those who installed personas before it had any."""
    install(brand, "personas")
    Playbook.objects.all().delete()
    Segment.objects.update(definition="", origin="personas v1")
    Dimension.objects.update(origin="personas v1")
    innovator = Segment.objects.get(key="persona-innovator")
    Segment.objects.filter(pk=innovator.pk).update(definition="Ours.")
    [plan] = plan_pack(brand=brand, name="personas")
    assert [line.lacks for line in plan.lines[:2]] == [
        ("definition", "playbook"),
        ("playbook",),
    ]
    adopt_pack(brand=brand, name="personas", keys=["persona-innovator"], actor=strategist, at=NOW)
    innovator.refresh_from_db()
    assert (innovator.definition, innovator.origin) == ("Ours.", "personas v2")
    assert innovator.active_version.number == 1
    playbook = innovator.playbook
    assert (playbook.do_not_pitch, playbook.mistake_cost, playbook.updated_by) == (
        True,
        "high",
        strategist,
    )
    assert Playbook.objects.count() == 1
    assert Dimension.objects.get().origin == "personas v2"


def test_installing_fills_playbooks_and_steadiness(brand):
    install(brand, "skincare_dtc")
    story = Segment.objects.get(key="skincare-before-after")
    assert story.playbook.maximum_share == 0.2
    assert "legal before publication" in story.playbook.claims_policy
    assert story.unknown_policy == "review"
    assert Dimension.objects.get().cadence == "monthly"
    install(brand, "risk")
    medium = Segment.objects.get(key="risk-medium").active_version
    assert medium.stay_rule_text == "risk_tier is medium\nor paid_share > 25%"
    assert Segment.objects.get(key="risk-high").active_version.minimum_stay_days == 30


def test_a_segment_that_asks_for_a_missing_fact_is_left_out(brand, monkeypatch):
    drafts = pack_files.drafts

    def with_one_more(pack, brand):
        found = drafts(pack, brand)
        odd = replace(
            found[0],
            key="odd",
            wording=replace(found[0].wording, rule=text.parse("shoe_size > 40")),
        )
        return [*found, odd]

    monkeypatch.setattr(pack_files, "drafts", with_one_more)
    [plan] = plan_pack(brand=brand, name=PACK)
    assert plan.lines[-1].state == State.IMPOSSIBLE
    assert "shoe_size" in plan.lines[-1].problem
    assert len(plan.adds) == 4
    install(brand)
    assert not Segment.objects.filter(key="odd").exists()
    assert Segment.objects.count() == 4


def test_what_a_pack_no_longer_has_stays_and_is_named(brand):
    install(brand)
    Tier.objects.filter(scheme__key="glossary_4", key="mega").delete()
    [plan] = plan_pack(brand=brand, name=PACK)
    assert [segment.key for segment in plan.dropped] == ["size4-mega"]
    install(brand)
    assert Segment.objects.filter(key="size4-mega", status="active").exists()
