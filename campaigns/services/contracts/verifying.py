"""Whether a contract is still what was accepted: computed again, not looked up."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.models import ContractVersion
from campaigns.services.contracts import files
from campaigns.services.documents import digest_of


@dataclass(frozen=True)
class Proof:
    """What was computed, and what it was compared with."""

    digest: str
    kept: str
    accepted: str
    # None: no paper was added.
    has_paper: bool | None

    @property
    def holds(self) -> bool:
        """Whether the document is the one that was accepted, and its paper is there."""
        return self.digest == self.kept == self.accepted and self.has_paper is not False


def verify(version: ContractVersion) -> Proof | None:
    """Compute the digest of an accepted version anew; None: it is not accepted."""
    acceptance = getattr(version, "acceptance", None)
    if acceptance is None:
        return None
    has_paper = None
    if acceptance.file_sha256:
        has_paper = files.is_whole(version.contract.brand_id, acceptance)
    return Proof(digest_of(version.document), version.digest, acceptance.digest, has_paper)
