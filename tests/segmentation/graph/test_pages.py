"""The map, a cluster, a creator's ties and the overlap of a selection, as people see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse

from crm.choices import Role
from crm.models import AuditEntry, Creator, Relationship, User
from segmentation.choices import ErrandStatus
from segmentation.models import Cluster, ClusterMap, ClusterStay, CreatorFacts
from segmentation.selectors.cluster_names import NARROW, names_of
from tests.factories import NOW, UserRoleFactory
from tests.rest import rest_as
from tests.segmentation.graph.test_clusters import fill, make
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(brand, client):
    role = UserRoleFactory(brand=brand, role=Role.ANALYST)
    client.force_login(role.user)
    return client


def get(client, name, brand, *args, **query):
    answer = client.get(reverse(f"segmentation:{name}", args=[brand.slug, *args]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_people_read_and_name_clusters(brand, analyst, django_assert_max_num_queries):
    assert "No clusters yet" in get(analyst, "clusters", brand)
    groups = fill(brand)
    make(brand)
    segment = make_segment(brand)
    stay(segment, Creator.objects.get(pk=groups["bakers"][0]), NOW - timedelta(days=3))
    with django_assert_max_num_queries(24):
        page = get(analyst, "clusters", brand)
    assert page.count('class="cluster-disc"') == 4
    assert page.count('class="cluster-dot"') == 24
    marked = get(analyst, "clusters", brand, segment="educators")
    assert "Marked" in marked
    for pk, followers in zip(groups["bakers"], (5_000, 5_000, 50_000), strict=False):
        CreatorFacts.objects.create(brand=brand, creator_id=pk, as_of=NOW, followers=followers)
    Creator.objects.filter(pk=groups["bakers"][0]).update(is_celebrity=True)
    tiers = brand.tier_scheme.tiers.filter(
        Q(low=None, high=None) | Q(low__lte=5_000, high__gt=5_000)
    )
    assert len(tiers) == 2
    for tier in tiers:
        # One each: the flag comes before the number of followers.
        assert get(analyst, "clusters", brand, tier=tier.key).count("is-out") == 23
    found = Cluster.objects.get(terms__0="#bakers")
    address = reverse("segmentation:cluster", args=[brand.slug, found.number])
    assert "bakers0" in get(analyst, "cluster", brand, found.number)
    assert analyst.post(address, {"name": "Bread", "version": 1}).status_code == 302
    assert analyst.post(address, {"name": "Cake", "version": 1}).status_code == 422
    found.refresh_from_db()
    assert (found.name, found.version) == ("Bread", 2)
    assert AuditEntry.objects.filter(verb="segmentation.cluster.renamed").count() == 1
    told = analyst.get(reverse("segmentation:clusters_csv", args=[brand.slug]))
    lines = b"".join(told.streaming_content).decode().splitlines()
    assert len(lines) == 25
    assert any("Bread" in line for line in lines)
    baker = Creator.objects.get(pk=groups["bakers"][0])
    ties = get(analyst, "creator_clusters", brand, baker.uid)
    assert "Bread" in ties
    assert "people" in ties


def test_who_objects_since_the_map_was_made_is_in_none_that_is_shown(brand, analyst):
    groups = fill(brand)
    make(brand)
    gone, other = (Creator.objects.get(pk=pk) for pk in groups["bakers"][:2])
    number = ClusterStay.objects.get(creator=gone).cluster.number
    Relationship.objects.filter(creator=gone).update(unprofiled_at=NOW)
    page = get(analyst, "clusters", brand)
    assert page.count('class="cluster-dot"') == 23
    for wrong in ("segment", "tier"):
        odd = analyst.get(f"{reverse('segmentation:clusters', args=[brand.slug])}?{wrong}=nothing")
        assert odd.status_code == 422
        assert "Select a valid choice" in odd.content.decode()
    for shown in (
        page,
        get(analyst, "cluster", brand, number),
        get(analyst, "creator_clusters", brand, other.uid),
    ):
        assert gone.name not in shown
    theirs = get(analyst, "creator_clusters", brand, gone.uid)
    assert "they object to profiling" in theirs
    assert other.name not in theirs
    file = analyst.get(reverse("segmentation:clusters_csv", args=[brand.slug]))
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 24
    rest = rest_as(User.objects.get(pk=analyst.session["_auth_user_id"]), brand)
    members = rest.json(f"clusters/{number}/members/")["results"]
    assert len(members) == 5
    assert str(gone.uid) not in {one["creator"] for one in members}
    assert rest.json(f"creators/{gone.uid}/clusters/")["ties"] == []
    ties = rest.json(f"clusters/{number}/")["ties"]
    assert len(ties) == 10  # each of the five with each


def test_a_map_is_asked_for_once(brand, analyst):
    address = reverse("segmentation:clusters_make", args=[brand.slug])
    assert analyst.post(address).status_code == 302
    assert analyst.post(address).status_code == 302
    assert ClusterMap.objects.get(brand=brand).status == ErrandStatus.QUEUED
    page = reverse("segmentation:clusters", args=[brand.slug])
    assert f'hx-get="{page}" hx-trigger="every 2s"' in analyst.get(page).content.decode()
    part = analyst.get(page, headers={"HX-Request": "true"})
    assert "being made" in part.content.decode()
    assert "<html" not in part.content.decode()
    make(brand)
    assert analyst.get(page, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "every 2s" not in analyst.get(page).content.decode()
    assert AuditEntry.objects.filter(verb="segmentation.cluster.map_asked").count() == 1


def test_a_selection_is_compared(brand, analyst):
    assert "Whom shall we compare?" in get(analyst, "audience_overlap", brand)
    groups = fill(brand)
    uids = [Creator.objects.get(pk=pk).uid for pk in groups["bakers"][:3]]
    page = get(analyst, "audience_overlap", brand, creator=uids)
    assert "people who comment on Instagram" in page
    assert "bakers0" in page
    assert "of it new" in page
    segment = make_segment(brand)
    zoe = Creator.objects.get(name="Zoe")
    stay(segment, zoe, NOW - timedelta(days=3))
    unknown = get(analyst, "audience_overlap", brand, segment="educators")
    assert "Not known" in unknown
    assumed = get(analyst, "audience_overlap", brand, segment="educators", population=1_000_000)
    assert "Assumed, not measured" in assumed
    address = reverse("segmentation:audience_overlap", args=[brand.slug])
    assert analyst.get(address, {"population": "many"}).status_code == 422
    assert analyst.get(address, {"creator": "nobody"}).status_code == 404
    assert analyst.get(address, {"campaign": "none"}).status_code == 404


def test_names_on_the_map_do_not_cover_each_other():
    def cluster(name, x, y):
        return Cluster(name=name, x=x, y=y, radius=40)

    told = names_of(
        [
            cluster("Bakers and millers of the north", 500, 300),
            cluster("Climbers", 500, 302),  # beside the first nowhere
            cluster("Runners", 720, 300),  # clear of it where letters are small
            cluster("Sailors", 20, 900),
        ]
    )
    assert [(name.words, name.is_wide, name.is_narrow) for name in told] == [
        ("Bakers and millers …", True, True),
        ("Runners", True, False),
        ("Sailors", True, True),
    ]
    assert told[2].x - len("Sailors") * NARROW * 0.56 / 2 >= 0
