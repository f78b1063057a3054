"""Two creators become one: nothing is lost, nobody is passed over."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import models

from crm.choices import Role, Stage
from crm.day import SOURCES, Asker
from crm.models import (
    AuditEntry,
    ContactPoint,
    Creator,
    CreatorMetrics,
    CreatorNiche,
    FactChange,
    Merge,
    Note,
    Post,
    Relationship,
    Snooze,
    StageChange,
)
from crm.services import merge as merging
from crm.services import relationships
from crm.services.merge.settling import BY_RELATIONSHIP
from crm.timeline import timeline
from tests.crm.duplicates.worlds import DAY, can_clash, everything, merge, walked
from tests.factories import NOW, CreatorNicheFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def test_what_both_had_is_one_creators(ida, double, manager):
    made = merge(ida, double, manager)
    kept = Creator.objects.get(pk=ida.creator_id)
    gone = Creator.objects.get(pk=double.creator_id)
    assert gone.merged_into == kept
    assert (kept.name, kept.country) == ("Ida Holm", "DK")
    assert set(kept.profiles.values_list("handle", flat=True)) == {"ida", "idaholm"}
    assert Post.objects.get().creator == kept
    assert ContactPoint.objects.get().creator == kept
    left = Relationship.objects.get()
    assert (left.pk, left.stage, left.owner, left.next_step) == (
        ida.pk,
        Stage.CORE,
        manager,
        "Send the brief",
    )
    assert (left.since, left.stage_since) == (NOW - 90 * DAY, NOW - 30 * DAY)
    assert Note.objects.get().relationship == left
    # The stay as prospect ended; the other goes on, and both are told.
    assert list(StageChange.objects.order_by("entered_at").values_list("stage", "left_at")) == [
        ("prospect", NOW),
        ("core", None),
    ]
    assert CreatorMetrics.objects.get(creator=kept).platforms_count == 2
    assert made.former_relationships == [double.pk]
    assert set(FactChange.objects.values_list("creator", "cause")) >= {
        (kept.pk, "merge"),
        (gone.pk, "merge"),
    }
    [entry] = AuditEntry.objects.filter(verb="crm.creator.merged")
    assert (entry.actor, entry.target_id, entry.data["gone"]) == (manager, kept.pk, "Ida H.")
    assert entry.data["moved"] == {
        "Accounts": 1,
        "Contact points": 1,
        "Notes": 1,
        "Posts": 1,
        "Stays in stages": 1,
    }


def test_a_person_chooses_what_stays(ida, double, manager):
    key = "stage-acme"
    proposed = {
        one.key: one.default
        for one in merging.plan(
            kept=ida.creator, gone=double.creator, brand=ida.brand, allowed={ida.brand_id}, at=NOW
        ).differences
    }
    assert proposed == {
        "name": "kept",
        "country": "gone",
        key: "gone",
        "owner-acme": "gone",
        "next_step-acme": "gone",
    }
    merge(ida, double, manager, choices={key: "kept", "name": "gone", "next_step-acme": "kept"})
    left = Relationship.objects.select_related("creator").get()
    assert (left.creator.name, left.stage, left.next_step, left.owner) == (
        "Ida H.",
        "prospect",
        "",
        manager,
    )
    assert list(StageChange.objects.order_by("entered_at").values_list("stage", "left_at")) == [
        ("prospect", None),
        ("core", NOW),
    ]


def test_a_refusal_to_work_with_us_is_not_lost(ida, double):
    Relationship.objects.filter(pk=ida.pk).update(stage=Stage.DECLINED)
    ida.refresh_from_db()
    found = merging.plan(
        kept=ida.creator, gone=double.creator, brand=ida.brand, allowed={ida.brand_id}, at=NOW
    )
    assert {one.key: one.default for one in found.differences}["stage-acme"] == "kept"


def test_the_plan_counts_what_the_merge_does(ida, double, manager, brand):
    shared = CreatorNicheFactory(creator=ida.creator).niche
    CreatorNicheFactory(creator=double.creator, niche=shared)
    CreatorNicheFactory(creator=double.creator)
    before = everything()
    planned = merging.plan(
        kept=ida.creator, gone=double.creator, brand=brand, allowed={brand.pk}, at=NOW
    )
    assert everything() == before
    counts = {words: (one.moved, one.dropped) for words, one in planned.counts.items()}
    assert counts == {
        "Accounts": (1, 0),
        "Contact points": (1, 0),
        "Niches": (1, 1),
        "Notes": (1, 0),
        "Posts": (1, 0),
        "Relationships": (0, 1),
        "Stays in stages": (1, 0),
    }
    merge(ida, double, manager)
    assert CreatorNiche.objects.filter(creator=ida.creator).count() == 2


# Of which a creator has one, and what becomes of the second. A new table with such a rule is to be
# thought about: by default the row of the creator who goes is taken out, and what hangs on it
# joins the other's.
DECIDED = {
    "crm.CreatorNiche.creator": "the same word",
    "crm.CreatorTag.creator": "the same word",
    "crm.Enrolment.relationship": "two that run are refused",
    "crm.EnrolmentStep.enrolment": "never: two that run are refused",
    "crm.Erasure.relationship": "both were erased: the one who stays",
    "crm.FieldValue.creator": "said at one moment: the one who stays",
    "crm.Hold.relationship": "both are held: the hold of the one who stays",
    "crm.JobRow.relationship": "the same task",
    "crm.Notice.relationship": "both were told: the one who stays",
    "crm.PostalAddress.creator": "as chosen, else the one confirmed last",
    "crm.PrivacyRequest.relationship": "both asked the same: the one who stays",
    "crm.Relationship.creator": "joined, as chosen",
    "crm.Reminder.relationship": "the same person was told of the same moment",
    "crm.Representation.creator": "the same agent",
    "crm.RetentionItem.relationship": "the same proposal",
    "crm.StageChange.relationship": "the stay in the stage that does not count ends",
    "crm.SuppressedAddress.suppression": "the same address",
    "crm.Suppression.creator": "joined: the addresses of both",
    "segmentation.BudgetPick.relationship": "the line of the one who stays",
    "segmentation.CampaignForecastLine.engagement": "expected of the one who stays",
    "segmentation.CreatorForecast.relationship": "derived: of the one who stays",
    "segmentation.ExperimentAssignment.relationship": "the arm of the one who stays",
    "segmentation.ExperimentOutcome.assignment": "what came of the one who stays",
    "segmentation.ExpectedViews.relationship": "derived: of the one who stays",
    "segmentation.MatchRow.relationship": "the place of the one who stays",
    "segmentation.Override.creator": "the decision about the one who stays",
    "segmentation.ScoreMove.creator": "how far the one who stays moved",
    "segmentation.SegmentExample.creator": "the same segment",
    "segmentation.StageSuggestion.relationship": "the same stage",
    "segmentation.SuggestedValue.creator": "what waits for the one who stays",
}


def test_of_what_there_is_one_somebody_has_said_what_becomes_of_two():
    ours = {
        link.key
        for link in walked()
        if can_clash(link) and link.key.partition(".")[0] != "campaigns"
    }
    assert {key for key in ours if "Activation" not in key} == set(DECIDED)
    for link in walked():
        # A merge looks at unique keys and named constraints of columns: it would not see these.
        assert not link.model._meta.unique_together, link.key
        assert all(
            isinstance(one, models.CheckConstraint) or getattr(one, "fields", ())
            for one in link.model._meta.constraints
        ), link.key


def test_rows_of_a_day_that_are_relationships_go_along_when_put_off(brand, admin_user):
    asker = Asker(user=admin_user, brand=brand, role=Role.ADMIN, at=NOW)
    of_relationships = {
        source.key for source in SOURCES if source.rows(asker).model is Relationship
    }
    assert of_relationships
    for key in (source.key for source in SOURCES):
        snooze = Snooze.objects.create(
            user=admin_user, brand=brand, source=key, row=1, until=date(2026, 12, 1)
        )
        known = Snooze.objects.filter(BY_RELATIONSHIP, pk=snooze.pk).exists()
        assert known == (key in of_relationships), key


def test_what_happened_to_the_other_is_in_the_one_timeline(ida, double, manager):
    relationships.set_next_step(
        relationship_id=double.pk,
        text="Ask",
        on=None,
        actor=manager,
        at=NOW - DAY,
        expected_version=None,
    )
    merge(ida, double, manager)
    told = [event.title for event in timeline(Relationship.objects.get()).items]
    assert "Next step: Ask" in told
    assert "Note" in told


@pytest.mark.parametrize("also_ours", [False, True])
def test_another_brands_creator_does_not_go_without_its_say(
    ida, double, manager, other_brand, brand, also_ours
):
    theirs = RelationshipFactory(brand=other_brand, creator=double.creator)
    before = everything()
    with pytest.raises(merging.OthersInvolved, match=r"Keep Ida H\. and let Ida Holm go instead"):
        merge(ida, double, manager)
    assert everything() == before
    assert not Merge.objects.exists()
    # The other way round nobody's record goes.
    if not also_ours:
        merge(double, ida, manager)
        assert Relationship.objects.get(pk=theirs.pk).creator_id == double.creator_id
        return
    made = merge(ida, double, manager, allowed={brand.pk, other_brand.pk})
    theirs.refresh_from_db()
    assert theirs.creator_id == ida.creator_id
    assert made.brands == sorted([brand.pk, other_brand.pk])
    assert AuditEntry.objects.filter(verb="crm.creator.merged").count() == 2
    with pytest.raises(merging.UndoRefused, match="Another brand"):
        merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})


def test_refusals_change_nothing(ida, double, manager, other_brand):
    stranger = RelationshipFactory(brand=other_brand)
    before = everything()
    for kept, gone, words in (
        (ida, ida, "one creator already"),
        (ida, stranger, "Your brand has to know both"),
    ):
        with pytest.raises(merging.MergeRefused, match=words):
            merge(kept, gone, manager)
    with pytest.raises(merging.Outdated):
        merge(ida, double, manager, choices={"language": "gone"})
    assert everything() == before
    merge(ida, double, manager)
    after = everything()
    with pytest.raises(merging.AlreadyMerged, match=r"Ida H\. is part of Ida Holm already"):
        merge(ida, double, manager)
    assert everything() == after
