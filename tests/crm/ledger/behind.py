"""What somebody does to the ledger who has the database and goes around the product."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from crm.models import AuditEntry


@contextmanager
def the_back():
    """As a superuser, with triggers asleep."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def change(brand, number, **columns):
    """Write over an entry."""
    with the_back():
        AuditEntry.objects.filter(brand=brand, number=number).update(**columns)


def change_text(brand, number, **columns):
    """Write over the text of an entry."""
    entry = AuditEntry.objects.get(brand=brand, number=number)
    with the_back():
        type(entry.text).objects.filter(entry=entry).update(**columns)


def remove(brand, number, *, close=False):
    """Take an entry out; with `close` the later ones get the numbers that would be missing."""
    with the_back() as cursor:
        entry = AuditEntry.objects.get(brand=brand, number=number)
        type(entry.text).objects.filter(entry=entry).delete()
        AuditEntry.objects.filter(pk=entry.pk).delete()
        if close:
            shift(cursor, brand, number, -1)


def shift(cursor, brand, after, by):
    """Number the entries after one anew."""
    cursor.execute(
        "UPDATE crm_auditentry SET number = -number WHERE brand_id = %s AND number > %s",
        [brand.pk, after],
    )
    cursor.execute(
        "UPDATE crm_auditentry SET number = -number + %s WHERE brand_id = %s AND number < 0",
        [by, brand.pk],
    )


def forget_without_a_word(brand, number):
    """Erase a text and tell nobody."""
    with the_back() as cursor:
        cursor.execute(
            "DELETE FROM crm_audittext WHERE entry_id IN (SELECT id FROM crm_auditentry"
            " WHERE brand_id = %s AND number = %s)",
            [brand.pk, number],
        )
