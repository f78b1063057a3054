"""The keys that sign checkpoints: one at a time per installation, the former ones remembered.

The private half is a file in the data folder, never in the database: who can write to the database
alone cannot sign. The public halves are in the database, which never lets go of one.
"""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction

from crm.models import LedgerKey


def folder() -> Path:
    """Where the private halves are."""
    return Path(settings.RAPPORT_HOME) / "ledger-keys"


@transaction.atomic
def signer(*, at: datetime) -> tuple[LedgerKey, Ed25519PrivateKey]:
    """The key to sign with; made where there is none, or where its file is gone."""
    _one_after_the_other()
    for key in LedgerKey.objects.all()[:1]:
        file = _file(key.fingerprint)
        if file.exists():
            return key, _private(file)
    return _make(at)


@transaction.atomic
def rotate(*, at: datetime) -> LedgerKey:
    """Sign with a new key from now on; what former ones signed can be checked as before."""
    _one_after_the_other()
    return _make(at)[0]


def public(key: str) -> Ed25519PublicKey:
    """A public key as a checkpoint names it. Raises ValueError for what is none."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))


def fingerprint_of(key: str) -> str:
    """What a public key is called: the SHA-256 of its bytes."""
    return hashlib.sha256(base64.b64decode(key)).hexdigest()


def _make(at: datetime) -> tuple[LedgerKey, Ed25519PrivateKey]:
    private = Ed25519PrivateKey.generate()
    shown = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    key = LedgerKey.objects.create(
        fingerprint=fingerprint_of(shown), public_key=shown, created_at=at
    )
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    text = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    handle = os.open(_file(key.fingerprint), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    return key, private


def _private(file: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        msg = f"{file} is no Ed25519 key."
        raise TypeError(msg)
    return key


def _file(fingerprint: str) -> Path:
    return folder() / f"{fingerprint}.pem"


def _one_after_the_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('crm.ledger.key', 0))")
