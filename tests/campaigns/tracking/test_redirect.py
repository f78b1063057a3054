"""/t/CODE: sends on whoever comes, counts who it should, and waits for nothing."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from campaigns.models import Click, ClickDay, TrackingLink, TrackingSettings
from campaigns.services.refusals import CampaignRefused
from campaigns.services.tracking import landing, links, queue, visitors, writing
from campaigns.services.tracking.deciding import decide
from crm.models import Brand, User
from tests.campaigns.tracking.conftest import PHONE
from tests.campaigns.tracking.worlds import a_link
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("valkey")]


@pytest.fixture
def link(brand: Brand, manager: User, django_capture_on_commit_callbacks: object) -> TrackingLink:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        return a_link(brand, manager, variant="hook A")


def follow(link: TrackingLink, **headers: str) -> object:
    browser = Client(headers={"User-Agent": PHONE} | headers)
    return browser.get(f"/t/{link.code}")


def test_sends_on_with_what_the_shop_needs_to_know(link: TrackingLink) -> None:
    answer = follow(link, Referer="https://www.instagram.com/p/1/?secret=2")
    assert answer.status_code == 302
    assert writing.drain() == 1
    click = Click.objects.get()
    assert answer["Location"] == (
        "https://shop.example.com/shoes?colour=blue&utm_source=instagram&utm_medium=influencer"
        f"&utm_content=noa-runs&utm_term=hook-a&rapport_click={click.pk}"
    ).replace("noa-runs", "noaruns")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Set-Cookie" not in answer
    assert (click.kind, click.referrer_host, click.country) == (
        "person",
        "www.instagram.com",
        None,
    )
    assert click.pk.version == 7
    assert click.visitor is not None


def test_nothing_is_asked_of_the_database(
    link: TrackingLink, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert follow(link).status_code == 302


def test_capital_letters_and_a_slash_lead_there_too(link: TrackingLink) -> None:
    assert Client().get(f"/t/{link.code.upper()}/").status_code == 302


@pytest.mark.parametrize("code", ["nothing2", "a", "x" * 40, "l0l0l0l0", "../admin"])
def test_what_is_no_link_leads_nowhere(code: str) -> None:
    answer = Client().get(f"/t/{code}")
    assert answer.status_code == 404
    assert queue.length() == 0


def test_only_stored_targets_are_redirected_to(link: TrackingLink) -> None:
    answer = Client().get(f"/t/{link.code}?target=https://evil.example&next=//evil.example")
    assert answer["Location"].startswith("https://shop.example.com/")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/accounts/login/",
        "https:evil.example",
        "https://shop.example.com@evil.example/",
        "https://a:b@shop.example.com/",
        "https://shop.example.com/\r\nSet-Cookie: a=b",
        "https://shop.example.com\\@evil.example/",
    ],
)
def test_a_target_that_is_no_plain_address_is_never_taken(
    link: TrackingLink, manager: User, django_capture_on_commit_callbacks: object, target: str
) -> None:
    before = follow(link)["Location"].partition("?")[0]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        with pytest.raises(CampaignRefused):
            links.change_link(
                link_id=link.pk,
                brand=link.brand,
                said={"target": target},
                actor=manager,
                at=NOW,
                expected_version=1,
            )
        with pytest.raises(CampaignRefused):
            a_link(link.brand, manager, link.relationship, variant="hook B", target=target)
    assert follow(link)["Location"].partition("?")[0] == before


def test_an_archived_link_says_so(
    link: TrackingLink, manager: User, django_capture_on_commit_callbacks: object
) -> None:
    assert follow(link).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        links.archive_link(
            link_id=link.pk, brand=link.brand, actor=manager, at=NOW, expected_version=1
        )
    answer = follow(link)
    assert answer.status_code == 410
    assert "This link has ended" in answer.content.decode()
    assert queue.length() == 1


def test_a_new_target_is_followed_at_once(
    link: TrackingLink, manager: User, django_capture_on_commit_callbacks: object
) -> None:
    assert follow(link).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        links.change_link(
            link_id=link.pk,
            brand=link.brand,
            said={"target": "https://shop.example.com/hats#red"},
            actor=manager,
            at=NOW,
            expected_version=1,
        )
    location = follow(link)["Location"]
    assert location.startswith("https://shop.example.com/hats?utm_source=instagram")
    assert location.endswith("#red")


def test_without_a_parameter_the_shop_does_not_learn_the_click(
    link: TrackingLink, admin_user: User, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        decide(
            brand=link.brand,
            said={"click_param": ""},
            actor=admin_user,
            at=NOW,
            expected_version=0,
        )
    assert follow(link)["Location"].endswith("utm_term=hook-a")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "person"),
        ({"User-Agent": "WhatsApp/2.23.20.0"}, "preview"),
        ({"User-Agent": "facebookexternalhit/1.1"}, "preview"),
        ({"User-Agent": "Slackbot-LinkExpanding 1.0"}, "preview"),
        ({"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "bot"),
        ({"User-Agent": "curl/8.1"}, "bot"),
        ({"User-Agent": ""}, "bot"),
    ],
)
def test_programs_are_told_apart(link: TrackingLink, headers: dict[str, str], kind: str) -> None:
    assert follow(link, **headers).status_code == 302
    assert writing.drain() == 1
    click = Click.objects.get()
    assert click.kind == kind
    assert (click.visitor is None) == (kind != "person")


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_whoever_objects_is_counted_but_not_told_apart(link: TrackingLink, header: str) -> None:
    follow(link, **{header: "1"})
    writing.drain()
    assert Click.objects.get().visitor is None
    assert ClickDay.objects.values_list("people", "visitors", "unknown").get() == (1, 0, 1)


def test_a_look_ahead_is_sent_on_and_not_counted(link: TrackingLink) -> None:
    browser = Client(headers={"User-Agent": PHONE})
    head = browser.head(f"/t/{link.code}")
    ahead = browser.get(f"/t/{link.code}", headers={"Sec-Purpose": "prefetch;prerender"})
    assert (head.status_code, ahead.status_code) == (302, 302)
    assert "rapport_click" not in head["Location"] + ahead["Location"]
    assert Client().post(f"/t/{link.code}").status_code == 405
    assert queue.length() == 0


def test_a_visitor_is_the_same_for_a_day_and_nobody_elsewhere(link: TrackingLink) -> None:
    follow(link)
    first, second = (
        visitors.number_of(
            brand_id=brand, period="day", zone="UTC", address="192.0.2.7", browser=PHONE, at=NOW
        )
        for brand in (link.brand_id, link.brand_id + 1)
    )
    visitors.forget()
    again, later = (
        visitors.number_of(
            brand_id=link.brand_id,
            period="day",
            zone="UTC",
            address="192.0.2.7",
            browser=PHONE,
            at=at,
        )
        for at in (NOW, NOW.replace(day=NOW.day + 1))
    )
    assert first == again
    assert len({first, second, later}) == 3


def test_with_valkey_away_people_are_sent_on_and_the_loss_is_counted(
    link: TrackingLink, django_capture_on_commit_callbacks: object
) -> None:
    with override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0"):
        queue_wake()
        landing.forget()
        assert follow(link).status_code == 302
        assert follow(link).status_code == 302
        assert queue.lost_here() == 2
    queue_wake()
    follow(link)
    assert queue.lost_here() == 0
    assert writing.drain() == 1
    assert sorted(ClickDay.objects.values_list("people", "lost")) == [(1, 2)]


def test_with_the_database_away_a_link_in_valkey_leads_on(link: TrackingLink) -> None:
    with patch.object(landing, "_read", side_effect=OperationalError):
        assert follow(link).status_code == 302
        answer = Client().get("/t/abcdefgh")
    assert answer.status_code == 503
    assert "Try again in a moment" in answer.content.decode()


def test_with_both_away_the_process_uses_what_it_remembers(link: TrackingLink) -> None:
    assert follow(link).status_code == 302
    with (
        override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0"),
        patch.object(landing, "_read", side_effect=OperationalError),
        patch.object(landing, "REMEMBERED_SECONDS", 0.0),
    ):
        landing._memory[link.code] = (0.0, landing._memory[link.code][1])
        queue_wake()
        assert follow(link).status_code == 302


@override_settings(CLICKS_WAITING_MAX=2)
def test_a_full_queue_takes_no_more_and_counts_them(link: TrackingLink) -> None:
    assert [follow(link).status_code for _ in range(5)] == [302] * 5
    assert queue.length() == 2
    assert writing.drain() == 2
    [day] = ClickDay.objects.all()
    assert (day.people + day.repeats, day.lost) == (2, 3)


@override_settings(CLICK_COUNTRY_HEADER="CF-IPCountry")
@pytest.mark.parametrize(("said", "country"), [("DK", "DK"), ("XX", None), ("Danmark", None)])
def test_the_country_is_what_a_proxy_of_ours_says(
    link: TrackingLink, said: str, country: str | None
) -> None:
    follow(link, **{"CF-IPCountry": said})
    writing.drain()
    assert Click.objects.get().country == country


def test_settings_hold_by_default(link: TrackingLink) -> None:
    assert not TrackingSettings.objects.exists()
    assert landing.find(link.code).click_param == "rapport_click"


def queue_wake() -> None:
    from campaigns.services.tracking import server  # noqa: PLC0415

    server.wake()
