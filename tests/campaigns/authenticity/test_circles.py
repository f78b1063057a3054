"""Who comments below a brand's posts: regulars, pods, the score, and what other brands see."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import AuthenticityScore, CommenterReading, CommentTie
from campaigns.selectors.authenticity import for_list, looked_at, with_flag
from campaigns.services.authenticity import dismissing
from campaigns.services.authenticity.circles import look_at_comments
from campaigns.services.authenticity.looking import look_at
from campaigns.services.authenticity.scoring import score_brand
from crm.models import (
    Brand,
    CommentThread,
    MetricSnapshot,
    Post,
    PostComment,
    Profile,
    Relationship,
    User,
)
from crm.services.post_comments.authors import number_of
from segmentation.facts.catalogue import catalogue
from segmentation.facts.readings import read_facts
from segmentation.facts.refresh import refresh_facts
from segmentation.models import CreatorFacts
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory


def account(brand: Brand, handle: str) -> tuple[Relationship, Profile, list[Post]]:
    """Six posts of six weeks."""
    relationship = RelationshipFactory(brand=brand, creator__name=handle.title())
    profile = ProfileFactory(creator=relationship.creator, handle=handle, posts_count=300)
    MetricSnapshot.objects.create(profile=profile, captured_at=NOW, followers=5_000, following=400)
    posts = [
        PostFactory(profile=profile, posted_at=NOW - timedelta(weeks=nth), likes=200, comments=8)
        for nth in range(6)
    ]
    return relationship, profile, posts


def comment(brand: Brand, post: Post, *writers: str) -> None:
    """Comments by these, by handle."""
    before = PostComment.objects.filter(post=post).count()
    PostComment.objects.bulk_create(
        PostComment(
            brand=brand,
            post=post,
            external_id=f"{post.pk}-{before + nth}",
            author=number_of(brand_id=brand.pk, platform="instagram", key=writer),
        )
        for nth, writer in enumerate(writers)
    )
    CommentThread.objects.update_or_create(
        brand=brand, post=post, defaults={"comments": before + len(writers)}
    )


def flags_of(relationship: Relationship) -> dict[str, tuple[str, str]]:
    (looked,) = looked_at(relationship, NOW)
    return {sign.flag["key"]: (sign.flag["state"], sign.flag["value"]) for sign in looked.signs}


def test_regulars_and_a_pod(brand: Brand, other_brand: Brand, analyst: User) -> None:
    anna, profile, posts = account(brand, "anna")
    bo, _, his = account(brand, "bo")
    cleo, _, hers = account(brand, "cleo")
    RelationshipFactory(brand=other_brand, creator=anna.creator)
    # Five regulars and one passer-by below each of six posts; the account answers itself.
    for nth, post in enumerate(posts):
        comment(brand, post, *(f"fan{one}" for one in range(5)), f"guest{nth}", "anna", "anna")
    # Bo and Anna comment on two posts of each other, Bo and Cleo too; Cleo never on Anna's.
    for one, two in ((posts, "bo"), (his, "anna"), (his, "cleo"), (hers, "bo")):
        for post in one[:2]:
            comment(brand, post, two)
    assert look_at([one.creator_id for one in (anna, bo, cleo)], at=NOW) == 3
    assert look_at_comments(brand=brand, at=NOW) == 3
    assert list(
        CommentTie.objects.values_list("one__handle", "other__handle", "there", "back")
    ) == [
        ("anna", "bo", 2, 2),
        ("bo", "cleo", 2, 2),
    ]
    said = flags_of(anna)
    assert said["repeat_commenters"] == (
        "raised",
        "5 of 12 writers are regulars, who wrote 30 of 38 comments (79%) below 6 posts",
    )
    assert said["comment_pod"][0] == "raised"
    assert said["comment_pod"][1].startswith("one of 3 accounts that hang together by 2 ties")
    assert flags_of(cleo)["comment_pod"][0] == "raised"
    assert flags_of(cleo)["repeat_commenters"][0] == "unknown"
    # What is raised by comments only is on the list, and found by its flag.
    assert with_flag(for_list(brand), brand, "repeat_commenters").get().profile == profile
    # Comments belong to the brand that took them in.
    theirs = Relationship.objects.get(brand=other_brand, creator=anna.creator)
    assert flags_of(theirs)["comment_pod"][0] == "unknown"
    assert not for_list(other_brand).exists()

    score_brand(brand=brand, at=NOW)
    score_brand(brand=other_brand, at=NOW)
    ours = AuthenticityScore.objects.get(relationship=anna)
    signs = {one["key"]: one for one in ours.parts["accounts"][0]["signs"]}
    assert (signs["comment_pod"]["points"], signs["repeat_commenters"]["points"]) == (50, 0.9)
    other = AuthenticityScore.objects.get(relationship=theirs)
    assert other.score == 100
    assert ours.score == Decimal("81.4")
    assert score_brand(brand=brand, at=NOW + timedelta(hours=1)) == 0

    refresh_facts(brand=brand, as_of=NOW)
    facts = CreatorFacts.objects.get(brand=brand, creator=anna.creator)
    assert (facts.audience_flags, facts.authenticity) == (2, float(ours.score))
    # Explained, it counts neither for nor against: the score follows at once.
    dismissing.dismiss(
        relationship=anna,
        profile=profile,
        flag="repeat_commenters",
        reason="A club.",
        last_day=NOW.date() + timedelta(days=30),
        actor=analyst,
        at=NOW + timedelta(hours=2),
    )
    old, new = AuthenticityScore.objects.filter(relationship=anna).order_by("pk")
    assert old.superseded_at == new.read_at == NOW + timedelta(hours=2)
    assert new.score > old.score
    for hours, score in ((1, old.score), (3, new.score)):
        moment = NOW + timedelta(hours=hours)
        read = read_facts(brand=brand, creator=anna.creator, as_of=moment, facts=catalogue(brand))
        assert read["authenticity"].value == float(score)

    # The comments' months are over: nothing is told any more, and a tie is none.
    PostComment.objects.update(author=None)
    look_at_comments(brand=brand, at=NOW + timedelta(days=1))
    assert not CommentTie.objects.exists()
    assert flags_of(anna)["comment_pod"][0] == "unknown"
    assert CommenterReading.objects.filter(profile=profile).count() == 2


def test_writers_in_common(brand: Brand) -> None:
    _, _, posts = account(brand, "anna")
    _, _, his = account(brand, "bo")
    fans = [f"fan{one}" for one in range(5)]
    for post in (*posts[:2], *his[:2]):
        comment(brand, post, *fans)
    # Somebody who does not want to be scored ties nobody.
    shy, _, theirs = account(brand, "shy")
    for post in theirs[:2]:
        comment(brand, post, *fans)
    Relationship.objects.filter(pk=shy.pk).update(unprofiled_at=NOW)
    look_at_comments(brand=brand, at=NOW)
    tie = CommentTie.objects.get()
    assert (tie.there, tie.back, tie.writers) == (0, 0, 5)
    assert not CommenterReading.objects.filter(profile__creator=shy.creator).exists()


def test_the_database_keeps_the_shape(brand: Brand) -> None:
    _, profile, posts = account(brand, "anna")
    _, other, _ = account(brand, "bo")
    comment(brand, posts[0], "fan")
    look_at_comments(brand=brand, at=NOW)
    rows = CommenterReading.objects.all()
    for values in ({"raised": ["witchcraft"]}, {"looked_at": NOW - timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    for values in (
        {"one": other, "other": profile, "writers": 5},
        {"one": profile, "other": other},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommentTie.objects.create(brand=brand, **values)
