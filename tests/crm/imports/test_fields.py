"""Columns that fill a brand's own fields: proposed, read by type, refused, written, undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from crm.choices import FieldType, ImportStatus
from crm.importers.mapping import MappingInvalid
from crm.importers.vocabulary import TARGETS
from crm.models import (
    Brand,
    Creator,
    CustomField,
    FactChange,
    FieldValue,
    ImportBatch,
    Relationship,
    User,
)
from crm.services.field_values import set_values
from crm.services.fields import STANDARD, archive_field, change_field, define_field
from crm.services.imports import batches, field_changes, running, undoing
from crm.services.imports.batches import ImportRefused
from crm.timeline import timeline
from tests.crm.imports.conftest import Put
from tests.crm.imports.state import dump, imported, start
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LIST = """username,followers,Content role,themes,field:risk_level,Fee,Share,Signed on,deal focused
anna,1000,Educator,"SPF; how to|spf",Low,"1.234,50","12,5 %",31.03.2026,yes
bo,1500,reviewer,,,-10,-3%,,no
cara,20,,,,,,,
"""
VALUES = {
    ("anna", "content_role"): "educator",
    ("anna", "themes"): ["how to", "spf"],
    ("anna", "risk_level"): "low",
    ("anna", "fee"): 1_234.5,
    ("anna", "share"): 0.125,
    ("anna", "signed_on"): date(2026, 3, 31),
    ("anna", "deal_focused"): True,
    ("bo", "content_role"): "reviewer",
    ("bo", "fee"): -10.0,
    ("bo", "share"): -0.03,
    ("bo", "deal_focused"): False,
}


@pytest.fixture(autouse=True)
def fields(brand: Brand) -> None:
    for label, kind in (
        ("Fee", FieldType.MONEY),
        ("Share", FieldType.PERCENT),
        ("Signed on", FieldType.DATE),
    ):
        define_field(brand=brand, label=label, type=kind, at=NOW, actor=None)
    FactChange.objects.all().delete()


def held() -> dict[tuple[str, str], object]:
    """What counts now, by name and key."""
    rows = FieldValue.objects.as_of(NOW).select_related("creator", "field")
    return {(row.creator.name, row.field.key): row.value for row in rows}


def targets(batch: ImportBatch) -> dict[str, str]:
    return {one["column"]: one["target"] for one in batch.mapping["columns"]}


def test_headings_that_name_a_field_are_proposed(brand: Brand, put: Put) -> None:
    assert targets(start(brand, put(LIST))) == {
        "username": "handle",
        "followers": "followers",
        "Content role": "field:content_role",
        "themes": "field:themes",
        "field:risk_level": "field:risk_level",
        "Fee": "field:fee",
        "Share": "field:share",
        "Signed on": "field:signed_on",
        "deal focused": "field:deal_focused",
    }


def test_a_field_called_like_a_common_heading_does_not_take_it(brand: Brand, put: Put) -> None:
    for key, label in (("f1", "Username"), ("f2", "Name"), ("f3", "Category")):
        define_field(brand=brand, label=label, key=key, type=FieldType.TEXT, at=NOW, actor=None)
    batch = start(brand, put("username,name,category\nanna,Anna Berg,Beauty\n"))
    assert targets(batch) == {"username": "handle", "name": "name", "category": "niche"}


def test_fields_of_other_brands_and_archived_ones_are_not_proposed(
    brand: Brand, other_brand: Brand, put: Put
) -> None:
    define_field(brand=other_brand, label="Secret", type=FieldType.TEXT, at=NOW, actor=None)
    field = CustomField.objects.get(brand=brand, key="themes")
    archive_field(field_id=field.pk, at=NOW, actor=None)
    batch = start(brand, put("username,secret,themes\nanna,a,b\n"))
    assert targets(batch) == {"username": "handle", "secret": "", "themes": ""}


def test_each_type_is_read_and_written_with_its_origin(
    brand: Brand, manager: User, put: Put
) -> None:
    batch, counts = imported(brand, put(LIST), actor=manager)
    assert (counts.creators_new, counts.rejected) == (3, {})
    assert held() == VALUES
    row = FieldValue.objects.get(creator__name="anna", field__key="fee")
    assert (row.import_batch, row.source, row.author, row.since) == (
        batch,
        "vendor",
        manager,
        NOW,
    )
    told = timeline(
        Relationship.objects.select_related("brand", "creator").get(creator=row.creator)
    )
    assert "Numbers from file: instagram.csv" in [event.title for event in told.items]


def test_the_dry_run_counts_and_writes_nothing(brand: Brand, put: Put) -> None:
    imported(brand, put("username\nanna\nbo\n"))
    path = put(LIST)
    batch = start(brand, path, at=NOW)
    before = dump()
    counts = running.check_import(batch_id=batch.pk, at=NOW, path=path)
    assert (counts.creators_new, counts.creators_updated, counts.unchanged) == (1, 2, 0)
    assert dump() == before
    assert not FieldValue.objects.exists()


def test_importing_again_changes_nothing(brand: Brand, put: Put) -> None:
    path = put(LIST)
    imported(brand, path)
    before = dump()
    _, counts = imported(brand, path, at=NOW + timedelta(days=1))
    assert (counts.creators_new, counts.creators_updated, counts.unchanged) == (0, 0, 3)
    assert dump() == before


def test_an_empty_cell_takes_nothing_away(brand: Brand, put: Put) -> None:
    imported(brand, put("username,content role\nanna,educator\n"))
    imported(brand, put("username,content role\nanna,\n"), at=NOW)
    assert held() == {("anna", "content_role"): "educator"}


def test_numbers_of_a_day_come_into_force_on_that_day(brand: Brand, put: Put) -> None:
    newer = put("username,content role\nanna,reviewer\n", "instagram newer.csv")
    older = put("username,content role\nanna,educator\n", "instagram older.csv")
    imported(brand, newer, captured_on=date(2026, 10, 1))
    imported(brand, older, captured_on=date(2026, 7, 1))
    assert held() == {("anna", "content_role"): "reviewer"}
    rows = FieldValue.objects.order_by("since").values_list("since", "text")
    assert list(rows) == [
        (datetime(2026, 7, 1, tzinfo=UTC), "educator"),
        (datetime(2026, 10, 1, tzinfo=UTC), "reviewer"),
    ]


def test_of_rows_about_one_creator_the_newest_counts(brand: Brand, put: Put) -> None:
    text = """username,content role,snapshot date
