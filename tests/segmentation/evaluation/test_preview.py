"""What a rule would do: near misses, what is missing, and estimates of a large brand."""

from __future__ import annotations

import pytest

from segmentation.choices import OverrideKind
from segmentation.facts.catalogue import catalogue
from segmentation.models import Membership, Override
from segmentation.rules.draft import draft_of_text
from segmentation.selectors.builder_preview import About, Wanted, shown
from segmentation.services.evaluation import near
from segmentation.services.preview import Met, NearMiss, preview_rule
from tests.factories import NOW
from tests.segmentation.building import dimension_of, segment_of
from tests.segmentation.evaluation.helpers import counted, creator_with, rule, run_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(brand):
    """Ten with 1,000 to 10,000 followers and one whose followers nobody counted."""
    return [creator_with(brand, 1_000 * n or None) for n in range(11)]


def preview(brand, words, **more):
    return preview_rule(brand=brand, rule=rule(words), as_of=NOW, facts=catalogue(brand), **more)


def test_near_misses_and_what_is_missing(brand, people):
    segment = segment_of(dimension_of(brand), "big", "followers >= 5_000")
    run = run_now(brand)
    found = preview(brand, "followers >= 10_000", segment=segment)
    assert (found.population, found.members, found.unknown) == (11, 1, 1)
    assert (found.joined, found.left) == (0, 5)
    assert (found.near_count, found.near) == (1, (NearMiss(people[9].pk, "followers"),))
    assert found.missing == {"followers": 1}
    assert (found.is_estimate, found.margin) == (False, 0)
    # 4,500 would be near 5,000: nobody has that; at 20 percent there is one with 4,000.
    assert counted(run, segment).near == {}
    assert preview(brand, "followers >= 5_000", near_percent=20).near_count == 1


def test_a_run_counts_near_misses(brand, people):
    segment = segment_of(dimension_of(brand), "top", "followers >= 10_000")
    run = run_now(brand)
    assert counted(run, segment).near == {"followers": 1}


def test_those_who_are_in_stay_by_the_stay_rule(brand, people):
    segment = segment_of(dimension_of(brand), "big", "followers >= 9_000")
    run_now(brand)
    strict = preview(brand, "followers >= 10_000", segment=segment)
    loose = preview(
        brand, "followers >= 10_000", segment=segment, stay_rule=rule("followers >= 9_000")
    )
    assert (strict.left, loose.left) == (1, 0)


def test_of_a_large_brand_a_sample_is_scaled_up(brand, people, monkeypatch):
    segment_of(dimension_of(brand), "any", "followers is known")
    run_now(brand)
    monkeypatch.setattr(near, "EXACT_UP_TO", 5)
    monkeypatch.setattr(near, "SAMPLE", 11)  # all of them, as it happens
    found = preview(brand, "followers >= 6_000")
    assert found.is_estimate
    assert (found.population, found.members) == (11, 5)
    assert found.margin > 0


class TestBesideOtherSegments:
    """Top takes 10 creators of 10,000 followers first, Mid the 30 of 5,000, in one dimension."""

    @pytest.fixture
    def sizes(self, brand):
        for number in range(40):
            creator_with(brand, 10_000 if number < 10 else 5_000)
        sizes = dimension_of(brand, "size", is_exclusive=True)
        top = segment_of(sizes, "top", "followers >= 10_000", position=1)
        mid = segment_of(sizes, "mid", "followers >= 5_000", position=2)
        tag = segment_of(dimension_of(brand, "tags"), "tag", "followers < 10_000")
        run_now(brand)
        return top, mid, tag

    def test_whom_a_segment_that_comes_first_has_would_not_be_in(self, brand, sizes):
        top, mid, tag = sizes
        found = preview(brand, "followers >= 1_000", segment=mid)
        assert (found.members, found.inside, found.joined, found.left) == (40, 30, 0, 0)
        assert found.taken == (Met(top, 10),)
        assert found.shared == (Met(tag, 30), Met(top, 10))

    def test_who_comes_first_takes_from_those_after(self, brand, sizes):
        top, mid, _tag = sizes
        found = preview(brand, "followers >= 5_000", segment=top)
        assert (found.members, found.inside, found.joined) == (40, 40, 30)
        assert (found.taken, found.shared[0].creators) == ((), 30)
        assert mid in {met.segment for met in found.shared}

    def test_a_new_segment_comes_last(self, brand, sizes):
        top, mid, _tag = sizes
        found = preview(brand, "followers >= 1_000", dimension=top.dimension)
        assert (found.members, found.inside) == (40, 0)
        assert found.taken == (Met(mid, 30), Met(top, 10))
        # In a dimension of several values nobody comes first.
        assert preview(brand, "followers >= 1_000", dimension=sizes[2].dimension).inside == 40
        assert preview(brand, "followers >= 1_000").taken == ()

    def test_what_a_person_decided_comes_before_any_order(self, brand, sizes, strategist):
        top, mid, _tag = sizes
        member = Membership.objects.filter(segment=top).values_list("creator", flat=True).first()
        Override.objects.create(
            segment=mid,
            creator_id=member,
            kind=OverrideKind.IN,
            reason="As agreed.",
            author=strategist,
            starts_at=NOW,
        )
        assert preview(brand, "followers >= 5_000", segment=mid).inside == 31

    def test_the_same_people_are_named_before_anything_is_saved(self, brand, sizes):
        top, _mid, tag = sizes

        def warnings(words, **place):
            wanted = Wanted(
                rule=draft_of_text(words, catalogue(brand)),
                stay=None,
                minimum_stay_days=0,
                near_percent=10,
                unknown_policy="leave_out",
            )
            about = About("Why.", "reach", has_owner=True)
            found = shown(
                brand=brand, wanted=wanted, about=about, facts=catalogue(brand), at=NOW, **place
            )
            return [words for words in found.warnings if "follower counts alone" not in words]

        same = (
            "100% of those whom it takes are in Tag (Tags), too, and 100% the other way round: "
            "one of the two may be enough."
        )
        assert warnings("followers <= 6_000") == [same.replace("Tag (Tags)", "Mid (Size)"), same]
        assert warnings("followers >= 5_000", segment=top) == [
            "It takes most members of what comes after it in Size: Mid (100%)."
        ]
        # 30 of 40 are three quarters.
        assert warnings("followers >= 1_000") == []
        # Within a dimension of several values one that lies within another is named, too.
        assert len(warnings("followers >= 1_000", dimension=tag.dimension)) == 1
        assert warnings("followers >= 10_000", segment=top) == []
