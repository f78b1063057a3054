"""What every mail to a creator carries besides its text: who writes, where, and the way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crm.choices import LawfulBasis, MailPurpose
from crm.models import NoticeText, OutreachPolicy, Relationship
from crm.outreach import countries, unsubscribing
from crm.outreach.standing import contact_of, standing

_BASIS = {
    LawfulBasis.CONSENT: "you agreed to it",
    LawfulBasis.CONTRACT: "we work together or you wrote to us",
    LawfulBasis.LEGITIMATE_INTEREST: "we have a legitimate interest in asking about working "
    "together",
}


@dataclass(frozen=True)
class Dress:
    """`footer` comes below the text and the signature; `headers` go into the mail as they are."""

    footer: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def dress(
    *, relationship: Relationship, to: str, purpose: MailPurpose | str, at: datetime
) -> Dress:
    """The footer and the headers of a mail to the address `to` of a creator.

    `relationship` is read with its brand and creator. The sender puts both into the mail at the
    moment of sending: an address that was corrected meanwhile is in it.
    """
    brand, policy = relationship.brand, OutreachPolicy.of(relationship.brand)
    name = policy.sender_name.strip() or brand.name
    lines = [", ".join(filter(None, [name, " ".join(policy.postal_address.split())]))]
    if purpose == MailPurpose.FIRST and (notice := _notice(relationship, policy, name, to, at)):
        lines.append(notice)
    if purpose == MailPurpose.FIRST and (text := _notice_text(relationship)):
        lines.append(text)
    headers = {}
    link = unsubscribing.link(brand_id=brand.pk, creator_id=relationship.creator_id, to=to)
    if link:
        lines.append(f"No more mail from {name}: {link}")
        # One click in the mail programme is enough: it sends this line to the address (RFC 8058).
        headers = {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return Dress("\n".join(lines), headers)


def _notice_text(relationship: Relationship) -> str:
    """What the brand tells of what it keeps, in the creator's language, else in English."""
    own = relationship.creator.language.lower().partition("-")[0]
    rows = NoticeText.objects.filter(brand=relationship.brand, language__in={own, "en"})
    texts = dict(rows.values_list("language", "text"))
    return " ".join((texts.get(own) or texts.get("en") or "").split())


def _notice(
    relationship: Relationship, policy: OutreachPolicy, name: str, to: str, at: datetime
) -> str:
    """Where the address is from and why it is used, where the country asks for that."""
    rule = countries.rule_of(
        relationship.creator.country, is_careful=policy.needs_consent_where_unknown
    )
    if not rule.notice:
        return ""
    contact = contact_of(relationship, to)
    source = contact.found_in.strip() if contact else ""
    basis = countries.basis_for(rule, standing(relationship, to, at), at)
    words = [f"{name} has your address from: {source or 'what you publish about yourself'}."]
    if basis:
        words.append(f"We use it because {_BASIS[basis]}; you can object at any time.")
    if policy.privacy_url:
        words.append(f"More: {policy.privacy_url}")
    return " ".join(words)
