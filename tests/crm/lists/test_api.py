"""Saved views and jobs over REST."""

from __future__ import annotations

import pytest

from crm.choices import Role, Scope
from crm.lists import changes
from crm.lists.selection import Selection
from crm.models import Relationship, SavedView, UserRole, ViewPin
from crm.services import jobs, saved_views
from tests.factories import NOW, RelationshipFactory, UserFactory
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(brand):
    RelationshipFactory(brand=brand, creator__name="Ann")
    RelationshipFactory(brand=brand, creator__name="Bea", stage="core")


@pytest.fixture
def job(brand, two, manager):
    return changes.ask(
        brand=brand,
        selection=Selection(query=""),
        change={"change": "owner", "owner": manager.pk},
        actor=manager,
        role="manager",
        at=NOW,
    )


def view(brand, author, query, *, name="Core", is_shared=False):
    return saved_views.save_new(
        brand=brand, name=name, query=query, author=author, is_shared=is_shared
    )


def names(body):
    return [row["name"] for row in body["results"]]


@pytest.mark.usefixtures("two")
def test_creators_of_a_saved_view(brand, manager):
    rest = rest_as(manager, brand)
    core = view(brand, manager, "columns=owner&sort=name&stage=core")
    assert names(rest.json("creators/", filter=core.pk)) == ["Bea"]
    # What is given beside it counts more.
    assert names(rest.json("creators/", filter=core.pk, stage="prospect")) == ["Ann"]
    shown = rest.json(f"views/{core.pk}/")
    assert (shown["name"], shown["is_shared"], shown["author"]) == ("Core", False, manager.email)


@pytest.mark.usefixtures("two")
def test_views_of_others_are_not_there(brand, manager, analyst, outsider, other_brand):
    private = view(brand, manager, "stage=core")
    shared = view(brand, manager, "stage=core", name="Ours", is_shared=True)
    theirs = view(other_brand, outsider, "", is_shared=True)
    rest = rest_as(analyst, brand)
    assert names(rest.json("views/")) == ["Ours"]
    assert names(rest.json("creators/", filter=shared.pk)) == ["Bea"]
    for pk in (private.pk, theirs.pk, 2**40):
        assert_problem(rest.get(f"views/{pk}/"), 404)
        assert_problem(rest.get("creators/", filter=pk), 400, "not_found")
    assert_problem(rest.get("creators/", filter="x"), 400, "invalid")


def test_a_view_is_kept_changed_and_removed(brand, manager, admin_user, outsider, other_brand):
    rest, admin = rest_as(manager, brand), rest_as(admin_user, brand)
    wanted = {"name": " Danish  core", "query": "stage=core&country=DK&sort=", "is_shared": True}
    made = rest.send("POST", "views/", wanted)
    assert made.status_code == 201
    shown = made.json()
    assert (shown["name"], shown["query"]) == ("Danish core", "country=DK&stage=core")
    assert (shown["is_shared"], shown["author"]) == (True, manager.email)
    assert not ViewPin.objects.exists()
    item = f"views/{shown['id']}/"
    for wrong, code in (
        (wanted, "invalid"),  # the name is taken
        (wanted | {"name": "B", "query": "stge=core"}, "unknown_filter"),
        (wanted | {"name": "B", "query": "columns=nonsense"}, "unknown_filter"),
        (wanted | {"name": "B", "query": "stage=nonsense"}, "invalid"),
        ({"query": ""}, "required"),
    ):
        assert_problem(rest.send("POST", "views/", wrong), 400, code)
    assert SavedView.objects.count() == 1

    theirs, reader = rest_as(outsider, other_brand), rest_as(manager, brand, ["creators:read"])
    assert_problem(theirs.send("PATCH", item, {"name": "Ours"}), 404)
    assert_problem(theirs.send("DELETE", item), 404)
    assert_problem(reader.send("PATCH", item, {"name": "Ours"}), 403)
    # An admin changes what is shared, but does not take it for their own.
    assert_problem(admin.send("PATCH", item, {"query": "", "is_shared": False}), 403, "not_yours")
    assert rest.json(item) == shown
    changed = admin.send("PATCH", item, {"query": "stage=core"})
    assert changed.status_code == 200
    assert (changed.json()["name"], changed.json()["query"]) == ("Danish core", "stage=core")
    taken_back = rest.send("PATCH", item, {"name": "Mine", "is_shared": False}).json()
    assert (taken_back["name"], taken_back["is_shared"]) == ("Mine", False)
    assert_problem(admin.send("DELETE", item), 404)
    assert rest.send("DELETE", item).status_code == 204
    assert not SavedView.objects.exists()


