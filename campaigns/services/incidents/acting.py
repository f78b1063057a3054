"""Work on an incident: from state to state, steps of the runbook, notes, evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from campaigns.services.incidents.files import keep
from campaigns.services.incidents.record import (
    enter,
    facts_changed,
    held,
    log,
    words_of,
)
from campaigns.services.incidents.states import ASKS, FOR_HANDLERS, NEXT
from campaigns.services.refusals import CampaignRefused
from crm.choices import IncidentAct, IncidentState, Severity
from crm.models import Brand, Incident, IncidentFile, IncidentStep, User

FILES_MAX = 30
STEP_MAX = 300


@transaction.atomic
def move(
    *,
    incident_id: int,
    brand: Brand,
    act: IncidentAct,
    reason: str,
    actor: User,
    at: datetime,
    expected_version: int | None,
) -> Incident:
    """Contain, resolve, close, reopen or dismiss it, with a word.

    Raises CampaignRefused, Incident.DoesNotExist.
    """
    if act not in ASKS:
        raise CampaignRefused("This is not done like that.", field="act")
    incident = held(
        incident_id,
        brand,
        actor,
        is_for_handlers=act in FOR_HANDLERS,
        expected_version=expected_version,
    )
    state = IncidentState(incident.state)
    if act not in NEXT[state]:
        raise CampaignRefused(
            f"It is “{state.label.lower()}”: this is not what comes next.",
            code="not_in_this_state",
        )
    said = words_of(reason, "reason", needed=f"{ASKS[act]}: a sentence is enough.")
    if act is IncidentAct.CLOSE:
        _refuse_open_steps(incident)
    if act is IncidentAct.DISMISS and incident.created_by_id == actor.pk and _is_grave(incident):
        raise CampaignRefused(
            "You reported it, and it is grave: somebody else dismisses it.", code="own_report"
        )
    before, incident.state = incident.state, NEXT[state][act]
    incident.state_since = max(at, incident.created_at)
    if act is IncidentAct.DISMISS:
        incident.confirmed_at, incident.confirmed_by = None, None
    incident.version += 1
    incident.save()
    enter(incident, act, actor, at, note=said, before=before)
    facts_changed(incident)
    log(incident, act.value, actor, at, state=[before, incident.state])
    return incident


@transaction.atomic
def note(*, incident_id: int, brand: Brand, text: str, actor: User, at: datetime) -> Incident:
    """Write something down in its history. Raises CampaignRefused, Incident.DoesNotExist."""
    incident = held(incident_id, brand, actor)
    enter(
        incident,
        IncidentAct.NOTE,
        actor,
        at,
        note=words_of(text, "text", needed="Write what there is to know."),
    )
    log(incident, "noted", actor, at)
    return incident


@transaction.atomic
def settle_step(
    *,
    incident_id: int,
    brand: Brand,
    position: int,
    is_done: bool,
    skipped_because: str = "",
    actor: User,
    at: datetime,
) -> IncidentStep:
    """Tick a step, say why it does not apply, or open it again.

    Raises CampaignRefused, Incident.DoesNotExist, IncidentStep.DoesNotExist.
    """
    incident = held(incident_id, brand, actor)
    step = IncidentStep.objects.select_for_update(no_key=True).get(
        incident=incident, position=position
    )
    if not incident.is_open and incident.state != IncidentState.RESOLVED:
        raise CampaignRefused(
            f"It is “{incident.get_state_display().lower()}”: its steps stay as they are.",
            code="not_in_this_state",
        )
    because = words_of(skipped_because, "reason", STEP_MAX)
    if is_done == (step.done_at is not None) and because == step.skipped_because:
        return step
    step.done_at, step.done_by = (at, actor) if is_done else (None, None)
    step.skipped_because = because if is_done else ""
    step.save()
    act = IncidentAct.STEP if is_done else IncidentAct.UNSTEP
    if step.skipped_because:
        act = IncidentAct.SKIP
    words = f"{step.text}" + (f" ({step.skipped_because})" if step.skipped_because else "")
    enter(incident, act, actor, at, note=words)
    log(incident, act.value, actor, at, position=position)
    return step


@transaction.atomic
def attach(
    *, incident_id: int, brand: Brand, upload: UploadedFile[Any], actor: User, at: datetime
) -> IncidentFile:
    """Keep a file that shows what happened. Raises CampaignRefused, Incident.DoesNotExist."""
    incident = held(incident_id, brand, actor)
    if incident.files.count() >= FILES_MAX:
        raise CampaignRefused(f"{FILES_MAX} files are the most.", field="file")
    kept = keep(brand, upload)
    found, is_new = IncidentFile.objects.get_or_create(
        incident=incident,
        digest=kept.digest,
        defaults={
            "name": kept.name,
            "content_type": kept.content_type,
            "size": kept.size,
            "by": actor,
            "at": at,
        },
    )
    if is_new:
        enter(incident, IncidentAct.FILE, actor, at, note=kept.name)
        log(incident, "file", actor, at, sha256=kept.digest, size=kept.size)
    return found


def _refuse_open_steps(incident: Incident) -> None:
    left = incident.steps.filter(done_at=None).count()
    if left:
        raise CampaignRefused(
            f"{left} step{'s'[: left != 1]} of the runbook {'is' if left == 1 else 'are'} open: "
            "tick them, or say why they do not apply.",
            code="steps_open",
        )


def _is_grave(incident: Incident) -> bool:
    return incident.severity in {Severity.HIGH, Severity.CRITICAL}
