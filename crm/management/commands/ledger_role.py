"""`manage.py ledger_role`: a database role for the product that cannot rewrite the ledger."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier, Literal

# Rows are put in here and read, never changed or deleted.
INSERT_ONLY = (
    "crm_auditentry",
    "crm_audittext",
    "crm_ledgercheckpoint",
    "crm_ledgerkey",
    "crm_ledgerorigin",
)
PASSWORD = "LEDGER_ROLE_PASSWORD"  # noqa: S105 - the name of a variable

# MAINTAIN: an import has the statistics of what it wrote taken anew.
ROWS = "SELECT, INSERT, UPDATE, DELETE, MAINTAIN"
GRANTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}",
    f"GRANT {ROWS} ON ALL TABLES IN SCHEMA {{schema}} TO {{role}}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "REVOKE ALL ON {kept} FROM {role}",
    "GRANT SELECT, INSERT ON {kept} TO {role}",
    "GRANT EXECUTE ON FUNCTION crm_ledger_erase_texts(bigint) TO {role}",
    # Tables of migrations to come, until this is run again.
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA {{schema}} GRANT {ROWS} ON TABLES TO {{role}}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)


class Command(BaseCommand):
    """Makes the role, or gives it what it needs after a migration; as often as wanted."""

    help = (
        "Make a database role that the product works under, and give it all rights that it needs: "
        "everything but changing or deleting what is in the audit ledger, or the tables "
        "themselves. Run it as the owner of the tables, after each migration. "
        f"{PASSWORD} holds the role's password; without it the password stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Its name."""
        parser.add_argument("name", nargs="?", default="rapport_app", help="rapport_app")

    @transaction.atomic
    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        """One transaction: never a moment in which the role may do too much or too little."""
        role = Identifier(name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_schema(), current_database()")
            me, schema, database = cursor.fetchone()
            if name == me:
                raise CommandError(f"{name} owns the tables. Name another role.")
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [name])
            there = cursor.fetchone()
            if there and there[0]:
                raise CommandError(f"{name} may do everything. Name another role.")
            if not there:
                cursor.execute(
                    SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(role)
                )
            if password := os.environ.get(PASSWORD):
                # In a statement of its own: parameters are not taken here.
                cursor.execute(SQL("ALTER ROLE {} PASSWORD {}").format(role, Literal(password)))
            for words in GRANTS:
                cursor.execute(
                    SQL(words).format(
                        role=role,
                        schema=Identifier(schema),
                        database=Identifier(database),
                        kept=SQL(", ").join(map(Identifier, INSERT_ONLY)),
                    )
                )
        self.stdout.write(f"{name} may do what the product needs, and add to the ledger only.")
