"""Two creators become one, and two again: nothing is lost, nobody is passed over."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from crm.choices import ImportStatus, Role, Stage
from crm.day import SOURCES, Asker
from crm.models import (
    AuditEntry,
    ContactPoint,
    Creator,
    CreatorMetrics,
    CreatorNiche,
    CreatorTag,
    CustomField,
    DuplicatePair,
    Enrolment,
    FactChange,
    FieldValue,
    ImportBatch,
    Merge,
    Note,
    Post,
    PostalAddress,
    Relationship,
    Reminder,
    Sequence,
    SequenceVersion,
    Snooze,
    StageChange,
    SuppressedAddress,
    Suppression,
    Tag,
    Task,
    Thread,
)
from crm.services import merge as merging
from crm.services import relationships
from crm.services.imports.hindrances import reasons_against
from crm.services.merge.settling import BY_RELATIONSHIP
from crm.services.merge.tables import links_to
from crm.timeline import timeline
from tests.factories import (
    NOW,
    ContactPointFactory,
    CreatorNicheFactory,
    NoteFactory,
    PostFactory,
    ProfileFactory,
    RelationshipFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ida(brand):
    """Known longer, with less."""
    relationship = RelationshipFactory(
        brand=brand, creator__name="Ida Holm", creator__country="", since=NOW - 90 * DAY
    )
    ProfileFactory(creator=relationship.creator, handle="ida")
    return relationship


@pytest.fixture
def double(brand, manager):
    """The same person, entered again by a colleague."""
    relationship = RelationshipFactory(
        brand=brand,
        creator__name="Ida H.",
        creator__country="DK",
        stage=Stage.CORE,
        since=NOW - 30 * DAY,
        owner=manager,
        next_step="Send the brief",
        next_step_on=date(2026, 12, 1),
    )
    profile = ProfileFactory(
        creator=relationship.creator, handle="idaholm", platform_id="tiktok", followers=5_000
    )
    PostFactory(profile=profile)
    ContactPointFactory(brand=brand, creator=relationship.creator, value="ida@holm.example")
    NoteFactory(relationship=relationship, text="Met at the fair", created_at=NOW - 20 * DAY)
    return relationship


def merge(ida, double, actor, **given):
    return merging.merge(
        **{
            "kept_id": ida.creator_id,
            "gone_id": double.creator_id,
            "brand": ida.brand,
            "choices": {},
            "actor": actor,
            "at": NOW,
            "allowed": {ida.brand_id},
            **given,
        }
    )


def walked():
    """Every foreign key that a merge follows: to creators, and on from rows that it joins."""
    waiting, seen = [Creator], []
    while waiting:
        for link in links_to(waiting.pop()):
            if link not in seen:
                seen.append(link)
                if can_clash(link):
                    waiting.append(link.model)
    return seen


def can_clash(link):
    return link.field.unique or any(
        isinstance(constraint, models.UniqueConstraint) and link.field.name in constraint.fields
        for constraint in link.model._meta.constraints
    )


def everything():
    """All rows of all tables that a merge may touch, as text: what an undo has to bring back."""
    touched = {DuplicatePair, Snooze, *(link.model for link in walked())} - {Creator, Merge}
    tables = sorted(model._meta.db_table for model in touched)
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")  # noqa: S608
            found[table] = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT to_jsonb(t) - 'updated_at' FROM crm_creator t ORDER BY id")
        found["crm_creator"] = [row[0] for row in cursor.fetchall()]
    return json.dumps(found, cls=DjangoJSONEncoder, sort_keys=True)


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


def test_an_undo_brings_back_every_row(ida, double, manager, brand):
    tag = Tag.objects.create(brand=brand, key="vegan", name="Vegan")
    for creator in (ida.creator, double.creator):
        CreatorTag.objects.create(tag=tag, creator=creator, created_at=NOW)
    niche = CreatorNicheFactory(creator=ida.creator).niche
    CreatorNicheFactory(creator=double.creator, niche=niche)
    field = CustomField.objects.filter(
        brand=brand, type="text"
    ).first() or CustomField.objects.create(brand=brand, key="shoe", label="Shoe", type="text")
    FieldValue.objects.create(field=field, creator=ida.creator, since=NOW - 2 * DAY, text="38")
    FieldValue.objects.create(field=field, creator=double.creator, since=NOW - DAY, text="39")
    stranger = RelationshipFactory(brand=brand).creator
    DuplicatePair.objects.create(
        brand=brand,
        first=double.creator,
        second=stranger,
        score=50,
        reasons=[],
        found_at=NOW,
        decided_at=NOW,
        why_different="Sisters",
    )
    before = everything()
    # A moment as clocks have it: what the merge notes is kept to the microsecond.
    at = NOW + timedelta(microseconds=123_456)
    made = merge(ida, double, manager, at=at, choices={f"field-{field.key}": "kept"})
    assert everything() != before
    held = FieldValue.objects.filter(creator=ida.creator).order_by("since")
    assert list(held.values_list("text", flat=True)) == ["38", "39", "38"]
    pair = DuplicatePair.objects.get()
    assert {pair.first_id, pair.second_id} == {ida.creator_id, stranger.pk}
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert everything() == before
    made.refresh_from_db()
    assert (made.undone_at, made.undone_by) == (NOW + DAY, manager)
    assert AuditEntry.objects.filter(verb="crm.creator.merge_undone").count() == 1


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


def put_off(user, relationship, source, row):
    Snooze.objects.create(
        user=user, brand=relationship.brand, source=source, row=row, until=date(2026, 12, 1)
    )


def test_a_day_s_work_with_both_is_one_creators_and_two_again(ida, double, manager, brand):
    for row in (ida, double):
        Task.objects.create(brand=brand, relationship=row, title=f"Call {row.creator}")
        Thread.objects.create(brand=brand, relationship=row, subject=str(row.creator))
        Reminder.objects.create(user=manager, relationship=row, due_at=NOW, sent_at=NOW)
        entry = Suppression.objects.create(
            brand=brand,
            creator=row.creator,
            is_person=True,
            reason="opt_out",
            origin="link",
            at=NOW,
        )
        for digest in ("both", str(row.creator)):
            SuppressedAddress.objects.create(suppression=entry, brand=brand, digest=digest)
        PostalAddress.objects.create(
            brand=brand,
            creator=row.creator,
            recipient="Ida",
            street=f"Street of {row.creator}",
            city="Aarhus",
            country="DK",
            confirmed_at=NOW - (DAY if row == ida else 0 * DAY),
        )
    sequence = Sequence.objects.create(brand=brand, name="Spring")
    Enrolment.objects.create(
        brand=brand,
        version=SequenceVersion.objects.create(sequence=sequence, number=1),
        relationship=double,
        stage_at_start="core",
        started_at=NOW,
    )
    put_off(manager, ida, "next_step", ida.pk)
    for source in ("next_step", "stalled_core", "task"):
        put_off(manager, ida, source, double.pk)
    before = everything()
    made = merge(ida, double, manager)
    assert set(Snooze.objects.values_list("source", "row")) == {
        ("next_step", ida.pk),
        ("stalled_core", ida.pk),
        # The number of a task.
        ("task", double.pk),
    }
    assert set(ida.tasks.values_list("title", flat=True)) == {"Call Ida Holm", "Call Ida H."}
    assert ida.threads.count() == 2
    assert Reminder.objects.get().relationship == ida
    assert Enrolment.objects.get().relationship == ida
    address = PostalAddress.objects.get()
    assert (address.creator, address.street, address.confirmed_at) == (
        ida.creator,
        "Street of Ida H.",
        NOW,
    )
    entry = Suppression.objects.get()
    assert entry.creator == ida.creator
    assert set(entry.addresses.values_list("digest", flat=True)) == {"both", "Ida Holm", "Ida H."}
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert everything() == before
    merge(ida, double, manager, choices={"address-acme": "kept"})
    assert PostalAddress.objects.get().street == "Street of Ida Holm"


def test_an_undo_waits_for_what_is_newer(ida, double, manager, brand):
    made = merge(ida, double, manager)
    relationships.change(
        relationship_id=ida.pk,
        changes={"owner": None},
        actor=manager,
        at=NOW + DAY,
        expected_version=None,
    )
    before = everything()
    with pytest.raises(merging.UndoRefused, match="set owner or next step, since"):
        merging.undo(merge_id=made.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    assert everything() == before


def test_merges_are_undone_from_the_last_on(ida, double, manager, brand):
    third = RelationshipFactory(brand=brand, creator__name="I. Holm")
    before = everything()
    first = merge(ida, double, manager)
    second = merge(third, ida, manager, at=NOW + DAY)
    gone = Creator.objects.get(pk=double.creator_id)
    assert gone.merged_into_id == third.creator_id
    with pytest.raises(merging.UndoRefused, match=r"Ida Holm was merged into I\. Holm later"):
        merging.undo(merge_id=first.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    for made in (second, first):
        merging.undo(merge_id=made.pk, actor=manager, at=NOW + 2 * DAY, allowed={brand.pk})
    assert everything() == before


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


def test_an_import_of_merged_creators_is_not_undone_before_the_merge(ida, double, manager, brand):
    batch = ImportBatch.objects.create(
        brand=brand,
        source="modash",
        file_name="list.csv",
        captured_at=NOW,
        status=ImportStatus.APPLIED,
        applied_at=NOW,
    )
    Creator.objects.filter(pk=double.creator_id).update(import_batch=batch)
    Relationship.objects.filter(pk=double.pk).update(import_batch=batch)
    made = merge(ida, double, manager)
    assert "Creators that were merged since: 1. Undo the merges first." in reasons_against(batch)
    merging.undo(merge_id=made.pk, actor=manager, at=NOW + DAY, allowed={brand.pk})
    assert not any("merged" in reason for reason in reasons_against(batch))
