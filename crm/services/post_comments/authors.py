"""Whoever writes comments is a number: the same person is the same one, and nobody can say who.

The number is made of the platform's key and a secret of the installation, apart for each brand:
without the secret it can neither be turned back nor compared with another brand's.
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac

_USE = "crm.post_comments.author"


def number_of(*, brand_id: int, platform: str, key: str) -> int | None:
    """The number of whoever has `key` on a platform, case aside; None: nobody said who."""
    plain = key.strip().removeprefix("@").casefold()
    if not plain:
        return None
    digest = salted_hmac(_USE, f"{brand_id}\n{platform}\n{plain}", algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big", signed=True)
