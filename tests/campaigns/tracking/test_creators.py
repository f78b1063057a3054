"""What creators see of their links and codes, and what is left of them when they are erased."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Click, ClickDay, Engagement, PromoCode, TrackingLink
from campaigns.services import guests
from campaigns.services.tracking import landing, writing
from crm.models import Brand, PrivacyPolicy, User
from crm.services.held import held_about
from crm.services.privacy.erasing import erase
from tests.campaigns.made import engage, make_campaign
from tests.campaigns.tracking.worlds import a_code, a_link, followed, known
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(brand: Brand, manager: User) -> Engagement:
    made: Engagement = engage(make_campaign(brand, manager), relationship=known(brand))
    return made


def test_the_creators_own_pages_show_link_code_and_clicks(
    brand: Brand, manager: User, place: Engagement
) -> None:
    link = a_link(brand, manager, place, variant="story")
    a_code(brand, manager, place=place, terms="15 % off")
    a_link(brand, manager, known(brand, "Somebody else", "else"))
    writing.write([followed(link, visitor=1), followed(link, kind="bot")])
    guest = guests.make_link(target=place, name="Noa", actor=manager, at=timezone.now())
    home = Client().get(guests.path_of(guest)).content.decode()
    assert "Your link: story" in home
    assert "Followed 1 time so far." in home
    page = Client().get(f"{guests.path_of(guest)}tracking/")
    text = " ".join(page.content.decode().split())
    assert page.status_code == 200
    assert f"/t/{link.code}" in text
    assert "Followed 1 time by people; 1 more were bots and previews." in text
    assert "NOA15" in text
    assert text.count("/t/") == 1


def test_what_is_held_names_links_and_codes(brand: Brand, manager: User, place: Engagement) -> None:
    a_link(brand, manager, place)
    a_code(brand, manager, place=place)
    held = {line.what: line.value for line in held_about(place.relationship, NOW)}
    assert "Your links to our shop" in held
    assert "Your codes for our shop" in held


@pytest.mark.usefixtures("valkey")
def test_an_erased_creators_links_end_and_name_nobody(
    brand: Brand,
    manager: User,
    legal: User,
    place: Engagement,
    django_capture_on_commit_callbacks: object,
) -> None:
    PrivacyPolicy.objects.create(brand=brand, contract_years=0)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        link = a_link(brand, manager, place, label="Noa in spring", variant="noa")
    a_code(brand, manager, place=place, terms="For fans of Noa")
    writing.write([followed(link, visitor=1, referrer_host="www.instagram.com")])
    assert landing.find(link.code).target
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erase(
            relationship_id=place.relationship_id,
            reason="She asked for it.",
            actor=legal,
            at=NOW,
        )
    kept = TrackingLink.objects.get()
    assert (kept.code, kept.target) == (link.code, "")
    assert kept.is_archived
    said = f"{kept.label} {kept.variant} {kept.utm_content} {kept.utm_term}"
    assert "noa" not in said.lower()
    code = PromoCode.objects.get()
    assert code.code == f"ERASED-{code.pk}"
    assert "Noa" not in code.terms
    assert Click.objects.get().referrer_host == "www.instagram.com"
    assert ClickDay.objects.get().people == 1
    assert Client().get(f"/t/{link.code}").status_code == 410
