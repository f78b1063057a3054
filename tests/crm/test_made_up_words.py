"""Made-up captions and comments: the same for a seed, and alive enough to look at."""

from __future__ import annotations

import pytest

from crm.models import CommentThread, Post, PostComment
from crm.services import made_up, made_up_words
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_captions_have_hashtags_and_comments_come_from_people_who_come_again(brand, analyst):
    made_up.fill(brand=brand, creators=40, seed=7, at=NOW)
    captions = list(Post.objects.values_list("caption", flat=True))
    assert all("#" in caption for caption in captions)
    assert len(set(captions)) > len(captions) / 2

    assert made_up_words.fill_comments(brand=brand, seed=7, at=NOW) == 1
    below = PostComment.objects.filter(brand=brand)
    assert below.count() > 100
    assert below.values("author").distinct().count() < below.count() / 1.5
    assert not below.filter(published_at__gt=NOW).exists()
    assert below.exclude(parent_key="").exists()
    assert CommentThread.objects.filter(brand=brand, waits_since=NOW).exists()
    # Once: a second round finds them there.
    held = below.count()
    assert made_up_words.fill_comments(brand=brand, seed=7, at=NOW) == 1
    assert below.count() == held


def test_a_brand_without_people_gets_no_comments(brand):
    made_up.fill(brand=brand, creators=3, seed=7, at=NOW)
    assert made_up_words.fill_comments(brand=brand, seed=7, at=NOW) == 0
    assert not PostComment.objects.exists()
