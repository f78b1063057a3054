"""Look-alikes: what is compared by hand, who is found and why, who never is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse

from campaigns.models import Engagement
from segmentation.matches.looks import Look, Spread, Vocabulary, band, likeness, tokens
from segmentation.models import CreatorFacts, CreatorLook, LookIndex, LookTerm, Playbook
from segmentation.selectors.looks import like_creator, like_segment
from segmentation.services.looks import building
from tests.campaigns.made import make_campaign
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.rest import rest_as
from tests.segmentation.world import make_segment, stay

DAY = timedelta(days=1)
# Twenty-four creators in three kinds, so that no word of a kind is everybody's.
KINDS = {
    "baker": "Sourdough today #bread @millers flour",
    "climber": "On the wall again #bouldering @thegym chalk",
    "knitter": "New yarn, new sweater #knitting @woolshop",
}


def test_words_are_read_from_texts():
    found = list(tokens("Fresh #Bread, from @the.mill. 123 of it!"))
    assert found == ["fresh", "#bread", "bread", "from", "@the.mill"]


def test_a_vector_has_length_one_and_knows_only_what_tells_creators_apart():
    vocabulary = Vocabulary.of({"rare": 1, "bread": 3, "yeast": 4, "the": 90}, 100)
    assert set(vocabulary.numbers) == {"bread", "yeast"}
    terms, weights = vocabulary.vector(Counter(["bread", "bread", "yeast", "the", "rare"]))
    assert terms == [vocabulary.numbers["bread"], vocabulary.numbers["yeast"]]
    assert sum(weight**2 for weight in weights) == pytest.approx(1)
    assert vocabulary.vector(Counter(["the"])) == ([], [])


def test_what_is_not_known_of_both_does_not_count():
    one = Look(followers=1_000, niches=frozenset({1, 2}), language="da", country="DK")
    other = Look(followers=10_000, niches=frozenset({2}), language="da", country=None)
    found = likeness(one, other, 0.5)
    assert found.parts == {
        "words": 0.5,
        "numbers": None,
        "size": 0,
        "niches": 0.5,
        "language": 1,
        "country": None,
    }
    # 50, 10, 15 and 5 of the weight are known.
    assert found.score == pytest.approx(100 * (25 + 0 + 7.5 + 5) / 80)
    assert likeness(Look(), Look(), None).score == 0


def test_numbers_are_compared_among_creators_of_a_size():
    assert (band(999), band(1_000), band(3_200), band(None)) == (5, 6, 7, None)
    spread = Spread.of([1.0, 3.0] * 10)
    assert (spread.mean, spread.deviation, spread.place(4)) == (2, 1, 2)
    assert Spread.of([1.0] * 30) is None
    assert Spread.of([1.0, 2.0]) is None


@pytest.fixture
def world(brand):
    rows = {}
    for kind, text in KINDS.items():
        for n in range(8):
            row = RelationshipFactory(brand=brand, creator__name=f"{kind} {n}")
            profile = ProfileFactory(creator=row.creator, bio="", followers=5_000)
            PostFactory(profile=profile, caption=text, title="", posted_at=NOW - 3 * DAY)
            CreatorFacts.objects.create(
                brand=brand, creator=row.creator, as_of=NOW, followers=5_000, country="DK"
            )
            rows[row.creator.name] = row
    silent = RelationshipFactory(brand=brand, creator__name="silent")
    rows["silent"] = silent
    return rows


def build(brand, monkeypatch):
    # Of 24 creators eight use a word of their kind: a third, which is more than usual.
    monkeypatch.setattr("segmentation.matches.looks.LARGEST_SHARE", 0.4)
    building.request(at=NOW, brand=brand)
    index = LookIndex.objects.get(brand=brand)
    done = building.build(index_id=index.pk, at=NOW)
    assert (done.status, done.error) == ("done", "")
    return done


@pytest.mark.django_db
def test_who_is_alike_and_why(world, brand, monkeypatch, manager_client, manager):
    world["baker 7"].unprofiled_at = NOW
    world["baker 7"].save()
    index = build(brand, monkeypatch)
    assert (index.creators, index.version) == (24, 1)
    likes = like_creator(brand, world["baker 0"].creator)
    assert {row.name for row in likes.rows} == {f"baker {n}" for n in range(1, 7)}
    first = likes.rows[0]
    assert "#bread" in first.shared_terms
    assert first.likeness.parts["words"] == pytest.approx(1)
    assert (first.likeness.parts["country"], first.likeness.parts["niches"]) == (1, None)
    assert "no words of posts" in like_creator(brand, world["silent"].creator).why_not
    assert "objected" in like_creator(brand, world["baker 7"].creator).why_not
    again = build(brand, monkeypatch)
    assert again.version == 2
    assert LookTerm.objects.count() == again.terms

    # On the page, and from there onto a shortlist; whoever is not to be pitched stays off it.
    url = reverse(
        "segmentation:creator_look_alikes", args=[brand.slug, world["baker 0"].creator.uid]
    )
    page = manager_client.get(url).content.decode()
    assert "baker 3" in page
    assert "climber" not in page
    campaign = make_campaign(brand, manager)
    innovators = make_segment(brand, "innovators")
    Playbook.objects.create(segment=innovators, do_not_pitch=True, updated_at=NOW)
    stay(innovators, world["baker 2"].creator, NOW - DAY)
    assert "baker 2" not in manager_client.get(url).content.decode()
    sent = {"campaign": campaign.key, "picked": [world["baker 1"].pk, world["baker 2"].pk]}
    refused = manager_client.post(url, sent)
    assert refused.status_code == 422
    assert "not suggested any more" in refused.content.decode()
    assert not Engagement.objects.exists()
    one = {"campaign": f"{campaign.key}\0", "picked": [world["baker 1"].pk]}
    taken = manager_client.post(url, one)
    assert taken["Location"] == reverse("campaigns:shortlist", args=[brand.slug, campaign.key])
    reason = Engagement.objects.get().stays.get().reason
    assert reason.startswith("Like baker 0: 100 of 100. Both use ")


@pytest.mark.django_db
def test_who_is_like_a_segment_and_no_member(world, brand, monkeypatch, analyst):
    segment = make_segment(brand)
    assert "has not been yet" in like_segment(segment).why_not
    build(brand, monkeypatch)
    assert like_segment(segment).why_not == "Nobody is in the segment."
    for n in range(3):
        stay(segment, world[f"knitter {n}"].creator, NOW - DAY)
    likes = like_segment(segment)
    assert {row.name for row in likes.rows} == {f"knitter {n}" for n in range(3, 8)}
    # Who objected since is no example of what members are like.
    stay(segment, world["climber 0"].creator, NOW - DAY)
    world["climber 0"].unprofiled_at = NOW
    world["climber 0"].save()
    assert "climber 1" not in {row.name for row in like_segment(segment).rows}
    rows = rest_as(analyst, brand).json("segments/educators/look-alikes/")["results"]
    assert [row["name"] for row in rows] == [row.name for row in likes.rows]
    assert rows[0]["index_version"] == 1
    uid = world["knitter 0"].creator.uid
    rows = rest_as(analyst, brand).json(f"creators/{uid}/look-alikes/")["results"]
    assert len(rows) == 7
    assert CreatorLook.objects.filter(brand=brand).count() == 25
