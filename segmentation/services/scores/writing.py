"""Write score models. A version is never changed: another definition is another version."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from crm import audit
from crm.fact_keys import OF_A_SCORE
from crm.models import Brand, CustomField, User
from segmentation.choices import ErrandStatus
from segmentation.facts.catalogue import FACTS_TABLE, catalogue
from segmentation.facts.scores import is_score
from segmentation.models import ScoreModel, ScoreVersion
from segmentation.rules.facts import Catalogue
from segmentation.scoring.definition import Definition, read_definition
from segmentation.services import errands
from segmentation.services.edits import EditRefused

# By name: tasks are above services.
TASK = "segmentation.tasks.count_scores"
MOST_MODELS = 20
REASON_MAX = 300
PURPOSE_MAX = 1_000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")


def components(brand: Brand, table: str = FACTS_TABLE) -> Catalogue:
    """The facts that a score of the brand may read: all but scores, which would go in circles."""
    facts = catalogue(brand, table)
    return Catalogue([fact for key, fact in facts.items() if not is_score(key)], gone=facts.gone)


def definition_of(version: ScoreVersion, facts: Catalogue) -> Definition:
    """What a version says. Raises DefinitionInvalid where a fact of it is gone."""
    return read_definition(version.definition, facts)


@transaction.atomic
def create_model(
    *,
    brand: Brand,
    key: str,
    name: str,
    purpose: str,
    definition: Any,
    reason: str,
    actor: User | None,
    at: datetime,
) -> ScoreVersion:
    """Begin a score with its first version, a draft. Raises EditRefused, DefinitionInvalid."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    name, purpose = _named(name, purpose)
    if not _KEY.fullmatch(key):
        raise EditRefused(
            "A key begins with a letter and has small letters, digits and _, 30 at most.",
            code="bad_key",
            field="key",
        )
    held = ScoreModel.objects.filter(brand=brand)
    if held.filter(key=key).exists():
        raise EditRefused(f"There is a score “{key}” already.", code="already_there", field="key")
    if CustomField.objects.filter(brand=brand, key=OF_A_SCORE + key).exists():
        raise EditRefused(
            f"A field of yours has the key {OF_A_SCORE}{key}: choose another one.",
            code="already_there",
            field="key",
        )
    if held.filter(archived_at=None).count() >= MOST_MODELS:
        raise EditRefused(
            f"A brand has {MOST_MODELS} scores at most: archive one first.", code="too_many"
        )
    model = ScoreModel.objects.create(
        brand=brand,
        key=key,
        name=name,
        purpose=purpose,
        status=ErrandStatus.DONE,
        requested_at=at,
        created_by=actor,
        created_at=at,
    )
    return _word(model, definition, reason=reason, actor=actor, at=at)


@transaction.atomic
def save_version(
    *,
    model_id: int,
    name: str,
    purpose: str,
    definition: Any,
    reason: str,
    actor: User | None,
    at: datetime,
    seen: int | None = None,
) -> ScoreVersion:
    """Word a score anew, as a draft; the version in use stays in use.

    `seen` is the number of the newest version that the person started from. Raises EditRefused,
    DefinitionInvalid.
    """
    model = _locked(model_id)
    newest = model.versions.aggregate(Max("number"))["number__max"]
    if seen is not None and seen != newest:
        raise EditRefused(
            "Somebody else has saved a version since you opened this page. Open it anew.",
            code="outdated",
        )
    model.name, model.purpose = _named(name, purpose)
    model.save(update_fields=["name", "purpose"])
    return _word(model, definition, reason=reason, actor=actor, at=at)


