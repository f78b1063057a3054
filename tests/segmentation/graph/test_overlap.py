"""What audiences share and what a selection reaches, from samples and from who comments."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from crm.models import Relationship
from segmentation.selectors import overlap
from segmentation.selectors.overlap import Basis, TooMany, overlap_of, unique_reach
from tests.factories import NOW
from tests.segmentation.graph.world import known_creator, sample, write_below

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(brand):
    """Anna and Ben share 40 of 100 and 80 commenters, Cleo shares nobody, and few write there."""
    anna, ben, cleo = (known_creator(brand, name) for name in ("Anna", "Ben", "Cleo"))
    write_below(brand, anna, range(100))
    write_below(brand, anna, range(50))
    write_below(brand, ben, range(60, 140))
    write_below(brand, cleo, range(500, 510))
    return anna, ben, cleo


def test_people_who_comment_are_counted_one_by_one(brand, three, django_assert_num_queries):
    anna, ben, cleo = three
    with django_assert_num_queries(2):
        found = overlap_of(brand, [one.pk for one in three])
    assert (found.platform, found.basis, found.unknown) == ("instagram", Basis.COMMENTERS, [])
    pair = found.pair(ben.pk, anna.pk)
    assert (pair.seen, pair.people.value, pair.people.low, pair.people.high) == (40, 40, 40, 40)
    share = pair.share_for(anna.pk)
    # Wilson's interval of 40 of 100.
    assert (round(share.low, 4), share.value, round(share.high, 4)) == (0.3094, 0.4, 0.498)
    assert pair.share_for(ben.pk).value == 0.5
    assert found.pair(anna.pk, cleo.pk).too_few
    assert [(way.platform, way.basis, way.creators) for way in found.ways] == [
        ("instagram", Basis.COMMENTERS, 2)
    ]


def test_samples_of_followers_are_scaled_up(brand, three):
    anna, ben, _cleo = three
    sample(brand, anna, range(1_000), size=10_000)
    sample(brand, anna, range(9_000, 9_100), size=10_000, on=NOW.date() - timedelta(days=9))
    sample(brand, ben, range(990, 1_990), size=20_000)
    found = overlap_of(brand, [anna.pk, ben.pk])
    assert found.basis == Basis.FOLLOWERS
    pair = found.pair(anna.pk, ben.pk)
    # 10 were seen in a tenth of the one and a twentieth of the other.
    assert (pair.seen, round(pair.people.value, 6)) == (10, 2_000)
    assert (round(pair.people.low), round(pair.people.high)) == (1_088, 3_676)
    assert round(pair.share_for(anna.pk).value, 9) == 0.2
    assert round(pair.share_for(ben.pk).value, 9) == 0.1
    told = overlap_of(brand, [anna.pk, ben.pk], basis=Basis.COMMENTERS)
    assert told.pair(anna.pk, ben.pk).people.value == 40


def test_who_objected_or_is_another_brands_is_unknown(brand, other_brand, three):
    anna, ben, cleo = three
    Relationship.objects.filter(creator=ben).update(unprofiled_at=NOW)
    found = overlap_of(brand, [anna.pk, ben.pk, cleo.pk])
    assert (found.unknown, list(found.audiences)) == ([ben.pk], [anna.pk, cleo.pk])
    assert overlap_of(other_brand, [anna.pk]).unknown == [anna.pk]


def test_a_selection_reaches_each_person_once(brand, three):
    anna, ben, cleo = three
    reach = unique_reach(brand, [one.pk for one in three])
    assert (reach.covered.gross, reach.covered.unique.value) == (180, 140)
    assert [(step.creator, step.adds, step.total) for step in reach.covered.steps] == [
        (anna.pk, 100, 100),
        (ben.pk, 40, 140),
    ]
    assert (reach.unknown, reach.assumed) == ([cleo.pk], False)
    unique = reach.covered.unique
    assert (round(unique.low, 1), round(unique.high, 1)) == (132.3, 148.7)
    assert round(reach.unique_share.value, 4) == 0.7778


def test_without_a_sample_independence_is_assumed_and_called_so(brand):
    dora, emil = known_creator(brand, "Dora"), known_creator(brand, "Emil", followers=30_000)
    both = [dora.pk, emil.pk]
    nothing = unique_reach(brand, both)
    assert (nothing.covered, nothing.unknown, nothing.assumed) == (None, both, False)
    assumed = unique_reach(brand, both, population=100_000)
    assert assumed.assumed
    # 30,000 and a tenth of the other 70,000.
    assert assumed.covered.unique.value == 37_000
    assert (assumed.covered.unique.low, assumed.covered.unique.high) == (30_000, 40_000)


def test_of_very_many_commenters_the_same_part_is_looked_at(brand, monkeypatch):
    dora, emil = known_creator(brand, "Dora"), known_creator(brand, "Emil")
    random = Random(1)
    numbers = [random.getrandbits(64) - 2**63 for _one in range(900)]
    write_below(brand, dora, numbers[:600])
    write_below(brand, emil, numbers[300:])
    monkeypatch.setattr(overlap, "PEOPLE_MOST", 600)
    pair = overlap_of(brand, [dora.pk, emil.pk]).pair(dora.pk, emil.pk)
    # Half of everybody are looked at: of the 300 whom they share about 150 are seen.
    assert 125 < pair.seen < 175
    assert pair.people.low < 300 < pair.people.high
    reach = unique_reach(brand, [dora.pk, emil.pk]).covered
    assert reach.unique.low < 900 < reach.unique.high


def test_more_creators_than_anybody_reads_are_refused(brand):
    with pytest.raises(TooMany, match="At most 200"):
        overlap_of(brand, range(201))
