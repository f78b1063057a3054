"""Who gets which arm: looked at before the start, drawn at the start, gone on with afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.experiments.assignment import Arm, AssignmentRefused, Unit, assign
from crm import audit
from crm.models import User
from segmentation.choices import ExperimentStatus, SegmentStatus
from segmentation.models import Experiment, ExperimentArm, ExperimentAssignment
from segmentation.services.experiments.people import PEOPLE_MAX, Person, people, without
from segmentation.services.experiments.plans import locked
from segmentation.services.experiments.refusals import ExperimentRefused


@dataclass(frozen=True)
class Draw:
    """Whom the draw would give which arm, and whom it leaves out."""

    arms: Sequence[ExperimentArm]
    # Arm by relationship; the people in the order in which they are written down.
    chosen: Mapping[int, int]
    people: Sequence[Person]
    # In the segments of several arms: nobody can say which one they stand for.
    in_several: Sequence[Person]

    def counts(self) -> dict[str, dict[int, int]]:
        """Creators by stratum and arm: the balance."""
        found: dict[str, dict[int, int]] = {}
        for person in self.people:
            here = found.setdefault(person.stratum, {arm.pk: 0 for arm in self.arms})
            here[self.chosen[person.relationship_id]] += 1
        return dict(sorted(found.items()))

    def sizes(self) -> dict[int, int]:
        """Creators by arm."""
        found = {arm.pk: 0 for arm in self.arms}
        for arm in self.chosen.values():
            found[arm] += 1
        return found


def draw(experiment: Experiment) -> Draw:
    """The draw as it would be now: the same each time, until somebody comes or goes.

    Raises ExperimentRefused.
    """
    arms = list(experiment.arms.order_by("position"))
    found = people(experiment, arms)
    if len(found) > PEOPLE_MAX:
        raise ExperimentRefused(
            f"More than {PEOPLE_MAX:,} creators would take part: choose a segment or a campaign "
            "with fewer.",
            code="too_many",
        )
    if not experiment.is_by_chance:
        taking = [person for person in found if not person.is_in_several]
        chosen = {person.relationship_id: person.arms[0] for person in taking}
        return Draw(arms, chosen, taking, [person for person in found if person.is_in_several])
    return Draw(arms, _drawn(experiment, arms, found, {}), found, [])


@transaction.atomic
def start(*, experiment_id: int, actor: User | None, at: datetime) -> Experiment:
    """Draw, write down who got what, and begin. Raises ExperimentRefused."""
    found = locked(experiment_id)
    if not found.is_draft:
        raise ExperimentRefused(f"“{found.name}” has begun already.", code="has_begun")
    drawn = draw(found)
    sizes = drawn.sizes()
    for arm in drawn.arms:
        if not sizes[arm.pk]:
            raise ExperimentRefused(
                f"Nobody would be in “{arm.name}”. Choose other people to take part.",
                code="nobody",
            )
    _check_segments(drawn.arms)
    for arm in drawn.arms:
        if arm.segment is not None and arm.segment.active_version is not None:
            arm.segment_version = arm.segment.active_version.number
            arm.save(update_fields=["segment_version"])
    _write(found, drawn.people, drawn.chosen, first=1, is_late=False, at=at)
    found.status = ExperimentStatus.RUNNING
    found.started_at, found.started_by = at, actor
    found.version += 1
    found.save(update_fields=["status", "started_at", "started_by", "version"])
    audit.record(
        brand=found.brand,
        verb="segmentation.experiment.started",
        target=found,
        actor=actor,
        at=at,
        data={
            "seed": found.seed,
            "creators": {arm.key: sizes[arm.pk] for arm in drawn.arms},
            "in_several": len(drawn.in_several),
        },
        label=found.name,
    )
    return found


@transaction.atomic
def add_late(*, experiment_id: int, actor: User | None, at: datetime) -> int:
    """Give an arm to those who came since the start; how many. Nobody is moved.

    Raises ExperimentRefused.
    """
    found = locked(experiment_id)
    if not found.is_running:
        raise ExperimentRefused(
            f"“{found.name}” is not running: nobody can join it.", code="not_running"
        )
    if not found.is_by_chance:
        raise ExperimentRefused(
            "Creators who came into these segments since the start were not in them when it "
            "began: nobody can join a comparison of segments.",
            code="no_joining",
        )
    if found.looks.exists():
        raise ExperimentRefused(
            "Somebody has looked at the result already. Who joins now would depend on what was "
            "seen: nobody can join any more.",
            code="was_read",
        )
    arms = list(found.arms.order_by("position"))
    rows = found.assignments.values_list(
        "relationship_id", "relationship__creator__uid", "arm_id", "number", "stratum"
    )
    known = {pk: (str(uid), arm, number, key) for pk, uid, arm, number, key in rows}
    everybody = people(found, arms)
    late = without(everybody, known)
    if not late:
        return 0
    if len(known) + len(late) > PEOPLE_MAX:
        raise ExperimentRefused(
            f"With them, more than {PEOPLE_MAX:,} creators would take part.", code="too_many"
        )
    # Who was drawn counts in the stratum of then, wherever they are now.
    before = [Person(pk, uid, "", stratum, ()) for pk, (uid, _, _, stratum) in known.items()]
    already = {uid: arm for uid, arm, _, _ in known.values()}
    chosen = _drawn(found, arms, [*before, *late], already)
    first = max((number for _, _, number, _ in known.values()), default=0) + 1
    _write(found, late, chosen, first=first, is_late=True, at=at)
    audit.record(
        brand=found.brand,
        verb="segmentation.experiment.joined",
        target=found,
        actor=actor,
        at=at,
        data={"creators": len(late)},
        label=found.name,
    )
    return len(late)


def _drawn(
    experiment: Experiment,
    arms: Sequence[ExperimentArm],
    found: Sequence[Person],
    already: Mapping[str, int],
) -> dict[int, int]:
    """The arm of each relationship, by campaigns.experiments.assignment.

    Chance knows creators by their uid and arms by their key: so anybody can repeat the draw who
    has the seed and the list.
    """
    by_key = {arm.key: arm.pk for arm in arms}
    keys = {arm.pk: arm.key for arm in arms}
    try:
        got = assign(
            [Unit(person.uid, person.stratum) for person in found],
            [Arm(arm.key, arm.share) for arm in arms],
            seed=experiment.seed,
            already={uid: keys[arm] for uid, arm in already.items()},
        )
    except AssignmentRefused as refusal:
        raise ExperimentRefused(str(refusal), code="not_assigned") from None
    return {person.relationship_id: by_key[got[person.uid]] for person in found}


def _write(
    experiment: Experiment,
    taking: Sequence[Person],
    chosen: Mapping[int, int],
    *,
    first: int,
    is_late: bool,
    at: datetime,
) -> None:
    ExperimentAssignment.objects.bulk_create(
        (
            ExperimentAssignment(
                experiment=experiment,
                relationship_id=person.relationship_id,
                arm_id=chosen[person.relationship_id],
                stratum=person.stratum,
                number=number,
                assigned_at=at,
                is_late=is_late,
            )
            for number, person in enumerate(taking, first)
        ),
        batch_size=1_000,
    )


def _check_segments(arms: Sequence[ExperimentArm]) -> None:
    for arm in arms:
        if arm.segment is not None and arm.segment.status != SegmentStatus.ACTIVE:
            raise ExperimentRefused(
                f"“{arm.segment.name}” is not active, so nobody knows who is in it now.",
                code="segment_not_active",
            )
