"""The link checker against servers on loopback that do what they can to lead it astray."""

import tracemalloc
from dataclasses import replace

import pytest

from bot.faq.links import Limits
from bot.model import SourceState
from tests.faq.web import QUICK, hostile_web

NAMES = {
    "inside.test": ["127.0.0.1"],
    "second.test": ["127.0.0.2"],
    "six.test": ["::1"],
    "mapped.test": ["::ffff:127.0.0.1"],
    "metadata.test": ["169.254.169.254"],
    "mixed.test": ["10.0.0.1", "::1", "127.0.0.1"],
    "nat64.test": ["64:ff9b::7f00:1"],
    "a.test": ["127.0.0.1"],
    "b.test": ["127.0.0.1"],
}
# {port} is the trap's, which listens on every local address.
HOSTILE = [
    "http://127.0.0.1:{port}/",
    "http://127.0.0.2:{port}/",
    "http://127.255.255.254:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0x7f.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0x0.0.01:{port}/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{port}/",
    "http://127\u30020\u30020\u30021:{port}/",
    "http://\uff11\uff12\uff17.0.0.1:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost:{port}/",
    "http://LocalHost:{port}/",
    "http://localhost.:{port}/",
    "http://inside.test:{port}/",
    "http://second.test:{port}/",
    "http://six.test:{port}/",
    "http://mapped.test:{port}/",
    "http://metadata.test/latest/meta-data/",
    "http://mixed.test:{port}/",
    "http://nat64.test:{port}/",
    "https://127.0.0.1:{port}/",
    "https://inside.test:{port}/",
    "http://user@127.0.0.1:{port}/",
    "http://user:secret@127.0.0.1:{port}/",
    "http://1.1.1.1@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@1.1.1.1/",
    "http://1.1.1.1:22/",
    "http://127.0.0.1:99999/",
    "http:///no-host",
    "http://[127.0.0.1",
    "ftp://127.0.0.1:{port}/",
    "ws://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET",
    "file:///etc/passwd",
    "unix:///run/docker.sock",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "",
]


@pytest.fixture
async def net():
    async with hostile_web(NAMES) as net:
        yield net


def test_the_table_of_hostile_addresses_has_at_least_forty_forms():
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("form", HOSTILE)
async def test_a_hostile_address_is_not_connected_to(net, form):
    (check,) = await net.look(form.format(port=net.trap_port))
    assert (check.state, net.policy.granted, net.trapped) == (SourceState.UNCHECKED, [], [])
    assert check.problem


@pytest.mark.parametrize("status", [301, 302])
@pytest.mark.parametrize("form", [form for form in HOSTILE if form and "no-host" not in form])
async def test_no_redirect_leads_to_a_hostile_address(net, form, status):
    (check,) = await net.look(net.site.redirect(form.format(port=net.trap_port), status))
    assert check.state is not SourceState.DEAD
    assert set(net.policy.granted) == {("127.0.0.1", net.site.port)}
    assert net.trapped == []


async def test_the_trap_is_real(net):
    """Without the rules the same forms do reach it: the tests above prove something."""
    open_policy = replace(net.policy, also=_Everything())
    forms = [form.format(port=net.trap_port) for form in ("http://127.0.0.1:{port}/", "http://second.test:{port}/")]
    _ = [check async for check in replace(net, policy=open_policy).checker().check(forms)]
    assert set(net.trapped) == {"127.0.0.1", "127.0.0.2"}


class _Everything:
    def __contains__(self, item):
        return True


async def test_only_the_admitted_one_of_two_names_addresses_is_connected_to(net):
    await net.look(f"http://second.test:{net.site.port}/status/200", f"http://a.test:{net.site.port}/status/200")
    assert set(net.policy.granted) == {("127.0.0.1", net.site.port)}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, SourceState.OK),
        (204, SourceState.OK),
        (404, SourceState.DEAD),
        (410, SourceState.DEAD),
        (401, SourceState.BLOCKED),
        (403, SourceState.BLOCKED),
        (429, SourceState.BLOCKED),
        (451, SourceState.BLOCKED),
        (400, SourceState.UNCHECKED),
        (500, SourceState.UNCHECKED),
        (503, SourceState.UNCHECKED),
    ],
)
async def test_the_status_decides_the_state(net, status, state):
    (check,) = await net.look(net.site.url(f"/status/{status}"))
    assert (check.state, check.status, check.moved_to, check.at) == (state, status, None, net.clock.now)
    assert (check.problem is None) == (state is not SourceState.UNCHECKED)


async def test_a_page_that_head_finds_is_not_fetched(net):
    await net.look(net.site.url("/status/200"))
    assert [method for method, _ in net.site.requests] == ["HEAD"]


@pytest.mark.parametrize("path", ["/only-get", "/slow-head"])
async def test_get_decides_where_the_server_does_not_do_head(net, path):
    (check,) = await net.look(net.site.url(path))
    assert (check.state, check.status) == (SourceState.OK, 200)
    assert [method for method, _ in net.site.requests] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [301, 308])
async def test_a_redirect_for_good_means_moved(net, status):
    target = net.site.url("/status/200")
    (check,) = await net.look(net.site.redirect(target, status))
    assert (check.state, check.moved_to) == (SourceState.MOVED, target)


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_redirect_for_now_leaves_the_address_standing(net, status):
    (check,) = await net.look(net.site.redirect("/status/200", status))
    assert (check.state, check.moved_to) == (SourceState.OK, None)


async def test_what_moved_is_as_far_as_the_redirects_for_good_lead(net):
    last_for_good = net.site.redirect("/status/200", 302)
    (check,) = await net.look(net.site.redirect(net.site.redirect(last_for_good, 308), 301))
    assert check.moved_to == last_for_good


