"""Files of followers come in whole or not at all, as numbers, and go again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.choices import Source
from crm.importers.tables import TableRefused
from crm.models import AudienceSample, SampleBatch
from crm.services.audience_samples.importing import SamplesRefused, import_samples, undo_import
from crm.services.post_comments.authors import number_of
from crm.services.post_comments.forgetting import forget_author, let_words_go
from tests.factories import NOW
from tests.segmentation.graph.world import known_creator

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def take(brand, text: str, *, on=TODAY) -> SampleBatch:
    upload = SimpleUploadedFile("fans.csv", text.encode())
    return import_samples(
        brand=brand, upload=upload, taken_on=on, source=Source.VENDOR, actor=None, at=NOW
    )


def test_followers_become_numbers_and_can_be_taken_back_forgotten_and_let_go(brand):
    known_creator(brand, "Anna", followers=1_000)
    rows = "instagram,@Anna,fan1,\ninstagram,anna,Fan2,\ninstagram,anna,@fan2,\n"
    batch = take(brand, f"platform,handle,member,size\n{rows}")
    sample = AudienceSample.objects.get()
    numbers = [number_of(brand_id=brand.pk, platform="instagram", key=f"fan{n}") for n in (1, 2)]
    assert sample.members == sorted(numbers)
    assert (sample.people, sample.audience_size, sample.taken_on) == (2, 1_000, TODAY)
    assert (batch.samples, batch.people) == (1, 2)
    forget_author(brand=brand, platform="instagram", key="fan1", actor=None, at=NOW)
    sample.refresh_from_db()
    assert (sample.members, sample.people) == ([numbers[1]], 2)
    let_words_go(brand=brand, at=NOW + relativedelta(months=14))
    sample.refresh_from_db()
    assert (sample.members, sample.people) == ([], 2)
    undo_import(batch_id=batch.pk, brand=brand, actor=None, at=NOW)
    assert not AudienceSample.objects.exists()
    with pytest.raises(SamplesRefused, match="already"):
        undo_import(batch_id=batch.pk, brand=brand, actor=None, at=NOW)


def test_every_fault_is_told_with_its_line_and_nothing_is_kept(brand, other_brand):
    known_creator(brand, "Anna", followers=1)
    known_creator(brand, "Ben", followers=None)
    known_creator(other_brand, "Cleo")
    head = "platform,handle,member,size\n"
    long = f"instagram,anna,{'x' * 201},"
    with pytest.raises(TableRefused) as refusal:
        take(brand, f"{head}instagram,cleo,a,\n{long}\ninstagram,anna,a,many\n")
    assert [fault.split(":")[0] for fault in refusal.value.faults] == ["Line 2", "Line 3", "Line 4"]
    with pytest.raises(TableRefused) as refusal:
        take(brand, f"{head}instagram,anna,a,\ninstagram,anna,b,\ninstagram,ben,a,\n")
    assert "fewer followers" in refusal.value.faults[0]
    assert "nobody knows" in refusal.value.faults[1]
    with pytest.raises(TableRefused, match="ahead"):
        take(brand, f"{head}instagram,anna,a,5\n", on=TODAY + timedelta(days=1))
    assert not AudienceSample.objects.exists()
    take(brand, f"{head}instagram,anna,a,5\n")
    with pytest.raises(TableRefused, match="this day already"):
        take(brand, f"{head}instagram,anna,b,5\n")
    assert SampleBatch.objects.count() == 1


def test_days_are_those_of_the_brand_and_two_files_at_once_wait_for_each_other(brand):
    known_creator(brand, "Anna", followers=1_000)
    text = "platform,handle,member\ninstagram,anna,a\n"
    evening = datetime(2026, 11, 1, 20, tzinfo=UTC)

    def take_at(zone: str, on: date | None) -> SampleBatch:
        brand.timezone = zone
        upload = SimpleUploadedFile("fans.csv", text.encode())
        return import_samples(
            brand=brand,
            upload=upload,
            taken_on=on,
            source=Source.VENDOR,
            actor=None,
            at=evening,
        )

    with pytest.raises(TableRefused, match="ahead"):
        take_at("Europe/Berlin", date(2026, 11, 2))
    with CaptureQueriesContext(connection) as asked:
        take_at("Pacific/Auckland", None)
    assert AudienceSample.objects.get().taken_on == date(2026, 11, 2)
    statements = [one["sql"] for one in asked]
    locked = next(place for place, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    looked = next(place for place, sql in enumerate(statements) if "audiencesample" in sql)
    assert locked < looked


def test_the_command_takes_a_file_in_and_back(brand, tmp_path, capsys):
    known_creator(brand, "Anna", followers=1_000)
    path = tmp_path / "fans.csv"
    path.write_text("platform,handle,member\ninstagram,anna,fan1\n")
    call_command("import_samples", str(path), brand=brand.slug)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["samples"], told["people"], told["is_undone"]) == (1, 1, False)
    with pytest.raises(CommandError, match="this day already"):
        call_command("import_samples", str(path), brand=brand.slug)
    call_command("import_samples", brand=brand.slug, undo=told["batch"])
    assert not AudienceSample.objects.exists()
    for wrong in ({"undo": told["batch"]}, {"undo": 0}, {}):
        with pytest.raises(CommandError):
            call_command("import_samples", brand=brand.slug, **wrong)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_samples", str(tmp_path / "none.csv"), brand=brand.slug)
