from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import Error, transaction

from campaigns.choices import ConversionSource
from campaigns.models import Conversion, Refund
from campaigns.services.conversions import belonging, taking
from campaigns.services.conversions.told import ConversionsRefused, Told, ToldRefund
from campaigns.services.refusals import CampaignRefused
from crm.models import AuditEntry
from tests.campaigns.conversions.worlds import click, days, make_code, make_link, order, uid
from tests.campaigns.made import make_campaign
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ORIGIN = taking.Origin(ConversionSource.API, NOW)


def told(key="1001", **values):
    return Told(key=key, at=values.pop("at", NOW - days(1)), **values)


def take(brand, *conversions):
    return taking.take(brand=brand, told=conversions, origin=ORIGIN)


def take_back(brand, *refunds):
    return taking.take_back(brand=brand, told=refunds, origin=ORIGIN)


def refused(do, brand, *those):
    """The mistakes, as (place, field, code); nothing was taken."""
    before = Conversion.objects.count(), Refund.objects.count()
    with pytest.raises(ConversionsRefused) as refusal:
        do(brand, *those)
    assert (Conversion.objects.count(), Refund.objects.count()) == before
    return [(one.place, one.field, one.code) for one in refusal.value.mistakes]


def test_everything_told_is_kept_and_found(brand):
    campaign = make_campaign(brand)
    code = make_code(brand, "ANNA10", campaign=campaign)
    link = make_link(brand)
    clicked = click(link, NOW - days(2), visitor=7)
    taken = take(
        brand,
        told("1", value=Decimal("19.90"), currency="EUR", code=" anna10 ", click=clicked.pk),
        told("2", link=link.code.upper(), is_new_customer=True, visitor=9),
        told("3", kind="sign_up", code="NOBODY", campaign=campaign.key),
    )
    assert taken.new == {"1", "2", "3"}
    one, two, three = taken.rows
    assert (one.value, one.currency, one.code, one.link, one.campaign) == (
        Decimal("19.90"),
        "EUR",
        code,
        link,
        campaign,
    )
    assert (two.link, two.campaign, two.value, two.visitor, two.is_new_customer) == (
        link,
        None,
        None,
        9,
        True,
    )
    assert (three.code, three.code_text, three.campaign, three.kind) == (
        None,
        "NOBODY",
        campaign,
        "sign_up",
    )


def test_the_same_key_and_content_is_the_same_conversion(brand, other_brand):
    first = take(brand, told(value=Decimal(5), currency="EUR"))
    again = take(brand, told(value=Decimal("5.00"), currency="EUR"), told("1002"))
    assert again.rows[0] == first.rows[0]
    assert again.new == {"1002"}
    assert take(other_brand, told()).new == {"1001"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": Decimal(6), "currency": "EUR"}, "value"),
        ({"value": Decimal(5), "currency": "DKK"}, "currency"),
        ({"value": Decimal(5), "currency": "EUR", "code": "OTHER"}, "code"),
        ({"value": Decimal(5), "currency": "EUR", "at": NOW}, "at"),
        ({"value": Decimal(5), "currency": "EUR", "kind": "lead"}, "kind"),
        ({"value": Decimal(5), "currency": "EUR", "visitor": 1}, "visitor"),
        ({"value": Decimal(5), "currency": "EUR", "click": uid(1)}, "click"),
        ({"value": Decimal(5), "currency": "EUR", "link": "abcd"}, "link"),
    ],
)
def test_the_same_key_with_another_content_is_refused(brand, change, field):
    take(brand, told(value=Decimal(5), currency="EUR"))
    assert refused(take, brand, told("new"), told(**change)) == [(1, field, "conflict")]


def test_a_campaign_found_later_is_no_conflict(brand):
    campaign = make_campaign(brand)
    make_code(brand, "ANNA10", campaign=campaign)
    take(brand, told(code="ANNA10"))
    assert take(brand, told(code="anna10")).new == frozenset()
    assert refused(
        take, brand, told(code="ANNA10", campaign=make_campaign(brand, name="Autumn").key)
    ) == [(0, "campaign", "conflict")]


