"""HMAC-SHA256 between programs: what others sign for us, and what we sign for them.

What leaves is signed as Standard Webhooks says (https://www.standardwebhooks.com), so that others
can check it with a library of their language: three headers, of which one holds a signature for
each secret that is valid.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

# Clocks differ; an older message may be a copy that somebody sends again.
TOLERANCE = timedelta(minutes=5)
SECRET_PREFIX = "whsec_"  # noqa: S105 - what each secret begins with
ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, message, sha256).digest()


def is_same(told: str, wanted: str) -> bool:
    """Compared in a time that does not tell how much of it is right."""
    return hmac.compare_digest(told.encode(), wanted.encode())


def is_recent(seconds: int, at: datetime) -> bool:
    """Whether a message that names this second is neither old nor of the future."""
    return abs(datetime.fromtimestamp(seconds, UTC) - at) <= TOLERANCE


def new_secret() -> str:
    """A secret to sign with, of 256 random bits."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers_of(
    body: bytes, *, message_id: str, at: datetime, signed_with: Sequence[str]
) -> dict[str, str]:
    """What goes with `body`: its name, the second at which it leaves, a signature by secret."""
    seconds = str(int(at.timestamp()))
    signed = f"{message_id}.{seconds}.".encode() + body
    keys = [base64.b64decode(secret.removeprefix(SECRET_PREFIX)) for secret in signed_with]
    signatures = [base64.b64encode(mac(key, signed)).decode() for key in keys]
    return {
        ID_HEADER: message_id,
        TIME_HEADER: seconds,
        SIGNATURE_HEADER: " ".join(f"v1,{signature}" for signature in signatures),
    }
