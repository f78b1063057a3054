"""Which numbers rows have here: those that they had, or all of them moved by the same amount.

Into an installation that holds no brand, rows keep their numbers. Into another one every number is
raised by the highest that is taken here, so that no table of which is which is needed, and no row
of the file can name a row of another brand. The brand keeps its number where it is free. What all
brands share is found again by its key, people by their address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql

from crm.models import Brand, LedgerOrigin, User
from crm.services.round_trip import statements
from crm.services.round_trip.decisions import BRAND, SHARED, TAKEN, USER, foreign_keys, label_of
from crm.services.round_trip.reading import Archive, ImportRefused

# Of a row that is there already these may differ.
_MAY_DIFFER = frozenset({"id", "created_at"})
# Scorecards and facts are computed with these: another meaning would change them.
_MUST_AGREE = frozenset({"crm.TierScheme", "crm.Tier", "crm.Platform"})


@dataclass
class Keys:
    """`shift` is added to numbers of the file; `here` has those that are mapped one by one."""

    shift: int
    # By label: the number in the file, and here.
    here: dict[str, dict[int, int]] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)

    @property
    def brand(self) -> int:
        """The number that the brand has here."""
        [number] = self.here[BRAND].values()
        return number


def lay_out(archive: Archive) -> Keys:
    """Decide the numbers; rows that all brands share and accounts are written if they are new."""
    there = archive.manifest["brand"]["id"]
    taken = _highest_here() if Brand.objects.exists() else 0
    keys = Keys(shift=taken)
    free = not Brand.objects.filter(pk=there).exists()
    if not free and archive.tables["crm.SuppressedAddress"]["rows"]:
        raise ImportRefused(
            f"Another brand here has the number {there}, with which this brand's suppressed "
            "addresses are hashed: they would be written to again. Import it where that is free."
        )
    above = taken + archive.manifest["highest"]
    keys.here[BRAND] = {there: there if free else there + taken}
    _reserve(max(above, there))
    for label in SHARED:
        if label != USER:
            keys.here[label] = _shared(archive, label, keys)
    _people(archive, keys, above)
    return keys


def origins(archive: Archive, keys: Keys, *, last: int) -> Iterable[LedgerOrigin]:
    """Where the entries up to `last` were written, in the numbers of here."""
    mapped = {
        label: {str(here): there for there, here in found.items()}
        for label, found in keys.here.items()
        if label != "crm.Platform"
    }
    known = {label.lower(): found for label, found in mapped.items()}
    end = 0
    for former in archive.manifest["origins"]:
        end = int(former["number"])
        yield LedgerOrigin(
            number=end, shift=former["shift"] + keys.shift, keys=_joined(former, known, keys)
        )
    if last > end:
        yield LedgerOrigin(number=last, shift=keys.shift, keys=known)


def _joined(
    former: Mapping[str, Any], known: Mapping[str, Mapping[str, int]], keys: Keys
) -> dict[str, dict[str, int]]:
    """Numbers of here and of the installation before the last one."""
    joined: dict[str, dict[str, int]] = {}
    for label in {*known, *former["keys"]}:
        before = former["keys"].get(label, {})
        now = known.get(label, {})
        joined[label] = {
            here: before.get(str(there), there - former["shift"]) for here, there in now.items()
        }
        met = {str(there) for there in now.values()}
        for there, first in before.items():
            if there not in met:
                joined[label][str(int(there) + keys.shift)] = first
    return joined


def _highest_here() -> int:
    with connection.cursor() as cursor:
        cursor.execute(statements.highest())
        highest = int(cursor.fetchone()[0])
        # Numbers that were given and are gone again.
        cursor.execute(
            "SELECT COALESCE(max(last_value), 0) FROM pg_sequences"
            " WHERE schemaname = current_schema() AND sequencename ~ %s",
            ["^(crm|campaigns|segmentation)_"],
        )
        return max(highest, int(cursor.fetchone()[0]))


def _reserve(number: int) -> None:
    """Whoever writes a new row from now on gets a number above."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s)"
            " FROM pg_sequences WHERE schemaname = current_schema() AND sequencename ~ %s"
            " AND COALESCE(last_value, 0) < %s",
            [max(number, 1), "^(crm|campaigns|segmentation)_", max(number, 1)],
        )


