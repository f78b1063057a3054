"""Reports of attribution through the whole product: rows in, stored answer out."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import Error, connection, transaction

from campaigns.attribution.credit import attribute_all
from campaigns.attribution.events import Conversion as Bought
from campaigns.attribution.events import Period, Touch
from campaigns.attribution.events import Refund as Returned
from campaigns.attribution.journeys import journeys
from campaigns.attribution.roles import roles
from campaigns.attribution.settings import CodeRule, Settings
from campaigns.models import AttributionSettings
from campaigns.selectors.credits import CREDITS, params
from campaigns.services.attribution import save_settings
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import AuditEntry
from segmentation.models import AttributionReport
from segmentation.services.attribution import requests
from tests.campaigns.conversions.worlds import click, days, make_code, make_link, order, refund
from tests.campaigns.made import make_campaign
from tests.factories import NOW
from tests.segmentation.world import make_segment, stay

pytestmark = pytest.mark.django_db


def ask(brand, **values):
    said = {
        "campaign": None,
        "first_on": date(2026, 11, 1),
        "last_on": date(2026, 11, 22),
        "currency": "EUR",
        "actor": None,
        "at": NOW,
    } | values
    return requests.request_report(brand=brand, **said)


def computed(brand, **values):
    report = ask(brand, **values)
    requests.compute(report_id=report.pk, at=NOW)
    report.refresh_from_db()
    assert report.status == "done", report.error
    return report


def shares(report, model):
    said = next(one for one in report.found["models"] if one["model"] == model)
    return {one["key"]: (one["conversions"], one["value"]) for one in said["credits"]}


@pytest.fixture
def two(brand):
    """Anna is met first, Ben last; an order of 100, and one of 50 by Anna's code."""
    anna, ben = make_link(brand), make_link(brand)
    click(anna, NOW - days(5), visitor=1)
    click(ben, NOW - days(3), visitor=1)
    order(brand, NOW - days(2), value=100, visitor=1)
    code = make_code(brand, "ANNA10", anna.relationship)
    order(brand, NOW - days(1), value=50, code=code, code_text="ANNA10")
    order(brand, NOW - days(1))
    return anna.relationship.creator_id, ben.relationship.creator_id


def test_a_report_divides_what_converted(brand, two):
    anna, ben = two
    report = computed(brand)
    assert shares(report, "last_touch") == {anna: (1.0, 50.0), ben: (1.0, 100.0)}
    assert shares(report, "first_touch") == {anna: (2.0, 150.0), ben: (0.0, 0.0)}
    assert shares(report, "linear") == {anna: (1.5, 100.0), ben: (0.5, 50.0)}
    assert shares(report, "shapley") == {anna: (1.5, 100.0), ben: (0.5, 50.0)}
    counts = report.found["counts"]
    assert (counts["conversions"], counts["credited"], counts["unattributed"]) == (3, 2, 1)
    assert report.found["roles"] == [
        {"key": anna, "alone": 1.0, "closed": 0.0, "introduced": 1.0, "influenced": 0.0},
        {"key": ben, "alone": 0.0, "closed": 1.0, "introduced": 0.0, "influenced": 0.0},
    ]
    assert report.paths[str(ben)] == [
        {"creators": [anna, ben], "conversions": 1.0, "lost": 0.0, "value": 100.0}
    ]
    assert report.as_of == NOW


def test_the_same_events_have_the_same_digest(brand, two):
    first, again = computed(brand), computed(brand)
    assert first.pk != again.pk
    assert (first.digest, first.found) == (again.digest, again.found)
    order(brand, NOW - days(1), visitor=1)
    assert computed(brand).digest != first.digest


def test_a_report_that_was_computed_stays(brand, two):
    report = computed(brand)
    for change in ({"found": {}}, {"digest": "0" * 64}, {"status": "queued"}):
        with pytest.raises(Error), transaction.atomic():
            AttributionReport.objects.filter(pk=report.pk).update(**change)


