"""The list of packs and the preview of one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Creator, Tier
from segmentation.models import Segment
from segmentation.services.packs import files as pack_files
from segmentation.services.packs import install_pack
from tests.factories import NOW
from tests.segmentation.building import populate

pytestmark = pytest.mark.django_db

URL = "/acme/packs/"


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_the_list_has_every_pack_with_its_source(brand, legal_client):
    shown = page(legal_client, URL)
    for name in pack_files.names():
        assert f'href="{URL}{name}/"' in shown
    assert "HypeAuditor, its older five tiers" in shown
    assert shown.count("Not installed") == len(pack_files.names())
    install_pack(brand=brand, name="risk", actor=None, at=NOW)
    shown = page(legal_client, URL)
    assert "3 segments" in shown
    assert shown.count("Not installed") == len(pack_files.names()) - 1


@pytest.mark.parametrize("name", pack_files.names())
def test_each_preview_before_and_after_installing(brand, strategist_client, name):
    populate(brand, 20)
    Creator.objects.update(country="DK", language="da")
    before = page(strategist_client, f"{URL}{name}/")
    assert 'name="install"' in before
    assert "cannot be added" not in before.lower()
    answer = strategist_client.post(f"{URL}{name}/", {"install": "1"}, follow=True)
    shown = answer.content.decode()
    assert "Run the segmentation to find the members." in shown
    assert 'name="install"' not in shown
    assert 'name="adopt"' not in shown


def test_installing_is_for_strategists(brand, analyst_client):
    assert 'name="install"' not in page(analyst_client, f"{URL}risk/")
    assert analyst_client.post(f"{URL}risk/", {"install": "1"}).status_code == 403
    assert not Segment.objects.exists()


def test_a_difference_is_shown_and_adopted(brand, strategist_client, analyst_client):
    install_pack(brand=brand, name="size_glossary_4", actor=None, at=NOW)
    Tier.objects.filter(scheme__key="glossary_4", key="nano").update(low=2_000)
    url = f"{URL}size_glossary_4/"
    shown = page(strategist_client, url)
    assert "Adopt what the pack has that yours lacks" in shown
    assert "<del>1000</del><ins>2000</ins>" in shown
    assert "A strategist or an admin can adopt it." in page(analyst_client, url)
    assert analyst_client.post(url, {"adopt": "1", "key": "size4-nano"}).status_code == 403

    refused = strategist_client.post(url, {"adopt": "1"})
    assert refused.status_code == 409
    assert "Choose at least one segment" in refused.content.decode()
    refused = strategist_client.post(url, {"adopt": "1", "key": "size4-micro"})
    assert "nothing to adopt" in refused.content.decode()
    assert strategist_client.post(url, {}).status_code == 422
    assert Segment.objects.get(key="size4-nano").active_version.number == 1

    answer = strategist_client.post(
        url, {"adopt": "1", "key": "size4-nano", "use": "now", "reason": "New"}, follow=True
    )
    assert "1 segment changed." in answer.content.decode()
    assert Segment.objects.get(key="size4-nano").active_version.rule_text.startswith(
        "followers >= 2000"
    )


def test_there_is_no_such_pack(brand, strategist_client):
    for sent in ({}, {"install": "1"}, {"adopt": "1", "key": "x"}):
        assert strategist_client.post(f"{URL}nothing/", sent).status_code == 404
    assert strategist_client.get(f"{URL}nothing/").status_code == 404


def test_not_for_outsiders(brand, outsider_client):
    assert outsider_client.get(URL).status_code == 404
    assert outsider_client.post(f"{URL}risk/", {"install": "1"}).status_code == 404
    assert not Segment.objects.exists()


def test_statements_do_not_grow_with_creators_or_segments(brand, strategist_client):
    def count(url):
        with CaptureQueriesContext(connection) as queries:
            page(strategist_client, url)
        return len(queries)

    urls = (URL, f"{URL}niche/", f"{URL}personas/")
    few = [count(url) for url in urls]
    populate(brand, 60)
    for name in ("niche", "personas", "risk"):
        install_pack(brand=brand, name=name, actor=None, at=NOW)
    assert [count(url) for url in urls] == few
