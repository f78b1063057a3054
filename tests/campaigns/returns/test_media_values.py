"""Models of media value by hand: the vendors' example, side by side; and a brand's own versions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from campaigns.choices import ValueKind
from campaigns.models import ValueSet
from campaigns.services.media_values.models import Counts, Model, worth
from campaigns.services.media_values.sets import (
    change_model,
    change_weights,
    models_of,
    shipped,
    weights_of,
)
from campaigns.services.refusals import CampaignOutdated, CampaignRefused
from crm.models import AuditEntry
from tests.factories import NOW

# The post of the example: 5,000 likes, 500 comments, 50,000 impressions.
POST = Counts(
    "instagram",
    counts={"likes": 5_000, "comments": 500, "saves": 0, "shares": 0, "impressions": 50_000},
)
BLIND = replace(POST, counts={**POST.counts, "impressions": None})


def model(key: str) -> Model:
    return next(one for one in shipped()[0] if one.key == key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("later", Decimal("1752.50")),
        ("lefty", Decimal("750.00")),
        ("traackr", Decimal("825.00")),
        ("cpm_10", Decimal("500.00")),
    ],
)
def test_the_same_post_by_each_model(key, value) -> None:
    done = worth(model(key), [POST])
    assert (done.value, done.measured, done.estimated, done.known) == (value, value, 0, 1)
    assert worth(model(key), [POST, POST]).value == 2 * value
    assert Model.of(model(key).to_json()) == model(key)


def test_an_estimate_stands_apart_from_what_was_measured() -> None:
    # 10 x 5,000 likes stand in for impressions; of a story 5 x.
    done = worth(model("lefty"), [POST, BLIND, replace(BLIND, is_story=True)])
    assert (done.measured, done.estimated, done.estimates, done.known) == (
        Decimal("750.00"), Decimal("1125.00"), 2, 3,
    )  # fmt: skip
    assert done.is_estimated


def test_what_is_not_known_is_absent_and_never_zero() -> None:
    done = worth(model("later"), [POST, BLIND])
    assert (done.value, done.known, done.of) == (Decimal("1752.50"), 1, 2)
    none = worth(model("later"), [BLIND])
    assert none.value is None
    assert none.absent == "Of no post the likes and comments and impressions are all known."
    assert worth(model("later"), []).absent == "Nothing is published yet."
    klear = worth(model("klear"), [POST])
    assert klear.value is None
    assert klear.absent.startswith("No value of any action is entered")


def test_a_multiplier_and_where_it_does_not_count() -> None:
    own = replace(model("klear"), values={"likes": Decimal("0.1")})
    assert worth(own, [POST]).value == Decimal("1445.00")
    assert worth(own, [replace(POST, platform="youtube")]).value is None
    assert own.formula == "2.89 x (0.1 x likes), in USD; not on youtube"


def test_a_brand_keeps_its_own_version(brand, other_brand, manager) -> None:
    assert models_of(brand).number == 0
    done = change_model(
        brand=brand, key="own", values={"likes": Decimal("0.2"), "saves": Decimal(1)},
        multiplier=Decimal(1), currency="eur", reason="Agreed with finance", actor=manager,
        at=NOW, expected_number=0,
    )  # fmt: skip
    assert done.number == 1
    mine = next(one for one in models_of(brand).models if one.key == "own")
    assert (mine.currency, worth(mine, [POST]).value) == ("EUR", Decimal("1000.00"))
    # The others are as they were, and another brand's are as shipped.
    assert [one for one in models_of(brand).models if one.key != "own"] == [
        one for one in shipped()[0] if one.key != "own"
    ]
    assert models_of(other_brand).number == 0
    with pytest.raises(CampaignOutdated):
        change_weights(
            brand=brand, weights=dict(shipped()[1]), reason="x", actor=manager, at=NOW,
            expected_number=3,
        )  # fmt: skip
    change_weights(
        brand=brand, actor=manager, at=NOW, expected_number=0, reason="Saves sell",
        weights={"likes": Decimal(0), "comments": Decimal(1), "saves": Decimal(3),
                 "shares": Decimal(2)},
    )  # fmt: skip
    assert weights_of(brand).words == "1 x comments + 3 x saves + 2 x shares (your version 1)"
    with pytest.raises(DatabaseError), transaction.atomic():
        ValueSet.objects.update(values={})


def test_a_row_that_nothing_could_read_is_refused(brand, manager) -> None:
    weights = {"likes": "1", "comments": "0.5", "saves": "0", "shares": "2"}
    texts = {"key": "own", "name": "Own", "currency": "USD", "source": "us"}
    model = texts | {"values": {"likes": "0.1"}}

    def keep(kind: ValueKind, values: object) -> None:
        ValueSet.objects.create(brand=brand, kind=kind, number=1, values=values, reason="x")

    unread: list[tuple[ValueKind, object]] = [
        (ValueKind.WEIGHTS, bad)
        for bad in (
            *({}, [], [weights], 3, {"models": [model]}, weights | {"likes": 1}),
            *(weights | {"shares": bad} for bad in ("", "-1", "1e3", "NaN", None, ["1"])),
        )
    ]
    odd = ("x", None, ["1"])
    unread += [
        (ValueKind.MEDIA, bad)
        for bad in (
            *({}, [], weights, {"models": {}}, {"models": None}, [{"models": []}]),
            *({"models": [model, bad]} for bad in ({}, None, "own", [model])),
            *({"models": [model | {key: None}]} for key in ("key", "name", "currency", "source")),
            *({"models": [model | {"values": bad}]} for bad in (None, [], "1")),
            *({"models": [model | {"values": {"likes": bad}}]} for bad in odd),
            *({"models": [model | {"multiplier": bad}]} for bad in odd),
        )
    ]
    for kind, values in unread:
        with pytest.raises(IntegrityError, match="set_readable"), transaction.atomic():
            keep(kind, values)
    keep(ValueKind.WEIGHTS, weights)
    keep(ValueKind.MEDIA, {"models": [model, model | {"multiplier": "1.5"}]})
    assert [one.multiplier for one in models_of(brand).models] == [Decimal(1), Decimal("1.5")]
    assert weights_of(brand).weights["comments"] == Decimal("0.5")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"key": "nobody"}, "key"),
        ({"values": {}}, "likes"),
        ({"values": {"likes": Decimal(-1)}}, "likes"),
        ({"values": {"likes": Decimal("NaN")}}, "likes"),
        ({"multiplier": Decimal(99_999)}, "multiplier"),
        ({"currency": "QQQ"}, "currency"),
        ({"reason": " "}, "reason"),
    ],
)
def test_values_that_cannot_be_are_refused(brand, manager, said, field) -> None:
    given = {
        "key": "own", "values": {"likes": Decimal(1)}, "multiplier": Decimal(1),
        "currency": "USD", "reason": "why",
    } | said  # fmt: skip
    with pytest.raises(CampaignRefused) as refusal:
        change_model(brand=brand, actor=manager, at=NOW, expected_number=None, **given)
    assert refusal.value.field == field
    assert not ValueSet.objects.exists()
    assert not AuditEntry.objects.exists()