@transaction.atomic
def activate(*, version_id: int, actor: User | None, at: datetime) -> ScoreModel:
    """Score by this version from now on: its creators are counted by a worker.

    Raises EditRefused, and DefinitionInvalid where a fact of it is gone.
    """
    version = ScoreVersion.objects.get(pk=version_id)
    model = _locked(version.model_id)
    definition_of(version, components(model.brand))
    if model.active_version_id == version.pk:
        raise EditRefused(f"Version {version.number} is in use already.", code="in_use")
    before = model.active_version
    if version.activated_at is None:
        version.activated_at = at
        version.save(update_fields=["activated_at"])
    model.active_version = version
    model.save(update_fields=["active_version"])
    audit.record(
        brand=model.brand,
        verb="segmentation.score.activated",
        target=model,
        actor=actor,
        at=at,
        data={"version": version.number, "before": before and before.number},
    )
    _queue(model, actor, at)
    return model


@transaction.atomic
def count_again(*, model_id: int, actor: User | None, at: datetime) -> ScoreModel:
    """Have the creators counted again by the version in use. Raises EditRefused."""
    model = _locked(model_id)
    if model.active_version_id is None:
        raise EditRefused("No version is in use: activate one first.", code="not_in_use")
    if not model.is_open:
        _queue(model, actor, at)
    return model


@transaction.atomic
def archive(*, model_id: int, actor: User | None, at: datetime) -> ScoreModel:
    """Take a score out of use: what it has said stays readable. Raises EditRefused."""
    model = _locked(model_id)
    model.archived_at = at
    model.save(update_fields=["archived_at"])
    audit.record(
        brand=model.brand, verb="segmentation.score.archived", target=model, actor=actor, at=at
    )
    return model


@transaction.atomic
def bring_back(*, model_id: int, actor: User | None, at: datetime) -> ScoreModel:
    """Use an archived score again; it is counted anew where a version was in use."""
    model = ScoreModel.objects.select_for_update(no_key=True, of=["self"]).get(pk=model_id)
    if model.archived_at is None:
        return model
    model.archived_at = None
    model.save(update_fields=["archived_at"])
    audit.record(
        brand=model.brand, verb="segmentation.score.brought_back", target=model, actor=actor, at=at
    )
    if model.active_version_id is not None:
        _queue(model, actor, at)
    return model


def _locked(model_id: int) -> ScoreModel:
    model = (
        ScoreModel.objects.select_related("brand", "active_version")
        .select_for_update(no_key=True, of=["self"])
        .get(pk=model_id)
    )
    if model.archived_at is not None:
        raise EditRefused(f"“{model}” is archived: bring it back first.", code="archived")
    return model


def _named(name: str, purpose: str) -> tuple[str, str]:
    name, purpose = " ".join(name.split()), purpose.strip()
    if not 1 <= len(name) <= 80:
        raise EditRefused("A name has 1 to 80 characters.", code="bad_name", field="name")
    if not 1 <= len(purpose) <= PURPOSE_MAX:
        raise EditRefused(
            f"Say in 1 to {PURPOSE_MAX} characters what a high score is to mean.",
            code="bad_purpose",
            field="purpose",
        )
    return name, purpose


def _word(
    model: ScoreModel, definition: Any, *, reason: str, actor: User | None, at: datetime
) -> ScoreVersion:
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_MAX:
        raise EditRefused(
            f"Say in 1 to {REASON_MAX} characters why it is as it is.",
            code="reason_needed",
            field="reason",
        )
    read_definition(definition, components(model.brand))
    newest = model.versions.aggregate(Max("number"))["number__max"] or 0
    version = ScoreVersion.objects.create(
        model=model,
        number=newest + 1,
        definition=definition,
        reason=reason,
        author=actor,
        created_at=at,
    )
    audit.record(
        brand=model.brand,
        verb="segmentation.score.worded",
        target=model,
        actor=actor,
        at=at,
        data={"version": version.number, "reason": reason},
    )
    return version


def _queue(model: ScoreModel, actor: User | None, at: datetime) -> None:
    model.status, model.error, model.attempts = ErrandStatus.QUEUED, "", 0
    model.requested_by, model.requested_at = actor, at
    model.save(update_fields=["status", "error", "attempts", "requested_by", "requested_at"])
    errands.send(TASK, model)
