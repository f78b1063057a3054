"""Passwords of mail servers, encrypted with a key that is made from SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# Part of the key: what is encrypted for mail cannot be read for anything else.
_PURPOSE = b"crm.mailbox.password"


class SecretLost(Exception):
    """It was encrypted with another SECRET_KEY; the message is fit for the user."""


def encrypt(password: str) -> str:
    """What is stored of `password`; empty stays empty."""
    return _box().encrypt(password.encode()).decode() if password else ""


def decrypt(stored: str) -> str:
    """The password again. Raises SecretLost."""
    if not stored:
        return ""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise SecretLost(
            "The stored password cannot be read any more, since the installation has another "
            "SECRET_KEY. Enter the password again."
        ) from error


def _box() -> MultiFernet:
    """Encrypts with the newest key; what an earlier one encrypted is read too."""
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(secret: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
