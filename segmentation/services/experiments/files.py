"""Outcomes from a file: a row for each creator, all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File

from crm.importers.numbers import BadValue
from crm.importers.tables import TableRefused, number_in, read_table
from crm.models import Profile, User
from segmentation.models import Experiment, ExperimentLook
from segmentation.services.experiments import looking
from segmentation.services.experiments.outcomes import Measured

COLUMNS = {
    "creator": ("creator", "uid", "id"),
    "handle": ("handle", "account", "username"),
    "events": ("events", "outcome", "value"),
    "weight": ("weight", "of", "clicks"),
}


def look_at_file(
    *, experiment: Experiment, upload: File[Any], actor: User | None, at: datetime
) -> ExperimentLook:
    """A look at the outcomes in a file. Raises TableRefused or ExperimentRefused."""
    outcomes = read_outcomes(experiment, upload)
    return looking.ask(experiment_id=experiment.pk, actor=actor, at=at, outcomes=outcomes)


def read_outcomes(experiment: Experiment, upload: File[Any]) -> dict[int, Measured]:
    """The outcomes by assignment. An empty cell of events is not known. Raises TableRefused."""
    lines = read_table(upload, COLUMNS, required=("events",))
    by_uid, by_handle = _names(experiment)
    found: dict[int, Measured] = {}
    faults = []
    for line in lines:
        try:
            pk, one = _who(line.cells, by_uid, by_handle), _outcome(line.cells)
        except BadValue as wrong:
            faults.append(f"Line {line.number}: {wrong}")
            continue
        if pk in found:
            faults.append(f"Line {line.number}: This creator has a row already.")
        found[pk] = one
    if faults:
        raise TableRefused(faults)
    return found


def _outcome(cells: Mapping[str, Any]) -> Measured:
    """Without a column of weights: a mean over creators. A weight nobody knows: no outcome."""
    events = number_in(cells["events"], what="An outcome")
    if "weight" not in cells:
        return Measured(events)
    weight = number_in(cells["weight"], what="A weight")
    return Measured(None) if weight is None else Measured(events, weight)


def _names(experiment: Experiment) -> tuple[dict[str, int], dict[str, set[int]]]:
    """Who takes part, by uid and by handle."""
    rows = list(
        experiment.assignments.values_list(
            "pk", "relationship__creator_id", "relationship__creator__uid"
        )
    )
    of_creator = {creator: pk for pk, creator, _ in rows}
    handles: dict[str, set[int]] = defaultdict(set)
    accounts = Profile.objects.filter(creator__in=of_creator)
    for creator, handle in accounts.values_list("creator_id", "handle"):
        handles[handle.lower()].add(of_creator[creator])
    return {str(uid): pk for pk, _, uid in rows}, handles


def _who(cells: Mapping[str, Any], by_uid: dict[str, int], by_handle: dict[str, set[int]]) -> int:
    """The assignment that a row is about. Raises BadValue."""
    uid = str(cells.get("creator") or "").strip()
    handle = str(cells.get("handle") or "").strip().removeprefix("@").lower()
    if uid:
        try:
            pk = by_uid.get(str(UUID(uid)))
        except ValueError:
            raise BadValue("not_a_uid", f"“{uid[:60]}” is no creator's id.") from None
        if pk is None:
            raise BadValue("unknown", f"{uid} does not take part.")
        return pk
    if not handle:
        raise BadValue("nobody", "Say who it is: an id (creator) or a handle.")
    found = by_handle.get(handle, set())
    if not found:
        raise BadValue("unknown", f"Nobody who takes part is called “{handle[:60]}”.")
    if len(found) > 1:
        raise BadValue("ambiguous", f"Several who take part are called “{handle[:60]}”.")
    return next(iter(found))
