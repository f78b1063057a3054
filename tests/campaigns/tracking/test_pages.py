"""Pages of links, codes, campaigns, unusual days and settings."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from campaigns.choices import EngagementStage
from campaigns.models import PromoCode, Spike, TrackingLink, TrackingSettings
from campaigns.services.tracking import writing
from crm.models import AuditEntry, Brand, User
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.tracking.worlds import SHOP, a_code, a_link, followed, known
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def text_of(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def test_links_with_their_clicks(
    brand: Brand, manager: User, manager_client: Client, django_assert_num_queries: object
) -> None:
    link = a_link(brand, manager, variant="hook A")
    writing.write([followed(link, visitor=1), followed(link, kind="bot"), followed(link)])
    page = text_of(manager_client.get("/acme/tracking/"))
    assert f"http://testserver/t/{link.code}" in page
    assert "and 1 bot" in page
    for n in range(3):
        a_link(brand, manager, known(brand, f"Creator {n}", f"handle.{n}"))
    # Session, user, role, frame (2), links, clicks, settings, unusual days, count.
    with django_assert_num_queries(10, exact=False) as asked:  # type: ignore[operator]
        manager_client.get("/acme/tracking/")
    few = len(asked)
    for n in range(5):
        a_link(brand, manager, known(brand, f"More {n}", f"more.{n}"))
    with django_assert_num_queries(few):  # type: ignore[operator]
        manager_client.get("/acme/tracking/")


def test_the_lists_say_what_to_do_when_empty(manager_client: Client) -> None:
    assert "No link yet" in text_of(manager_client.get("/acme/tracking/"))
    assert "No code yet" in text_of(manager_client.get("/acme/tracking/codes/"))
    assert "No unusual day" in text_of(manager_client.get("/acme/tracking/spikes/"))


def test_lists_are_filtered_and_taken_out(
    brand: Brand, manager: User, manager_client: Client
) -> None:
    link = a_link(brand, manager)
    a_code(brand, manager, place=link.relationship)
    assert link.code in text_of(manager_client.get("/acme/tracking/?q=noa"))
    assert "No link is like that" in text_of(manager_client.get("/acme/tracking/?q=mara"))
    assert "No link is like that" in text_of(manager_client.get("/acme/tracking/?state=archived"))
    assert link.code in text_of(manager_client.get("/acme/tracking/?state=nonsense&creator=1"))
    lines = manager_client.get("/acme/tracking/export.csv").getvalue().decode().splitlines()
    assert link.code in lines[-1]
    codes = manager_client.get("/acme/tracking/codes/export.csv").getvalue().decode()
    assert "NOA15" in codes


def test_a_link_is_made_shown_changed_and_put_away(brand: Brand, manager_client: Client) -> None:
    uid = known(brand).creator.uid
    url = f"/acme/creators/{uid}/links/new/"
    assert manager_client.get(url).status_code == 200
    refused = manager_client.post(url, {"target": "javascript:alert(1)"})
    assert refused.status_code == 422
    assert "begins with https://" in text_of(refused)
    assert not TrackingLink.objects.exists()
    manager_client.post(url, {"target": SHOP, "variant": "Hook A"})
    link = TrackingLink.objects.get()
    assert (link.utm_source, link.utm_content, link.utm_term) == ("instagram", "noaruns", "hook-a")
    page = f"/acme/tracking/links/{link.pk}/"
    assert "Nobody has followed it" in text_of(manager_client.get(page))
    said = {"target": SHOP, "utm_source": "Two Words", "version": "1"}
    assert "For instance two-words" in text_of(manager_client.post(page, said))
    manager_client.post(page, said | {"utm_source": "tiktok"})
    link.refresh_from_db()
    assert (link.utm_source, link.version) == ("tiktok", 2)
    stale = manager_client.post(page, said | {"utm_source": "x"})
    assert "Somebody else changed it" in text_of(stale)
    manager_client.post(f"{page}archive/", {"version": "2"})
    link.refresh_from_db()
    assert link.is_archived
    manager_client.post(f"{page}restore/", {"version": "3"})
    link.refresh_from_db()
    assert not link.is_archived
    assert manager_client.post(f"{page}nonsense/").status_code == 404


def test_a_link_shows_its_days_and_its_qr_code(
    brand: Brand, manager: User, manager_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = a_link(brand, manager)
    from django.utils import timezone  # noqa: PLC0415

    writing.write([followed(link, at=timezone.now(), visitor=1)])
    page = text_of(manager_client.get(f"/acme/tracking/links/{link.pk}/"))
    assert 'data-chart="clicks-data"' in page
    assert "1</span> click, 0 of them bots" in page
    picture = manager_client.get(f"/acme/tracking/links/{link.pk}/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")


def test_a_code_is_made_changed_replaced_and_put_away(brand: Brand, manager_client: Client) -> None:
    uid = known(brand).creator.uid
    url = f"/acme/creators/{uid}/codes/new/"
    manager_client.post(url, {"code": "noa 15", "terms": "15 % off"})
    code = PromoCode.objects.get()
    assert (code.code, code.terms) == ("NOA15", "15 % off")
    again = manager_client.post(url, {"code": "Noa15"})
    assert "NOA15 is a code of your brand already" in text_of(again)
    page = f"/acme/tracking/codes/{code.pk}/"
    assert "None so far" in text_of(manager_client.get(page))
    said = {"terms": "20 % off", "limit_per_day": "5", "version": "1"}
    manager_client.post(page, said)
    code.refresh_from_db()
    assert (code.terms, code.limit_per_day, code.version) == ("20 % off", 5, 2)
    manager_client.post(f"{page}replace/", {"version": "2"})
    new = PromoCode.objects.get(replaces=code)
    assert (new.code, new.terms, new.limit_per_day) == ("NOA15-2", "20 % off", 5)
    manager_client.post(f"{page}archive/", {"version": "1"})
    code.refresh_from_db()
    assert not code.is_archived
    manager_client.post(f"{page}archive/", {"version": "3"})
    code.refresh_from_db()
    assert code.is_archived


def test_a_campaign_makes_a_link_and_a_code_for_everybody_who_has_none(
    brand: Brand, manager: User, manager_client: Client, django_assert_num_queries: object
) -> None:
    campaign = make_campaign(brand, manager)
    url = f"/acme/campaigns/{campaign.key}/tracking/"
    assert "Nobody is in this campaign yet" in text_of(manager_client.get(url))
    first = engage(campaign, relationship=known(brand, "Noa Lind", "noa.runs"))
    engage(campaign, relationship=known(brand, "Noa Two", "noaruns"))
    engage(campaign, EngagementStage.DECLINED, relationship=known(brand, "Gone", "gone"))
    wish = {"with_links": "on", "with_codes": "on", "target": SHOP, "percent": "15"}
    wish |= {"pattern": "{handle}{percent}", "terms": "15 % off"}
    seen = text_of(manager_client.post(f"{url}make/", wish))
    assert "NOARUNS15</span>" in seen
    assert "NOARUNS15-2" in seen
    assert "since NOARUNS15 is taken" in seen
    assert not PromoCode.objects.exists()
    manager_client.post(f"{url}make/", wish | {"sure": "1"})
    made = {one.code: one.engagement_id for one in PromoCode.objects.all()}
    assert made["NOARUNS15"] == first.pk
    assert len(made) == 2
    assert TrackingLink.objects.filter(campaign=campaign).count() == 2
    assert AuditEntry.objects.filter(verb="campaigns.tracking_link.made_for_all").count() == 1
    assert "Everybody has one already" in text_of(manager_client.post(f"{url}make/", wish))
    with django_assert_num_queries(14, exact=False) as asked:  # type: ignore[operator]
        page = text_of(manager_client.get(url))
    assert "NOARUNS15-2" in page
    for n in range(4):
        place = engage(campaign, relationship=known(brand, f"More {n}", f"more.{n}"))
        a_link(brand, manager, place)
    with django_assert_num_queries(len(asked)):  # type: ignore[operator]
        manager_client.get(url)
    lines = manager_client.get(f"{url}export.csv").getvalue().decode()
    assert "NOARUNS15-2" in lines


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": ""}, "begins with https://"),
        ({"percent": ""}, "how many per cent"),
        ({"pattern": "SPRING"}, "all codes would be the same"),
        ({"pattern": "{NICK}"}, "is not known"),
        ({"with_links": "", "with_codes": ""}, "Choose links, codes, or both"),
    ],
)
def test_what_cannot_be_made_for_everybody_is_said(
    brand: Brand, manager: User, manager_client: Client, change: dict[str, str], words: str
) -> None:
    campaign = make_campaign(brand, manager)
    engage(campaign, relationship=known(brand))
    wish = {"with_links": "on", "with_codes": "on", "target": SHOP, "percent": "15"}
    wish |= {"pattern": "{HANDLE}{PERCENT}", "sure": "1"} | change
    answer = manager_client.post(f"/acme/campaigns/{campaign.key}/tracking/make/", wish)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not PromoCode.objects.exists()
    assert not TrackingLink.objects.exists()


def test_panels_of_the_creator_and_of_the_place(
    brand: Brand, manager: User, manager_client: Client
) -> None:
    campaign = make_campaign(brand, manager)
    place = engage(campaign, relationship=known(brand))
    link = a_link(brand, manager, place)
    a_code(brand, manager, place=place)
    of_creator = f"/acme/creators/{place.relationship.creator.uid}/tracking/"
    of_place = f"/acme/campaigns/{campaign.key}/creators/{place.pk}/tracking/"
    for url in (of_creator, of_place):
        page = text_of(manager_client.get(url))
        assert link.code in page
        assert "NOA15" in page


def test_settings_are_an_admins(
    brand: Brand, manager_client: Client, admin_user_client: Client
) -> None:
    url = "/acme/tracking/settings/"
    assert "An admin of the brand can change them" in text_of(manager_client.get(url))
    said = {
        "domain": "https://GO.acme.example/",
        "shop_hosts": "shop.acme.example\nacme.example",
        "click_param": "clk",
        "visitor_period": "week",
        "repeat_seconds": "30",
        "keep_months": "6",
        "code_pattern": "{handle}",
        "spike_deviations": "4.5",
        "spike_minimum": "10",
        "version": "0",
    }
    assert manager_client.post(url, said).status_code == 403
    assert "is not the name of a host" in text_of(
        admin_user_client.post(url, said | {"domain": "go acme"})
    )
    assert not TrackingSettings.objects.exists()
    admin_user_client.post(url, said)
    kept = TrackingSettings.objects.get()
    assert (kept.domain, kept.code_pattern, kept.version) == ("go.acme.example", "{HANDLE}", 1)
    assert "Somebody else changed the settings" in text_of(
        admin_user_client.post(url, said | {"keep_months": "7"})
    )


def test_a_link_that_leads_elsewhere_gets_a_warning(
    brand: Brand, manager: User, manager_client: Client
) -> None:
    TrackingSettings.objects.create(brand=brand, shop_hosts=["example.com"])
    a_link(brand, manager, target="http://elsewhere.example/?mail=noa@example.com")
    page = text_of(manager_client.get("/acme/tracking/"))
    assert "elsewhere.example is none of the brand" in page
    assert "is not encrypted" in page
    assert "seems to say who somebody is" in page


def test_an_unusual_day_is_dismissed_with_a_reason(
    brand: Brand, manager: User, manager_client: Client
) -> None:
    code = a_code(brand, manager)
    spike = Spike.objects.create(
        brand=brand, code=code, day=date(2026, 7, 1), rule="per_day", count=9, threshold=5,
        found_at=NOW,
    )  # fmt: skip
    page = text_of(manager_client.get("/acme/tracking/spikes/"))
    assert "9 uses, 5 were expected of a day" in page
    url = f"/acme/tracking/spikes/{spike.pk}/"
    manager_client.post(f"{url}dismiss/", {"reason": " "})
    spike.refresh_from_db()
    assert spike.state == "open"
    manager_client.post(f"{url}dismiss/", {"reason": "A newsletter had it."})
    spike.refresh_from_db()
    assert (spike.state, spike.decided_by) == ("dismissed", manager)
    assert "A newsletter had it." in text_of(manager_client.get("/acme/tracking/spikes/?all=1"))
    assert manager_client.post(f"{url}nonsense/").status_code == 404
