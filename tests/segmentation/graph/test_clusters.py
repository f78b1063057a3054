"""Clusters are found, found again, named by people, and asked for by rules."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import numpy as np
import pytest

from crm.models import Brand, Creator, Relationship
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import (
    Cluster,
    ClusterBuild,
    ClusterMap,
    ClusterStay,
    CreatorPlace,
    CreatorTie,
)
from segmentation.services.clusters import building, grouping, layout, naming, tying
from segmentation.services.clusters.gathering import gather
from tests.factories import NOW, BrandFactory
from tests.segmentation.graph.world import known_creator, sample, write_below

pytestmark = pytest.mark.django_db

GROUPS = ("bakers", "runners", "readers", "sailors")
EACH = 6


def fill(brand) -> dict[str, list[int]]:
    """Four circles of creators with people and hashtags of their own, and one with nothing."""
    random = Random(7)
    found: dict[str, list[int]] = {}
    for at, group in enumerate(GROUPS):
        for number in range(EACH):
            creator = known_creator(brand, f"{group}{number}")
            people = random.sample(range(at * 1_000, at * 1_000 + 40), 25)
            # Each has people of their own beside those of the circle.
            own = range(at * 10_000 + number * 500 + 20_000, at * 10_000 + number * 500 + 20_030)
            caption = f"Today #{group} and #{group}life, write to a@{group}.example"
            write_below(brand, creator, [*people, *own], caption=caption)
            found.setdefault(group, []).append(creator.pk)
    known_creator(brand, "Zoe")
    return found


def make(brand, at=NOW) -> ClusterMap:
    building.request(at=at, brand=brand)
    made = building.make(map_id=ClusterMap.objects.get(brand=brand).pk, at=at)
    assert made.status == ErrandStatus.DONE, made.error
    return made


@pytest.fixture(scope="module")
def world(module_db):
    """The four circles, with their first map."""
    brand = BrandFactory(slug="circles")
    groups = fill(brand)
    make(brand)
    return brand.pk, groups


@pytest.fixture
def brand_of(world):
    return Brand.objects.get(pk=world[0])


def in_cluster(brand, at=None) -> dict[int, str]:
    stays = ClusterStay.objects.filter(brand=brand, left_at=None).select_related("cluster")
    return {stay.creator_id: stay.cluster.key for stay in stays}


def test_circles_are_found_and_called_by_their_words(world, brand_of):
    _pk, groups = world
    held = in_cluster(brand_of)
    assert len({held[pk] for pk in groups["bakers"]}) == 1
    assert len({held[pk] for pk in groups["runners"]}) == 1
    assert held[groups["bakers"][0]] != held[groups["runners"][0]]
    bakers = ClusterStay.objects.get(creator=groups["bakers"][0], brand=brand_of).cluster
    assert (bakers.size, bakers.stability, bakers.terms) == (6, 1.0, ["#bakers", "#bakerslife"])
    assert bakers.title == "#bakers · #bakerslife"
    build = ClusterBuild.objects.get(brand=brand_of)
    assert (build.creators, build.tied, build.clustered, build.clusters) == (25, 24, 24, 4)
    assert (build.moved, build.agreement) == (None, 1.0)
    assert build.modularity == pytest.approx(0.75, abs=0.02)
    assert CreatorPlace.objects.filter(brand=brand_of).count() == 24


def test_ties_say_what_two_have_in_common(world, brand_of):
    _pk, groups = world
    one, other = groups["bakers"][:2]
    tie = CreatorTie.objects.get(brand=brand_of, one=min(one, other), other=max(one, other))
    assert 10 <= tie.people <= 20
    assert tie.mentions is None
    assert not CreatorTie.objects.filter(one__in=groups["bakers"], other__in=groups["runners"])


def test_found_again_a_cluster_stays_what_it_is(world, brand_of):
    _pk, groups = world
    before = in_cluster(brand_of)
    Cluster.objects.filter(brand=brand_of, terms__0="#bakers").update(name="Bread")
    assert make(brand_of, NOW + timedelta(days=7)).build == 2
    assert in_cluster(brand_of) == before
    assert ClusterBuild.objects.get(brand=brand_of, number=2).moved == 0
    assert ClusterStay.objects.filter(brand=brand_of).count() == 24
    # Those who objected to profiling are on no map from the next one on.
    gone = groups["bakers"][0]
    Relationship.objects.filter(brand=brand_of, creator=gone).update(unprofiled_at=NOW)
    make(brand_of, NOW + timedelta(days=14))
    assert gone not in in_cluster(brand_of)
    stay = ClusterStay.objects.get(brand=brand_of, creator=gone)
    assert stay.left_at == NOW + timedelta(days=14)
    bread = Cluster.objects.get(brand=brand_of, name="Bread")
    assert (bread.size, bread.gone_at) == (5, None)
    assert ClusterBuild.objects.get(brand=brand_of, number=3).moved == 1


def test_a_cluster_that_is_not_found_again_is_gone(world, brand_of):
    _pk, groups = world
    Relationship.objects.filter(brand=brand_of, creator__in=groups["bakers"]).update(
        unprofiled_at=NOW
    )
    make(brand_of, NOW + timedelta(days=7))
    gone = Cluster.objects.get(brand=brand_of, terms__0="#bakers")
    assert gone.gone_at == NOW + timedelta(days=7)
    assert len(in_cluster(brand_of)) == 18
    facts = catalogue(brand_of)
    assert gone.key not in facts["cluster"].choices


def test_rules_ask_for_clusters(world, brand_of):
    _pk, groups = world
    facts = catalogue(brand_of)
    baker = Creator.objects.get(pk=groups["bakers"][0])
    held = in_cluster(brand_of)[baker.pk]
    assert facts["cluster"].choices[held] == "#bakers · #bakerslife"
    refresh_facts(brand=brand_of, as_of=NOW)
    told = read_facts(brand=brand_of, creator=baker, as_of=NOW, facts=facts)
    assert (told["cluster"].value, told["cluster_stability"].value) == (held, 1.0)
    before = NOW - timedelta(days=1)
    told = read_facts(brand=brand_of, creator=baker, as_of=before, facts=facts)
    assert not told or told["cluster"].value is None


def test_a_brand_with_nothing_has_an_empty_map(module_db):
    brand = BrandFactory(slug="nothing")
    known_creator(brand, "Alone")
    make(brand)
    build = ClusterBuild.objects.get(brand=brand)
    assert (build.creators, build.tied, build.clusters) == (1, 0, 0)
    assert (build.modularity, build.agreement) == (None, None)


def test_what_is_gathered_has_no_addresses_of_mail_and_samples_count_as_people(module_db):
    brand = BrandFactory(slug="gathered")
    one, other = (known_creator(brand, name) for name in ("Gala", "Gwen"))
    write_below(brand, one, [1, 2, 3], caption="me@mail.example hi @Gwen, #Spring! a#b &#39;")
    write_below(brand, other, [9], caption="#spring #alone")
    sample(brand, other, [2, 3, 4], size=100)
    had = gather(brand).had
    assert had["people"] == [(one.pk, 2), (one.pk, 3), (other.pk, 2), (other.pk, 3)]
    assert had["hashtags"] == [(one.pk, "spring"), (other.pk, "spring")]
    # Gala mentions Gwen, whose own account counts as hers.
    assert had["mentions"] == [(one.pk, "gwen"), (other.pk, "gwen")]


def test_what_is_shared_by_chance_is_no_tie():
    random = np.random.default_rng(5)
    had = [(int(one), int(item)) for one in range(60) for item in random.choice(400, 40, False)]
    assert tying.ties(had, {one: one for one in range(60)}).number <= 2
    planted = [*had, *((one, 1_000 + item) for one in (3, 4) for item in range(30))]
    found = tying.ties(planted, {one: one for one in range(60)})
    assert (3, 4) in set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def test_joint_runs_are_steadier_than_single_ones():
    random = np.random.default_rng(2)
    size, blocks = 25, 8
    number = size * blocks
    same = np.repeat(np.arange(blocks), size)
    chance = np.where(same[:, None] == same[None, :], 0.12, 0.025)
    one, other = np.nonzero(np.triu(random.random((number, number)) < chance, 1))
    graph = tying.Graph(one, other, np.ones(len(one)), {}, number)
    found = [grouping.group(graph, seed=seed) for seed in (1, 1_000, 2_000)]
    joint = grouping.agreement_of([each.labels for each in found])
    assert joint > found[0].agreement + 0.05
    assert (found[0].labels == grouping.group(graph, seed=1).labels).all()
    assert 0 <= found[0].stability.min() <= found[0].stability.max() <= 1


def test_discs_do_not_lie_upon_each_other_and_fit():
    random = np.random.default_rng(4)
    sizes = [900, 400, 100, 60, 20, 10, 5, 5, 5, 5]
    between = random.random((10, 10))
    placed = layout.discs(between + between.T, sizes)
    for at, one in enumerate(placed):
        assert one.radius <= one.x <= layout.SIDE - one.radius
        assert one.radius <= one.y <= layout.SIDE - one.radius
        for other in placed[at + 1 :]:
            apart = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5
            assert apart >= (one.radius + other.radius) * 0.97
    assert len(set(layout.inside(placed[0], 900))) == 900
    assert layout.discs(np.zeros((0, 0)), []) == []


def test_words_that_all_use_name_nobody():
    had = {"hashtags": [(one, "love") for one in range(10)], "mentions": []}
    had["hashtags"] += [(one, "bread") for one in range(4)]
    assert naming.name_clusters({0: [0, 1, 2, 3], 1: [4, 5]}, had, 10) == {0: ["#bread"], 1: []}
