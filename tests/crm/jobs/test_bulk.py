"""Changes to many creators: who is changed, refused and told; undone to the last column."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm import audit
from crm.choices import Role, RowOutcome, Stage
from crm.lists import changes
from crm.lists.selection import FilterRefused, Selection
from crm.models import AuditEntry, FactChange, FieldValue, Job, JobRow, Relationship, StageChange
from crm.services import field_values, jobs, relationships
from crm.services.bulk.batches import SIZE
from crm.services.bulk.changes import BulkRefused
from tests.factories import NOW, RelationshipFactory

pytestmark = pytest.mark.django_db
EVERYBODY = Selection(query="")
# To the microsecond, as moments are in real life.
A_WEEK_AGO = NOW - timedelta(days=7, microseconds=7)


@pytest.fixture
def three(brand):
    """Ann, Bea and Cid, prospects since a week."""
    return [
        RelationshipFactory(brand=brand, creator__name=name, since=A_WEEK_AGO)
        for name in ("Ann", "Bea", "Cid")
    ]


@pytest.fixture
def ask(brand, manager):
    def begin(change, selection=EVERYBODY, role=Role.MANAGER, actor=manager):
        return changes.ask(
            brand=brand, selection=selection, change=change, actor=actor, role=role, at=NOW
        )

    return begin


@pytest.fixture
def do(ask):
    """Ask for a change and have it made."""

    def made(change, selection=EVERYBODY):
        return done(ask(change, selection))

    return made


def done(job, at=NOW):
    jobs.run(job_id=job.pk, at=at)
    job.refresh_from_db()
    return job


def undone(job, by, at=NOW + timedelta(hours=1)):
    return done(jobs.undo(job=job, actor=by, at=at), at)


def outcomes(job):
    rows = JobRow.objects.filter(job=job).order_by("relationship__creator__name")
    return [(row.relationship.creator.name, row.outcome, row.reason) for row in rows]


def standing():
    """Everything of the relationships that a change could touch."""
    columns = ("stage", "stage_since", "owner", "next_step", "next_step_on")
    return [*Relationship.objects.order_by("pk").values_list("pk", *columns)]


def stays():
    return [
        *StageChange.objects.order_by("pk").values_list(
            "relationship", "from_stage", "stage", "entered_at", "left_at"
        )
    ]


def test_owner_for_all_that_match(do, three, manager, brand):
    three[0].owner = manager
    three[0].save()
    job = do({"change": "owner", "owner": manager.pk})
    assert job.title == "Give 3 creators to manager"
    assert (job.status, job.done, job.total) == ("done", 3, 3)
    assert job.result == "2 creators changed, 1 was so already."
    assert outcomes(job) == [("Ann", "same", ""), ("Bea", "changed", ""), ("Cid", "changed", "")]
    assert {r.owner for r in Relationship.objects.all()} == {manager}
    assert [*Relationship.objects.order_by("pk").values_list("version", flat=True)] == [1, 2, 2]
    entries = AuditEntry.objects.order_by("number")
    assert [(e.verb, e.target_label, e.data) for e in entries] == [
        ("crm.owner.set", name, {"owner": [None, manager.email], "job": job.pk})
        for name in ("Bea", "Cid")
    ]
    assert audit.first_broken_link(audit.entries_of(brand)) is None
    assert {change.creator.name for change in FactChange.objects.all()} == {"Bea", "Cid"}


def test_undo_puts_the_owner_back_but_for_who_was_changed_since(do, three, manager, strategist):
    before = standing()
    job = do({"change": "owner", "owner": manager.pk})
    relationships.set_owner(
        relationship_id=three[1].pk,
        owner=strategist,
        actor=strategist,
        at=NOW,
        expected_version=None,
    )
    back = undone(job, manager)
    assert back.result == "2 creators as before. 1 was changed since and kept."
    assert outcomes(back) == [
        ("Ann", "undone", ""),
        ("Bea", "kept", f"Changed since by {strategist.email}."),
        ("Cid", "undone", ""),
    ]
    after = standing()
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1][3] == strategist.pk
    assert AuditEntry.objects.order_by("-number")[0].data == {
        "owner": [manager.email, None],
        "job": back.pk,
    }


def test_stage_moves_only_who_may_go_there(do, three, manager):
    ids = [row.pk for row in three]
    Relationship.objects.filter(pk=ids[1]).update(stage=Stage.CORE)
    Relationship.objects.filter(pk=ids[2]).update(stage=Stage.DECLINED)
    before, stays_before = standing(), stays()
    job = do({"change": "stage", "stage": "first_time"})
    assert outcomes(job) == [
        ("Ann", "changed", ""),
        ("Bea", "changed", ""),
        (
            "Cid",
            "refused",
            "From “Declined” one move leads to “Prospect”, “Lapsed” only.",
        ),
    ]
    assert job.result == "2 creators changed, 1 refused."
    assert [row[1:3] for row in standing()] == [
        ("first_time", NOW),
        ("first_time", NOW),
        ("declined", A_WEEK_AGO),
    ]
    assert stays()[3:] == [
        (ids[0], "prospect", "first_time", NOW, None),
        (ids[1], "core", "first_time", NOW, None),
    ]
    undone(job, manager)
    assert standing() == before
    assert stays() == stays_before


def test_a_way_that_needs_a_reason_is_refused_without_one(ask, do, three):
    with pytest.raises(BulkRefused, match="Say why they go to “Lapsed”"):
        ask({"change": "stage", "stage": "lapsed"})
    assert not Job.objects.exists()
    job = do({"change": "stage", "stage": "lapsed", "reason": "No answer since spring"})
    assert job.result == "3 creators changed."
    newest = StageChange.objects.filter(stage="lapsed")
    assert {stay.reason for stay in newest} == {"No answer since spring"}
    job = do({"change": "stage", "stage": "prospect"})
    assert outcomes(job)[0] == (
        "Ann",
        "refused",
        "From “Lapsed” to “Prospect” a reason is needed.",
    )
    assert job.undo_until is None


def test_the_next_step_comes_and_goes(do, three, manager):
    before = standing()
    job = do({"change": "next_step", "text": " Send  brief ", "on": "2026-12-01"})
    assert job.title == "Next step of 3 creators: Send brief"
    assert {row[4:] for row in standing()} == {("Send brief", date(2026, 12, 1))}
    undone(job, manager)
    assert standing() == before
    job = do({"change": "next_step", "text": "", "on": ""})
    assert job.result == "0 creators changed, 3 were so already."


def test_a_field_is_filled_and_emptied_again(do, three, manager, brand):
    field_values.set_values(
        brand=brand,
        creator_ids=[three[0].creator_id],
        values={"risk_level": "high"},
        at=NOW - timedelta(days=1),
        actor=manager,
    )
    job = do({"change": "field", "field": "risk_level", "value": "low", "note": "Checked all"})
    assert job.result == "3 creators changed."
    assert FieldValue.objects.filter(text="low", note="Checked all", author=manager).count() == 3
    field_values.set_values(
        brand=brand,
        creator_ids=[three[2].creator_id],
        values={"risk_level": "medium"},
        at=NOW + timedelta(minutes=1),
        actor=manager,
    )
    back = undone(job, manager)
    assert outcomes(back) == [
        ("Ann", "undone", ""),
        ("Bea", "undone", ""),
        ("Cid", "kept", "Risk was changed since."),
    ]
    held = FieldValue.objects.filter(field__key="risk_level").as_of(NOW + timedelta(hours=2))
    assert {(row.creator.name, row.text) for row in held} == {("Ann", "high"), ("Cid", "medium")}


def test_ticked_creators_only_and_those_who_are_gone_are_told(do, three, manager, other_brand):
    strange = RelationshipFactory(brand=other_brand)
    chosen = Selection(ids=(three[0].pk, three[1].pk, strange.pk))
    job = do({"change": "owner", "owner": manager.pk}, chosen)
    assert job.result == (
        "2 creators changed. 1 did not match any more when this began and was left."
    )
    strange.refresh_from_db()
    assert strange.owner is None


def test_the_filter_is_asked_again_when_the_work_begins(ask, three, manager):
    job = ask({"change": "owner", "owner": manager.pk}, Selection(query="stage=prospect"))
    Relationship.objects.filter(pk=three[0].pk).update(stage=Stage.CORE)
    assert done(job).result == (
        "2 creators changed. 1 did not match any more when this began and was left."
    )


def test_work_goes_on_where_a_lost_worker_left_it(ask, brand, manager, monkeypatch):
    for _ in range(5):
        RelationshipFactory(brand=brand)
    monkeypatch.setattr("crm.services.bulk.batches.SIZE", 2)
    job = ask({"change": "owner", "owner": manager.pk})
    advance, calls = jobs.Progress.advance, []

    def lost(self, by):
        calls.append(by)
        if len(calls) == 2:
            raise SystemExit  # as a worker that is killed: nothing is caught, all is rolled back
        advance(self, by)

    monkeypatch.setattr(jobs.Progress, "advance", lost)
    with pytest.raises(SystemExit):
        jobs.run(job_id=job.pk, at=NOW)
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == ("running", 2, 5)
    assert Relationship.objects.filter(owner=manager).count() == 2
    assert AuditEntry.objects.count() == 2
    monkeypatch.setattr(jobs.Progress, "advance", advance)
    job = done(job, NOW + timedelta(minutes=5))
    assert job.result == (
        "5 creators changed. Its worker was lost on the way; it went on where it was."
    )
    assert AuditEntry.objects.count() == 5
    assert set(Relationship.objects.values_list("version", flat=True)) == {2}


def test_who_stops_it_reads_who_is_as_before(ask, brand, manager, monkeypatch):
    for _ in range(5):
        RelationshipFactory(brand=brand)
    monkeypatch.setattr("crm.services.bulk.batches.SIZE", 2)
    job = ask({"change": "owner", "owner": manager.pk})
    advance = jobs.Progress.advance

    def stopping(self, by):
        advance(self, by)
        Job.objects.filter(pk=job.pk).update(is_stopping=True)

    monkeypatch.setattr(jobs.Progress, "advance", stopping)
    job = done(job)
    assert (job.status, job.result) == (
        "stopped",
        "2 creators changed. The other 3 are as they were.",
    )
    assert job.undo_until is not None
    monkeypatch.setattr(jobs.Progress, "advance", advance)
    assert undone(job, manager).result == "2 creators as before."
    assert not Relationship.objects.exclude(owner=None).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "change"),
        ({"change": "nonsense"}, "change"),
        ({"change": "stage", "stage": "nowhere"}, "stage"),
        ({"change": "owner", "owner": 2**40}, "owner"),
        ({"change": "next_step", "text": "x" * 201}, "text"),
        ({"change": "next_step", "text": "", "on": "2026-12-01"}, "text"),
        ({"change": "next_step", "text": "Call", "on": "soon"}, "on"),
        ({"change": "field", "field": "nowhere", "value": "x"}, "field"),
        ({"change": "field", "field": "risk_level", "value": "enormous"}, "value"),
    ],
)
@pytest.mark.usefixtures("three")
def test_what_cannot_be_changed_is_refused_by_its_field(ask, change, field):
    with pytest.raises(BulkRefused) as refused:
        ask(change)
    assert refused.value.field == field
    assert not Job.objects.exists()


def test_the_role_is_asked_when_it_is_asked_for_and_when_it_begins(ask, three, manager, analyst):
    with pytest.raises(BulkRefused, match="creator manager or admin may"):
        ask({"change": "owner", "owner": None}, role=Role.ANALYST, actor=analyst)
    job = ask({"change": "owner", "owner": manager.pk})
    manager.roles.update(role=Role.LEGAL)
    job = done(job)
    assert (job.status, job.result) == ("failed", "0 creators changed. It had not begun.")
    assert "creator manager or admin may" in job.error
    assert not Relationship.objects.exclude(owner=None).exists()


@pytest.mark.usefixtures("three")
def test_a_selection_that_finds_nobody_is_refused(ask):
    for selection in (Selection(query="stage=core"), Selection(ids=(2**40,))):
        with pytest.raises(FilterRefused, match="Nobody is left"):
            ask({"change": "owner", "owner": None}, selection)
    with pytest.raises(FilterRefused, match="Followers from: Enter a whole number"):
        ask({"change": "owner", "owner": None}, Selection(query="followers_min=many"))
    assert not Job.objects.exists()


def test_a_part_costs_as_many_queries_for_few_as_for_many(
    ask, brand, manager, django_assert_max_num_queries
):
    for _ in range(30):
        RelationshipFactory(brand=brand)
    job = ask({"change": "owner", "owner": manager.pk})
    assert SIZE == 1_000
    with django_assert_max_num_queries(42):
        done(job)
    assert JobRow.objects.filter(outcome=RowOutcome.CHANGED).count() == 30
