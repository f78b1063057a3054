"""What a brief takes in by choice, never typed: claims of the library, labels of the packs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.models import Campaign, Claim
from campaigns.services.briefs.beginnings import claim_lines, claims_for
from campaigns.services.briefs.document import ClaimLine, Document, Wording
from campaigns.services.briefs.wordings import chosen, offered


@dataclass(frozen=True)
class Choices:
    """Claims and labels that a brief can have on a day, those that it has by now among them."""

    library: Sequence[Claim]
    # Claims of the document that the library has no more.
    gone: Sequence[ClaimLine]
    # Those that the packs offer, then those of the document that they do not.
    labels: Sequence[Wording]

    @classmethod
    def of(cls, campaign: Campaign, document: Document, today: date) -> Choices:
        """What there is for a brief that says this now."""
        library = claims_for(campaign, today)
        held = {claim.pk for claim in library}
        labels = list(offered(campaign.jurisdictions, brand=campaign.brand.name, on=today))
        keys = {label.key for label in labels}
        return cls(
            library,
            [line for line in document.claims if line.claim not in held],
            labels + [label for label in document.wordings if label.key not in keys],
        )

    @property
    def texts(self) -> dict[int, str]:
        """The claims by their numbers."""
        return {claim.pk: claim.text for claim in self.library} | {
            line.claim: line.text for line in self.gone
        }

    def claims(self, numbers: Collection[int]) -> tuple[ClaimLine, ...]:
        """As the library has them today; what it has no more stays as the brief had it."""
        wanted = [claim for claim in self.library if claim.pk in numbers]
        return claim_lines(wanted) + tuple(line for line in self.gone if line.claim in numbers)

    def wordings(self, keys: Collection[str]) -> tuple[Wording, ...]:
        """The labels of these keys, in their order."""
        return chosen(keys, self.labels)
