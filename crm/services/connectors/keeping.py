"""Connectors as admins keep them: added, tried, changed, paused, pulled now, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from crm import audit
from crm.choices import PullStatus
from crm.connectors.base import Kind
from crm.connectors.registry import KINDS
from crm.models import AuditEntry, Brand, Connector, Pull, PullAnswer, User
from crm.outreach.secrets import SecretLost
from crm.services.connectors import calling, choosing, ending, pulling, quota, setups

# How many a brand may have: each of them is looked at every few seconds.
MOST = 20
NAME_MAX = 80
POSTS_EACH, POSTS_EACH_MAX = 25, 200
SECRET_MAX = 2_000
# Of the log.
KEPT_FOR = timedelta(days=90)
# Hours between two pulls, in words. None: only when somebody asks.
RHYTHMS: Mapping[int | None, str] = {
    None: "Only when somebody asks",
    24: "Every day",
    24 * 7: "Every week",
    24 * 30: "Every 30 days",
}


class ConnectorRefused(Exception):
    """The connector stays as it is; the message is fit for the user, `field` says where."""

    def __init__(self, text: str, *, field: str = "", code: str = "invalid") -> None:
        super().__init__(text)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says of a connector. A credential that is left empty stays as it is."""

    name: str
    credentials: Mapping[str, str]
    chosen: str = ""
    posts_each: int = POSTS_EACH
    every_hours: int | None = 24 * 7


def create(*, brand: Brand, kind: str, wanted: Wanted, actor: User, at: datetime) -> Connector:
    """A connector that begins at once where it has a rhythm. Raises ConnectorRefused."""
    if kind not in KINDS:
        raise ConnectorRefused(f"There is no connector “{kind[:40]}”.", field="kind")
    credentials = _credentials(KINDS[kind], wanted.credentials, {})
    with transaction.atomic():
        Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
        if Connector.objects.filter(brand=brand).count() >= MOST:
            raise ConnectorRefused(f"A brand has at most {MOST} connectors.", code="too_many")
        connector = Connector(brand=brand, owner=actor, kind=kind, created_at=at)
        connector.credentials = setups.stored(credentials)
        connector.next_pull_at = at if wanted.every_hours else None
        _write(connector, wanted)
        _record(connector, "created", actor, at)
    return connector


