"""What is sent about an import, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from crm.api.body import Body
from crm.api.pagination import Row
from crm.api.query import DayField
from crm.importers.dates import DateForm
from crm.importers.mapping import ColumnMapping, Kind
from crm.importers.numbers import DecimalStyle, PercentUnit
from crm.importers.vocabulary import Targets
from crm.services.imports import files
from crm.services.imports.settling import told_again

COLUMNS_MAX = 1_000
DECIMALS = [one.value for one in DecimalStyle]
FORMS = [one.value for one in DateForm]
UNITS = [one.value for one in PercentUnit]
_KINDS = [one.value for one in Kind]
_KEPT: dict[str, Any] = {"required": False}
_NULL: dict[str, Any] = {"required": False, "allow_null": True}


class ColumnSerializer(serializers.Serializer[Any]):
    """A column of the file and its meaning."""

    column = serializers.CharField()
    target = serializers.CharField(allow_null=True, help_text="Null: left out.")
    platform = serializers.CharField(allow_null=True, help_text="Null: that of the file.")
    decimal = serializers.ChoiceField(choices=DECIMALS)
    unit = serializers.ChoiceField(choices=UNITS)
    form = serializers.ChoiceField(choices=FORMS)
    why = serializers.CharField(allow_null=True, help_text="Why this meaning is proposed.")


class ImportColumnsSerializer(serializers.Serializer[Any]):
    """What an import's file means."""

    kind = serializers.ChoiceField(choices=_KINDS)
    platform = serializers.CharField(allow_null=True, help_text="Null: rows say it themselves.")
    captured_on = serializers.DateField(allow_null=True, help_text="The day the numbers are from.")
    warnings = serializers.ListField(child=serializers.CharField())
    columns = ColumnSerializer(many=True)


class ImportFile(Body):
    """A list of creators or of posts, and what is known of it; the rest is told by its headings."""

    file = serializers.FileField(
        help_text="CSV, TSV, JSON lines or XLSX; .gz and .xz are unpacked. 500 MB at most."
    )
    kind = serializers.ChoiceField(choices=_KINDS, **_KEPT)
    source = serializers.RegexField(  # type: ignore[assignment] # a field's name
        r"^[-a-zA-Z0-9_]+\Z",
        max_length=60,
        help_text="E.g. modash. The columns are remembered by this name.",
        **_KEPT,
    )
    platform = serializers.CharField(max_length=30, **_KEPT)
    captured_on = DayField(help_text="The day the numbers are from.", **_KEPT)

    def validate_file(self, file: Any) -> Any:
        """Larger ones are imported on the server."""
        if file.size > files.UPLOAD_MAX_BYTES:
            words = (
                "The file is larger than 500 MB. Import it on the server: "
                "manage.py import_creators."
            )
            raise serializers.ValidationError(ErrorDetail(words, "too_large"))
        return file


class ColumnChange(Body):
    """What a column means; what is left out stays, or is told from the cells of another field."""

    column = serializers.CharField(max_length=500, trim_whitespace=False)
    target = serializers.CharField(max_length=200, help_text="Null: leave it out.", **_NULL)
    platform = serializers.CharField(max_length=30, **_NULL)
    decimal = serializers.ChoiceField(choices=DECIMALS, **_KEPT)
    unit = serializers.ChoiceField(choices=UNITS, **_KEPT)
    form = serializers.ChoiceField(choices=FORMS, **_KEPT)


class ImportColumnsChange(Body):
    """What to read otherwise; columns that are not named stay as they are."""

    kind = serializers.ChoiceField(choices=_KINDS, **_KEPT)
    platform = serializers.CharField(max_length=30, **_NULL)
    captured_on = DayField(**_NULL)
    columns = serializers.ListField(child=ColumnChange(), max_length=COLUMNS_MAX, **_KEPT)

    def validate_columns(self, columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each is one of the file, and named once."""
        known = set(self.context["columns"])
        wrong: dict[str, Any] = {}
        seen: set[str] = set()
        for number, one in enumerate(columns):
            name = one["column"]
            if name not in known:
                words = f"The file has no column “{name[:60]}”."
                wrong[str(number)] = {"column": [ErrorDetail(words, "does_not_exist")]}
            elif name in seen:
                words = "This column is named twice."
                wrong[str(number)] = {"column": [ErrorDetail(words, "repeated")]}
            seen.add(name)
        if wrong:
            raise serializers.ValidationError(wrong)
        return columns


def columns_row(mapping: ColumnMapping) -> Row:
    """The mapping as the API shows it."""
    return {
        "kind": mapping.kind.value,
        "platform": mapping.platform or None,
        "captured_on": mapping.captured_on,
        "warnings": list(mapping.warnings),
        "columns": [
            {
                "column": one.column,
                "target": one.target or None,
                "platform": one.platform or None,
                "decimal": one.decimal.value,
                "unit": one.unit.value,
                "form": one.form.value,
                "why": one.why or None,
            }
            for one in mapping.columns
        ],
    }


def changed(
    mapping: ColumnMapping,
    said: Mapping[str, Any],
    samples: dict[str, list[Any]],
    targets: Targets,
) -> ColumnMapping:
    """The mapping with what was said in an ImportColumnsChange."""
    if "kind" in said:
        mapping = replace(mapping, kind=Kind(said["kind"]))
    if "platform" in said:
        mapping = replace(mapping, platform=said["platform"] or "")
    if "captured_on" in said:
        on = said["captured_on"]
        mapping = replace(mapping, captured_on=on, year=on.year if on else mapping.year)
    places = {one.column: number for number, one in enumerate(mapping.columns)}
    for one in said.get("columns", ()):
        mapping = _with_column(mapping, places[one["column"]], one, samples, targets)
    return mapping


def _with_column(
    mapping: ColumnMapping,
    number: int,
    said: Mapping[str, Any],
    samples: dict[str, list[Any]],
    targets: Targets,
) -> ColumnMapping:
    before = mapping.columns[number]
    target = before.target if "target" not in said else said["target"] or ""
    if target != before.target:
        chosen = replace(before, target=target, why="chosen by hand")
        mapping = told_again(_put(mapping, number, chosen), number, samples, targets)
    column = mapping.columns[number]
    if "platform" in said:
        column = replace(column, platform=said["platform"] or "")
    return _put(
        mapping,
        number,
        replace(
            column,
            decimal=DecimalStyle(said.get("decimal", column.decimal)),
            unit=PercentUnit(said.get("unit", column.unit)),
            form=DateForm(said.get("form", column.form)),
        ),
    )


def _put(mapping: ColumnMapping, number: int, column: Any) -> ColumnMapping:
    columns = list(mapping.columns)
    columns[number] = column
    return replace(mapping, columns=tuple(columns))
