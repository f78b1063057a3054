"""How a brand has values suggested, and whether a language model outside is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from crm import audit
from crm.models import Brand, User
from crm.outgoing import AddressRefused, place_of
from crm.outreach.secrets import encrypt
from crm.services.promised_tasks import promise_soon
from segmentation.models import ClassifierSettings

# Part of the key: what is encrypted here cannot be read as anything else.
PURPOSE = b"segmentation.classifier.key"
LOOK_TASK = "segmentation.tasks.suggest_values_of"
# Seconds in which a worker that is asked has begun.
LOOK_WITHIN = 120
CHANGEABLE = (
    "least_confidence",
    "outside_is_on",
    "outside_address",
    "outside_model",
    "outside_each_night",
)


class SettingsRefused(Exception):
    """Nothing was changed; the message is fit for the user, `field` says where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def change(
    *, brand: Brand, changes: Mapping[str, Any], actor: User | None, at: datetime
) -> ClassifierSettings:
    """Change any of CHANGEABLE, and `outside_key` where one is given. Raises SettingsRefused.

    A stored key is never sent to another server: who changes the address gives the key again.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    held = ClassifierSettings.objects.filter(brand=brand).first() or ClassifierSettings(brand=brand)
    before = {name: getattr(held, name) for name in CHANGEABLE}
    for name in CHANGEABLE:
        setattr(held, name, changes.get(name, before[name]))
    if held.outside_address != before["outside_address"]:
        held.outside_key = ""
    if changes.get("outside_key"):
        held.outside_key = encrypt(changes["outside_key"], PURPOSE)
    _check(held)
    moved = [name for name in CHANGEABLE if getattr(held, name) != before[name]]
    if changes.get("outside_key"):
        moved.append("outside_key")
    if not moved:
        return held
    held.outside_error = ""
    held.save()
    audit.record(
        brand=brand,
        verb="segmentation.classifier.settings_changed",
        target=brand,
        actor=actor,
        at=at,
        data={
            "changed": moved,
            "outside_is_on": held.outside_is_on,
            "least_confidence": held.least_confidence,
        },
        text={"address": held.outside_address, "model": held.outside_model},
    )
    return held


def _check(held: ClassifierSettings) -> None:
    if held.outside_address:
        try:
            place_of(held.outside_address)
        except AddressRefused as refusal:
            raise SettingsRefused(str(refusal), "outside_address") from refusal
    if not held.outside_is_on:
        return
    for name, words in (
        ("outside_address", "Say where the model is."),
        ("outside_model", "Say which model to ask for."),
        ("outside_key", "Give the key: a stored one is not sent to another address."),
    ):
        if not getattr(held, name):
            raise SettingsRefused(words, name)


def look_soon(*, brand: Brand) -> None:
    """Have a worker learn and suggest within two minutes, once for all who ask."""
    promise_soon(LOOK_TASK, brand_id=brand.pk)