def change(
    *,
    connector: Connector,
    wanted: Wanted,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Connector:
    """Another name, choice, rhythm or key. Raises ConnectorRefused, Connector.DoesNotExist."""
    with transaction.atomic():
        found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
        if expected_version is not None and found.version != expected_version:
            raise ConnectorRefused(
                "Somebody else changed it since: look at it again.", code="outdated"
            )
        has_new_key = any(value.strip() for value in wanted.credentials.values())
        if has_new_key:
            try:
                kind, setup = setups.read(found)
                known = setup.credentials
            except SecretLost:
                # It came from another installation: what waits there names other numbers.
                kind, known = setups.kind_of(found), {}
                ending.stop(found, "It came from another installation.", at)
                PullAnswer.objects.filter(pull__connector=found).update(rows=None)
            found.credentials = setups.stored(_credentials(kind, wanted.credentials, known))
        if wanted.every_hours != found.every_hours:
            hours = wanted.every_hours
            since = found.pulled_at or at
            found.next_pull_at = max(at, since + timedelta(hours=hours)) if hours else None
        found.version += 1
        _write(found, wanted)
        _record(found, "changed", actor, at, key_changed=has_new_key)
    return found


def trial(*, connector: Connector, at: datetime) -> str:
    """Call the other side once, to see whether the key opens; what it took, in words.

    Raises ConnectorRefused with what went wrong.
    """
    try:
        kind, setup = setups.read(connector)
    except (setups.UnknownKind, SecretLost) as refusal:
        raise ConnectorRefused(str(refusal)) from refusal
    call = kind.trial(setup)
    reply = calling.ask(kind, call, setup, at=at)
    if call.units:
        quota.spend(connector, kind, call.units, at)
    if reply.fault is not None:
        raise ConnectorRefused(f"It does not work. {reply.fault.words}", code="failed")
    return f"It works: {kind.name} answered in {reply.took_ms / 1000:.1f} s."


def pull_now(*, connector: Connector, actor: User, at: datetime) -> Pull:
    """A pull that begins with the next turn of a worker. Raises ConnectorRefused."""
    try:
        kind = setups.kind_of(connector)
    except setups.UnknownKind as refusal:
        raise ConnectorRefused(str(refusal)) from refusal
    with transaction.atomic():
        found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
        if found.is_paused:
            raise ConnectorRefused("It is paused: let it go on first.", code="paused")
        if found.pulls.filter(status=PullStatus.RUNNING).exists():
            raise ConnectorRefused("A pull is running already.", code="running")
        pull = pulling.begin(connector=connector, kind=kind, actor=actor, at=at)
        if not pull.profiles_total:
            raise ConnectorRefused(
                f"There is nobody to ask about: {choosing.in_words(connector.brand, found.chosen)}"
                f" have no profile on {kind.name}'s platforms.",
                code="nobody",
            )
        _record(found, "pull_asked", actor, at)
    return pull


@transaction.atomic
def pause(*, connector: Connector, actor: User, at: datetime) -> Connector:
    """Pull no more for now; a pull that runs waits. Raises Connector.DoesNotExist."""
    found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
    if not found.is_paused:
        found.is_paused, found.pause_reason = True, ""
        found.save(update_fields=["is_paused", "pause_reason"])
        _record(found, "paused", actor, at)
    return found


@transaction.atomic
def resume(*, connector: Connector, actor: User, at: datetime) -> Connector:
    """Go on where it stopped. One that is not paused stays. Raises Connector.DoesNotExist."""
    found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
    if not found.is_paused:
        return found
    found.is_paused, found.pause_reason = False, ""
    found.failures, found.failing_since = 0, None
    found.rests_until, found.rest_reason = None, ""
    found.save()
    _record(found, "resumed", actor, at)
    return found


@transaction.atomic
def stop_pull(*, connector: Connector, actor: User, at: datetime) -> None:
    """End the pull that runs; what it brought stays. Raises ConnectorRefused."""
    found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
    if not found.pulls.filter(status=PullStatus.RUNNING).exists():
        raise ConnectorRefused("No pull is running.", code="not_running")
    ending.stop(found, "Somebody stopped it.", at)
    _record(found, "pull_stopped", actor, at)


@transaction.atomic
def remove(*, connector: Connector, actor: User, at: datetime) -> None:
    """Take it away with key and log; what it brought stays. Raises Connector.DoesNotExist."""
    found = Connector.objects.select_for_update(no_key=True).get(pk=connector.pk)
    _record(found, "removed", actor, at)
    found.delete()


def forget(*, at: datetime) -> int:
    """Delete the logs of pulls that ended long ago; how many pulls."""
    old = Pull.objects.filter(ended_at__lt=at - KEPT_FOR)
    number = old.count()
    old.delete()
    return number


def _credentials(kind: Kind, said: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Each field of the kind, what is said or what is known. Raises ConnectorRefused."""
    found: dict[str, str] = {}
    keys = {field.key for field in kind.fields}
    for key in said.keys() - keys:
        raise ConnectorRefused(f"{kind.name} asks for no “{key[:40]}”.", field="credentials")
    for field in kind.fields:
        value = said.get(field.key, "").strip() or known.get(field.key, "")
        if not value:
            raise ConnectorRefused(f"{field.label} is missing.", field=field.key)
        if len(value) > SECRET_MAX or not value.isascii() or not value.isprintable():
            raise ConnectorRefused(
                f"{field.label}: at most {SECRET_MAX} plain letters and signs.", field=field.key
            )
        if field.is_number and not value.isdigit():
            raise ConnectorRefused(f"{field.label}: digits only.", field=field.key)
        found[field.key] = value
    return found


def _write(connector: Connector, wanted: Wanted) -> None:
    name = " ".join(wanted.name.split())
    if not name or len(name) > NAME_MAX:
        raise ConnectorRefused(f"A name of at most {NAME_MAX} letters.", field="name")
    others = Connector.objects.filter(brand=connector.brand_id, name__iexact=name)
    if others.exclude(pk=connector.pk).exists():
        raise ConnectorRefused("There is a connector of this name already.", field="name")
    if not choosing.is_there(connector.brand, wanted.chosen):
        raise ConnectorRefused("There are no such creators to choose.", field="chosen")
    if not 0 <= wanted.posts_each <= POSTS_EACH_MAX:
        raise ConnectorRefused(f"From 0 to {POSTS_EACH_MAX} posts.", field="posts_each")
    if wanted.every_hours not in RHYTHMS:
        hours = ", ".join(str(hours) for hours in RHYTHMS if hours)
        raise ConnectorRefused(f"One of {hours} hours, or none.", field="every_hours")
    connector.name, connector.chosen = name, wanted.chosen
    connector.posts_each, connector.every_hours = wanted.posts_each, wanted.every_hours
    connector.save()


def _record(
    connector: Connector, act: str, actor: User, at: datetime, **facts: bool | int
) -> AuditEntry:
    return audit.record(
        brand=connector.brand,
        verb=f"crm.connector.{act}",
        target=connector,
        actor=actor,
        at=at,
        data={"kind": connector.kind, "version": connector.version, **facts},
    )
