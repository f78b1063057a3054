from datetime import date

import pytest
from django.urls import reverse

from campaigns.models import AttributionSettings
from segmentation.models import AttributionReport
from segmentation.services.attribution import requests
from tests.campaigns.conversions.worlds import click, days, make_code, make_link, order
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.people import logged_in
from tests.rest import assert_problem, rest_as
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db


def page(name, brand, *args):
    return reverse(f"segmentation:{name}", args=[brand.slug, *args])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def make_report(brand, campaign=None):
    report = requests.request_report(
        brand=brand,
        campaign=campaign,
        first_on=date(2026, 11, 1),
        last_on=date(2026, 11, 22),
        currency="EUR",
        actor=None,
        at=NOW,
    )
    requests.compute(report_id=report.pk, at=NOW)
    report.refresh_from_db()
    return report


@pytest.fixture
def world(brand):
    campaign = make_campaign(brand)
    anna, ben = (make_link(brand, campaign=campaign) for _ in range(2))
    for number, link in enumerate((anna, ben), start=1):
        link.relationship.creator.name = ["Anna", "Ben"][number - 1]
        link.relationship.creator.save()
    stay(make_segment(brand), anna.relationship.creator, NOW - days(40))
    click(anna, NOW - days(5), visitor=1)
    click(ben, NOW - days(3), visitor=1)
    order(brand, NOW - days(2), value=100, visitor=1, campaign=campaign)
    code = make_code(brand, "ANNA10", anna.relationship, campaign=campaign)
    order(brand, NOW - days(1), value=50, code=code, code_text="ANNA10", campaign=campaign)
    return campaign


def test_a_report_on_its_page_as_a_file_and_why(brand, legal_client, world):
    report = make_report(brand)
    found = text(legal_client.get(page("attribution_report", brand, report.pk)))
    for words in ("Anna", "Ben", "Where the models disagree", "By segment: Content role"):
        assert words in found
    creator = report.found["models"][0]["credits"][0]["key"]
    found = text(legal_client.get(page("attribution_why", brand, report.pk, creator)))
    assert "Anna → Ben" in found
    answer = legal_client.get(page("attribution_export", brand, report.pk, "csv"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('creator,"Last touch, conversions"')
    assert lines[1].startswith("Anna,1.0,2.0,1.5,1.5,")
    assert len(lines) == 3
    assert legal_client.get(page("attribution_export", brand, report.pk, "xlsx")).status_code == 200


def test_who_may_asks_for_a_report(brand, analyst_client, manager_client, world):
    said = {"first_on": "2026-11-01", "last_on": "2026-11-22", "currency": "EUR"}
    answer = analyst_client.post(page("attribution", brand), said)
    report = AttributionReport.objects.get()
    assert answer["Location"] == page("attribution_report", brand, report.pk)
    assert "It is being computed" in text(analyst_client.get(answer["Location"]))
    assert manager_client.post(page("attribution", brand), said).status_code == 403
    wrong = analyst_client.post(page("attribution", brand), said | {"last_on": "2026-10-01"})
    assert "The last day comes before the first." in text(wrong, 422)
    assert AttributionReport.objects.count() == 1


def test_a_campaign_is_counted_in_several_ways(brand, manager_client, world):
    found = text(manager_client.get(page("campaign_attribution", brand, world.key)))
    assert "no report of this campaign is computed yet" in found
    report = make_report(brand, world)
    found = text(manager_client.get(page("campaign_attribution", brand, world.key)))
    assert "divided among all who were met, 1 Nov 2026 to 22 Nov 2026" in found
    assert page("attribution_report", brand, report.pk) in found
    empty = make_campaign(brand, name="Empty")
    found = text(manager_client.get(page("campaign_attribution", brand, empty.key)))
    assert "No conversion of this campaign is known yet" in found


def test_settings_are_changed_by_version(brand, analyst_client, manager_client):
    address = page("attribution_settings", brand)
    assert "As the product has them" in text(manager_client.get(address))
    said = {
        "number": 0,
        "window": 14,
        "visit": 30,
        "code_rule": "code_is_last",
        "first_share": 40,
        "last_share": 40,
        "half_life": 7,
    }
    assert manager_client.post(address, said).status_code == 403
    assert "at most 100 %" in text(analyst_client.post(address, said | {"last_share": 70}), 422)
    assert analyst_client.post(address, said).status_code == 302
    assert "Somebody else changed" in text(analyst_client.post(address, said), 422)
    row = AttributionSettings.objects.get()
    assert (row.window, row.code_rule, row.number) == (days(14), "code_is_last", 1)


def test_as_many_queries_however_many_creators(brand, manager, world, django_assert_num_queries):
    client = logged_in(manager)
    for number in (0, 15):
        for visitor in range(number):
            click(make_link(brand), NOW - days(2), visitor=100 + visitor)
            order(brand, NOW - days(1), value=1, visitor=100 + visitor)
        report = make_report(brand)
        client.get(page("attribution_report", brand, report.pk))
        with django_assert_num_queries(10):
            client.get(page("attribution_report", brand, report.pk))


def test_reports_over_rest(brand, other_brand, analyst, manager, world):
    rest = rest_as(analyst, brand)
    body = {"first_on": "2026-11-01", "last_on": "2026-11-22", "currency": "EUR"}
    answer = rest.send("POST", "attribution-reports/", body | {"campaign": world.key})
    assert answer.status_code == 202
    said = answer.json()
    assert (said["status"], said["campaign"], said["models"]) == ("queued", world.key, [])
    requests.compute(report_id=said["id"], at=NOW)
    found = rest.client.get(answer["Location"]).json()
    last = next(one for one in found["models"] if one["model"] == "last_touch")
    assert sorted((one["name"], one["conversions"]) for one in last["credits"]) == [
        ("Anna", 1.0),
        ("Ben", 1.0),
    ]
    assert found["counts"]["conversions"] == 2
    assert found["dimensions"][0]["models"][0]["credits"][0]["segment"] == "educators"
    assert [one["id"] for one in rest.json("attribution-reports/")["results"]] == [said["id"]]
    assert_problem(rest.send("POST", "attribution-reports/", body | {"campaign": "none"}), 400)
    assert_problem(
        rest.send("POST", "attribution-reports/", body | {"first_on": "2027-01-01"}), 400
    )
    assert_problem(rest_as(manager, brand).send("POST", "attribution-reports/", body), 403)
    assert AttributionReport.objects.count() == 1


def test_others_see_nothing(brand, outsider_client, world):
    report = make_report(brand)
    for name, args in (("attribution", ()), ("attribution_report", (report.pk,))):
        assert outsider_client.get(page(name, brand, *args)).status_code == 404