anna,educator,2026-07-01
anna,reviewer,2026-10-01
anna,entertainer,2026-10-01
"""
    imported(brand, put(text))
    assert held() == {("anna", "content_role"): "entertainer"}
    assert FieldValue.objects.count() == 2


@pytest.mark.parametrize(
    ("heading", "cell", "code", "reason"),
    [
        ("content role", "Edukator", "unknown_value", "“Edukator” is no value of “Content role”"),
        ("formats", "interview; dance", "unknown_value", "“dance” is no value of “Reliable"),
        ("deal focused", "perhaps", "not_yes_or_no", "perhaps"),
        ("fee", "cheap", "not_a_number", "“cheap” is not a number."),
        ("share", "2000 %", "invalid", "20 would be 2,000 %"),
        ("themes", "x" * 121, "invalid", "has 121 characters; it may have 120"),
    ],
)
def test_a_cell_that_is_no_value_rejects_its_row_with_the_reason(
    brand: Brand, put: Put, heading: str, cell: str, code: str, reason: str
) -> None:
    key = {"fee": "fee", "share": "share", "formats": "formats"}.get(heading, heading)
    mapping = {"username": "handle", heading: f"field:{key.replace(' ', '_')}"}
    batch, counts = imported(
        brand,
        put(f'username,{heading}\nanna,\nbo,"{cell}"\n'),
        mapping={"columns": mapping, "platform": "instagram"},
    )
    assert counts.rejected == {code: 1}
    (reject,) = batch.rejects.all()
    assert (reject.line, reject.column) == (3, heading)
    assert reject.value == cell[:300]
    assert reason in reject.reason
    assert not FieldValue.objects.exists()
    assert list(Creator.objects.values_list("name", flat=True)) == ["anna"]


def test_a_mapping_names_fields_and_unknown_ones_are_refused(brand: Brand, put: Put) -> None:
    path = put("username,rolle\nanna,educator\n")
    columns = {"username": "handle", "rolle": "field:content_role"}
    imported(brand, path, mapping={"columns": columns, "platform": "instagram"})
    assert held() == {("anna", "content_role"): "educator"}
    columns["rolle"] = "field:nix"
    batch = start(brand, path, mapping={"columns": columns, "platform": "instagram"})
    with pytest.raises(MappingInvalid, match="no field “field:nix”"):
        running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)


def test_undo_takes_values_away_and_earlier_ones_count_again(brand: Brand, put: Put) -> None:
    imported(brand, put("username,content role\nanna,educator\n"), captured_on=date(2026, 7, 1))
    before = dump()
    batch, _ = imported(brand, put("username,content role\nanna,reviewer\nbo,educator\n"))
    FactChange.objects.all().delete()
    undone = undoing.undo_import(batch_id=batch.pk, actor=None, at=NOW)
    assert undone.status == ImportStatus.UNDONE
    assert dump() == before
    assert held() == {("anna", "content_role"): "educator"}
    anna = Creator.objects.get(name="anna")
    assert list(FactChange.objects.values_list("creator", flat=True)) == [anna.pk]


def test_undo_is_refused_while_a_new_creator_has_values_of_people(brand: Brand, put: Put) -> None:
    batch, _ = imported(brand, put("username,content role\nanna,educator\n"))
    anna = Creator.objects.get()
    set_values(brand=brand, creator_ids=[anna.pk], values={"themes": ["spf"]}, at=NOW, actor=None)
    with pytest.raises(undoing.UndoRefused, match="Field values added by hand since: 1"):
        undoing.undo_import(batch_id=batch.pk, actor=None, at=NOW)
    assert FieldValue.objects.count() == 2


def test_a_field_that_changes_while_the_file_is_read_stops_the_import(
    brand: Brand, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put("username,content role\nanna,educator\n")
    batch = start(brand, path)
    field = CustomField.objects.get(brand=brand, key="content_role")
    hold = field_changes._hold

    def late(fields: dict[str, CustomField]) -> None:
        change_field(field_id=field.pk, changes={"choices": field.choices[1:]}, at=NOW, actor=None)
        hold(fields)

    monkeypatch.setattr(field_changes, "_hold", late)
    with pytest.raises(ImportRefused, match="“Content role” was changed while the file was read"):
        running.apply_import(batch_id=batch.pk, actor=None, at=NOW, path=path)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.FAILED
    assert not FieldValue.objects.exists()
    assert not Creator.objects.exists()


def test_the_page_of_columns_offers_fields_and_shows_how_cells_are_read(
    brand: Brand, manager: User, manager_client, put: Put
) -> None:
    answer = manager_client.post("/acme/imports/", {"pasted": LIST, "kind": "creators"})
    page = manager_client.get(answer["Location"]).content.decode()
    assert '<optgroup label="Fields of your brand">' in page
    assert '<option value="field:content_role" selected>Content role</option>' in page
    assert "1,234.50" in page
    assert "how to, spf" in page
    assert "31 March 2026" in page
    batch = ImportBatch.objects.get()
    archive_field(
        field_id=CustomField.objects.get(brand=brand, key="themes").pk, at=NOW, actor=None
    )
    page = manager_client.get(answer["Location"]).content.decode()
    assert '<option value="field:themes"' not in page
    assert len(batches.targets_of(brand)) - len(TARGETS) == len(STANDARD) + 2
    assert batch.status == ImportStatus.UPLOADED