def _shared(archive: Archive, label: str, keys: Keys) -> dict[int, int]:
    """Rows by their key: those that are here, and the others written now."""
    model = apps.get_model(label)
    names = SHARED[label]
    by_key = {key.column: label_of(key) for key in foreign_keys(model)}
    columns = {column.column: column for column in model._meta.concrete_fields}
    found: dict[int, int] = {}
    # A niche may lie under another one, which was written before it.
    for row in sorted(archive.rows(label), key=lambda row: str(row.get("id", ""))):
        if set(row) != set(columns):
            raise ImportRefused(f"Rows of {label} have other columns than here.")
        values = dict(row)
        for column, above in by_key.items():
            if values[column] is not None and above in {*keys.here, label}:
                mapped = {**keys.here.get(above, {}), **(found if above == label else {})}
                values[column] = mapped.get(values[column], values[column])
        fields = [columns[one].column if one in columns else f"{one}_id" for one in names]
        there = model._base_manager.filter(**{one: values[one] for one in fields}).first()
        if there is None:
            number = values.pop("id", None)
            there = model(**values)
            if number is not None:
                is_taken = model._base_manager.filter(pk=number + keys.shift).exists()
                there.pk = None if is_taken else number + keys.shift
            there.save(force_insert=True)
        elif label in _MUST_AGREE:
            _compare(label, values, there)
        if "id" in row:
            found[row["id"]] = there.pk
    return found


def _compare(label: str, values: Mapping[str, Any], there: Any) -> None:
    for column, value in values.items():
        if column not in _MAY_DIFFER and value != getattr(there, column):
            raise ImportRefused(
                f"{label} “{there}” means something else here: {column} is "
                f"{getattr(there, column)!r}, in the file {value!r}."
            )


def _people(archive: Archive, keys: Keys, above: int) -> None:
    """Accounts by their address; new ones cannot log in until somebody lets them."""
    here: dict[int, int] = {}
    rows = archive.rows(USER)
    gone = [{"id": pk} for pk in archive.manifest["gone_accounts"]]
    for row in [*rows, *gone]:
        if "email" in row and set(row) != set(statements.USER_COLUMNS):
            raise ImportRefused("Rows of crm.User have other columns than here.")
        number = row["id"] + keys.shift
        there = User.objects.filter(email__iexact=row["email"]).first() if "email" in row else None
        if there is None and (number in here.values() or User.objects.filter(pk=number).exists()):
            above += 1
            number = above
        here[row["id"]] = there.pk if there else number
        if there is None and "email" in row:
            _new_account(row, number, keys)
    keys.here[USER] = here
    _reserve(above)


def _new_account(row: Mapping[str, Any], number: int, keys: Keys) -> None:
    handle = row["handle"]
    if handle and User.objects.filter(handle=handle).exists():
        keys.handles.append(handle)
        handle = ""
    user = User(
        pk=number,
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        handle=handle,
        is_active=False,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    keys.people.append(user.email)


def cell(label: str, column: Any, keys: Keys) -> sql.Composable:
    """A column of a row of the file as it is written here; the row is called `r`."""
    name = sql.SQL("r.{}").format(sql.Identifier(column.column))
    one = TAKEN[label]
    if label == "crm.AuditEntry" and column.name == "target_id":
        return _target(keys)
    if label == BRAND and column.name == "slug":
        return sql.Placeholder("slug")
    if column.name in one.numbers or (column.primary_key and statements.numbered(one.model)):
        return _moved(name, BRAND, keys) if label == BRAND else _raised(name, keys)
    if column.remote_field is not None:
        above = column.related_model._meta.label
        return name if above == "crm.Platform" else _moved(name, above, keys)
    if column.get_internal_type() == "JSONField" and not column.null:
        # In a line, null of JSON and nothing at all are written alike.
        return sql.SQL("COALESCE({}, 'null'::jsonb)").format(name)
    return name


def _raised(name: sql.Composable, keys: Keys) -> sql.Composable:
    return sql.SQL("{} + {}::bigint").format(name, keys.shift) if keys.shift else name


def _moved(name: sql.Composable, above: str, keys: Keys) -> sql.Composable:
    """The number here of the row of a table that a column names."""
    if above not in keys.here:
        return _raised(name, keys)
    changed = {
        there: here for there, here in keys.here[above].items() if here - there != keys.shift
    }
    if not changed:
        return _raised(name, keys)
    return sql.SQL(
        "COALESCE((SELECT k.here FROM trip_keys k WHERE k.label = {} AND k.there = {}), {})"
    ).format(above.lower(), name, _raised(name, keys))


def _target(keys: Keys) -> sql.Composable:
    """What an entry of the ledger was done to: a row of the table that it names."""
    return sql.SQL(
        "COALESCE((SELECT k.here FROM trip_keys k WHERE k.label = r.target_type"
        " AND k.there = r.target_id), {})"
    ).format(_raised(sql.SQL("r.target_id"), keys))