async def test_a_redirect_for_good_behind_one_for_now_moves_nothing(net):
    for_good = net.site.redirect("/status/200", 301)
    (check,) = await net.look(net.site.redirect(for_good, 302))
    assert (check.state, check.moved_to) == (SourceState.OK, None)


async def test_a_redirect_to_what_is_gone_is_dead(net):
    (check,) = await net.look(net.site.redirect("/status/410", 301))
    assert (check.state, check.status, check.moved_to) == (SourceState.DEAD, 410, None)


@pytest.mark.parametrize(("redirects", "state"), [(5, SourceState.OK), (6, SourceState.UNCHECKED)])
async def test_five_redirects_are_followed_and_no_more(net, redirects, state):
    address = net.site.url("/status/200")
    for _ in range(redirects):
        address = net.site.redirect(address, 302)
    (check,) = await net.look(address)
    assert check.state is state


async def test_a_loop_of_redirects_ends(net):
    (check,) = await net.look(net.site.url("/loop"))
    assert check.problem == "more than 5 redirects"
    assert len(net.site.requests) == 12  # 6 with HEAD, 6 with GET


async def test_a_redirect_that_leads_nowhere_is_no_page(net):
    (check,) = await net.look(net.site.url("/no-location"))
    assert (check.state, check.problem) == (SourceState.UNCHECKED, "answered 302")


async def test_a_bomb_stays_compressed(net):
    tracemalloc.start()
    try:
        (check,) = await net.look(net.site.url("/bomb"), limits=Limits(pace=0.0))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert check.state is SourceState.OK
    assert peak < 1 << 20  # of 100 MiB


async def test_of_an_endless_page_little_is_read(net):
    (check,) = await net.look(net.site.url("/endless"), limits=Limits(pace=0.0))
    assert check.state is SourceState.OK
    assert net.site.sent["/endless"] < 16 << 20  # 512 KiB, and what the sockets' buffers hold


async def test_a_page_that_drips_is_given_up_in_time(net):
    (check,) = await net.look(net.site.url("/drip"))
    assert (check.state, check.problem) == (SourceState.UNCHECKED, "no whole answer within 0.5 s")


async def test_a_page_that_breaks_off_is_unchecked(net):
    (check,) = await net.look(net.site.url("/cut"))
    assert check.state is SourceState.UNCHECKED
    assert "broke off" in check.problem


async def test_a_name_that_nobody_knows_is_unchecked(net):
    (check,) = await net.look("http://nobody.test/")
    assert (check.state, check.problem) == (SourceState.UNCHECKED, "the name does not resolve")


async def test_a_server_without_tls_is_unchecked_over_https(net):
    (check,) = await net.look(f"https://127.0.0.1:{net.site.port}/status/200")
    assert (check.state, check.problem) == (SourceState.UNCHECKED, "no secure connection")


async def test_a_refused_address_is_named_with_the_reason(net):
    (check,) = await net.look("http://169.254.169.254/")
    assert check.problem == "no connection: 169.254.169.254 is not public (link-local, where clouds keep credentials)"


async def test_one_bad_address_does_not_hold_up_the_others(net):
    bad, drip, good = "http://[", net.site.url("/drip"), net.site.url("/status/200")
    states = [check.state for check in await net.look(bad, drip, good)]
    assert states == [SourceState.UNCHECKED, SourceState.UNCHECKED, SourceState.OK]


async def test_one_host_is_not_asked_again_at_once(net):
    checks = net.checker(replace(QUICK, pace=3600.0)).check([net.site.url("/status/200"), net.site.url("/status/204")])
    await anext(checks)
    await checks.aclose()
    assert len(net.site.requests) == 1


async def test_one_host_is_asked_again_after_the_pace(net):
    paths = ["/status/200", "/status/201", "/status/202"]
    await net.look(*map(net.site.url, paths), limits=replace(QUICK, pace=0.01))
    assert [path for _, path in net.site.requests] == paths


async def test_hosts_do_not_wait_for_each_other(net):
    addresses = [net.site.url("/status/200", host) for host in ("a.test", "b.test")]
    states = [check.state for check in await net.look(*addresses, limits=replace(QUICK, pace=3600.0))]
    assert states == [SourceState.OK, SourceState.OK]


async def test_no_cookie_goes_back_and_the_checker_says_who_it_is(net):
    await net.look(net.site.url("/status/404", "a.test"))
    first, second = net.site.headers
    assert "Cookie" not in second
    assert "Copydesk" in first["User-Agent"]


@pytest.mark.parametrize(
    "address",
    ["http://user:secret@a.test:{port}/", "ws://a.test:{port}/", "httpx://a.test:{port}/", "http://\x1ba.test:{port}/"],
)
async def test_also_an_admitted_server_is_asked_by_plain_web_addresses_only(net, address):
    (check,) = await net.look(address.format(port=net.site.port))
    assert check.problem.startswith("not a web address: ")
    assert net.site.requests == []


async def test_a_proxy_of_the_environment_is_no_way_around(net, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{net.trap_port}")
    (check,) = await net.look(net.site.url("/status/200", "a.test"))
    assert (check.state, net.trapped) == (SourceState.OK, [])


async def test_a_server_cannot_put_control_characters_into_a_problem(net):
    (check,) = await net.look(net.site.url("/escapes"))
    assert "31m" in check.problem
    assert check.problem.isprintable()


async def test_stopping_early_leaves_nothing_behind(net):
    checks = net.checker().check([net.site.url("/status/200"), net.site.url("/drip")])
    first = await anext(checks)
    await checks.aclose()
    assert first.state is SourceState.OK
    assert net.running() == []
