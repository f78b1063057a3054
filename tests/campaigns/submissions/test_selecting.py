"""The inbox, posts to take in, and who brought what about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.choices import DeliverableState, EngagementStage
from campaigns.models import Deliverable, Submission
from campaigns.selectors.submissions.chain import chain_of
from campaigns.selectors.submissions.inbox import known
from campaigns.selectors.submissions.posts import suggested
from campaigns.services.submissions import deciding, receiving
from tests.campaigns.made import engage
from tests.campaigns.submissions.worlds import handed_in
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db


def creator(brand, handle):
    relationship = RelationshipFactory(brand=brand, creator__name=handle.title())
    profile = ProfileFactory(creator=relationship.creator, handle=handle)
    return relationship, profile


def published(campaign, relationship, at):
    engagement = engage(campaign, EngagementStage.LIVE, relationship)
    Deliverable.objects.create(
        engagement=engagement,
        title="Reel",
        kind="sponsored_post",
        form="short_video",
        platform_id="instagram",
        state=DeliverableState.PUBLISHED,
        published_at=at,
        published_url=f"https://example.org/{relationship.pk}",
    )
    return engagement


@pytest.mark.parametrize(
    ("caption", "is_found"),
    [
        ("#spring", True),
        ("Look: #Spring!", True),
        ("(#spring)", True),
        ("#springtime", False),
        ("#spring_2027", False),
        ("x#spring", False),
        ("https://a.example/#spring", False),
        ("spring", False),
    ],
)
def test_a_hashtag_is_a_whole_word(public, brand, caption, is_found):
    _relationship, profile = creator(brand, "anna")
    PostFactory(profile=profile, caption=caption, posted_at=NOW)
    public.campaign.starts_on = public.campaign.ends_on = NOW.date()
    assert bool(suggested(public)) is is_found


def test_suggested_is_what_nobody_was_asked_for_or_took_in(public, brand, manager):
    campaign = public.campaign
    campaign.starts_on = campaign.ends_on = NOW.date()
    _relationship, profile = creator(brand, "anna")
    here, old, asked, taken = (
        PostFactory(profile=profile, caption="#spring", posted_at=NOW - timedelta(days=days))
        for days in (1, 32, 2, 3)
    )
    PostFactory(caption="#spring", posted_at=NOW)  # of nobody whom the brand knows
    engagement = engage(campaign, relationship=_relationship)
    Deliverable.objects.create(
        engagement=engagement,
        title="Reel",
        kind="sponsored_post",
        form="short_video",
        platform_id="instagram",
        post=asked,
    )
    receiving.take_posts(campaign=campaign, posts=[taken], actor=manager, at=NOW)
    assert suggested(public) == [here]
    public.hashtag = ""
    assert suggested(public) == []
    assert old.caption == "#spring"


def test_the_same_is_seen_again(public, brand, django_assert_num_queries):
    one = handed_in(public)
    again = handed_in(public, email="other@holm.example")
    third = handed_in(public, url="https://example.org/p/2", text="Another.")
    relationship, _profile = creator(brand, "ida")
    Submission.objects.filter(pk=one.pk).update(platform="instagram", handle="ida")
    rows = list(Submission.objects.order_by("pk"))
    with django_assert_num_queries(4):  # others, profiles, relationships, assets
        found = known(brand, rows)
    assert found[one.pk].others == [
        (third, "the same e-mail address"),
        (again, "the same post"),
    ]
    assert found[one.pk].creators == [relationship]
    assert found[again.pk].others == [(one, "the same post")]


def test_what_came_after_a_creator_and_names_them_is_counted(
    public, brand, manager, django_assert_num_queries
):
    campaign = public.campaign
    campaign.starts_on = campaign.ends_on = NOW.date()
    anna, anna_on = creator(brand, "anna")
    ben, _ben_on = creator(brand, "ben")
    cleo, _cleo_on = creator(brand, "cleo")
    day = timedelta(days=1)
    published(campaign, anna, NOW)
    published(campaign, ben, NOW + 2 * day)
    engage(campaign, relationship=cleo)
    _fan, fan_on = creator(brand, "fan")
    handed_in(public, NOW + day, inspired_by="anna")
    handed_in(public, NOW - day, inspired_by="anna", email="early@x.example")
    handed_in(public, NOW + 3 * day, text="Thanks @anna and @ben.", email="both@x.example")
    handed_in(public, NOW + day, text="Mine, mail me@anna", email="none@x.example")
    PostFactory(profile=fan_on, caption="As @anna does #spring", posted_at=NOW + day)
    PostFactory(profile=anna_on, caption="@anna #spring again", posted_at=NOW + day)
    bad = handed_in(public, NOW + day, inspired_by="anna", email="bad@x.example", text="No")
    deciding.refuse(
        submission_id=bad.pk, brand=brand, reason="Spam", actor=manager, at=NOW + 2 * day
    )
    with django_assert_num_queries(5):  # page, engagements, profiles, submissions, posts
        chain = chain_of(campaign)
    shown = [
        (str(link.engagement.relationship.creator), link.submissions, link.posts, link.unnamed)
        for link in chain.links
    ]
    assert shown == [("Anna", 2, 1, 1), ("Ben", 1, 0, 0), ("Cleo", 0, 0, 0)]
    assert (chain.items, chain.unnamed, chain.is_cut) == (5, 1, False)
    assert chain.links[2].published_at is None
