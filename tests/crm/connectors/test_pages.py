"""The pages of connectors."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Connector
from crm.outreach.secrets import encrypt
from tests.crm.connectors.faking import Said
from tests.crm.connectors.test_document import answer

pytestmark = pytest.mark.django_db
LIST = "/acme/settings/connectors/"
SENT = {
    "name": "Counts",
    "chosen": "",
    "posts_each": "3",
    "every_hours": "168",
    "key_key": "k-very-secret",
}


def words(shown):
    return shown.content.decode()


@pytest.fixture
def connector(admin_user_client):
    assert "No connector yet" in words(admin_user_client.get(LIST))
    assert "Add Tally" in words(admin_user_client.get(f"{LIST}new/tally/"))
    made = admin_user_client.post(f"{LIST}new/tally/", SENT, follow=True)
    assert "Saved. Try now" in words(made)
    return Connector.objects.get()


def test_from_a_key_to_a_log(admin_user_client, side, profile, connector, turn):
    side.answer = answer
    profile("noa")
    profile("gone")
    page = f"{LIST}{connector.pk}/"
    side.first = [Said({"message": "who is this?"}, 401)]
    assert "who is this?" in words(admin_user_client.post(f"{page}test/", follow=True))
    side.first = [Said({})]
    assert "It works: Tally answered" in words(admin_user_client.post(f"{page}test/", follow=True))
    began = words(admin_user_client.post(f"{page}pull/", follow=True))
    assert "A pull of 2 profiles begins" in began
    assert "A pull is running already" in words(admin_user_client.post(f"{page}pull/", follow=True))
    turn(connector)
    shown = words(admin_user_client.get(page))
    assert "2 of 2" in shown
    assert "2 calls, 2 of 1,000 units" in shown
    assert "k-very-secret" not in shown
    log = words(admin_user_client.get(f"{LIST}pulls/{connector.pulls.get().pk}/"))
    assert "gone</a>: Tally does not know it." in log
    assert "2, 2 new" in log
    assert "Counts" in words(admin_user_client.get(LIST))


def test_an_empty_key_keeps_the_one_that_is_there(admin_user_client, side, connector, profile):
    sent = SENT | {"name": "Other", "key_key": "", "version": connector.version}
    page = f"{LIST}{connector.pk}/"
    assert "Saved." in words(admin_user_client.post(page, sent, follow=True))
    admin_user_client.post(f"{page}test/")
    assert side.asked[0].headers["Authorization"] == "Bearer k-very-secret"
    outdated = admin_user_client.post(page, sent)
    assert outdated.status_code == 422
    assert "Somebody else changed it since" in words(outdated)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("key_key", "", "This field is required"),
        ("key_key", "käse", "plain letters and signs"),
        ("chosen", "tag:none", "Select a valid choice"),
        ("posts_each", "201", "less than or equal to 200"),
        ("every_hours", "5", "Select a valid choice"),
    ],
)
def test_what_is_refused_stands_beside_its_field(admin_user_client, field, value, said):
    refused = admin_user_client.post(f"{LIST}new/tally/", SENT | {field: value})
    assert refused.status_code == 422
    assert said in words(refused)
    assert not Connector.objects.exists()


def test_paused_and_taken_away(admin_user_client, connector):
    page = f"{LIST}{connector.pk}/"
    assert "paused</span>" in words(admin_user_client.post(f"{page}pause/", follow=True))
    assert "let it go on first" in words(admin_user_client.post(f"{page}pull/", follow=True))
    assert "It goes on." in words(admin_user_client.post(f"{page}resume/", follow=True))
    assert "There is nobody to ask" in words(admin_user_client.post(f"{page}pull/", follow=True))
    assert "No pull is running" in words(admin_user_client.post(f"{page}stop/", follow=True))
    assert "is taken away" in words(admin_user_client.post(f"{page}remove/", follow=True))
    assert not Connector.objects.exists()
    assert admin_user_client.get(f"{LIST}new/none/").status_code == 404


def test_a_lost_secret_key_is_said(admin_user_client, connector, settings):
    connector.credentials = encrypt('{"key": "x"}', b"another purpose")
    connector.save()
    shown = words(admin_user_client.post(f"{LIST}{connector.pk}/test/", follow=True))
    assert "another SECRET_KEY" in shown


def test_pages_ask_the_same_number_of_questions(admin_user_client, side, profile, connector, turn):
    side.answer = answer
    counts = []
    for names in (["a", "gone"], ["b", "c", "d"]):
        for name in names:
            profile(name)
        admin_user_client.post(f"{LIST}{connector.pk}/pull/")
        turn(connector)
        pull = connector.pulls.order_by("-pk").first()
        assert pull.ended_at
        for page in (LIST, f"{LIST}{connector.pk}/", f"{LIST}pulls/{pull.pk}/"):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                admin_user_client.get(page)
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