def test_twice_in_one_request_with_two_contents(brand):
    assert refused(take, brand, told(code="A"), told(code="B")) == [(1, "code", "conflict")]
    assert take(brand, told(code="A"), told(code="a")).new == {"1001"}


def test_all_mistakes_are_told_and_nothing_is_taken(brand, other_brand):
    there = make_campaign(other_brand, name="Theirs")
    assert refused(
        take,
        brand,
        told("fine"),
        told(" "),
        told("x" * 201),
        told("a", at=NOW + timedelta(days=1, seconds=1)),
        told("b", value=Decimal(-1), currency="EUR"),
        told("c", value=Decimal(1)),
        told("d", currency="EUR"),
        told("e", value=Decimal("1.005"), currency="EUR"),
        told("f", value=Decimal("NaN"), currency="EUR"),
        told("g", kind="sale"),
        told("h", campaign=there.key),
        told("i", code="c" * 81),
        told("j", visitor=2**63),
        told("k", at=NOW.replace(year=1999)),
    ) == [
        (1, "key", "invalid"),
        (2, "key", "invalid"),
        (3, "at", "invalid"),
        (4, "value", "invalid"),
        (5, "currency", "invalid"),
        (6, "value", "invalid"),
        (7, "value", "invalid"),
        (8, "value", "invalid"),
        (9, "kind", "invalid_choice"),
        (10, "campaign", "unknown_campaign"),
        (11, "code", "invalid"),
        (12, "visitor", "invalid"),
        (13, "at", "invalid"),
    ]


def test_links_codes_and_clicks_of_another_brand_are_not_ours(brand, other_brand):
    code, link = make_code(other_brand, "ANNA10"), make_link(other_brand)
    clicked = click(link, NOW)
    row = take(brand, told(code=code.code, link=link.code), told("2", click=clicked.pk)).rows[0]
    assert (row.code, row.link) == (None, None)


def test_as_many_queries_for_one_as_for_many(brand, django_assert_num_queries):
    make_code(brand, "ANNA10")

    def those(number, start):
        return [
            told(f"{start}-{place}", code="ANNA10", link="abcd", click=uid(place), campaign="")
            for place in range(number)
        ]

    for number in (1, 50):
        # Savepoint and its release, links, codes (own and adopted), clicks, known keys, writing,
        # reading again.
        with django_assert_num_queries(9):
            take(brand, *those(number, number))


def test_refunds_are_kept_once(brand):
    take(brand, told(value=Decimal(50), currency="EUR"), told("2"))
    part = ToldRefund("r1", "1001", NOW, Decimal(20), "EUR")
    whole = ToldRefund("r2", "2", NOW)
    assert take_back(brand, part, whole).new == {"r1", "r2"}
    again = take_back(brand, part)
    assert again.new == frozenset()
    assert [row.value for row in again.rows] == [Decimal(20)]
    assert refused(take_back, brand, ToldRefund("r1", "1001", NOW, Decimal(21))) == [
        (0, "value", "conflict")
    ]
    assert refused(take_back, brand, ToldRefund("r2", "1001", NOW)) == [
        (0, "conversion", "conflict")
    ]


def test_refunds_of_nothing_are_refused(brand, other_brand):
    take(brand, told(value=Decimal(50), currency="EUR"))
    take(other_brand, told("theirs"))
    assert refused(
        take_back,
        brand,
        ToldRefund("a", "theirs", NOW),
        ToldRefund("b", "1001", NOW, Decimal(1), "DKK"),
        ToldRefund("c", "1001", NOW - days(3)),
    ) == [
        (0, "conversion", "unknown_conversion"),
        (1, "currency", "invalid"),
        (2, "at", "invalid"),
    ]
    assert refused(take_back, brand, ToldRefund("", "1001", NOW, Decimal(0))) == [
        (0, "key", "invalid"),
        (0, "value", "invalid"),
    ]


