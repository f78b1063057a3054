"""A contract as a PDF file: a draft is marked as one, an accepted one ends with its acceptance."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from campaigns.models import Contract, ContractAcceptance, ContractVersion
from campaigns.services.contracts.document import document_of
from campaigns.services.offers.words import day
from crm.pdf import pdf_of


def pdf(contract: Contract, version: ContractVersion) -> bytes:
    """The file; the same version gives the same bytes."""
    acceptance = getattr(version, "acceptance", None)
    data = {
        "contract": document_of(contract, version).to_json(),
        "mark": "" if version.is_fixed else "DRAFT",
        "acceptance": record(contract, acceptance) if acceptance else None,
    }
    at = acceptance.at if acceptance else version.fixed_at or version.created_at
    return pdf_of("contract", data, at=at)


def record(contract: Contract, acceptance: ContractAcceptance) -> list[tuple[str, str]]:
    """The acceptance in lines: who, when, what, and how it is known."""
    at = acceptance.at.astimezone(ZoneInfo(contract.brand.timezone))
    lines = [("Accepted by", acceptance.name)]
    if acceptance.guardian:
        lines.append(("With the consent of", acceptance.guardian))
    lines += [
        ("Accepted on", day(acceptance.on)),
        ("Written down", f"{at:%-d %B %Y %H:%M:%S} ({contract.brand.timezone})"),
    ]
    if acceptance.recorded_by:
        by = acceptance.recorded_by.display_name
        lines.append(("How", f"Signed outside of the product, written down by {by}"))
    elif acceptance.link:
        lines.append(("How", f"By the personal link made for {acceptance.link.name}"))
    else:
        lines.append(("How", "Whose account or link it was is not known any more"))
    if acceptance.note:
        lines.append(("Where it can be seen", acceptance.note))
    if acceptance.file_name:
        lines += [("Signed paper", acceptance.file_name), ("Its SHA-256", acceptance.file_sha256)]
    return [*lines, ("Digest", acceptance.digest)]
