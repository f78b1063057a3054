"""`manage.py create_brand`."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.models import AuditEntry, Brand

pytestmark = pytest.mark.django_db


def test_a_brand_is_made_and_in_the_ledger() -> None:
    out = StringIO()
    call_command(
        "create_brand",
        "north",
        name="North",
        timezone="Europe/Copenhagen",
        currency="EUR",
        fiscal_year_start_month=4,
        stdout=out,
    )
    brand = Brand.objects.get()
    assert (brand.slug, brand.name, brand.timezone, brand.currency) == (
        "north",
        "North",
        "Europe/Copenhagen",
        "EUR",
    )
    assert brand.fiscal_year_start_month == 4
    assert json.loads(out.getvalue().splitlines()[-1]) == {"brand": "north", "name": "North"}
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["crm.brand.created"]


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("admin", {}),
        ("not a slug", {}),
        ("north", {"timezone": "Nowhere/Land"}),
        ("north", {"fiscal_year_start_month": 13}),
    ],
)
def test_an_impossible_brand_is_refused_and_nothing_is_made(
    slug: str, changes: dict[str, object]
) -> None:
    with pytest.raises(CommandError):
        call_command("create_brand", slug, name="North", **changes)
    assert not Brand.objects.exists()
    assert not AuditEntry.objects.exists()
