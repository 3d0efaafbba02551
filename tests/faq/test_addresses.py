"""Which sockets the link checker may connect to."""

from ipaddress import ip_address

import pytest

from bot.faq.addresses import FORBIDDEN, AddressPolicy

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.15.255.255",
    "172.32.0.1",
    "2606:2800:21f:cb07::1",
    "2a00:1450::1",
]
NOT_PUBLIC = {
    "0.0.0.0": "this network",  # noqa: S104  # nothing binds to it here
    "0.1.2.3": "this network",
    "10.255.255.255": "a private network",
    "100.64.0.1": "shared",
    "100.100.100.200": "shared",
    "127.0.0.1": "this machine",
    "127.255.255.254": "this machine",
    "168.63.129.16": "cloud",
    "169.254.169.254": "clouds keep credentials",
    "172.16.0.1": "a private network",
    "172.31.255.255": "a private network",
    "192.0.0.170": "protocol",
    "192.0.2.1": "documentation",
    "192.31.196.1": "AS112",
    "192.52.193.1": "AMT",
    "192.88.99.1": "6to4",
    "192.168.1.1": "a private network",
    "192.175.48.1": "AS112",
    "198.19.255.255": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "this network",
    "::1": "this machine",
    "::ffff:127.0.0.1": "IPv4",
    "::ffff:1.1.1.1": "IPv4",
    "::127.0.0.1": "IPv4",
    "64:ff9b::1.1.1.1": "NAT64",
    "64:ff9b:1::1": "NAT64",
    "2001:db8::1": "documentation",
    "2001:0:7f00:1::": "Teredo",
    "2001:10::1": "protocol",
    "2002:7f00:1::": "6to4",
    "3fff::1": "documentation",
    "fc00::1": "a private network",
    "fd00:ec2::254": "a private network",
    "fe80::1": "link-local",
    "fe80::1%lo": "link-local",
    "ff02::1": "multicast",
    "100::1": "not global unicast",
    "5f00::1": "not global unicast",
    "fec0::1": "not global unicast",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_at_a_port_of_the_web_may_be_connected_to(address):
    assert AddressPolicy().refusal(address, 443) is None
    assert AddressPolicy().refusal(address, 80) is None


@pytest.mark.parametrize(("address", "why"), NOT_PUBLIC.items())
def test_an_address_that_is_not_public_is_refused_with_the_reason(address, why):
    refused = AddressPolicy().refusal(address, 443)
    assert refused is not None
    assert address in refused
    assert why in refused


def test_every_line_of_the_table_has_an_address_that_it_alone_explains():
    first = {next(n for n, _ in FORBIDDEN if ip_address(address) in n) for address in NOT_PUBLIC}
    assert first == {network for network, _ in FORBIDDEN}


@pytest.mark.parametrize("port", [0, 22, 25, 8080, 65535])
def test_a_public_address_at_another_port_is_refused(port):
    assert "port" in AddressPolicy().refusal("1.1.1.1", port)


@pytest.mark.parametrize("text", ["", "localhost", "0x7f.1", "2130706433", "127.1", "0177.0.0.1", "1.1.1.1.", "\ud800"])
def test_what_is_not_a_plain_numeric_address_is_refused(text):
    assert AddressPolicy().refusal(text, 80) is not None


def test_an_admitted_socket_admits_neither_its_neighbour_nor_another_port():
    policy = AddressPolicy(also={("127.0.0.1", 8000)})
    assert policy.refusal("127.0.0.1", 8000) is None
    assert policy.refusal("127.0.0.1", 80) is not None
    assert policy.refusal("127.0.0.2", 8000) is not None
