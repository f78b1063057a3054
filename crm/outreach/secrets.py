"""What must be read again but by nobody else, encrypted with keys that are made from SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Part of the key: what is encrypted for one purpose cannot be read for another.
SERVERS = b"crm.mailbox.password"  # passwords of mail servers, and secrets that sign messages
ANSWERS = b"crm.kept_answer"  # a secret may be part of what the API answered


class SecretLost(Exception):
    """It was encrypted with another SECRET_KEY; the message is fit for the user."""


def encrypt(password: str, purpose: bytes = SERVERS) -> str:
    """What is stored of `password`; empty stays empty."""
    return _box(purpose).encrypt(password.encode()).decode() if password else ""


def decrypt(stored: str, purpose: bytes = SERVERS) -> str:
    """The password again. Raises SecretLost."""
    if not stored:
        return ""
    try:
        return _box(purpose).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretLost(
            "The stored password cannot be read any more, since the installation has another "
            "SECRET_KEY. Enter the password again."
        ) from error


def _box(purpose: bytes) -> MultiFernet:
    """Encrypts with the newest key; what an earlier one encrypted is read too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(secret: str, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
