"""Topics on the rise: counted by creators, beyond chance, followed or set aside."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from scipy.stats import binom

from campaigns.models import Keyword, RisingTopic, TopicWeek
from campaigns.services.topics.rising import find_in, find_rising
from campaigns.services.topics.testing import Counted, dispersion, false_shares, test
from crm.models import Relationship
from tests.factories import NOW, CreatorFactory, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import logged_in
from tests.rest import rest_as

WEEK = date(2026, 11, 9)
CHANCE = test  # a name that is not collected
del test


def counted(creators: int, before: int, **values) -> Counted:
    said = {"active": 40, "active_before": 480, "weeks": 12, "spread": before**2 / 480} | values
    return Counted(creators, before, **said)


def test_the_chance_is_the_binomial_tail():
    found = CHANCE(counted(6, 12))
    assert found.chance == pytest.approx(binom.sf(5, 18, 40 / 520))
    assert found.times == pytest.approx(6)
    assert found.low < 6 < found.high
    new = CHANCE(counted(6, 0))
    assert (new.times, new.high) == (None, None)
    assert new.low > 1
    assert CHANCE(counted(1, 12)).chance > 0.5


def test_weeks_that_differ_more_than_chance_count_less():
    even, uneven = counted(6, 12), counted(6, 12, spread=12**2 / 40)
    assert dispersion(even) == 1
    # All twelve in one week: 480 / 12 * 3.6 - 12 = 132 over 11 weeks.
    assert dispersion(uneven) == pytest.approx(12)
    assert CHANCE(uneven).chance > 10 * CHANCE(even).chance


def test_false_shares_are_those_of_benjamini_and_hochberg():
    assert false_shares([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert false_shares([]) == []


def test_chance_alone_makes_hardly_any_topic():
    """200 terms whose use never changes, 40 times over: at most a tenth of the times raises one."""
    draw = random.Random(1)
    alarms = 0
    for _time in range(40):
        chances = []
        for _term in range(200):
            share = draw.choice([0.02, 0.05, 0.1, 0.3])
            weeks = [sum(draw.random() < share for _one in range(40)) for _week in range(13)]
            if weeks[12] >= 3:
                spread = sum(n * n / 40 for n in weeks[:12])
                chances.append(CHANCE(counted(weeks[12], sum(weeks[:12]), spread=spread)).chance)
        alarms += min(false_shares(chances)) <= 0.1
    assert alarms <= 4


@pytest.fixture
def creators(brand):
    """Ten, who posted in each of the eight weeks before about one thing."""
    found = []
    for _number in range(10):
        creator = CreatorFactory()
        RelationshipFactory(brand=brand, creator=creator)
        found.append(ProfileFactory(creator=creator))
    for ago in range(1, 9):
        for profile in found:
            write(profile, "my morning with #Coffee", week=WEEK - timedelta(days=7 * ago))
    return found


def write(profile, caption: str, week: date = WEEK):
    at = datetime.fromisoformat(f"{week + timedelta(days=2)}T12:00:00+00:00")
    return PostFactory(profile=profile, creator=profile.creator, caption=caption, posted_at=at)


@pytest.mark.django_db
def test_a_topic_is_found_by_creators_and_decided(brand, other_brand, creators, manager):
    for profile in creators[:6]:
        write(profile, "a #Snail morning, @snailshop https://snails.example #coffee")
    for _again in range(9):
        write(creators[7], "turnips #coffee")
    # Objects to profiling: neither counted nor shown.
    hidden = CreatorFactory()
    RelationshipFactory(brand=brand, creator=hidden, unprofiled_at=NOW)
    write(ProfileFactory(creator=hidden), "#snail")
    assert find_in(brand=brand, week=WEEK, at=NOW) == 1
    topic = RisingTopic.objects.get()
    assert (topic.kind, topic.term, topic.creators, topic.before) == ("hashtag", "snail", 6, 0)
    assert (topic.times, topic.high) == (None, None)
    assert topic.evidence.count() == 5
    week = TopicWeek.objects.get()
    assert (week.creators, week.posts, week.before, week.weeks_before) == (7, 15, 80, 8)
    assert week.terms == 3  # #snail, #coffee, morning
    client = logged_in(manager)
    page = reverse("campaigns:topics", args=["acme"])
    shown = client.get(page).content.decode()
    assert "#snail" in shown
    assert "6 of 7" in shown
    follow = reverse("campaigns:topic_act", args=["acme", topic.pk, "follow"])
    assert client.post(follow).status_code == 302
    assert "already" in client.post(follow, follow=True).content.decode()
    keyword = Keyword.objects.get()
    assert (keyword.query, keyword.keyword_list.name) == ("snail", "Followed topics")
    # Looked at again, what was decided stays.
    assert find_in(brand=brand, week=WEEK, at=NOW) == 1
    topic.refresh_from_db()
    assert (topic.state, topic.keyword) == ("followed", keyword)
    assert find_in(brand=other_brand, week=WEEK, at=NOW) == 0
    rest = rest_as(manager, brand)
    [row] = rest.json("rising-topics/")["results"]
    assert (row["term"], row["active"], row["state"]) == ("snail", 7, "followed")
    assert rest.send("POST", f"rising-topics/{topic.pk}:dismiss").status_code == 409


@pytest.mark.django_db
def test_the_last_two_weeks_are_looked_at_and_too_little_is_said(brand, creators, manager):
    Relationship.objects.exclude(creator=creators[0].creator).delete()
    assert find_rising(brand=brand, at=NOW) == 0
    weeks = list(TopicWeek.objects.values_list("week", "terms"))
    assert weeks == [(date(2026, 11, 9), 0), (date(2026, 11, 2), 0)]
    page = logged_in(manager).get(reverse("campaigns:topics", args=["acme"]))
    assert "Too few to say" in page.content.decode()
