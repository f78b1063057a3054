"""What makes a document the same document: its canonical form and the digest of that."""

from __future__ import annotations

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder


def digest_of(document: object) -> str:
    """SHA-256, in hexadecimal, of a document's canonical JSON (sorted keys, no spaces, UTF-8).

    Days, moments and decimals are written as Django writes them to JSON.
    """
    text = json.dumps(
        document,
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()
