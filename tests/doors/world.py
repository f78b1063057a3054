"""A brand with a row in as many tables as can be, each to be had under the same few names.

The first row of every table has the number PK, the uid UID and the key KEY: so one address leads,
for any page that names a row, to a row that is there.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.db.utils import DataError, IntegrityError

from crm.choices import Role
from crm.models import Brand, User
from tests.everything import give_everything
from tests.factories import NOW, BrandFactory
from tests.people import person

PK = 9_000_001
UID = UUID("11111111-2222-4333-8444-555555555555")
KEY = "hers"
# What places in addresses are, for rows that are there.
ROWS = {"pk": PK, "uid": UID, "other": UID, "turn": PK, "file": PK, "key": KEY, "number": 1}
# Keys that mean something to the product, so that they stay what they are.
KEYS_OF_OURS = {"crm.FieldDefinition"}


def our_models() -> list[type[models.Model]]:
    """Every table of ours that has a number of its own."""
    return [
        model
        for label in ("crm", "campaigns", "segmentation")
        for model in apps.get_app_config(label).get_models()
    ]


def whole_brand() -> tuple[Brand, User]:
    """The brand and its admin."""
    restart_numbers()
    brand = BrandFactory(slug="acme", name="Acme")
    admin = person(brand, Role.ADMIN)
    give_everything(brand, admin)
    name_first_rows()
    return brand, admin


def restart_numbers() -> None:
    """Let every table begin with the same number; taken back with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename FROM pg_sequences WHERE sequencename ~ '^(crm|campaigns|segm)'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER SEQUENCE {connection.ops.quote_name(name)} RESTART WITH {PK}")


def name_first_rows() -> None:
    """Give the first row of each table the names under which it is looked for."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in our_models():
            fields = {field.name for field in model._meta.concrete_fields if not field.remote_field}
            for name, value in (("uid", UID), ("key", KEY)):
                if name in fields and model._meta.label not in KEYS_OF_OURS:
                    _set(model, name, value)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _set(model: Any, name: str, value: Any) -> None:
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=PK).update(**{name: value})
    except (IntegrityError, DataError):  # a list of the database's
        return


def fill_the_rest() -> None:
    """A made-up row, as small as the database takes it, in each table that is still empty.

    It need not make sense: it is there, and an address leads to it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in our_models():
            if model._meta.pk.column and not model._base_manager.exists():
                any(_made(model, is_full) for is_full in (False, True))
            if not isinstance(model._meta.pk, models.AutoField):
                continue
            # What is made later comes behind it.
            last = model._base_manager.aggregate(last=models.Max("pk"))["last"]
            table = [model._meta.db_table, model._meta.pk.column]
            if last is not None:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [*table, last])
        cursor.execute("SET LOCAL session_replication_role = origin")
    name_first_rows()


def _made(model: Any, is_full: bool) -> bool:
    values = {
        field.attname: _value_of(field)
        for field in model._meta.concrete_fields
        if not (field.has_default() and field.name != "number")
        and (is_full or not (field.null or field.blank) or field.name in {"brand", "actor"})
    }
    values.pop(model._meta.pk.attname, None)
    try:
        with transaction.atomic():
            model(pk=PK, **values).save(force_insert=True)
    except (IntegrityError, DataError, TypeError, ValueError, AttributeError):
        return False
    return True


def _value_of(field: Any) -> Any:
    """Something that a column of this type can hold."""
    if field.remote_field:
        return PK
    if field.choices:
        return field.choices[0][0]
    if "sha256" in field.name or "digest" in field.name:
        return "a" * 64
    for kind, value in (
        (models.DateTimeField, NOW),
        (models.DateField, NOW.date()),
        (models.TimeField, NOW.time()),
        (models.UUIDField, UID),
        (models.JSONField, {}),
        (ArrayField, ["x"]),
        (models.BooleanField, True),
        (models.IntegerField, 1),
        (models.DecimalField, 1),
        (models.FloatField, 1.0),
        (models.BinaryField, b"x"),
    ):
        if isinstance(field, kind):
            return value
    return "x"[: field.max_length]
