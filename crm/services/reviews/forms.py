"""The review form: each saving is a new version, and each criterion a fact that rules can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from crm import audit
from crm.choices import CriterionKind, FieldType
from crm.data_files import read_yaml
from crm.models import Brand, Criterion, CustomField, FormCriterion, ReviewForm, User
from crm.models.fields import Choice
from crm.services.fields import FieldRefused, change_field, define_field
from crm.services.reviews.people import ReviewRefused
from crm.services.reviews.wordings import (
    LINE_MAX,
    Bar,
    Wording,
    checked_bar,
    checked_criteria,
)

# On which day a creator was vetted last: rules find those who never were. A brand that has a field
# of this key which holds something else goes without.
VETTED_ON = "vetted_on"
_TYPES = {CriterionKind.SCALE: FieldType.NUMBER, CriterionKind.CHOICE: FieldType.CHOICE}


def newest_form(brand: Brand) -> ReviewForm | None:
    """The version in use; None where the brand has no form yet."""
    return ReviewForm.objects.filter(brand=brand).order_by("-number").first()


def standard_form() -> tuple[Bar, list[Wording]]:
    """What a brand may begin with: tone, story, risk and a verdict."""
    given: Mapping[str, Any] = read_yaml(Path(__file__).with_name("standard_form.yaml"))
    criteria = [Wording(**{**one, "kind": CriterionKind(one["kind"])}) for one in given["criteria"]]
    return Bar(guidance=given["guidance"]), criteria


@transaction.atomic
def publish_form(
    *,
    brand: Brand,
    bar: Bar,
    criteria: Sequence[Wording],
    actor: User,
    at: datetime,
    why: str = "",
    expected_number: int | None = None,
) -> ReviewForm:
    """A new version of the form, in use from now on; what is unchanged stays the version before.

    Vettings that were asked for keep their version. `expected_number` is the version that was seen
    (0: none). Raises ReviewRefused, and then nothing is changed.
    """
    # One at a time, or two would take one number.
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    before = newest_form(brand)
    if expected_number is not None and expected_number != (before.number if before else 0):
        raise ReviewRefused(
            "Somebody saved another version of the form since you loaded it. Nothing of yours was "
            "saved; load it again.",
            code="outdated",
        )
    bar, why = checked_bar(bar), " ".join(why.split())
    if len(why) > LINE_MAX:
        raise ReviewRefused(f"This has at most {LINE_MAX} characters.", "why")
    wanted = checked_criteria(criteria)
    rows = [_row(brand, one, place) for place, one in enumerate(wanted)]
    lines = [
        FormCriterion(
            criterion=row,
            position=place,
            least=one.least,
            most=one.most,
            passing=list(one.passing) or None,
        )
        for place, (row, one) in enumerate(zip(rows, wanted, strict=True), start=1)
    ]
    if before is not None and _is_same(before, bar, lines):
        return before
    form = ReviewForm.objects.create(
        brand=brand,
        number=before.number + 1 if before else 1,
        guidance=bar.guidance,
        reviewers=bar.reviewers,
        dispute_from=bar.dispute_from,
        requester_may_review=bar.requester_may_review,
        days=bar.days,
        why=why,
        created_by=actor,
        created_at=at,
    )
    for line in lines:
        line.form = form
    FormCriterion.objects.bulk_create(lines)
    _ensure_facts(brand, rows, actor, at)
    audit.record(
        brand=brand,
        verb="crm.review_form.published",
        target=form,
        actor=actor,
        at=at,
        data={
            "number": form.number,
            "criteria": [row.key for row in rows],
            "reviewers": form.reviewers,
            "dispute_from": form.dispute_from,
            "requester_may_review": form.requester_may_review,
            "why": why,
        },
        label=f"Review form, version {form.number}",
    )
    return form


def _row(brand: Brand, wanted: Wording, place: int) -> Criterion:
    """The wording as a row: the one that is there where nothing about it is new."""
    wordings = Criterion.objects.filter(brand=brand, key=wanted.key)
    found = wordings.exclude(kind=wanted.kind).first()
    if found is not None:
        raise ReviewRefused(
            f"“{found}” was {found.get_kind_display().lower()}: its results cannot be compared "
            "with those of another kind. Give the criterion another key.",
            f"criteria/{place}/kind",
        )
    values = {
        "label": wanted.label,
        "question": wanted.question,
        "anchors": list(wanted.anchors),
        "options": list(wanted.options),
        "needs_evidence": wanted.needs_evidence,
    }
    return wordings.filter(**values).order_by("-pk").first() or Criterion.objects.create(
        brand=brand, key=wanted.key, kind=wanted.kind, **values
    )


def _is_same(before: ReviewForm, bar: Bar, lines: Sequence[FormCriterion]) -> bool:
    kept = Bar(
        before.reviewers,
        before.dispute_from,
        before.requester_may_review,
        before.days,
        before.guidance,
    )
    return kept == bar and [_said(line) for line in before.lines_in_order()] == [
        _said(line) for line in lines
    ]


def _said(line: FormCriterion) -> tuple[object, ...]:
    return (line.criterion_id, line.least, line.most, line.passing)


def _ensure_facts(brand: Brand, rows: Sequence[Criterion], actor: User, at: datetime) -> None:
    """A field for each criterion, and for the day: rules, columns and exports read them."""
    fields = {
        field.key: field
        for field in CustomField.objects.filter(
            brand=brand, key__in=[VETTED_ON, *(row.field_key for row in rows)]
        )
    }
    for place, row in enumerate(rows):
        field = fields.get(row.field_key)
        try:
            if field is None:
                _define(brand, row, actor, at)
            elif field.type != _TYPES[CriterionKind(row.kind)]:
                raise ReviewRefused(
                    f"The field “{field}” has the key “{field.key}” and holds something else. Give "
                    "the criterion another key.",
                    f"criteria/{place}/key",
                )
            elif not row.is_scale:
                change_field(
                    field_id=field.pk, changes={"choices": _widened(field, row)}, at=at, actor=actor
                )
        except FieldRefused as refusal:
            name = "options" if field else "key"
            raise ReviewRefused(str(refusal), f"criteria/{place}/{name}") from refusal
    if VETTED_ON not in fields:
        try:
            define_field(
                brand=brand,
                label="Vetted on",
                key=VETTED_ON,
                type=FieldType.DATE,
                description="The day on which the newest vetting was settled.",
                at=at,
                actor=actor,
            )
        except FieldRefused as refusal:
            raise ReviewRefused(str(refusal)) from refusal


def _define(brand: Brand, row: Criterion, actor: User, at: datetime) -> None:
    meaning = "From 1 to 5; a median of two reviews can lie halfway." if row.is_scale else ""
    define_field(
        brand=brand,
        label=f"{row.label} (review)",
        key=row.field_key,
        type=_TYPES[CriterionKind(row.kind)],
        description=f"What reviewers found: {row.question} {meaning}".strip(),
        choices=[] if row.is_scale else _widened(None, row),
        at=at,
        actor=actor,
    )


def _widened(field: CustomField | None, row: Criterion) -> list[Choice]:
    """The answers of the criterion, and after them those that creators may hold from before."""
    made: list[Choice] = [{"value": value, "label": label} for value, label in row.labels.items()]
    values = {
        name.casefold(): one["value"] for one in made for name in (one["value"], one["label"])
    }
    given: list[Choice] = field.choices if field else []
    for choice in given:
        if choice["value"] in row.labels:
            continue
        for name in (choice["value"], choice["label"]):
            if name.casefold() in values:
                raise FieldRefused(
                    f"“{choice['label']}” had the value {choice['value']} before, not "
                    f"{values[name.casefold()]}: keep it, so that results can be compared."
                )
        made.append({"value": choice["value"], "label": choice["label"]})
    return made
