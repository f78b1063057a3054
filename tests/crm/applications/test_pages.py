"""The queue, what a click does, and the page on which an admin says what applicants read."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command

from crm.choices import ApplicationStatus, Role
from crm.day.applications import WaitingApplications
from crm.day.parts import Asker
from crm.models import (
    Application,
    ApplicationPage,
    AuditEntry,
    Creator,
    DuplicatePair,
    Relationship,
)
from crm.search import Asked, find_applications
from crm.services import made_up_applications
from crm.services.applications.matching import known
from crm.services.applications.page import PageRefused, change_page
from tests.crm.applications.worlds import CONSENT, applied, open_page
from tests.factories import NOW, ProfileFactory, RelationshipFactory

pytestmark = pytest.mark.django_db

QUEUE = "/acme/applications/"
HTMX = {"HX-Request": "true"}


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())).split())


@pytest.fixture
def ida(brand):
    return applied(brand)


def test_the_queue_has_everything_to_decide_by(brand, ida, manager_client):
    there = RelationshipFactory(brand=brand, creator__name="Ida H.")
    ProfileFactory(creator=there.creator, handle="ida.holm")
    shown = said(manager_client.get(QUEUE))
    for words in (
        "Denmark · says 18 or older",
        "ida@holm.example not confirmed",
        "says 12k followers",
        "I drink from your cups.",
        f"Agreed to text 1 on 22 Nov 2026 {CONSENT}",
        "Ida H. · Prospect has this account: Instagram ida.holm",
        "Accept and add to Ida H.",
    ):
        assert words in shown
    # Somebody new with this account cannot be.
    assert "Accept as somebody new" not in shown


def test_the_queue_costs_the_same_for_one_and_for_ten(
    brand, ida, manager_client, django_assert_num_queries
):
    known = RelationshipFactory(brand=brand)
    ProfileFactory(creator=known.creator, handle="ida.holm")
    # session, user, role; page, accounts; account, former handle, address, name, stages, others,
    # their accounts, suppressed; do not pitch, with care, personas; the brand's page, tabs;
    # segmentation's runs, brands
    with django_assert_num_queries(20):
        manager_client.get(QUEUE)
    for number in range(9):
        other = applied(brand, f"P{number}", (("tiktok", f"p{number}"),))
        known = RelationshipFactory(brand=brand)
        ProfileFactory(creator=known.creator, handle=f"p{number}", platform_id="tiktok")
        assert other.pk
    with django_assert_num_queries(20):
        assert manager_client.get(QUEUE).content.count(b"data-row") == 10


def test_the_longest_waiting_come_first_page_by_page(brand, manager_client):
    for number in range(12):
        applied(
            brand,
            f"P{number:02d}",
            (),
            email=f"p{number}@a.example",
            submitted_at=NOW + timedelta(hours=number),
        )
    first = manager_client.get(QUEUE).content.decode()
    names = re.findall(r">(P\d\d)</a></h2>", first)
    assert names == [f"P{number:02d}" for number in range(10)]
    after = re.search(r'href="(\?[^"]*cursor=[^"]+)"', first).group(1)
    second = manager_client.get(QUEUE + unescape(after)).content.decode()
    assert re.findall(r">(P\d\d)</a></h2>", second) == ["P10", "P11"]
    assert manager_client.get(f"{QUEUE}?cursor=nonsense").status_code == 200
    assert manager_client.get(f"{QUEUE}?status=nonsense").status_code == 404


def test_an_empty_queue_says_what_to_do(brand, manager_client, admin_user_client):
    assert "The page is closed. An admin can open it." in said(manager_client.get(QUEUE))
    assert "Open it." in said(admin_user_client.get(QUEUE))
    open_page(brand)
    assert "Put the address of your public page" in said(manager_client.get(QUEUE))


def test_accept_and_undo_in_place(ida, manager_client):
    answer = manager_client.post(f"{QUEUE}{ida.pk}/accept/", {"version": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert "Ida Holm is with your creators now." in said(answer)
    creator = Creator.objects.get()
    assert f'href="/acme/creators/{creator.uid}/"' in answer.content.decode()
    answer = manager_client.post(f"{QUEUE}{ida.pk}/undo/", headers=HTMX)
    assert "Ida Holm is in the queue again." in said(answer)
    assert "Accept" in said(answer)
    assert not Creator.objects.exists()


def test_whoever_is_new_is_compared_with_all_others(
    brand, ida, manager_client, django_capture_on_commit_callbacks
):
    twin = RelationshipFactory(brand=brand, creator__name="Ida")
    ProfileFactory(creator=twin.creator, handle="idaholm", platform_id="tiktok")
    with django_capture_on_commit_callbacks(execute=True):
        manager_client.post(f"{QUEUE}{ida.pk}/accept/")
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second.name) == (twin.creator, "Ida Holm")
    assert [reason["kind"] for reason in pair.reasons] == ["handle"]
    # It does not keep the decision from being taken back.
    manager_client.post(f"{QUEUE}{ida.pk}/undo/")
    assert not DuplicatePair.objects.exists()


def test_add_to_a_creator(brand, other_brand, ida, manager_client):
    there = RelationshipFactory(brand=brand)
    elsewhere = RelationshipFactory(brand=other_brand)
    for wrong in (elsewhere.creator.uid, "nonsense"):
        answer = manager_client.post(f"{QUEUE}{ida.pk}/accept/", {"creator": str(wrong)})
        assert answer.status_code == 404
    assert not Application.objects.exclude(status=ApplicationStatus.OPEN).exists()
    manager_client.post(f"{QUEUE}{ida.pk}/accept/", {"creator": str(there.creator.uid)})
    ida.refresh_from_db()
    assert ida.relationship == there


def test_decline_with_a_mail_by_hand(ida, manager_client):
    url = f"{QUEUE}{ida.pk}/decline/"
    refused = manager_client.post(url, {"reason": "", "version": "1"}, headers=HTMX)
    assert refused.status_code == 409
    assert "Say why" in said(refused)
    answer = manager_client.post(url, {"reason": "No capacity", "version": "1"}, headers=HTMX)
    shown = said(answer)
    assert "Ida Holm is declined. Nothing was sent." in shown
    assert "Declined by manager" in shown
    link = re.search(r'href="(mailto:[^"]+body=[^"]+)"', answer.content.decode()).group(1)
    mail = urlsplit(unescape(link))
    assert mail.path == "ida@holm.example"
    given = parse_qs(mail.query)
    assert given["subject"] == ["Your application to Acme"]
    assert given["body"][0].startswith("Hello Ida Holm,\r\n\r\nthank you for applying to Acme")
    assert "{{" not in given["body"][0]
    # Without htmx: back to the queue, with the words.
    answer = manager_client.post(f"{QUEUE}{ida.pk}/undo/", follow=True)
    assert "Ida Holm is in the queue again." in said(answer)


def test_somebody_was_quicker(ida, manager_client):
    manager_client.post(f"{QUEUE}{ida.pk}/spam/", {"version": "1"})
    answer = manager_client.post(f"{QUEUE}{ida.pk}/accept/", {"version": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Somebody was quicker. Ida Holm: spam by manager." in said(answer)
    assert not Relationship.objects.exists()


def test_take_up_and_erase(brand, manager_client):
    ida = applied(brand, status=ApplicationStatus.UNCONFIRMED)
    shown = said(manager_client.get(f"{QUEUE}?status=unconfirmed"))
    assert "Take it up all the same" in shown
    manager_client.post(f"{QUEUE}{ida.pk}/take-up/")
    ida.refresh_from_db()
    assert ida.status == ApplicationStatus.OPEN
    answer = manager_client.post(f"{QUEUE}{ida.pk}/erase/", follow=True)
    assert "The application is erased." in said(answer)
    assert not Application.objects.exists()
    assert manager_client.get(f"{QUEUE}{ida.pk}/").status_code == 404


def test_one_by_itself_with_what_else_they_sent(brand, ida, manager_client):
    earlier = applied(
        brand,
        "Ida H.",
        email="other@holm.example",
        status=ApplicationStatus.DECLINED,
        decided_at=NOW,
        reason="Not yet",
    )
    shown = manager_client.get(f"{QUEUE}{ida.pk}/")
    assert f'href="/acme/applications/{earlier.pk}/"' in shown.content.decode()
    assert "declined, “Not yet”" in said(shown)


def test_the_rail_counts_what_waits(brand, ida, manager_client, analyst_client):
    applied(brand, "Mia", (), status=ApplicationStatus.UNCONFIRMED)
    shown = said(manager_client.get("/acme/creators/"))
    assert "Applications 1 wait for a decision" in shown
    assert (
        'href="/acme/applications/"' not in analyst_client.get("/acme/creators/").content.decode()
    )


def test_it_is_on_the_day_of_who_may_decide(brand, ida, manager, manager_client, analyst_client):
    asker = Asker(manager, brand, Role.MANAGER, NOW + timedelta(hours=3))
    source = WaitingApplications()
    [row] = source.show(asker, list(source.rows(asker)))
    assert (row.title, row.url, row.why, row.about) == (
        "Ida Holm applied",
        f"{QUEUE}{ida.pk}/",
        "waits 3\xa0hours",
        "Instagram ida.holm",
    )
    assert "Ida Holm applied" in said(manager_client.get("/acme/"))
    assert "Ida Holm applied" not in said(analyst_client.get("/acme/"))


@pytest.mark.parametrize("words", ["ida h", "IDA@hol", "@ida.ho"])
def test_it_is_found(brand, other_brand, ida, manager, words):
    applied(other_brand)
    hits = find_applications(Asked(brand, manager, Role.MANAGER, words))
    assert [(hit.title, hit.url) for hit in hits] == [("Ida Holm", f"{QUEUE}{ida.pk}/")]
    assert list(find_applications(Asked(brand, manager, Role.MANAGER, "id"))) == []


def page_form(**changes):
    return {
        "is_open": "on",
        "title": "Make things with Acme",
        "text": "",
        "language": "da",
        "contact_email": "",
        "consent_text": CONSENT,
        "min_age": "16",
        "keep_days": "90",
        "decline_text": "Sorry, {{name}}.",
    } | changes


def test_an_admin_opens_the_page(brand, admin_user_client, manager_client, client):
    url = "/acme/settings/applications/"
    shown = admin_user_client.get(url)
    assert "The page is closed." in said(shown)
    assert "Hello {{name}}," in said(shown)
    assert admin_user_client.post(url, page_form()).status_code == 302
    page = ApplicationPage.objects.get()
    assert (page.is_open, page.language, page.min_age, page.keep_days, page.consent_version) == (
        True,
        "da",
        16,
        90,
        1,
    )
    assert '<h1 lang="da">Make things with Acme</h1>' in client.get("/apply/acme/").content.decode()
    admin_user_client.post(url, page_form(consent_text="Other words."))
    page.refresh_from_db()
    assert page.consent_version == 2
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.verb, entry.data) == (
        "crm.application_page.changed",
        {"fields": ["consent_text"], "is_open": True, "consent_version": 2},
    )
    # A manager reads what applicants read.
    assert "What applicants agree to (text 2) Other words." in said(manager_client.get(url))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "An open page needs a title."),
        ({"consent_text": ""}, "Say what applicants agree to before the page opens."),
        ({"min_age": "12"}, "greater than or equal to 13"),
        ({"keep_days": "0"}, "greater than or equal to 1"),
        ({"language": "xx"}, "Select a valid choice"),
    ],
)
def test_a_page_that_says_too_little_does_not_open(brand, admin_user_client, changes, words):
    answer = admin_user_client.post("/acme/settings/applications/", page_form(**changes))
    assert answer.status_code == 422
    assert words in said(answer)
    assert not ApplicationPage.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nothing_changed_is_nothing_written(brand, admin_user):
    page = open_page(brand)
    change_page(brand=brand, changes={"title": page.title}, actor=admin_user, at=NOW)
    assert not AuditEntry.objects.exists()
    with pytest.raises(PageRefused):
        change_page(brand=brand, changes={"title": ""}, actor=admin_user, at=NOW)
    page.refresh_from_db()
    assert page.title == "Make things with Acme"


def test_the_demo_has_people_who_apply(brand, other_brand):
    there = RelationshipFactory(brand=brand, creator__name="Ida Holm")
    ProfileFactory(creator=there.creator, handle="ida.holm")
    assert made_up_applications.fill(brand=brand, seed=1, at=NOW) == 6
    assert ApplicationPage.objects.get(brand=brand).is_open
    waiting = list(Application.objects.filter(brand=brand).waiting().with_details())
    assert len(waiting) == 5
    assert [one.sure.creator for one in known(brand, waiting, NOW).values() if one.sure] == [
        there.creator
    ]
    # A page that somebody made is not touched.
    assert made_up_applications.fill(brand=brand, seed=1, at=NOW) == 0
    assert Application.objects.count() == 6


def test_only_the_demo_brand_gets_a_public_page(brand):
    call_command("make_demo", "--creators", "2", "--brand", "acme", stdout=StringIO())
    assert not ApplicationPage.objects.exists()


def test_the_queue_as_a_file(brand, other_brand, ida, manager_client):
    applied(brand, "=HYPERLINK(1)", (("tiktok", "far"),), email="far@holm.example")
    applied(other_brand, "Far")
    answer = manager_client.get(f"{QUEUE}export.csv?status=open")
    assert answer.status_code == 200
    lines = list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row["name"], row["email"], row["accounts"], row["consent"]) for row in lines] == [
        ("Ida Holm", "ida@holm.example", "Instagram ida.holm", "1"),
        ("'=HYPERLINK(1)", "far@holm.example", "TikTok far", "1"),
    ]
    assert manager_client.get(f"{QUEUE}export.xlsx").getvalue().startswith(b"PK")
    assert manager_client.get(f"{QUEUE}export.csv?status=lost").status_code == 404
