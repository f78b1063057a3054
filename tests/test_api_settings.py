"""Settings over REST: each part shows what holds, changes what is named, refuses the rest."""

from __future__ import annotations

from typing import Any

import pytest

from config.api import PARTS
from crm.choices import Role, Scope
from crm.models import AuditEntry, Brand, TierScheme
from crm.permissions import may
from tests.factories import BrandFactory
from tests.people import person
from tests.rest import Rest, assert_problem, rest_as

# Of each part: a change, and what is refused with the pointer and the code of the first fault.
CHANGES: dict[str, dict[str, Any]] = {
    "brand": {"timezone": "Europe/Oslo", "tier_scheme": None, "approval_threshold_percent": 35},
    "stage-limits": {"stages": [{"stage": "core", "days": None, "cards": 40}]},
    "applications": {"is_open": True, "title": "Work with us", "consent_text": "We keep ..."},
    "comments": {"keep_months": 3},
    "privacy": {
        "contract_years": 7,
        "exempt_reason": "Too many to write to",
        "exempt_url": "https://acme.example/privacy",
        "texts": [{"language": "da", "text": "Vi er Acme."}],
    },
    "retention": {"rules": [{"purpose": "mails", "months": 24, "is_automatic": True}]},
    "ledger": {"checkpoints_to": "auditor@example.org"},
    "tracking": {"domain": "go.acme.example", "click_param": None, "spike_deviations": "4.5"},
    "watching": {"hours": 72, "low_percent": 5},
    "pay": {"release_limit": "2500.00"},
    "weights": {"saves": "2.5000", "reason": "Saves lead to orders"},
    "media-values": {"values": {"likes": "0.2500", "views": None}, "reason": "Our own study"},
    "contracts": {"legal_name": "Acme ApS", "legal_above": "9000.00", "net_days": 14},
    "working-week": {"days": [1, 2, 3, 4], "ends": "16:30", "country": "DK"},
    "whereabouts": {"keep_days": 14},
    "post-references": {"hosts": ["https://www.Shop.example/"], "accounts": ["@acme"]},
    "attribution": {"window_days": 14, "first_share": 0.5, "last_share": 0.25},
}
REFUSED: dict[str, list[tuple[dict[str, Any], str, str]]] = {
    "brand": [
        ({"timezone": "Mars/Olympus"}, "/timezone", "does_not_exist"),
        ({"tier_scheme": "tall"}, "/tier_scheme", "does_not_exist"),
        ({"currency": "EUR"}, "/currency", "unknown_member"),
        ({"fiscal_year_start_month": 13}, "/fiscal_year_start_month", "max_value"),
    ],
    "stage-limits": [
        ({"stages": [{"stage": "lapsed", "days": 3}]}, "/stages/0/stage", "invalid_choice"),
        ({"stages": [{"stage": "core", "days": 0}]}, "/stages/0/days", "min_value"),
        ({"stages": [{"stage": "core", "days": 3}, {"stage": "core"}]}, "/stages", "repeated"),
    ],
    "applications": [
        ({"is_open": True, "title": "Us"}, "/consent_text", "invalid"),
        ({"min_age": 12}, "/min_age", "min_value"),
    ],
    "comments": [({"keep_months": 61}, "/keep_months", "max_value")],
    "privacy": [
        ({"exempt_reason": "Too many"}, "/exempt_url", "invalid"),
        ({"texts": [{"language": "1", "text": "x"}]}, "/texts", "invalid"),
    ],
    "retention": [
        ({"rules": []}, "/rules", "min_length"),
        ({"rules": [{"purpose": "shoes", "months": 1}]}, "/rules/0/purpose", "invalid_choice"),
        ({"rules": [{"purpose": "mails", "months": one} for one in (1, 2)]}, "/rules", "repeated"),
    ],
    "ledger": [({"checkpoints_to": "nobody"}, "/checkpoints_to", "invalid")],
    "tracking": [
        ({"domain": "not a host"}, "/domain", "invalid"),
        ({"click_param": "Click"}, "/click_param", "invalid"),
        ({"code_pattern": "{SHOE}"}, "/code_pattern", "invalid"),
    ],
    "watching": [({"measure": "luck"}, "/measure", "invalid_choice")],
    "pay": [({"release_limit": "-1"}, "/release_limit", "min_value")],
    "weights": [
        ({"saves": "2"}, "/reason", "required"),
        (dict.fromkeys(("likes", "comments", "saves", "shares"), "0") | {"reason": "x"},
         "/comments", "invalid"),
    ],
    "media-values": [
        ({"key": "nobody", "reason": "x"}, "/key", "does_not_exist"),
        ({"key": "x", "reason": "x", "values": {"a": "1"}}, "/values/a", "unknown_member"),
    ],
    "contracts": [({"review_days": 0}, "/review_days", "min_value")],
    "working-week": [
        ({"days": []}, "/days", "min_length"),
        ({"ends": "08:00"}, "/ends", "invalid"),
        ({"country": "ZZ"}, "/country", "invalid"),
    ],
    "whereabouts": [({"keep_days": 366}, "/keep_days", "max_value")],
    "post-references": [
        ({"hosts": ["not a host"]}, "/hosts", "not_a_name"),
        ({"accounts": ["a b"]}, "/accounts", "not_a_name"),
    ],
    "attribution": [
        ({"first_share": 0.9, "last_share": 0.9}, "/first_share", "invalid"),
        ({"code_rule": "luck"}, "/code_rule", "invalid_choice"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(module_db) -> dict[Role, Rest]:
    """A caller of each role, of one brand."""
    brand = BrandFactory(slug="acme", tier_scheme=TierScheme.objects.earliest("pk"))
    return {role: rest_as(person(brand, role), brand) for role in Role}


def test_every_part_is_tried():
    assert {part.key for part in PARTS} == set(CHANGES) == set(REFUSED)


@pytest.mark.parametrize("part", PARTS, ids=[part.key for part in PARTS])
def test_a_part(db, world, part):
    rest, address = world[Role.ADMIN], f"settings/{part.key}/"
    answer = rest.get(address)
    before, tag = answer.json(), answer["ETag"]
    assert set(before) == set(part.shown._declared_fields)
    change = dict(CHANGES[part.key])
    if part.key == "media-values":
        change["key"] = before["models"][0]["key"]

    for body, pointer, code in REFUSED[part.key]:
        problem = assert_problem(rest.send("PATCH", address, body), 400)
        assert (problem["errors"][0]["pointer"], problem["errors"][0]["code"]) == (pointer, code)
    for role, other in world.items():
        if not may(role, part.needs):
            assert_problem(other.send("PATCH", address, change), 403)
    assert rest.json(address) == before
    assert not AuditEntry.objects.exists()

    body = rest.client.patch(
        f"/api/v1/{address}", change, "application/json", headers={"If-Match": tag}
    )
    assert body.status_code == 200, body.content
    after = body.json()
    assert after == rest.json(address)
    for name, value in change.items():
        if name not in {"key", "reason", "values"} and not isinstance(value, list):
            assert after[name] == value, name
    unsaid = set(before) - set(change) - {"number", "models"}
    assert {name: after[name] for name in unsaid} == {name: before[name] for name in unsaid}
    assert AuditEntry.objects.exists()
    late = rest.client.patch(
        f"/api/v1/{address}", change, "application/json", headers={"If-Match": tag}
    )
    assert_problem(late, 412, "outdated")


def test_lists_name_what_is_changed_and_leave_the_rest(db, world):
    rest = world[Role.ADMIN]
    before = rest.json("settings/stage-limits/")["stages"]
    after = rest.send("PATCH", "settings/stage-limits/", CHANGES["stage-limits"]).json()["stages"]
    assert [one for one in after if one not in before] == [
        {"stage": "core", "days": None, "cards": 40}
    ]
    rest.send("PATCH", "settings/privacy/", CHANGES["privacy"])
    more = {"texts": [{"language": "de", "text": "Wir sind Acme."}]}
    assert len(rest.send("PATCH", "settings/privacy/", more).json()["texts"]) == 2
    less = {"texts": [{"language": "da", "text": None}]}
    assert rest.send("PATCH", "settings/privacy/", less).json()["texts"] == more["texts"]
    rules = rest.send("PATCH", "settings/retention/", CHANGES["retention"]).json()["rules"]
    assert [one for one in rules if one["months"]] == CHANGES["retention"]["rules"]
    assert rest.send("PATCH", "settings/working-week/", {"days": [7, 1]}).json()["days"] == [1, 7]
    models = rest.json("settings/media-values/")["models"]
    change = CHANGES["media-values"] | {"key": models[0]["key"]}
    changed = rest.send("PATCH", "settings/media-values/", change).json()["models"]
    values = models[0]["values"] | {"likes": "0.2500", "views": None}
    assert changed == [models[0] | {"values": values}, *models[1:]]
    again = rest.send("PATCH", "settings/attribution/", {"window_days": 30})
    assert_problem(again, 409, "refused")  # Nothing is different.


def test_another_brand_has_its_own(db, world, outsider, other_brand):
    elsewhere = rest_as(outsider, other_brand)
    elsewhere.send("PATCH", "settings/brand/", {"timezone": "Asia/Tokyo"})
    assert world[Role.ADMIN].json("settings/brand/")["timezone"] != "Asia/Tokyo"
    assert Brand.objects.get(pk=other_brand.pk).timezone == "Asia/Tokyo"
    mute = rest_as(outsider, other_brand, [Scope.SETTINGS_READ])
    assert_problem(mute.send("PATCH", "settings/brand/", {"timezone": "UTC"}), 403)
