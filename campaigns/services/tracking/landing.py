"""Where a code leads: known to the process, to Valkey and to the database, asked in this order.

A redirect must not wait for a slow database, nor fail while it is away. So every link is written to
Valkey when it is made or changed, and again with each batch of its clicks; each process remembers
the last ones for some seconds, and uses what it remembers for as long as nothing else answers.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from campaigns.choices import VisitorPeriod
from campaigns.models import TrackingLink, TrackingSettings
from campaigns.models.tracking import UTM
from campaigns.services.tracking.server import Away, asking
from campaigns.services.tracking.urls import with_params

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS = 10.0
REMEMBERED_MAX = 10_000
IN_VALKEY = timedelta(days=30)
# A code that is none: somebody may make it a link, which writes it at once.
NONE_IN_VALKEY = timedelta(minutes=1)
DATABASE_MILLISECONDS = 500
_PREFIX = "rapport:tracking:link:"


@dataclass(frozen=True)
class Landing:
    """What a redirect needs of a link; an empty target: it was put away."""

    link_id: int
    brand_id: int
    target: str
    click_param: str
    period: str
    zone: str


class NotKnown(Exception):
    """Nothing that could say where the code leads answers."""


_memory: OrderedDict[str, tuple[float, Landing | None]] = OrderedDict()
_lock = threading.Lock()


def find(code: str) -> Landing | None:
    """Where `code` leads; None: there is no such link. Raises NotKnown."""
    remembered = _memory.get(code)
    if remembered and remembered[0] > time.monotonic():
        return remembered[1]
    try:
        found = _ask(code)
    except NotKnown:
        if remembered is None:
            raise
        found = remembered[1]
    _remember(code, found)
    return found


def write(rows: QuerySet[TrackingLink]) -> None:
    """Write links to Valkey: what fails is logged, since the database is asked then."""
    for chunk in _chunks(rows):
        try:
            with asking() as valkey, valkey.pipeline(transaction=False) as pipe:
                for code, landing in chunk.items():
                    pipe.set(_PREFIX + code, _packed(landing), ex=IN_VALKEY)
                pipe.execute()
        except Away:
            logger.warning("Links could not be written to Valkey; the database is asked for them.")
            return
        with _lock:
            for code in chunk:
                _memory.pop(code, None)


def write_on_commit(rows: QuerySet[TrackingLink]) -> None:
    """As `write`, once the transaction is through."""
    transaction.on_commit(partial(write, rows))


def forget() -> None:
    """Forget what this process remembers."""
    _memory.clear()


def _ask(code: str) -> Landing | None:
    try:
        with asking() as valkey:
            text = valkey.get(_PREFIX + code)
    except Away:
        text = None
    if isinstance(text, bytes):
        return _unpacked(text)
    try:
        found = _read(code)
    except DatabaseError as error:
        raise NotKnown from error
    try:
        with asking() as valkey:
            # Whoever makes the link in this moment writes over it, and is not written over.
            life = IN_VALKEY if found else NONE_IN_VALKEY
            valkey.set(_PREFIX + code, _packed(found), ex=life, nx=True)
    except Away:
        pass
    return found


def _read(code: str) -> Landing | None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [DATABASE_MILLISECONDS])
        [*found] = _landings(TrackingLink.objects.filter(code=code)).values()
    return found[0] if found else None


def _chunks(rows: QuerySet[TrackingLink], size: int = 1_000) -> Iterable[dict[str, Landing]]:
    last = 0
    while True:
        some = rows.filter(pk__gt=last).order_by("pk")[:size]
        pks = list(some.values_list("pk", flat=True))
        if not pks:
            return
        yield _landings(TrackingLink.objects.filter(pk__in=pks))
        last = pks[-1]


def _landings(rows: QuerySet[TrackingLink]) -> dict[str, Landing]:
    links = list(rows.select_related("brand"))
    brands = {link.brand_id for link in links}
    decided = TrackingSettings.objects.in_bulk(brands, field_name="brand_id")
    return {
        link.code: _landing(link, decided.get(link.brand_id) or TrackingSettings())
        for link in links
    }


def _landing(link: TrackingLink, decided: TrackingSettings) -> Landing:
    said = {name: getattr(link, name) for name in UTM if getattr(link, name)}
    return Landing(
        link_id=link.pk,
        brand_id=link.brand_id,
        target="" if link.is_archived else with_params(link.target, said),
        click_param=decided.click_param,
        period=VisitorPeriod(decided.visitor_period).value,
        zone=link.brand.timezone,
    )


def _remember(code: str, found: Landing | None) -> None:
    with _lock:
        _memory[code] = (time.monotonic() + REMEMBERED_SECONDS, found)
        _memory.move_to_end(code)
        while len(_memory) > REMEMBERED_MAX:
            _memory.popitem(last=False)


def _packed(found: Landing | None) -> str:
    return json.dumps(asdict(found)) if found else ""


def _unpacked(text: bytes) -> Landing | None:
    return Landing(**json.loads(text)) if text else None
