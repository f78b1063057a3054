"""What the audit ledger has of the creator, where no other source tells it better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q

from crm.audit import verbs
from crm.choices import StopReason, SuppressionReason
from crm.models import AuditEntry, Merge, Relationship
from crm.timeline.events import Event, Source, Window, name_of

# Acts that a source of their own tells better.
TOLD_ELSEWHERE = {
    "crm.stage.moved",
    "crm.relationship.created",
    "crm.note.added",
    "crm.note.changed",
    "crm.note.deleted",
    "crm.note.restored",
    "crm.mail.queued",
    "crm.mail.taken_back",
    "crm.vetting.settled",
}


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    creators, relationships = [relationship.creator_id], [relationship.pk]
    # The ledger goes on naming the creators that became this one.
    merged = Merge.objects.filter(kept=relationship.creator_id, undone_at=None)
    for gone, former in merged.values_list("gone", "former_relationships"):
        creators.append(gone)
        relationships += former
    of_relationship = Q(target_type="crm.relationship", target_id__in=relationships)
    of_creator = Q(target_type="crm.creator", target_id__in=creators)
    rows = (
        AuditEntry.objects.filter(of_relationship | of_creator, brand=relationship.brand)
        .exclude(verb__in=TOLD_ELSEWHERE)
        .select_related("actor")
    )
    for row in window.rows(rows, at="at", person="actor"):
        who = name_of(row.actor, row.actor_label)
        note = row.data.get("note", "") if row.verb == "crm.field_value.set" else ""
        yield Event(row.at, "act", _in_words(row), who, note, row.pk)


def _in_words(entry: AuditEntry) -> str:
    words = _WORDS.get(entry.verb) if entry.words else None
    return words(entry.data) if words else verbs.in_words(entry.verb)


def _risk(data: Any) -> str:
    before, after = data["tier"]
    return f"Risk: {after}" + (f", before {before}" if before else "")


def _trust(data: Any) -> str:
    before, after = data["before"], data["score"]
    now = "too little is known" if after is None else f"{float(after):.0f} of 100"
    return f"Trust: {now}" + ("" if before is None else f", before {float(before):.0f}")


def _owner(data: Any) -> str:
    before, after = data["owner"]
    return f"Owner: {after or 'nobody'}, before {before or 'nobody'}"


def _next_step(data: Any) -> str:
    step, on = data["next_step"][1], data["next_step_on"][1]
    if not step:
        return "Next step taken away"
    return f"Next step: {step}" + (f", by {on}" if on else "")


def _corrected(data: Any) -> str:
    return "Corrected: " + ", ".join(name.replace("_", " ") for name in sorted(data))


def _account(data: Any) -> str:
    return f"Account added: {data['platform']} {data['handle']}"


def _field_values(data: Any) -> str:
    return ", ".join(
        f"{key.replace('_', ' ').capitalize()}: {after or 'not known any more'}"
        for key, (_before, after) in sorted(data["values"].items())
    )


def _say(words: str) -> Callable[[Any], str]:
    """The same words whatever the details, which are personal data and not in the ledger."""
    return lambda _data: words


_WORDS: dict[str, Callable[[Any], str]] = {
    "campaigns.risk.changed": _risk,
    "campaigns.trust.changed": _trust,
    "crm.address.added": _say("Postal address written down"),
    "crm.address.changed": _say("Postal address changed"),
    "crm.address.erased": _say("Postal address erased"),
    "crm.agent.parted": _say("An agent speaks for them no longer"),
    "crm.agent.represents": lambda data: (
        "An agent speaks for them" + (", in copy of mails" if data["in_copy"] else "")
    ),
    "crm.contact.added": lambda data: f"Contact added: {data['kind']}",
    "crm.contact.allowed": _say("A contact may be used again"),
    "crm.contact.barred": _say("A contact is not to be used any more"),
    "crm.contact.described": _say("Said what a contact is for"),
    "crm.contact.erased": lambda data: f"Contact erased: {data['kind']}",
    "crm.creator.merged": lambda data: f"Merged with {data['gone']}",
    "crm.creator.merge_undone": lambda data: f"The merge with {data['gone']} was undone",
    "crm.duplicate.asked_again": lambda data: f"Possibly the same as {data['other']}, again",
    "crm.duplicate.different": lambda data: f"Not the same as {data['other']}: {data['why']}",
    "crm.outreach.enrolled": lambda data: f"Enrolled in “{data['sequence']}”",
    "crm.outreach.finished": lambda data: f"“{data['sequence']}” ended without an answer",
    "crm.outreach.paused": lambda data: f"“{data['sequence']}” paused",
    "crm.outreach.resumed": lambda data: f"“{data['sequence']}” goes on",
    "crm.outreach.step_skipped": lambda data: f"Step {data['step']} of a sequence left out",
    "crm.outreach.stopped": lambda data: (
        f"“{data['sequence']}” stopped: {StopReason(data['reason']).label.lower()}"
    ),
    "crm.outreach.suppressed": lambda data: (
        f"No more mail: {SuppressionReason(data['reason']).label.lower()}"
    ),
    "crm.outreach.suppression_lifted": _say("Mail may be sent again"),
    "crm.pitch.approved": _say("A pitch was approved"),
    "crm.pitch.asked": lambda data: (
        f"Asked whether they may be pitched (“{data['segment']}”): {data['reason']}"
    ),
    "crm.pitch.refused": lambda data: f"Not to be pitched: {data['note']}",
    "crm.tag.added": lambda data: f"Tagged {data['tag']}",
    "crm.tag.removed": lambda data: f"Tag taken away: {data['tag']}",
    "crm.owner.set": _owner,
    "crm.next_step.set": _next_step,
    "crm.creator.changed": _corrected,
    "crm.profile.added": _account,
    "crm.field_value.set": _field_values,
    "crm.vetting.asked": lambda data: (
        "A review was asked for" if data["reviews"] == 1 else "Two blind reviews were asked for"
    ),
    "crm.vetting.assigned": _say("Somebody else was asked for a review"),
    "crm.vetting.declined": _say("A review was declined"),
    "crm.vetting.disputed": _say("The reviewers differ: a third person decides"),
    "crm.vetting.reviewed": _say("A review was handed in"),
    "crm.vetting.withdrawn": _say("The vetting was withdrawn"),
    "crm.thread.assigned": _say("A conversation was said to be theirs"),
    "crm.thread.done": _say("A conversation needs no answer"),
    "crm.thread.waiting": _say("A conversation waits for an answer again"),
    "crm.mail.said_sent": _say("A mail that was in doubt has left"),
    "crm.mail.said_not_sent": _say("A mail that was in doubt has not left"),
}


SOURCE = Source("act", "Changes", "history", _find)