def test_no_more_is_taken_back_than_an_order_brought(brand):
    take(brand, told(value=Decimal(50), currency="EUR"), told("free"))
    assert refused(take_back, brand, ToldRefund("r0", "1001", NOW, Decimal("50.01"))) == [
        (0, "value", "invalid")
    ]
    part = ToldRefund("r1", "1001", NOW, Decimal(30))
    take_back(brand, part)
    # Told twice it is one; of what is left the first takes its part.
    rest = ToldRefund("r2", "1001", NOW, Decimal(15))
    assert refused(
        take_back, brand, part, rest, rest, ToldRefund("r3", "1001", NOW, Decimal("5.01"))
    ) == [(3, "value", "invalid")]
    # What an order brought that nobody said cannot be told, and all of it is never too much.
    take_back(brand, part, rest, ToldRefund("r4", "free", NOW, Decimal(9), "EUR"))
    assert take_back(brand, ToldRefund("r5", "1001", NOW)).new == {"r5"}


def test_a_refund_keeps_its_currency_where_the_order_has_none(brand):
    take(brand, told(), told("1002", value=Decimal(50), currency="EUR"))
    assert refused(take_back, brand, ToldRefund("r1", "1001", NOW, Decimal(9))) == [
        (0, "currency", "required")
    ]
    part = ToldRefund("r1", "1001", NOW, Decimal(9), "DKK")
    other = ToldRefund("r2", "1001", NOW, Decimal(1), "EUR")
    assert refused(take_back, brand, part, other) == [(1, "currency", "invalid")]
    take_back(brand, part)
    assert refused(take_back, brand, other) == [(0, "currency", "invalid")]
    # Known by now, and so it need not be said; all of it has no currency, nor needs it one.
    take_back(brand, ToldRefund("r3", "1001", NOW, Decimal(2)), ToldRefund("r4", "1001", NOW))
    take_back(brand, ToldRefund("r5", "1002", NOW, Decimal(3), "EUR"))
    assert dict(Refund.objects.values_list("key", "currency")) == {
        "r1": "DKK",
        "r3": "DKK",
        "r4": "",
        "r5": "",
    }


def test_what_was_told_never_changes(brand):
    row = order(brand, value=5, code_text="ANNA10")
    for change in ({"value": 6}, {"at": NOW + days(1)}, {"code_text": "B"}, {"key": "other"}):
        with pytest.raises(Error), transaction.atomic():
            Conversion.objects.filter(pk=row.pk).update(**change)
    code = make_code(brand, "ANNA10")
    assert Conversion.objects.filter(pk=row.pk).update(code=code) == 1


def test_a_code_that_was_nobodys_is_found(brand, manager):
    campaign = make_campaign(brand)
    code = make_code(brand, "ANNA10", campaign=campaign)
    for text in ("ANA10", "ana10 ", "Other"):
        order(brand, code_text=text)
    take(brand, told("n1", code="ANA10"))
    number = belonging.adopt(brand=brand, text="ana10", code=code, actor=manager, at=NOW)
    assert number == 2  # the one with a blank at its end did not come through the door
    found = Conversion.objects.filter(code=code)
    assert [row.campaign for row in found] == [campaign, campaign]
    # From now on it is known.
    assert take(brand, told("n2", code="Ana10")).rows[0].code == code
    entry = AuditEntry.objects.get(verb="campaigns.conversion.code_found")
    assert entry.data == {"conversions": 2, "written": "ana10"}
    with pytest.raises(CampaignRefused, match="Nothing waits"):
        belonging.adopt(brand=brand, text="ana10", code=code, actor=manager, at=NOW)


def test_what_comes_later_is_found(brand):
    campaign = make_campaign(brand)
    number = uid(77)
    take(brand, told("1", code="ben5"), told("2", link="abcd"), told("3", click=number))
    assert belonging.settle(brand) == 0
    code = make_code(brand, "BEN5", campaign=campaign)
    link = make_link(brand, code="abcd")
    click(link, NOW - days(2), id=number)
    assert belonging.settle(brand) == 3
    rows = Conversion.objects.order_by("key").values_list("code", "link", "campaign")
    assert list(rows) == [
        (code.pk, None, campaign.pk),
        (None, link.pk, None),
        (None, link.pk, None),
    ]
