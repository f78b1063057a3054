"""Pages of the inbox: rules, decisions by keyboard forms, posts, the file, exports."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.choices import SubmissionState as S
from campaigns.models import Submission, SubmissionPage, UsageRight
from campaigns.services.submissions import files, receiving
from tests.campaigns.made import make_campaign
from tests.campaigns.submissions.worlds import CONSENT, PERMISSION, PIXEL, handed_in, picture
from tests.factories import NOW, PostFactory, ProfileFactory, RelationshipFactory
from tests.people import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(public):
    def address(name, *parts):
        return reverse(f"campaigns:{name}", args=["acme", public.campaign.key, *parts])

    return address


def test_a_manager_opens_the_page(brand, manager, manager_client):
    campaign = make_campaign(brand, manager)
    url = reverse("campaigns:submission_page", args=["acme", campaign.key])
    given = {
        "is_open": "on",
        "hashtag": "#Spring",
        "title": "Show us",
        "language": "en",
        "consent_text": CONSENT,
        "permission_text": PERMISSION,
        "usages": ["organic"],
        "territory": "DK, Sweden",
        "months": "6",
        "min_age": "16",
        "keep_days": "90",
        "version": "1",
    }
    for changes, words in (
        ({"title": ""}, "An open page needs a title."),
        ({"consent_text": ""}, "Say what people agree to before the page opens."),
        ({"usages": []}, "Say which use you ask for."),
        ({"hashtag": "two words"}, "A hashtag is one word"),
        ({"min_age": "12"}, "greater than or equal to 13"),
    ):
        answer = manager_client.post(url, given | changes)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not SubmissionPage.objects.exists()
    assert manager_client.post(url, given).status_code == 302
    page = SubmissionPage.objects.get()
    assert (page.hashtag, page.territory, page.months) == ("spring", ["DK", "SE"], 6)
    assert (page.consent_version, page.permission_version, page.version) == (1, 1, 2)
    manager_client.post(url, given | {"months": "12", "version": "2"})
    page.refresh_from_db()
    assert (page.consent_version, page.permission_version, page.version) == (1, 2, 3)
    old = manager_client.post(url, given | {"title": "Mine"})
    assert "Somebody changed this page" in old.content.decode()


def test_the_inbox_shows_what_can_be_done(
    public, url, manager_client, django_assert_max_num_queries
):
    handed_in(public)
    with django_assert_max_num_queries(30):
        one = manager_client.get(url("submissions")).content.decode()
    assert "Nobody has said that you may use it." in one
    assert "in our letters, uncut" in one  # in the form that asks
    handed_in(public, email="yes@x.example", url="https://example.org/p/9", may_use=True)
    both = manager_client.get(url("submissions")).content.decode()
    assert "Permission: given" in both
    assert "data-accept" in both


def test_rows_cost_the_same(public, url, manager_client):
    numbers = []
    for more in (1, 8):
        for number in range(more):
            mail = f"p{more}{number}@x.example"
            handed_in(public, email=mail, url=f"https://example.org/{mail}", may_use=True)
        with CaptureQueriesContext(connection) as asked:
            manager_client.get(url("submissions"))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_deciding_by_forms(public, url, manager_client):
    one = handed_in(public)

    def act(name, **said):
        one.refresh_from_db()
        answer = manager_client.post(
            url("submission_act", one.pk, name),
            {"version": one.version} | said,
            headers={"HX-Request": "true"},
        )
        one.refresh_from_db()
        return answer

    wrong = act("ask", text="", usages=["organic"])
    assert wrong.status_code == 409
    assert "What you ask" in wrong.content.decode()
    assert (
        act("ask", text="May we?", usages=["organic"], territory="", months="").status_code == 200
    )
    assert one.state == S.ASKED
    assert act("answer", said="yes", proof="").status_code == 409
    assert "with the rights" in act("answer", said="yes", proof="Mail").content.decode()
    assert (one.state, UsageRight.objects.count()) == (S.ACCEPTED, 1)
    assert act("erase").status_code == 409
    assert "The rights end today." in act("withdraw", reason="Mail").content.decode()
    assert one.state == S.WITHDRAWN
    erased = manager_client.post(url("submission_act", one.pk, "erase"))
    assert erased.status_code == 302
    assert not Submission.objects.exists()


def test_an_old_page_is_told(public, url, manager_client):
    one = handed_in(public)
    manager_client.post(url("submission_act", one.pk, "refuse"), {"reason": "Spam", "version": 1})
    late = manager_client.post(
        url("submission_act", one.pk, "refuse"),
        {"reason": "Quality", "version": 1},
        headers={"HX-Request": "true"},
    )
    assert late.status_code == 409
    assert "Somebody was quicker" in late.content.decode()
    one.refresh_from_db()
    assert one.reason == "Spam"


def test_posts_are_taken_in(public, url, manager_client, brand):
    relationship = RelationshipFactory(brand=brand)
    campaign = public.campaign
    campaign.starts_on = campaign.ends_on = NOW.date()
    campaign.save()
    post = PostFactory(
        profile=ProfileFactory(creator=relationship.creator), caption="Mine #spring", posted_at=NOW
    )
    assert "Mine #spring" in manager_client.get(url("submission_posts")).content.decode()
    manager_client.post(url("submission_posts"), {"post": [post.pk, "x"]})
    assert Submission.objects.get().post == post
    assert "No post" in manager_client.get(url("submission_posts")).content.decode()


def test_the_file_cannot_run(public, url, manager_client, brand):
    given = receiving.Given("Ida", "ida@x.example", receiving.words_version(public))
    kept = files.keep(brand, picture())
    one = receiving.receive(page=public, given=given, kept=kept, at=NOW)
    answer = manager_client.get(url("submission_file", one.pk))
    assert b"".join(answer.streaming_content) == PIXEL
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    other = handed_in(public)
    assert manager_client.get(url("submission_file", other.pk)).status_code == 404


def test_the_inbox_as_a_file(public, url, manager_client):
    handed_in(public, may_use=True)
    answer = manager_client.get(url("submissions_export", "csv") + "?state=open")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0].startswith("number,how it came,handed in or posted,name,email")
    assert "Ida Holm" in rows[1]
    assert "organic,Denmark,6,Ida Holm" in rows[1]


def test_others_see_numbers_and_no_names(public, url, analyst):
    handed_in(public)
    client = logged_in(analyst)
    assert client.get(url("submissions")).status_code == 403
    shown = client.get(url("submission_chain"))
    assert shown.status_code == 200
    assert "Ida" not in shown.content.decode()
