"""Where a URL that a person entered may lead."""

import socket

import pytest

from adapters.addresses import AddressRefused, AddressRule, Target

PUBLIC = "93.184.216.34"


def rule(*answers: str, **lists: frozenset[str]) -> AddressRule:
    return AddressRule(resolver=lambda host, port: list(answers or (PUBLIC,)), **lists)


BAD_URLS = [
    "http://shop.example/",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://shop.example/",
    "javascript:alert(1)",
    "//shop.example/",
    "shop.example",
    "",
    "https://",
    "https:///path",
    "https:/shop.example/",
    "https://user:pass@shop.example/",
    "https://shop.example@127.0.0.1/",
    "https://127.0.0.1\\@shop.example/",
    "https://shop.example\\.evil.example/",
    "https://shop.example#@127.0.0.1/",
    "https://shop%2eexample/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://1.2.3.4.5/",
    "https://127.0.0.01/",
    "https://shop.example./",
    "https://.shop.example/",
    "https://shop..example/",
    "https://-shop.example/",
    "https://shop.example:0/",
    "https://shop.example:65536/",
    "https://shop.example:port/",
    "https://shop.example:/",
    "https://shop.example:443:443/",
    "https://[::1]evil.example/",
    "https://[::ffff:127.0.0.1/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[fe80::1%25eth0]/",
    "https://１２７.0.0.1/",
    "https://shop。example/",
    "https://shop.example/\r\nHost: evil.example",
    " https://shop.example/",
    "https://shop .example/",
    f"https://{'a' * 64}.example/",
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str):
    with pytest.raises(AddressRefused):
        rule().target(url)


BAD_ADDRESSES = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.8",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "fd12::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_a_name_that_leads_inside_is_refused(address: str):
    target = rule().target("https://shop.example/")
    with pytest.raises(AddressRefused):
        rule(address).addresses(target)


def test_one_inner_address_among_public_ones_refuses_the_name():
    with pytest.raises(AddressRefused):
        rule(PUBLIC, "10.0.0.5").addresses(Target("https", "shop.example", 443))


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "100.128.0.1"])
def test_public_addresses_are_allowed(address: str):
    assert rule(address).addresses(rule().target("https://Shop.Example:8443/api/v1?x=1")) == [address]


def test_a_url_is_read_into_scheme_host_and_port():
    assert rule().target("HTTPS://Shop.Example/api") == Target("https", "shop.example", 443)
    assert rule().target("https://[2606:4700::1111]:8443").authority == "[2606:4700::1111]:8443"


def test_a_listed_host_may_be_private_and_plain():
    listed = rule("192.168.1.20", listed=frozenset({"NAS.lan"}))
    assert listed.addresses(listed.target("http://nas.lan:8080/")) == ["192.168.1.20"]


def test_a_host_listed_with_its_port_is_allowed_at_that_port_only():
    listed = rule("192.168.1.20", listed=frozenset({"nas.lan:8080"}))
    assert listed.target("http://nas.lan:8080/")
    with pytest.raises(AddressRefused):
        listed.target("http://nas.lan:8081/")
    with pytest.raises(AddressRefused):
        listed.addresses(listed.target("https://nas.lan/"))


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "0.0.0.0", "::1", "224.0.0.1"])
def test_a_listed_host_never_leads_to_this_machine_or_to_metadata(address: str):
    listed = rule(address, listed=frozenset({"nas.lan"}))
    with pytest.raises(AddressRefused):
        listed.addresses(listed.target("https://nas.lan/"))


def test_practice_is_allowed_by_identity_and_not_by_a_switch():
    practice = rule("127.0.0.1", practice=frozenset({"127.0.0.1:40001"}))
    assert practice.addresses(practice.target("http://127.0.0.1:40001/qne")) == ["127.0.0.1"]
    for url in ("http://127.0.0.1:40002/", "http://localhost:40001/"):
        with pytest.raises(AddressRefused):
            practice.target(url)
    with pytest.raises(AddressRefused):
        practice.addresses(practice.target("https://127.0.0.1:40002/"))


def test_our_own_servers_are_refused_even_where_their_host_is_listed():
    ours = rule("192.168.1.20", listed=frozenset({"nas.lan"}), never=frozenset({"192.168.1.20:5432"}))
    with pytest.raises(AddressRefused):
        ours.addresses(ours.target("https://nas.lan:5432/"))
    assert ours.addresses(ours.target("https://nas.lan/"))


def test_a_name_without_an_address_is_no_refusal_but_a_network_failure():
    with pytest.raises(OSError, match="no address"):
        AddressRule(resolver=lambda host, port: []).addresses(Target("https", "shop.example", 443))


def test_the_refusal_shows_no_password():
    with pytest.raises(AddressRefused) as refusal:
        rule().target("https://user:hunter22@shop.example/?api-key=canary")
    told = f"{refusal.value} {refusal.value.cause}"
    assert "hunter22" not in told
    assert "canary" not in told


def test_the_systems_resolver_gives_each_address_once():
    assert AddressRule().resolver("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(socket.gaierror):
        AddressRule().resolver("no-such-host.invalid", 80)
