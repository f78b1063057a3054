"""Texts that mean something to a program which takes them for more than texts."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.transaction import atomic
from django.db.utils import DataError, IntegrityError

from crm.services.privacy.blanking import OURS

# Ends an attribute, a text area, a title, a comment and a script, and begins what a browser runs.
TAIL = "'\"></textarea></title></script>--><img src=x onerror=alert(1)><script>alert(1)</script>"
# How they begin: for spreadsheets, addresses, templates, shells, headers, readers of numbers.
BEGINNINGS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\uff1d1+1",
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "{{ 7|add:7 }}{% debug %}",
    "{{constructor.constructor('alert(1)')()}}",
    "${7*7}",
    "%s%n%(x)s{0}{x}",
    '#import "/etc/passwd"',
    '#eval("1") $ x $ *b* _i_ `r` @label',
    "'; DROP TABLE crm_creator; --",
    "../../../../etc/passwd",
    "[click](javascript:alert(1))",
    "Bcc: a@evil.example",
    "\u202egnp.exe",
    "Z\u0351\u036b\u0343\u036a\u0302A\u0334L\u0321GO",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ufdfd\ufeff\u200b",
    "NaN",
    "null",
    "0x1F",
    "1e309",
    "&lt;script&gt;&#x3C;b&#x3E;",
]
# Columns that the product writes or checks, and reads again as what they then are, beside OURS.
CHECKED_BY_US = frozenset(
    {
        "slug", "timezone", "rule_text", "stay_rule_text", "cron", "weekdays", "password", "secret",
        "former_secret", "imap_secret", "smtp_secret", "hash", "previous_hash", "text_digest",
        "cleared_digest", "period", "quarter", "email", "country", "language",
        "objective", "zone", "target_type",
    }
)  # fmt: skip


# What a link would do harm with.
SCRIPTS = [text for text in BEGINNINGS if text.startswith(("javascript:", "data:"))]


def spoil() -> dict[str, int]:
    """Write nasty texts into every text column of every row; how many rows of each column took it.

    A column that the database checks against a list, or that only the product writes, stays.
    """
    taken = {}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for turn, (model, column) in enumerate(text_columns()):
            rows = _spoil_column(cursor, model, column, turn)
            if rows:
                taken[f"{model._meta.label}.{column.name}"] = rows
        cursor.execute("SET LOCAL session_replication_role = origin")
    return taken


def text_columns() -> list[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Every column that can hold somebody's words."""
    return [
        (model, column)
        for label in ("crm", "campaigns", "segmentation")
        for model in apps.get_app_config(label).get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField)
        and not (column.choices or column.primary_key)
        and column.name not in OURS
        and column.name not in CHECKED_BY_US
        and model._meta.pk.column  # tables with a key of several columns hold no words
    ]


def _spoil_column(cursor: Any, model: Any, column: Any, turn: int) -> int:
    table, name = (connection.ops.quote_name(x) for x in (model._meta.db_table, column.column))
    key = connection.ops.quote_name(model._meta.pk.column)
    # Of the row's number, so that what has to be unlike is.
    # Pages make links of addresses, so each of these gets a script.
    beginnings = SCRIPTS if column.name.endswith("url") else BEGINNINGS
    text = f"(%s::text[])[1 + (abs(hashtext({key}::text)) + %s) %% %s] || {key} || %s"
    if column.max_length:
        text = f"left({text}, {column.max_length})"
    # Also where nothing stands yet, unless the database ties that to something else.
    for rows in (f"{name} IS NOT NULL", f"{name} <> ''"):
        try:
            with atomic():
                cursor.execute(
                    f"UPDATE {table} SET {name} = {text} WHERE {rows}",  # noqa: S608
                    [beginnings, turn, len(beginnings), TAIL],
                )
                return int(cursor.rowcount)
        except (IntegrityError, DataError):
            continue
    return 0
