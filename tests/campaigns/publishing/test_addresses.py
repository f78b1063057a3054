"""One post, however its address is written; and what is no post's address."""

from __future__ import annotations

import pytest

from campaigns.services.publishing.addresses import key_of, read_address
from campaigns.services.refusals import CampaignRefused
from crm.models import Platform

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("platform", "text", "key"),
    [
        ("instagram", "https://www.instagram.com/p/DAbc12/?igsh=1", "instagram:DAbc12"),
        ("instagram", "instagram.com/maya/reel/DAbc12", "instagram:DAbc12"),
        ("instagram", "https://instagram.com/stories/maya/345/", "instagram:345"),
        ("tiktok", "https://m.tiktok.com/@maya/video/73012?lang=en", "tiktok:73012"),
        ("youtube", "https://youtu.be/abc_DEF-123?t=10", "youtube:abc_DEF-123"),
        ("youtube", "https://www.youtube.com/watch?v=abc_DEF-123&t=1", "youtube:abc_DEF-123"),
        ("youtube", "https://youtube.com/shorts/abc_DEF-123", "youtube:abc_DEF-123"),
        ("x", "https://twitter.com/maya/status/180123", "x:180123"),
        ("linkedin", "https://www.linkedin.com/posts/maya_hi-activity-7201-ab", "linkedin:7201"),
        ("blog", "https://www.maya.example/serum/?page=2#end", "blog:maya.example/serum?page=2"),
    ],
)
def test_spellings_of_one_post_have_one_key(platform, text, key):
    found, _new = Platform.objects.get_or_create(
        key=platform, defaults={"name": platform, "mark": "B", "number": 990}
    )
    assert read_address(text, found).key == key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the address"),
        ("maya", "no address of a web page"),
        ("javascript://instagram.com/p/a", "no address of a web page"),
        ("https://user:pw@instagram.com/p/DAbc12/", "no address of a web page"),
        ("https://[::1/p/a", "no address"),
        ("https://tiktok.com/@maya/video/1", "not on Instagram"),
        ("https://instagram.com.evil.example/p/DAbc12/", "not on Instagram"),
        ("https://www.instagram.com/maya/", "not the address of a single post"),
        ("https://bit.ly/3xyz", "short link"),
        (f"https://www.instagram.com/p/{'a' * 600}/", "no address of a web page"),
    ],
)
def test_what_is_no_post_is_refused_in_words(text, words):
    with pytest.raises(CampaignRefused, match=words) as refused:
        read_address(text, Platform.objects.get(key="instagram"))
    assert refused.value.field == "url"


def test_an_imports_post_is_known_by_its_number_and_by_its_address():
    instagram = Platform.objects.get(key="instagram")
    assert key_of("https://instagram.com/reel/DAbc12/", "179", instagram) == {
        "instagram:179",
        "instagram:DAbc12",
    }
    assert key_of("https://elsewhere.example/1", "", instagram) == frozenset()
