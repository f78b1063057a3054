import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import Conversion, ConversionBatch, ConversionFeed
from tests.campaigns.conversions.worlds import make_code, make_link, order, refund
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def page(name, brand, *args):
    return reverse(f"campaigns:{name}", args=[brand.slug, *args])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_says_what_is_known(brand, legal_client):
    assert "No conversion yet" in text(legal_client.get(page("conversions", brand)))
    code = make_code(brand, "ANNA10")
    row = order(brand, NOW, value=50, code=code, code_text="ANNA10")
    refund(row, NOW + timedelta(hours=1), 20)
    order(brand, NOW, code_text="NOBODY")
    order(brand, NOW, link=make_link(brand, variant="teach"))
    found = text(legal_client.get(page("conversions", brand)))
    for words in (code.relationship.creator.name, "50 EUR", "20 EUR", "NOBODY", "1 code nobody"):
        assert words in found
    found = text(legal_client.get(page("conversions", brand), {"code": "anna10"}))
    assert row.key in found
    assert "NOBODY" not in found
    answer = legal_client.get(page("conversions_export", brand, "csv"))
    file = b"".join(answer.streaming_content).decode()
    assert len(file.splitlines()) == 4
    assert file.count(",teach,") == 1


def test_a_file_is_taken_and_taken_back(brand, manager_client):
    def send(content):
        file = SimpleUploadedFile("orders.csv", content)
        return manager_client.post(page("conversions_upload", brand), {"file": file})

    found = text(send(b"order,date,total\n1,2026-11-20,5\n2,never,5\n"), 422)
    assert "not a date" in found
    assert not Conversion.objects.exists()
    assert send(b"order,date,total,currency\n1,2026-11-20,5,EUR\n").status_code == 302
    batch = ConversionBatch.objects.get()
    assert "1 conversions taken" in text(manager_client.get(page("conversions", brand)))
    manager_client.post(page("conversions_undo", brand, batch.pk))
    assert not Conversion.objects.exists()


def test_whose_a_code_is_is_said(brand, manager_client):
    code = make_code(brand, "ANNA10")
    order(brand, code_text="ANA10")
    address = page("conversions_unknown", brand)
    assert "ANA10" in text(manager_client.get(address))
    text(manager_client.post(address, {"written": "ANA10", "code": ""}), 422)
    assert manager_client.post(address, {"written": "ANA10", "code": code.pk}).status_code == 302
    assert Conversion.objects.get().code == code
    assert "Every code is known" in text(manager_client.get(address))
    assert manager_client.post(page("conversions_settle", brand)).status_code == 302


def test_a_shop_is_set_up_and_tried(brand, admin_user_client):
    address = page("conversion_feed_new", brand)
    assert "/discount_codes/0/code" in text(admin_user_client.get(address, {"preset": "shopify"}))
    said = {"name": "Shop", "signature": "stamped", "at_key": "/id", "at_at": "/when"}
    tried = {"try": "1", "sample": json.dumps({"id": 7, "when": "2026-11-20T10:00:00Z"})}
    assert "It would be taken for" in text(admin_user_client.post(address, said | tried))
    assert not ConversionFeed.objects.exists()
    text(admin_user_client.post(address, said | {"at_key": "id"}), 422)
    answer = admin_user_client.post(address, said)
    feed = ConversionFeed.objects.get()
    assert answer["Location"] == page("conversion_feed", brand, feed.pk)
    assert str(feed.token) in text(admin_user_client.get(answer["Location"]))
    said["name"], said["version"] = "Shop 2", 1
    assert admin_user_client.post(answer["Location"], said).status_code == 302
    assert admin_user_client.post(answer["Location"], said).status_code == 422
    assert "Shop 2" in text(admin_user_client.get(page("conversion_feeds", brand)))
    admin_user_client.post(page("conversion_feed_archive", brand, feed.pk))
    assert "put away" in text(admin_user_client.get(page("conversion_feeds", brand)))


def test_as_many_queries_for_one_as_for_many(brand, manager_client, django_assert_num_queries):
    address = page("conversions", brand)
    manager_client.get(address)
    for number in (1, 20):
        for place in range(number):
            code = make_code(brand, f"C{number}X{place}")
            refund(order(brand, code=code, code_text=code.code), NOW, None)
        with django_assert_num_queries(13):
            manager_client.get(address)