def test_values_of_other_currencies_are_left_out_and_counted(brand, two):
    _, ben = two
    report = computed(brand, currency="DKK")
    assert shares(report, "last_touch")[ben] == (1.0, None)
    assert report.found["counts"]["other_currency"] == 2
    assert report.found["counts"]["without_value"] == 2


def test_refunds_are_taken_back(brand):
    link = make_link(brand)
    for visitor, value in ((1, None), (2, 30), (3, 100)):
        click(link, NOW - days(5), visitor=visitor)
        row = order(brand, NOW - days(4), value=100, visitor=visitor)
        refund(row, NOW - days(3), value)
    click(link, NOW - days(5), visitor=4)
    refund(order(brand, NOW - days(4), value=10, visitor=4), NOW + days(1))
    report = computed(brand)
    assert shares(report, "last_touch") == {link.relationship.creator_id: (2.0, 80.0)}
    assert report.found["counts"]["refunded"] == 2


def test_a_visitor_who_objected_is_known_by_the_click_alone(brand):
    link = make_link(brand)
    first, _second = click(link, NOW - days(3)), click(link, NOW - days(2))
    order(brand, NOW - days(1), click=first.pk)
    order(brand, NOW - days(1), link=link, link_text=link.code)
    click(link, NOW - days(3), kind="bot", visitor=1)
    order(brand, NOW - days(1), visitor=1)
    report = computed(brand)
    assert shares(report, "last_touch") == {link.relationship.creator_id: (2.0, None)}
    assert report.found["counts"]["unattributed"] == 1


def test_a_campaign_has_what_belongs_to_it(brand, two):
    campaign = make_campaign(brand)
    link = make_link(brand, campaign=campaign)
    click(link, NOW - days(2), visitor=9)
    order(brand, NOW - days(1), value=7, visitor=9, campaign=campaign)
    report = computed(brand, campaign=campaign)
    assert shares(report, "last_touch") == {link.relationship.creator_id: (1.0, 7.0)}
    assert report.found["counts"]["conversions"] == 1


def test_credit_stays_in_the_segment_of_the_touch(brand):
    link = make_link(brand)
    teachers, jesters = make_segment(brand, "educators"), make_segment(brand, "entertainers")
    creator = link.relationship.creator
    stay(teachers, creator, NOW - days(40), NOW - days(4))
    stay(jesters, creator, NOW - days(4))
    click(link, NOW - days(5), visitor=1)
    order(brand, NOW - days(1), value=100, visitor=1)
    make_code(brand, "ANNA10", link.relationship)
    order(brand, NOW - days(1), value=10, code=make_code(brand, "A", link.relationship))
    (found,) = computed(brand).found["dimensions"]
    last = next(one for one in found["models"] if one["model"] == "last_touch")
    assert {one["key"]: (one["conversions"], one["value"]) for one in last["credits"]} == {
        "educators": (1.0, 100.0),
        "entertainers": (1.0, 10.0),
    }
    assert (last["outside"], last["counted_again"]) == (0.0, 0.0)


def test_nothing_converted(brand):
    report = computed(brand)
    assert report.found["counts"]["conversions"] == 0
    assert {one["reason"] for one in report.found["models"]} == {
        "Nothing converted in these journeys, so there is no credit to divide."
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"last_on": date(2026, 10, 31)}, "last_on"),
        ({"first_on": date(2024, 11, 20)}, "first_on"),
        ({"first_on": date(2026, 11, 23), "last_on": date(2026, 11, 24)}, "first_on"),
        ({"first_on": date(1, 1, 1)}, "first_on"),
        ({"currency": "XYZ"}, "currency"),
    ],
)
def test_days_that_cannot_be_are_refused(brand, values, field):
    with pytest.raises(CampaignRefused) as refusal:
        ask(brand, **values)
    assert refusal.value.field == field
    assert not AttributionReport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_report_says_by_which_settings(brand, analyst, two):
    before = computed(brand)
    made = save_settings(
        brand=brand,
        settings=Settings(code_rule=CodeRule.CODE_WITHOUT_LINK, window=days(1)),
        actor=analyst,
        at=NOW,
        expected_number=0,
    )
    report = computed(brand)
    assert (before.settings, report.settings, made.number) == (None, made, 1)
    assert report.digest != before.digest
    anna, ben = two
    assert shares(report, "first_touch") == {anna: (1.0, 50.0), ben: (1.0, 100.0)}
    entry = AuditEntry.objects.get(verb="campaigns.attribution_settings.changed")
    assert set(entry.data) == {"window", "code_rule"}


