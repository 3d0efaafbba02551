"""Which network addresses the link checker may connect to: public ones, at the web's ports, and nothing else.

The table follows IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates). The standard library's
``is_global`` is not enough: it calls multicast, NAT64 and 6to4 global.
"""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

WEB_PORTS = frozenset({80, 443})

# The first network that holds an address names the reason, so the wide ones of IPv6 stand last.
FORBIDDEN: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's shared network"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's service for its machines"),
        ("169.254.0.0/16", "link-local, where clouds keep credentials"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relays"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "this network"),
        ("::1/128", "this machine"),
        ("::ffff:0:0/96", "an IPv4 address in IPv6 dress"),
        ("::/96", "an IPv4 address in IPv6 dress"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2001:db8::/32", "documentation"),
        ("2001::/23", "protocol assignments, Teredo among them"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("::/3", "not global unicast"),  # IPv6 has given out 2000::/3 only
        ("4000::/2", "not global unicast"),
        ("8000::/1", "not global unicast"),
    )
)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What may be connected to. ``also`` admits single sockets (address, port) whatever the rules say of them."""

    ports: Collection[int] = WEB_PORTS
    also: Collection[tuple[str, int]] = ()

    def refusal(self, address: str, port: int) -> str | None:
        """Why this socket may not be connected to; None where it may.

        Args:
            address: a numeric address as sockets have it, not a name; what cannot be read as one is refused.
            port: the TCP port.
        """
        if (address, port) in self.also:
            return None
        if port not in self.ports:
            return f"port {port} is not one of the web's"
        try:
            parsed = ip_address(address)
        except ValueError:
            return f"{address} is not a numeric address"
        reason = next((reason for network, reason in FORBIDDEN if parsed in network), None)
        return f"{address} is not public ({reason})" if reason is not None else None
