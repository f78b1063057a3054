"""The list's page: columns, chips, views, selection, places; constant queries."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.choices import Role
from crm.filters import CreatorFilter
from crm.lists import patience
from crm.lists.place import place
from crm.models import CreatorTag, Job, Relationship, SavedView, Tag, ViewPin
from crm.paging import paginate
from crm.services import field_values, saved_views
from segmentation.lists import RuleFilter
from tests.factories import (
    NOW,
    ContactPointFactory,
    CreatorMetricsFactory,
    RelationshipFactory,
)
from tests.people import logged_in, person
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
LIST = "/acme/creators/"
HTMX = {"HX-Request": "true"}


def text(response):
    return response.content.decode()


def names(response):
    return re.findall(r'fw-medium" href="[^"]+">([^<]+)</a>', text(response))


def heads(response):
    table = text(response).partition("<thead>")[2].partition("</thead>")[0]
    return [
        re.sub(r"<[^>]+>", "", cell).strip()
        for cell in re.findall(r"<th.*?</th>", table, re.DOTALL)
    ]


@pytest.fixture
def ann(brand, manager):
    ann = RelationshipFactory(brand=brand, creator__name="Ann", owner=manager)
    CreatorMetricsFactory(creator=ann.creator, followers=1_000, avg_views=250)
    return ann


@pytest.fixture
def bea(brand):
    bea = RelationshipFactory(brand=brand, creator__name="Bea", stage="core")
    CreatorMetricsFactory(creator=bea.creator, followers=900)
    return bea


def test_columns_are_chosen_and_ordered_by_the_address(brand, ann, manager, manager_client):
    ContactPointFactory(brand=brand, creator=ann.creator, value="ann@example.com")
    tag = Tag.objects.create(brand=brand, key="vegan", name="Vegan")
    CreatorTag.objects.create(tag=tag, creator=ann.creator, created_at=NOW)
    field_values.set_values(
        brand=brand,
        creator_ids=[ann.creator_id],
        values={"risk_level": "high"},
        at=timezone.now(),
        actor=manager,
    )
    page = manager_client.get(LIST, {"columns": "tags,avg_views,field.risk_level,email,nonsense"})
    assert heads(page) == ["", "Creator", "Tags", "Average views", "Risk", "E-mail"]
    cells = re.findall(r'data-label="([^"]+)">(.*?)</td>', text(page), re.DOTALL)
    assert [(label, re.sub(r"<[^>]+>", "", cell).strip()) for label, cell in cells] == [
        ("Tags", "Vegan"),
        ("Average views", "250"),
        ("Risk", "High"),
        ("E-mail", "ann@example.com"),
    ]


def test_ticked_columns_become_an_address(brand, ann, manager_client):
    answer = manager_client.get(f"{LIST}?stage=core&column=owner&column=tags")
    assert answer["Location"] == f"{LIST}?stage=core&columns=owner%2Ctags"


def test_the_usual_columns_need_no_address(ann, manager_client):
    assert heads(manager_client.get(LIST)) == [
        "",
        "Creator",
        "Tier",
        "Followers",
        "Engagement",
        "Stage",
        "Owner",
        "Next step",
        "Last post",
    ]


def test_queries_do_not_grow_with_the_rows_whatever_the_columns(
    brand, ann, manager, manager_client
):
    every = "tags,email,niches,last_contact,field.risk_level,field.themes,field.formats,stage"

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert manager_client.get(LIST, {"columns": every}).status_code == 200
        return len(queries)

    ContactPointFactory(brand=brand, creator=ann.creator)
    RelationshipFactory(brand=brand)  # without numbers: the part of the list after all others
    number = asked()
    assert number <= 24
    for _ in range(5):
        more = RelationshipFactory(brand=brand, owner=manager)
        ContactPointFactory(brand=brand, creator=more.creator)
    assert asked() == number


def test_chips_say_what_the_list_is_narrowed_to(ann, bea, manager_client):
    page = manager_client.get(f"{LIST}?stage=core&stage=prospect&followers_min=10&sort=name")
    assert "Stage: Prospect or Core partner" in text(page) or (
        "Stage: Core partner or Prospect" in text(page)
    )
    assert "Followers from: 10" in text(page)
    assert 'href="?stage=core&amp;stage=prospect&amp;sort=name"' in text(page)


def test_a_view_is_saved_opened_changed_and_reset(brand, ann, bea, manager, manager_client):
    query = "stage=core&sort=name&columns=owner"
    answer = manager_client.post(f"{LIST}views/", {"query": query, "name": "Core"})
    view = SavedView.objects.get()
    opened = f"{LIST}?columns=owner&sort=name&stage=core&view={view.pk}"
    assert answer["Location"] == opened
    assert (view.name, view.author, view.private_to) == ("Core", manager, manager)
    page = manager_client.get(opened)
    assert names(page) == ["Bea"]
    assert heads(page) == ["", "Creator", "Owner"]
    assert "Core · Creators" in text(page)
    assert "”, changed" not in text(page)
    changed = manager_client.get(f"{LIST}?sort=name&view={view.pk}&columns=owner")
    assert "“Core”, changed" in text(changed)
    assert manager_client.get(f"{LIST}views/{view.pk}/")["Location"] == opened
    manager_client.post(f"{LIST}views/{view.pk}/save/", {"query": "stage=prospect"})
    view.refresh_from_db()
    assert view.query == "stage=prospect"


def test_the_default_view_opens_first_and_all_stays_in_reach(brand, ann, bea, manager):
    view = saved_views.save_new(
        brand=brand, name="Core", query="stage=core", author=manager, is_shared=False
    )
    client = logged_in(manager)
    assert client.get(LIST).status_code == 200
    client.post(f"{LIST}views/{view.pk}/default/")
    assert client.get(LIST)["Location"] == f"{LIST}views/{view.pk}/"
    assert names(client.get(f"{LIST}?sort=-followers")) == ["Ann", "Bea"]
    client.post(f"{LIST}views/{view.pk}/no-default/")
    assert client.get(LIST).status_code == 200
    client.post(f"{LIST}views/{view.pk}/unpin/")
    assert not ViewPin.objects.exists()


def test_private_views_are_nobody_elses_and_shared_ones_are_their_authors(
    brand, manager, analyst, analyst_client, admin_user_client, outsider_client
):
    def saved(name, **options):
        return saved_views.save_new(
            brand=brand, name=name, query="stage=core", author=manager, **options
        )

    private, shared = saved("Mine", is_shared=False), saved("Ours", is_shared=True)
    for client in (analyst_client, outsider_client):
        assert client.get(f"{LIST}views/{private.pk}/").status_code == 404
        assert client.post(f"{LIST}views/{private.pk}/delete/").status_code == 404
    page = text(analyst_client.get(f"{LIST}views/"))
    assert "Ours" in page
    assert "Mine" not in page
    answer = analyst_client.post(f"{LIST}views/{shared.pk}/delete/", follow=True)
    assert "is shared: manager or an admin can change it" in text(answer)
    assert SavedView.objects.count() == 2
    analyst_client.post(f"{LIST}views/{shared.pk}/pin/")
    assert "Ours" in text(analyst_client.get(LIST))
    admin_user_client.post(f"{LIST}views/{shared.pk}/delete/")
    assert [*SavedView.objects.all()] == [private]


def test_a_view_taken_back_is_nobodys_tab_any_more(brand, manager, analyst, manager_client):
    view = saved_views.save_new(brand=brand, name="Ours", query="", author=manager, is_shared=True)
    saved_views.pin(view=view, user=analyst)
    manager_client.post(f"{LIST}views/{view.pk}/", {"name": "Mine"})
    view.refresh_from_db()
    assert (view.name, view.private_to) == ("Mine", manager)
    assert [*ViewPin.objects.values_list("user", flat=True)] == [manager.pk]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"query": "stage=core", "name": ""}, "This field is required."),
        ({"query": "stage=core", "name": "core"}, "There is a view “core” already."),
        ({"query": "followers_min=many", "name": "New"}, "Enter a whole number."),
    ],
)
def test_a_view_that_cannot_be_saved_is_refused(brand, manager, manager_client, data, words):
    saved_views.save_new(
        brand=brand, name="Core", query="stage=core", author=manager, is_shared=False
    )
    answer = manager_client.post(f"{LIST}views/", data)
    assert answer.status_code == 422
    assert words in text(answer)
    assert SavedView.objects.count() == 1


def test_the_next_creator_stays_the_next_though_this_one_leaves_the_list(brand, manager_client):
    for name in ("Ann", "Bea", "Cid"):
        RelationshipFactory(brand=brand, creator__name=name)
    page = manager_client.get(f"{LIST}?stage=prospect&sort=name")
    links = re.findall(r'fw-medium" href="([^"]+)"', text(page))
    middle = text(manager_client.get(links[1]))
    assert ">Previous<" in re.sub(r"<svg.*?</svg>", "", middle).replace(" ", "")
    following = re.search(r'data-next href="([^"]+)"', middle).group(1)
    assert "Cid" in text(manager_client.get(following))
    uid = links[1].split("/")[3]
    brand.relationships.filter(creator__uid=uid).update(stage="core")
    assert re.search(r'data-next href="([^"]+)"', text(manager_client.get(links[1])))
    assert "data-next" not in text(manager_client.get(following))
    # Who looks at the accounts of one looks at those of the next.
    content = text(manager_client.get(f"{links[1]}&section=content"))
    assert re.search(r'data-next href="[^"]+&amp;section=content"', content)
    assert "data-previous" not in text(manager_client.get(links[0]))
    for strange in ("nonsense", "", links[1].partition("?in=")[2][:-2]):
        assert "data-next" not in text(manager_client.get(f"/acme/creators/{uid}/?in={strange}"))


def test_a_change_is_asked_for_and_started(brand, ann, bea, manager, manager_client):
    address = f"{LIST}many/owner/"
    asked = manager_client.post(address, {"id": [ann.pk, bea.pk]}, headers=HTMX)
    assert asked.status_code == 200
    assert "<strong>2</strong> creators" in text(asked)
    assert "<html" not in text(asked)
    assert not Job.objects.exists()
    answer = manager_client.post(
        address,
        {
            "all": "yes",
            "query": "stage=core",
            "owner": manager.pk,
            "do": "yes",
            "back": f"{LIST}?sort=name",
        },
    )
    assert answer["Location"] == f"{LIST}?sort=name"
    job = Job.objects.get()
    assert (job.title, job.params["query"]) == ("Give 1 creator to manager", "stage=core")
    assert manager_client.get("/acme/jobs/bar/").status_code == 200
    assert 'id="jobs-bar"' in text(manager_client.get(LIST))


@pytest.mark.parametrize(
    ("change", "data", "words"),
    [
        ("owner", {}, "Tick the creators first"),
        ("owner", {"all": "yes", "query": "stage=lapsed"}, ""),
        ("owner", {"all": "yes", "query": "followers_min=many"}, "Enter a whole number."),
        ("stage", {"all": "yes", "do": "yes", "stage": "lapsed"}, "Say why they go to"),
        ("tag", {"all": "yes", "do": "yes", "tag": "a,b"}, "no comma"),
        ("next_step", {"all": "yes", "do": "yes", "on": "2026-12-01"}, "Say what is to be done"),
    ],
)
@pytest.mark.usefixtures("ann")
def test_a_change_that_cannot_be_made_starts_nothing(manager_client, change, data, words):
    answer = manager_client.post(f"{LIST}many/{change}/", data)
    assert answer.status_code == (422 if words else 200)
    assert words in text(answer)
    assert not Job.objects.exists()


def test_a_field_is_chosen_then_filled(brand, ann, manager_client):
    address = f"{LIST}many/field/"
    assert "Risk" in text(manager_client.post(address, {"id": ann.pk}))
    chosen = {"id": ann.pk, "field": "risk_level"}
    assert "Only with the consent" not in text(manager_client.post(address, chosen))
    refused = manager_client.post(address, chosen | {"do": "yes", "value": "enormous"})
    assert refused.status_code == 422
    manager_client.post(address, chosen | {"do": "yes", "value": "high", "note": "Seen"})
    assert Job.objects.get().params["value"] == "high"
    manager_client.post(address, chosen | {"do": "yes", "take_away": "on"})
    assert Job.objects.filter(params__value=None).exists()


def test_who_is_ticked_is_taken_along_to_the_page_that_enrols(brand, ann, bea, manager_client):
    answer = manager_client.post("/acme/creators/enrol/", {"id": [ann.pk, bea.pk]})
    uids = f"creator={ann.creator.uid}&creator={bea.creator.uid}"
    assert answer["Location"] == f"/acme/outreach/enrol/?{uids}"
    for _ in range(50):
        RelationshipFactory(brand=brand)
    answer = manager_client.post("/acme/creators/enrol/", {"all": "yes"}, follow=True)
    assert "At most 50 creators" in text(answer)


def test_a_back_address_of_elsewhere_is_not_followed(brand, ann, manager_client):
    for back in ("https://evil.example/acme/creators/", "//evil.example", "/other/creators/"):
        answer = manager_client.post(
            f"{LIST}many/owner/", {"id": ann.pk, "do": "yes", "owner": "", "back": back}
        )
        assert answer["Location"] == LIST


def test_jobs_are_their_askers_only(brand, ann, manager_client, analyst_client):
    manager_client.post(f"{LIST}many/owner/", {"id": ann.pk, "do": "yes", "owner": ""})
    job = Job.objects.get()
    assert job.title in text(manager_client.get("/acme/jobs/"))
    assert job.title in text(manager_client.get(f"/acme/jobs/{job.pk}/"))
    assert "Nothing yet" in text(analyst_client.get("/acme/jobs/"))
    for address in ("", "stop/", "undo/", "seen/", "file/", "refused.csv"):
        method = (
            analyst_client.get if address in {"", "file/", "refused.csv"} else analyst_client.post
        )
        assert method(f"/acme/jobs/{job.pk}/{address}").status_code == 404
    answer = manager_client.post(f"/acme/jobs/{job.pk}/stop/", follow=True)
    assert "it stops after the part" in text(answer)
    assert "undone" not in text(answer)
    refused = manager_client.post(f"/acme/jobs/{job.pk}/undo/", follow=True)
    assert "changed nothing that could be undone" in text(refused)
    manager_client.post(f"/acme/jobs/{job.pk}/seen/")
    job.refresh_from_db()
    assert job.seen_at is not None
    assert job.seen_at <= timezone.now()


def test_a_second_manager_does_not_see_the_indicator(brand, ann, manager_client):
    other = logged_in(person(brand, Role.ADMIN))
    manager_client.post(f"{LIST}many/owner/", {"id": ann.pk, "do": "yes", "owner": ""})
    assert 'id="jobs-bar"' not in text(other.get(LIST))


@pytest.fixture
def slow_rule(monkeypatch):
    """Any rule, which nobody waits for."""
    nap = RawSQL("pg_sleep(5) IS NULL", (), output_field=BooleanField())

    def filtered(_self, rows, read):
        return rows if read is None else rows.filter(nap)

    monkeypatch.setattr(RuleFilter, "filter", filtered)
    monkeypatch.setattr(patience, "SECONDS", 0.05)
    return "followers > 1"


def test_a_rule_that_takes_too_long_is_stopped_and_can_be_changed(ann, slow_rule, manager_client):
    page = manager_client.get(LIST, {"rule": slow_rule, "stage": "prospect"})
    assert page.status_code == 200
    assert "takes longer than 10 seconds here" in text(page)
    assert 'value="followers &gt; 1"' in text(page)
    assert names(page) == []
    part = manager_client.get(LIST, {"rule": slow_rule}, headers=HTMX)
    assert "takes longer than 10 seconds here" in text(part)
    # Other filters are not asked of each creator.
    assert names(manager_client.get(LIST, {"stage": "prospect"})) == ["Ann"]


def test_nothing_is_done_to_whom_a_slow_rule_takes(brand, ann, slow_rule, manager, manager_client):
    sent = {"all": "yes", "query": f"rule={slow_rule}", "do": "yes", "owner": manager.pk}
    answer = manager_client.post(f"{LIST}many/owner/", sent)
    assert answer.status_code == 422
    assert "takes longer than 10 seconds here" in text(answer)
    assert not Job.objects.exists()
    problem = rest_as(manager, brand).get("creators/", rule=slow_rule)
    assert_problem(problem, 409, "took_too_long")
    file = manager_client.get(f"{LIST}export.csv", {"rule": slow_rule})
    assert (file.status_code, "takes longer than 10 seconds" in text(file)) == (409, True)


def test_a_creator_opens_without_neighbours_where_the_rule_is_slow(
    ann, bea, slow_rule, manager_client
):
    found = CreatorFilter(QueryDict("sort=name"), Relationship.objects.all(), brand=ann.brand)
    item = paginate(found.qs.with_creator(), found.order, size=1).items[0]
    address = f"{LIST}{ann.creator.uid}/"
    quick = manager_client.get(address, {"in": place(item, found, "sort=name")})
    assert "Bea" in text(quick)
    slow = manager_client.get(address, {"in": place(item, found, f"sort=name&rule={slow_rule}")})
    assert slow.status_code == 200
    assert "Bea" not in text(slow)