def test_settings_that_nobody_saw_are_not_changed_over(brand, analyst):
    said = {"brand": brand, "actor": analyst, "at": NOW}
    save_settings(settings=Settings(window=days(7)), expected_number=0, **said)
    with pytest.raises(CampaignOutdated):
        save_settings(settings=Settings(window=days(9)), expected_number=0, **said)
    with pytest.raises(CampaignRefused, match="Nothing is different"):
        save_settings(settings=Settings(window=days(7)), expected_number=1, **said)
    row = AttributionSettings.objects.get()
    with pytest.raises(Error), transaction.atomic():
        AttributionSettings.objects.filter(pk=row.pk).update(window=days(9))


@pytest.mark.parametrize("fresh_start", [False, True])
@pytest.mark.parametrize("code_rule", CodeRule)
def test_sql_says_what_the_library_says(brand, analyst, code_rule, fresh_start):
    """Last touch and assisted conversions of random events, by both ways."""
    settings = Settings(code_rule=code_rule, fresh_start=fresh_start, window=days(6))
    save_settings(brand=brand, settings=settings, actor=analyst, at=NOW, expected_number=0)
    chance = Random(f"{code_rule} {fresh_start}")
    links = [make_link(brand) for _ in range(4)]
    codes = [
        make_code(brand, f"CODE{place}", link.relationship) for place, link in enumerate(links)
    ]
    start, end = requests.bounds(ask(brand))
    touches, bought = [], []
    for _ in range(120):
        link, visitor = chance.choice(links), chance.randint(1, 12)
        at = NOW - timedelta(hours=chance.randint(0, 24 * 30))
        click(link, at, visitor=visitor)
        touches.append(Touch(visitor, at, link.relationship.creator_id))
    for _ in range(60):
        visitor = chance.choice([None, *range(1, 13)])
        code = chance.choice([None, None, *codes])
        at = NOW - timedelta(hours=chance.randint(0, 24 * 30), minutes=30)
        row = order(brand, at, value=10, visitor=visitor, code=code)
        returned = ()
        if chance.random() < 0.2:
            value = chance.choice([None, 4, 10])
            refund(row, at + timedelta(minutes=5), value)
            returned = (Returned(at + timedelta(minutes=5), value),)
        owner = code and code.relationship.creator_id
        bought.append(Bought(row.pk, at, visitor, row.value, owner, returned))
    built = journeys(touches, bought, as_of=NOW, settings=settings, period=Period(start, end))
    last = attribute_all(built.table, settings)[0]
    by_library = {credit.key: credit.conversions for credit in last.credits}
    assisted = {role.key: role.assisted for role in roles(built.table) if role.assisted}
    with connection.cursor() as cursor:
        asked = params(brand, since=start, until=end, as_of=NOW)
        cursor.execute(
            f"WITH {CREDITS} SELECT creator_id, count(*) FILTER (WHERE role = 'last'), "  # noqa: S608
            "count(*) FILTER (WHERE role = 'assist'), "
            "sum(value) FILTER (WHERE role = 'last') FROM credits GROUP BY creator_id",
            asked,
        )
        rows = cursor.fetchall()
    assert {row[0]: float(row[1]) for row in rows if row[1]} == {
        key: value for key, value in by_library.items() if value
    }
    assert {row[0]: float(row[2]) for row in rows if row[2]} == assisted
    assert float(sum(row[3] or 0 for row in rows)) == last.value
    assert len(by_library) == 4
