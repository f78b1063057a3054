"""Write the chain of each ledger anew: what is personal goes into the texts.

The hash that the last entry had, and whether the chain held until then, are told in an entry.
"""

import hashlib
import json
import secrets
from datetime import UTC

from django.db import migrations
from django.utils import timezone

PART = 2_000
GENESIS = "0" * 64
SYSTEM = "system"
# Details with text in them that name things of the product, as they were on the day of this
# migration. All other text is personal.
NAMES = """
    act adopted as_drafts basis campaign changed channel choices colour consent_version country
    creator criteria currency days digest dimension field fields form format from gate gates
    gone_uid held jurisdiction key keys kind legal_always moved order origin pack period platform
    purpose role rule scheme scopes segment sequence source stage state status step tag timezone
    to_stage trigger type usage verdict version weights
"""
FACTS = frozenset(NAMES.split())
# Their details are about a person, whatever they are called.
ABOUT_PEOPLE = ("crm.creator.changed", "crm.field_value.")


def chain_anew(apps, schema_editor):
    entry_model, text_model = _models(apps)
    for brand in apps.get_model("crm", "Brand").objects.order_by("pk"):
        old = new = GENESIS
        number, was_whole = 0, True
        entries = entry_model.objects.filter(brand=brand).order_by("number")
        for part in _parts(entries):
            texts = []
            for entry in part:
                number += 1
                was_whole &= (entry.number, entry.previous_hash) == (number, old)
                was_whole &= entry.hash == _hash(_old_content(entry))
                old, number = entry.hash, entry.number
                texts.append(_split(text_model, entry))
                entry.text_digest, entry.previous_hash = _text_digest(texts[-1]), new
                entry.hash = new = _hash(_content(entry))
            text_model.objects.bulk_create(texts)
            entry_model.objects.bulk_update(
                part, ["facts", "text_digest", "previous_hash", "hash"], batch_size=500
            )
        if number:
            told = entry_model(
                brand=brand,
                number=number + 1,
                at=timezone.now(),
                verb="crm.ledger.chained_anew",
                target_type="crm.brand",
                target_id=brand.pk,
                facts={"entries": number, "old_hash": old, "was_whole": was_whole},
                previous_hash=new,
            )
            salt = secrets.token_hex(16)
            text = text_model(salt=salt, actor_label=SYSTEM, target_label=brand.name[:200])
            told.text_digest = _text_digest(text)
            told.hash = _hash(_content(told))
            told.save()
            text.entry = told
            text.save(force_insert=True)


def chain_as_before(apps, schema_editor):
    entry_model, text_model = _models(apps)
    for brand in apps.get_model("crm", "Brand").objects.order_by("pk"):
        last = GENESIS
        entries = entry_model.objects.filter(brand=brand).order_by("number")
        for part in _parts(entries):
            texts = text_model.objects.in_bulk([entry.pk for entry in part])
            for entry in part:
                text = texts.get(entry.pk, text_model(actor_label="", target_label=""))
                entry.actor_label, entry.target_label = text.actor_label, text.target_label
                entry.facts |= text.personal
                entry.previous_hash = last
                entry.hash = last = _hash(_old_content(entry))
            entry_model.objects.bulk_update(
                part,
                ["facts", "actor_label", "target_label", "previous_hash", "hash"],
                batch_size=500,
            )
    text_model.objects.all().delete()


def _models(apps):
    return apps.get_model("crm", "AuditEntry"), apps.get_model("crm", "AuditText")


def _parts(entries):
    """Read to the end before it is written to, part by part."""
    last = 0
    while part := list(entries.filter(number__gt=last)[:PART]):
        yield part
        last = part[-1].number


def _split(text_model, entry):
    personal = {
        key: value
        for key, value in entry.facts.items()
        if entry.verb.startswith(ABOUT_PEOPLE) or not (key in FACTS or _is_wordless(value))
    }
    entry.facts = {key: value for key, value in entry.facts.items() if key not in personal}
    return text_model(
        entry=entry,
        salt=secrets.token_hex(16),
        actor_label=entry.actor_label,
        target_label=entry.target_label,
        personal=personal,
    )


def _is_wordless(value):
    if isinstance(value, dict):
        return all(_is_wordless(item) for item in value.values())
    if isinstance(value, list):
        return all(_is_wordless(item) for item in value)
    return not isinstance(value, str) or not value


def _text_digest(text):
    return _hash(
        {
            "salt": text.salt,
            "actor": text.actor_label,
            "target": text.target_label,
            "personal": text.personal,
        }
    )


def _content(entry):
    return _link(entry) | {
        "actor": entry.actor_id,
        "facts": entry.facts,
        "text_digest": entry.text_digest,
    }


def _old_content(entry):
    return _link(entry) | {
        "actor": entry.actor_label,
        "target_label": entry.target_label,
        "data": entry.facts,
    }


def _link(entry):
    return {
        "brand": entry.brand_id,
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "verb": entry.verb,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "previous_hash": entry.previous_hash,
    }


def _hash(content):
    text = json.dumps(
        _plain_numbers(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_numbers(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    return value


class Migration(migrations.Migration):
    dependencies = [("crm", "0021_audit_texts")]

    operations = [migrations.RunPython(chain_anew, chain_as_before)]
