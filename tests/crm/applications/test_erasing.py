"""The way out: what is erased, when, and what stays."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from crm.choices import ApplicationStatus
from crm.models import Application, ApplicationAccount, AuditEntry
from crm.services.applications.deciding import accept
from crm.services.applications.erasing import EraseRefused, erase, erase_due
from crm.tasks import erase_applications
from tests.crm.applications.worlds import applied, open_page
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def put_away(brand, name, days, status=ApplicationStatus.DECLINED):
    at = NOW - timedelta(days=days)
    reason = "No capacity" if status == ApplicationStatus.DECLINED else ""
    return applied(brand, name, (), status=status, submitted_at=at, decided_at=at, reason=reason)


@pytest.fixture
def world(brand, other_brand, manager):
    """By brand: what is to go, and what is to stay."""
    open_page(brand, keep_days=30)
    going = [
        put_away(brand, "Old", 31),
        put_away(brand, "Spam", 31, ApplicationStatus.SPAM),
        applied(
            brand, "Never", status=ApplicationStatus.UNCONFIRMED, submitted_at=NOW - timedelta(15)
        ),
        put_away(other_brand, "Elsewhere", 181),
    ]
    long_ago = NOW - timedelta(days=400)
    staying = [
        put_away(brand, "New", 29),
        put_away(other_brand, "Kept", 179),
        applied(
            brand,
            "Soon",
            (),
            status=ApplicationStatus.UNCONFIRMED,
            submitted_at=NOW - timedelta(13),
        ),
        applied(brand, "Waiting", (), submitted_at=long_ago),
        applied(brand, "Accepted", (), submitted_at=long_ago),
    ]
    accept(application_id=staying[-1].pk, brand=brand, actor=manager, at=long_ago)
    return going, staying


def test_what_is_past_its_time_goes(world):
    going, staying = world
    assert erase_due(at=NOW, is_dry=True) == {"acme": 3, "other": 1}
    assert Application.objects.count() == len(going) + len(staying)
    assert not AuditEntry.objects.filter(verb="crm.applications.expired").exists()

    assert erase_due(at=NOW) == {"acme": 3, "other": 1}
    assert set(Application.objects.all()) == set(staying)
    assert not ApplicationAccount.objects.exists()
    entries = AuditEntry.objects.filter(verb="crm.applications.expired").order_by("brand")
    assert [(one.brand.slug, one.data) for one in entries] == [
        ("acme", {"erased": 3}),
        ("other", {"erased": 1}),
    ]
    assert erase_due(at=NOW) == {}


def test_the_command_counts_before_it_erases(brand):
    put_away(brand, "Old", 4_000)
    for options, left in ((["--dry-run"], 1), (["--brand", "acme"], 0)):
        out = StringIO()
        call_command("erase_applications", *options, stdout=out)
        assert json.loads(out.getvalue()) == {"acme": 1}
        assert Application.objects.count() == left
    with pytest.raises(CommandError, match="no brand with the slug nobody"):
        call_command("erase_applications", "--brand", "nobody")


def test_the_scheduler_erases(brand):
    put_away(brand, "Old", 4_000)
    erase_applications.delay()
    assert not Application.objects.exists()


def test_who_asks_for_it_is_erased_at_once(brand, manager):
    ida, mia = applied(brand), applied(brand, "Mia", (("tiktok", "mia"),))
    pk = ida.pk
    erase(application_id=pk, brand=brand, actor=manager, at=NOW)
    assert list(Application.objects.all()) == [mia]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target_id, entry.target_label, entry.data) == (
        "crm.application.erased",
        pk,
        f"application {pk}",
        {"was": "open"},
    )
    accept(application_id=mia.pk, brand=brand, actor=manager, at=NOW)
    with pytest.raises(EraseRefused, match="is a creator now"):
        erase(application_id=mia.pk, brand=brand, actor=manager, at=NOW)
    assert Application.objects.get() == mia


def test_what_they_wrote_goes_with_the_creator(brand, manager):
    ida = applied(brand)
    made = accept(application_id=ida.pk, brand=brand, actor=manager, at=NOW)
    made.relationship.creator.delete()
    assert not Application.objects.exists()
