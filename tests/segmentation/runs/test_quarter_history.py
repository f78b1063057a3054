"""A ledger with a past: runs as of the starts of earlier quarters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from segmentation.models import Membership, Run
from segmentation.services.packs import install_pack
from segmentation.services.quarters import quarter_starts
from tests import factories

NOW = datetime(2026, 11, 22, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_quarter_starts_follow_the_fiscal_calendar_and_zone_of_the_brand():
    brand = factories.BrandFactory(timezone="Europe/Copenhagen", fiscal_year_start_month=2)
    assert quarter_starts(brand, 3, until=NOW) == [
        datetime(2026, 4, 30, 22, tzinfo=UTC),
        datetime(2026, 7, 31, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    ]
    assert quarter_starts(brand, 0, until=NOW) == []


def test_command_builds_a_ledger_with_a_past():
    brand = factories.BrandFactory(slug="past", timezone="UTC")
    early = datetime(2026, 6, 1, tzinfo=UTC)
    factories.RelationshipFactory(brand=brand, since=early, stage="prospect", stage_since=early)
    install_pack(brand=brand, name="relationship_stage", actor=None, at=NOW)
    call_command("run_segmentation", brand="past", as_of="2026-11-22", quarters=3, apply=True)
    runs = Run.objects.filter(brand=brand).order_by("as_of")
    assert [(run.as_of.date().isoformat(), run.moved) for run in runs] == [
        ("2026-04-01", 0),  # the brand did not know the creator yet
        ("2026-07-01", 1),
        ("2026-10-01", 0),
        ("2026-11-22", 0),
    ]
    stay = Membership.objects.get(segment__brand=brand)
    assert stay.entered_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert stay.left_at is None


def test_too_many_quarters_are_refused_and_nothing_runs():
    brand = factories.BrandFactory(slug="past")
    with pytest.raises(CommandError, match="from 0 to 40"):
        call_command("run_segmentation", brand="past", quarters=41)
    assert not Run.objects.filter(brand=brand).exists()
