"""Erase a creator from a brand: words and files go, numbers stay, without a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.utils.text import capfirst

from crm import audit
from crm.choices import RequestStatus, SuppressionOrigin, SuppressionReason
from crm.models import (
    Agent,
    Brand,
    Creator,
    Erasure,
    FormerHandle,
    PrivacyPolicy,
    PrivacyRequest,
    Profile,
    Relationship,
    Representation,
    User,
)
from crm.services.imports.erased import keys_of
from crm.services.merge.tables import words_of
from crm.services.metrics import refresh_metrics
from crm.services.outreach.suppressions import suppress_creator
from crm.services.privacy import leftovers, splitting
from crm.services.privacy.blanking import blank
from crm.services.privacy.parts import CONTRACTS, DELETED, PAPERS, PARTS
from crm.services.privacy.refusals import PrivacyRefused
from crm.services.privacy.walking import Found, Subject, walk

REASON_MAX = 300
# Emptied by hand (_keep_row).
_ROWS = frozenset({"crm.Creator", "crm.Relationship"})
# What is counted for people: no row of another row, of which they think as one.
_PARTS_OF_OTHERS = frozenset(
    {
        "crm.Creator",
        "crm.CreatorMetrics",
        "crm.EnrolmentStep",
        "crm.Erasure",
        "crm.Mention",
        "crm.MergePart",
        "crm.Notice",
        "crm.NoteVersion",
        "crm.Relationship",
        "crm.RetentionItem",
        "crm.SuppressedAddress",
        "crm.Suppression",
    }
)


@dataclass(frozen=True)
class Plan:
    """What an erasure would do, in numbers by what people call the rows.

    gone      deleted
    emptied   kept as numbers, without words
    kept      word for word, as contracts are
    """

    subject: Subject
    found: Found
    keeps_row: bool
    keeps_contracts: bool
    gone: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """As they are stored with the erasure."""
        return {"gone": self.gone, "emptied": self.emptied, "kept": self.kept}


def plan(relationship: Relationship, *, at: datetime) -> Plan:
    """Look at everything, change nothing. `relationship` is read with its brand and creator."""
    subject = Subject.of(relationship)
    found = walk(subject)
    keeps_contracts = _contracts_are_young(found, PrivacyPolicy.of(subject.brand), at)
    has_papers = any(model._meta.label in PAPERS for model in found)
    made = Plan(subject, found, has_papers or keeps_contracts, keeps_contracts)
    for model, pks in sorted(found.items(), key=lambda one: one[0]._meta.label):
        label = model._meta.label
        if label in _PARTS_OF_OTHERS:
            continue
        if keeps_contracts and label in CONTRACTS:
            where = made.kept
        elif label in DELETED or not made.keeps_row:
            where = made.gone
        else:
            where = made.emptied
        words = capfirst(words_of(model))
        where[words] = where.get(words, 0) + len(pks)
    for part in PARTS:
        made.emptied.update(part.count(subject.brand, subject.creator))
    return made


@transaction.atomic
def erase(
    *,
    relationship_id: int,
    reason: str,
    actor: User | None,
    at: datetime,
    request: PrivacyRequest | None = None,
    may_return: bool = False,
) -> Erasure:
    """Do it. There is no way back. `may_return`: nobody asked for it, so they may come again.

    Raises PrivacyRefused, Relationship.DoesNotExist, Busy."""
    reason = " ".join(reason.split())[:REASON_MAX]
    if not reason:
        raise PrivacyRefused("Say why they are erased: it is kept in the ledger.", "reason")
    brand = Brand.objects.get(relationships=relationship_id)
    for part in PARTS:
        part.lock(brand)
    rows = Relationship.objects.select_for_update(no_key=True, of=("self", "creator"))
    relationship = rows.select_related("brand", "creator").get(pk=relationship_id)
    if relationship.erased_at is not None:
        raise PrivacyRefused("They were erased already.", code="erased_already")
    made = plan(relationship, at=at)
    subject = made.subject
    creator = subject.creator
    if not may_return:
        _suppress(subject, actor, at)
    audit.forget_creator(brand=brand, creator=creator, at=at, actor=actor)
    traces = leftovers.traces_of(subject, made.found)
    files = leftovers.files_of(brand, made.found, spared=_spared(made))
    with connection.cursor() as cursor:
        # The triggers that keep papers as they are let this transaction change them.
        cursor.execute("SELECT set_config('rapport.erasing', 'on', true)")
    _forget_agents(subject)
    leftovers.forget_mentions(brand, traces)
    heir = splitting.split(made) if not subject.is_alone else None
    for part in PARTS:
        part.erase(brand, creator, heir, at)
    _empty(made)
    if made.keeps_row:
        left: Relationship | None = _keep_row(relationship, heir or creator.pk, at)
    else:
        left = None
        Relationship.objects.filter(pk=relationship.pk).delete()
        if subject.is_alone:
            Creator.objects.filter(pk=creator.pk).delete()
    done = _written(made, left, reason=reason, actor=actor, at=at, request=request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rapport.erasing', '', true)")
    transaction.on_commit(lambda: leftovers.remove_files(brand.pk, files, traces))
    return done


def _contracts_are_young(found: Found, policy: PrivacyPolicy, at: datetime) -> bool:
    """Whether the brand has to keep a contract with them still."""
    since = at - timedelta(days=round(365.25 * policy.contract_years))
    for model, pks in found.items():
        is_dated = any(one.name == "created_at" for one in model._meta.concrete_fields)
        if model._meta.label in CONTRACTS and is_dated:
            rows = model._base_manager.filter(pk__in=pks, created_at__gt=since)
            if rows.exists():
                return True
    return False


def _suppress(subject: Subject, actor: User | None, at: datetime) -> None:
    """Nobody writes to them, and no import brings them back (crm/services/imports/erased.py)."""
    suppress_creator(
        brand=subject.brand,
        creator=subject.creator,
        reason=SuppressionReason.ERASURE,
        origin=SuppressionOrigin.PERSON,
        at=at,
        actor=actor,
        digests=keys_of(subject.brand, subject.creator),
    )


def _spared(made: Plan) -> frozenset[str]:
    return frozenset(CONTRACTS) if made.keeps_contracts else frozenset()


def _empty(made: Plan) -> None:
    """Delete the rows that are nothing without their words, and empty the words of the others."""
    spared = _spared(made)
    by_label = {model._meta.label: (model, pks) for model, pks in made.found.items()}
    for label in DELETED:
        if label in by_label and label not in spared:
            model, pks = by_label[label]
            model._base_manager.filter(pk__in=pks).delete()
    for label, (model, pks) in by_label.items():
        if label not in spared and label not in DELETED and label not in _ROWS:
            blank(model, pks)
    # A trigger has just added what the accounts were called.
    FormerHandle.objects.filter(profile__in=made.found.get(Profile, ())).delete()


def _forget_agents(subject: Subject) -> None:
    """Who speaks for nobody else is kept for nothing."""
    theirs = Representation.objects.filter(
        agent__brand=subject.brand, creator=subject.creator
    ).values_list("agent_id", flat=True)
    of_others = Representation.objects.filter(agent__in=list(theirs)).exclude(
        creator=subject.creator
    )
    Agent.objects.filter(pk__in=list(theirs)).exclude(pk__in=of_others.values("agent")).delete()


def _keep_row(relationship: Relationship, creator_id: int, at: datetime) -> Relationship:
    """The two rows without anything that says who it was."""
    Relationship.objects.filter(pk=relationship.pk).update(
        creator=creator_id,
        erased_at=at,
        unprofiled_at=at,
        owner=None,
        next_step="",
        next_step_on=None,
        import_batch=None,
        version=models.F("version") + 1,
    )
    Creator.objects.filter(pk=creator_id).update(
        name=f"Erased creator {creator_id}",
        country="",
        language="",
        profession="",
        timezone="",
        is_celebrity=None,
        import_batch=None,
        updated_at=at,
    )
    Profile.objects.filter(creator=creator_id).update(import_batch=None)
    refresh_metrics(creator_ids=[creator_id], as_of=at)
    return Relationship.objects.select_related("creator").get(pk=relationship.pk)


def _written(
    made: Plan,
    left: Relationship | None,
    *,
    reason: str,
    actor: User | None,
    at: datetime,
    request: PrivacyRequest | None,
) -> Erasure:
    brand = made.subject.brand
    done = Erasure.objects.create(
        brand=brand,
        relationship=left,
        request=request,
        reason=reason,
        at=at,
        by=actor,
        counts=made.counts,
    )
    if request is not None:
        PrivacyRequest.objects.filter(pk=request.pk, status=RequestStatus.OPEN).update(
            status=RequestStatus.DONE,
            outcome="Erased.",
            closed_at=max(at, request.created_at),
            closed_by=actor,
        )
    audit.record(
        brand=brand,
        verb="crm.creator.erased",
        target=done,
        actor=actor,
        at=at,
        data={
            "row_kept": left is not None,
            "gone": sum(made.gone.values()),
            "emptied": sum(made.emptied.values()),
            "kept": sum(made.kept.values()),
        },
        text={"reason": reason},
        label=f"erasure {done.pk}",
    )
    return done
