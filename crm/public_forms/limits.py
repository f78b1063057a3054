"""How often one network, and one address, may send a public form: counted by hashes."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

from crm import rates
from crm.rates import Limit

# A network is a household, an office or a campus: several people may send one from there.
OF_NETWORK = (Limit(10, timedelta(hours=1)), Limit(30, timedelta(days=1)))
# Somebody who mistypes sends again; each time a mail goes out.
OF_ADDRESS = (Limit(3, timedelta(days=1)),)


class TooMany(Exception):
    """Too much came from there; the message is fit for who sent the form."""

    def __init__(self, until: datetime, at: datetime) -> None:
        self.seconds = max(1, int((until - at).total_seconds()))
        minutes = -(-self.seconds // 60)
        hours = -(-minutes // 60)
        if minutes <= 90:
            wait = f"{minutes} minute{'' if minutes == 1 else 's'}"
        else:
            wait = f"{hours} hours"
        super().__init__(
            f"Too many forms came from your network or for this e-mail address. "
            f"Try again in {wait}. What you wrote stands below; copy it if you leave this page."
        )


def count(*, place: str, network: str, email: str, at: datetime) -> None:
    """Count one form of the page `place`, sent or refused. Raises TooMany."""
    places = [
        *((f"net:{network}", limit) for limit in OF_NETWORK),
        *((f"mail:{place}:{email}", limit) for limit in OF_ADDRESS),
    ]
    over = [ends for place, limit in places if (ends := _over(place, limit, at))]
    if over:
        raise TooMany(max(over), at)


def network_of(address: str) -> str:
    """The network that an address is of: its first three numbers, or the first 56 bits of IPv6."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


def _over(place: str, limit: Limit, at: datetime) -> datetime | None:
    """When it may go on, where this one is one too many."""
    # Neither addresses nor networks can be read out of the cache.
    hashed = salted_hmac("crm.public_forms.limits", place, algorithm="sha256").hexdigest()
    counted = rates.count(f"form:{hashed}", limit, at)
    return counted.ends if counted.number > limit.most else None
