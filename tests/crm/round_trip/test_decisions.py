"""Every table has a decision, and what is taken along hangs together."""

from __future__ import annotations

from crm.services.round_trip.decisions import (
    BRAND,
    CREATOR,
    LEFT,
    SHARED,
    TAKEN,
    all_models,
    foreign_keys,
    in_order,
    label_of,
)


def test_every_table_of_ours_has_one_decision():
    """A new table: take it (crm/services/round_trip/own.py or its app's) or say why it is left."""
    taken = {one.label for one in TAKEN}
    labels = [model._meta.label for model in all_models()]
    assert {label for label in labels if label not in taken | set(SHARED) | set(LEFT)} == set()
    assert taken | set(SHARED) | set(LEFT) == set(labels)
    assert not taken & set(SHARED)
    assert not taken & set(LEFT)
    assert not set(SHARED) & set(LEFT)


def test_every_row_that_is_taken_leads_to_the_brand_or_its_creators():
    for one in in_order():
        if one.label not in {BRAND, CREATOR}:
            assert one.ways, one.label
            for key in one.ways:
                assert label_of(key) in {BRAND, CREATOR} or label_of(key) in TAKEN, one.label


def test_no_row_that_is_taken_needs_one_that_is_left():
    known = {one.label for one in TAKEN} | set(SHARED)
    missing = [
        f"{one.label}.{key.name}"
        for one in in_order()
        for key in foreign_keys(one.model)
        if label_of(key) not in known
    ]
    assert missing == []


def test_secrets_stay_where_they_can_be_read():
    for one in in_order():
        for column in one.model._meta.concrete_fields:
            is_secret = "secret" in column.name or "password" in column.name
            assert not is_secret or column.name in one.absent, f"{one.label}.{column.name}"
