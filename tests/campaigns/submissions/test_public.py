"""The public page of a campaign: what is taken in, and what is not."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns.choices import CampaignStatus, PermissionState, SubmissionState
from campaigns.models import Submission, SubmissionPage, SubmissionPermission
from campaigns.services.submissions import files
from crm.models import AuditEntry, Notification
from tests.campaigns.made import make_campaign, set_status
from tests.campaigns.submissions.worlds import (
    CONSENT,
    PERMISSION,
    PIXEL,
    a_page,
    filled_in,
    picture,
    solved,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def url(public):
    return f"/apply/acme/campaigns/{public.campaign.key}/"


def refused(client, url, given, status=422):
    answer = client.post(url, given)
    assert answer.status_code == status
    assert not Submission.objects.exists()
    return answer.content.decode()


def test_somebody_hands_in_a_picture(public, client, url):
    shown = client.get(url).content.decode()
    assert "Show us your spring" in shown
    assert "Where: Denmark. For 6 months." in shown
    answer = client.post(url, filled_in(public, file=picture(), may_use="on"))
    assert answer["Location"] == f"{url}thanks/"
    assert "A person looks at it" in client.get(answer["Location"]).content.decode()
    made = Submission.objects.get()
    assert (made.name, made.email, made.platform_id, made.handle) == (
        "Ida Holm",
        "ida@holm.example",
        "instagram",
        "ida.holm",
    )
    assert (made.text, made.inspired_by) == ("My balcony,\nfinally green.", "gro.wer")
    assert (made.consent_text, made.consent_version, made.min_age) == (CONSENT, 1, 18)
    assert (made.file_name, made.content_type, made.size) == (
        "balcony.png",
        "image/png",
        len(PIXEL),
    )
    with files.opened(made) as file:
        assert file.read() == PIXEL
    permission = SubmissionPermission.objects.get()
    assert (permission.state, permission.is_from_form) == (PermissionState.GIVEN, True)
    assert (permission.text, permission.wording_version) == (PERMISSION, 1)
    assert (permission.usages, permission.territory, permission.months) == (["organic"], ["DK"], 6)
    assert "the address was not checked" in permission.proof


def test_the_team_is_told_once_a_day_and_the_ledger_keeps_no_words(public, client, url, manager):
    for number in range(2):
        given = filled_in(public, email=f"p{number}@holm.example")
        assert client.post(url, given).status_code == 302
    assert Notification.objects.filter(user=manager).count() == 1
    entry = AuditEntry.objects.filter(verb="campaigns.submission.received").latest("pk")
    assert entry.data == {"campaign": public.campaign.key, "consent_version": 1} | {
        "permission_version": None
    }
    assert "Ida" not in str(entry.data) + entry.target_label


def test_the_same_sent_twice_is_one(public, client, url):
    for _time in range(2):
        assert client.post(url, filled_in(public)).status_code == 302
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"consent": None}, "Without your consent nothing that you hand in may be kept."),
        ({"of_age": None}, "Acme takes things in from the age of 18 on."),
        ({"extra": "me"}, "A field that nobody sees was filled in"),
        ({"puzzle": ""}, "Your browser has not finished the check"),
        ({"url": "", "text": "", "handle": ""}, "Add a picture or film"),
        (
            {"url": "javascript:alert(1)", "handle": ""},
            "Paste the whole address, beginning with https://.",
        ),
        ({"url": "", "handle": "ida"}, "Choose the platform."),
        ({"text": "", "is_testimonial": "on"}, "Write the words that may be quoted."),
        ({"name": "\u202e"}, "Enter your name."),
    ],
)
def test_what_is_not_taken(public, client, url, changes, words):
    assert words in refused(client, url, filled_in(public, **changes))


def test_a_file_is_what_its_content_says(public, client, url):

    given = filled_in(
        public, file=SimpleUploadedFile("cat.png", b"<script>1</script>", "image/png")
    )
    assert "is none of the kinds" in refused(client, url, given)
    paper = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf")
    assert "Choose a picture or a film." in refused(client, url, filled_in(public, file=paper))


def test_words_that_changed_meanwhile_are_read_again(public, client, url):
    given = filled_in(public)
    SubmissionPage.objects.update(permission_version=2)
    assert "have changed while you wrote" in refused(client, url, given)


def test_a_puzzle_of_another_page_is_none_of_this_one(public, client, url, manager, brand):

    other = a_page(brand, manager, make_campaign(brand, manager, name="Autumn"))
    assert "did not succeed" in refused(client, url, filled_in(public, puzzle=solved(other)))


def test_one_address_has_a_limit_for_each_page(public, client, url):
    for number in range(3):
        given = filled_in(public, text=f"Number {number}")
        assert client.post(url, given).status_code == 302
    answer = client.post(url, filled_in(public))
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert Submission.objects.count() == 3


def test_a_closed_page_is_like_none(public, client, url):
    SubmissionPage.objects.update(is_open=False)
    assert client.get(url).status_code == 404
    SubmissionPage.objects.update(is_open=True)
    set_status(public.campaign, CampaignStatus.CANCELLED)
    assert client.get(url).status_code == 404
    assert client.get("/apply/acme/campaigns/nothing/").status_code == 404


def test_what_came_in_waits(public, client, url):
    client.post(url, filled_in(public))
    assert Submission.objects.get().state == SubmissionState.OPEN