def test_a_shared_view_of_somebody_else_stays(brand, manager):
    other = UserFactory(email="second@example.com")
    UserRole.objects.create(user=other, brand=brand, role=Role.MANAGER)
    shared = view(brand, manager, "stage=core", is_shared=True)
    rest = rest_as(other, brand)
    assert_problem(rest.send("PATCH", f"views/{shared.pk}/", {"name": "X"}), 403, "not_yours")
    assert_problem(rest.send("DELETE", f"views/{shared.pk}/"), 403, "not_yours")
    shared.refresh_from_db()
    assert shared.name == "Core"


def test_a_job_is_followed_and_undone(brand, job, manager):
    rest = rest_as(manager, brand)
    assert rest.json(f"jobs/{job.pk}/")["status"] == "waiting"
    assert_problem(rest.send("POST", f"jobs/{job.pk}:undo"), 409, "not_undoable")
    jobs.run(job_id=job.pk, at=NOW)
    shown = rest.json(f"jobs/{job.pk}/")
    assert (shown["status"], shown["done"], shown["total"]) == ("done", 2, 2)
    assert shown["result"] == "2 creators changed."
    assert_problem(rest.send("POST", f"jobs/{job.pk}:stop"), 409, "at_its_end")
    answer = rest.send("POST", f"jobs/{job.pk}:undo")
    assert answer.status_code == 202
    assert answer.json()["undoes"] == job.pk
    jobs.run(job_id=answer.json()["id"], at=NOW)
    assert not Relationship.objects.exclude(owner=None).exists()
    assert len(rest.json("jobs/")["results"]) == 2


def test_jobs_of_others_are_not_there(brand, job, analyst, admin_user):
    for user in (analyst, admin_user):
        rest = rest_as(user, brand)
        assert rest.json("jobs/")["results"] == []
        assert_problem(rest.get(f"jobs/{job.pk}/"), 404)
        for verb in ("stop", "undo"):
            assert_problem(rest.send("POST", f"jobs/{job.pk}:{verb}"), 404)


def test_who_may_no_longer_change_may_not_change_back(brand, job, manager):
    jobs.run(job_id=job.pk, at=NOW)
    manager.roles.update(role="analyst")
    rest = rest_as(manager, brand)
    assert_problem(rest.send("POST", f"jobs/{job.pk}:undo"), 409, "not_undoable")
    assert Relationship.objects.filter(owner=manager).count() == 2


def test_reading_is_no_writing(brand, job, manager):
    rest = rest_as(manager, brand, [Scope.JOBS_READ])
    assert_problem(rest.send("POST", f"jobs/{job.pk}:stop"), 403)
    job.refresh_from_db()
    assert not job.is_stopping


@pytest.mark.parametrize(
    ("query", "gone"),
    [
        ("tag=vegan", "tag"),
        ("stage=core&mood=good", "mood"),
        ("columns=followers,field.shoe_size", "field.shoe_size"),
    ],
)
def test_a_view_of_what_is_gone_is_refused(brand, manager, query, gone):
    """Without what it asked for, it would show others."""
    vegans = view(brand, manager, query)
    answer = rest_as(manager, brand).get("creators/", filter=vegans.pk)
    told = assert_problem(answer, 400, "view_outdated")
    assert told["errors"][0]["pointer"] == "?filter"
    assert told["errors"][0]["message"].endswith(f"not there any more: {gone}.")


@pytest.mark.usefixtures("two")
def test_a_view_goes_with_look_ups(brand, manager):
    rest, core = rest_as(manager, brand), view(brand, manager, "stage=core")
    assert names(rest.json("creators/", filter=core.pk, name__startswith="Bea")) == ["Bea"]
    assert names(rest.json("creators/", filter=core.pk, name__startswith="Ann")) == []
