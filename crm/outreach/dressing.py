"""What every mail to a creator carries besides its text: who writes, where, and the way out."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dress:
    """`footer` comes below the text and the signature; `headers` go into the mail as they are."""

    footer: str = ""
    headers: dict[str, str] = field(default_factory=dict)
