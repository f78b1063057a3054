"""Visits by link, code and day: told again they are replaced, and taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import PromoCode, TrackingLink, VisitBatch, VisitDay
from campaigns.services import visits
from campaigns.services.visits import Kept, Told, VisitsRefused
from crm.choices import Source
from tests.factories import NOW, RelationshipFactory
from tests.people import logged_in
from tests.rest import assert_problem, rest_as

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 20)


@pytest.fixture
def link(brand) -> TrackingLink:
    return TrackingLink.objects.create(
        brand=brand,
        code="abcd2345",
        relationship=RelationshipFactory(brand=brand),
        target="https://shop.example/",
        utm_campaign="autumn",
        utm_content="anna",
    )


@pytest.fixture
def code(brand, link) -> PromoCode:
    return PromoCode.objects.create(brand=brand, code="ANNA10", relationship=link.relationship)


def tell(brand, *days: Told) -> tuple[VisitBatch, Kept]:
    return visits.tell(brand=brand, days=days, source=Source.MEASURED, actor=None, at=NOW)


def numbers() -> list[tuple[int, int | None]]:
    return list(VisitDay.objects.order_by("pk").values_list("sessions", "engaged"))


def test_a_day_is_there_once_and_undone_back(brand, link, code):
    first = Told(DAY, {"sessions": 10, "engaged": 4}, link="https://go.example/t/ABCD2345")
    assert tell(brand, first, Told(DAY, {"sessions": 3}, code="anna10"))[1] == Kept(2, 0, 0)
    assert tell(brand, first)[1] == Kept(0, 1, 0)
    batch, kept = tell(brand, Told(DAY, {"sessions": 12}, link="abcd2345"))
    assert kept == Kept(0, 0, 1)
    assert numbers() == [(12, None), (3, None)]
    visits.undo(batch_id=batch.pk, brand=brand, actor=None, at=NOW)
    assert numbers() == [(10, 4), (3, None)]
    with pytest.raises(VisitsRefused, match="already"):
        visits.undo(batch_id=batch.pk, brand=brand, actor=None, at=NOW)
    visits.undo(batch_id=VisitBatch.objects.earliest("pk").pk, brand=brand, actor=None, at=NOW)
    assert numbers() == []


def test_utm_words_mean_one_link(brand, link):
    words = {"utm_campaign": "Autumn", "utm_content": "anna"}
    tell(brand, Told(DAY, {"sessions": 5}, utm=words))
    assert VisitDay.objects.get().link == link
    TrackingLink.objects.create(
        brand=brand,
        code="wxyz2345",
        relationship=link.relationship,
        target="https://shop.example/",
        utm_campaign="autumn",
        utm_content="anna",
        utm_term="story",
    )
    with pytest.raises(VisitsRefused, match="2 links have the UTM words autumn, anna"):
        tell(brand, Told(DAY, {"sessions": 5}, utm=words))
    with pytest.raises(VisitsRefused, match="No link of yours"):
        tell(brand, Told(DAY, {"sessions": 5}, utm={"utm_content": "bob"}))


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ({"day": NOW.date() + timedelta(days=3)}, "out_of_range"),
        ({"numbers": {}}, "number_needed"),
        ({"numbers": {"sessions": 3, "engaged": 4}}, "more_than_all"),
        ({"numbers": {"sessions": -1}}, "out_of_range"),
        ({"link": "zzzz"}, "unknown_link"),
        ({"link": ""}, "place_needed"),
        ({"code": "ANNA10"}, "place_needed"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(brand, link, wrong, answer):
    good = {"day": DAY, "numbers": {"sessions": 3}, "link": "abcd2345"}
    other = Told(DAY - timedelta(days=1), {"sessions": 3}, link="abcd2345")
    with pytest.raises(VisitsRefused) as refusal:
        tell(brand, other, Told(**good | wrong))
    assert (refusal.value.code, refusal.value.place) == (answer, 1)
    assert not VisitDay.objects.exists()
    assert not VisitBatch.objects.exists()


def test_another_brands_link_is_no_link(other_brand, link):
    with pytest.raises(VisitsRefused, match="no link"):
        tell(other_brand, Told(DAY, {"sessions": 3}, link="abcd2345"))


def test_a_file_in_the_browser(brand, link, code, manager):
    client = logged_in(manager)
    send = reverse("campaigns:visits_upload", args=[brand.slug])

    def upload(text: str):
        file = SimpleUploadedFile("visits.csv", text.encode())
        return client.post(send, {"file": file, "source": "measured"})

    wrong = upload("date,coupon,visits\nsoon,ANNA10,3\n2026-09-20,ANNA10,many\n")
    assert wrong.status_code == 422
    assert "Line 2: “soon” is no day" in wrong.content.decode()
    assert "Line 3:" in wrong.content.decode()
    assert upload("date,coupon,visits,engaged visits\n2026-09-20,ANNA10,30,20\n").status_code == 302
    page = client.get(reverse("campaigns:visits", args=[brand.slug])).content.decode()
    assert "ANNA10" in page
    assert "20 September 2026" in page or "20 Sep 2026" in page
    batch = VisitBatch.objects.get()
    client.post(reverse("campaigns:visits_undo", args=[brand.slug, batch.pk]))
    assert not VisitDay.objects.exists()


def test_rest_tells_and_lists(brand, link, code, manager):
    rest = rest_as(manager, brand)
    body = {"visits": [{"day": "2026-09-20", "code": "ANNA10", "sessions": 9, "engaged": 6}]}
    answer = rest.send("POST", "visits/", body)
    assert (answer.status_code, answer.json()) == (201, {"new": 1, "known": 0, "replaced": 0})
    [row] = rest.json("visits/")["results"]
    assert (row["code"], row["link"], row["engaged"], row["pages"]) == ("ANNA10", None, 6, None)
    body["visits"][0]["engaged"] = 10
    problem = assert_problem(rest.send("POST", "visits/", body), 400, "more_than_all")
    assert problem["errors"][0]["pointer"] == "/visits/0/engaged"
