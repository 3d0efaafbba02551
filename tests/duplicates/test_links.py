"""Addresses that lead to the same page are one link, others are not."""

import pytest

from bot.duplicates.gist import Gist
from bot.duplicates.links import canonical, domain, links_in, without_links
from tests.support import GUILD

SAME = [
    ["https://youtu.be/dQw4w9WgXcQ?si=abc", "http://m.youtube.com/watch?v=dQw4w9WgXcQ&t=4",
     "https://www.youtube.com/shorts/dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"],
    ["https://twitter.com/a/status/159?s=20", "https://x.com/b/status/159/photo/1", "https://vxtwitter.com/a/status/159",
     "https://fxtwitter.com/i/web/status/159", "https://d.fxtwitter.com/a/status/159"],
    ["https://old.reddit.com/r/art/comments/1abcde/a_title/", "https://www.reddit.com/comments/1abcde",
     "https://redd.it/1abcde", "https://www.reddit.com/gallery/1abcde", "HTTPS://WWW.REDDIT.COM/R/ART/COMMENTS/1ABCDE/"],
    ["https://en.m.wikipedia.org/wiki/Fair_use", "http://en.wikipedia.org/wiki/Fair_use#History",
     "https://en.wikipedia.org/wiki/Fair_use?wprov=sfla1"],
    ["https://news.example/a?b=1&c=2", "http://www.news.example:80/a/?c=2&utm_source=x&b=1&fbclid=y",
     "https://amp.news.example/x/../a?b=1&c=2", "https://news.example/a/amp?c=2&b=1"],
    ["https://www.google.com/amp/s/news.example/a", "https://web.archive.org/web/20240101/https://news.example/a",
     "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2Fa&sa=D", "https://www.google.de/amp/news.example/a",
     "https://news-example.cdn.ampproject.org/v/s/amp.news.example/a?amp_js_v=0.1"],
    ["https://arxiv.org/abs/2310.02207", "https://arxiv.org/pdf/2310.02207v2.pdf"],
    ["https://discord.gg/abc", "https://discord.com/invite/abc", "discordapp.com/invite/abc"],
    ["https://www.amazon.com/Some-Book/dp/B000123/ref=sr_1", "https://amazon.com/gp/product/B000123?tag=x"],
    ["https://open.spotify.com/intl-de/track/abc?si=1", "https://open.spotify.com/track/abc"],
    ["https://ddinstagram.com/reel/abc/", "https://www.instagram.com/p/abc/?igsh=x"],
    ["https://news.example/~ada", "https://news.example/%7Eada", "https://news.example/~ada?ref_src=twsrc&s=20",
     "https://news.example/~ada?amp=1", "https://news-example.cdn.ampproject.org/c/s/news.example/~ada",
     "https://news.example/amp/~ada", "https://news.example/~ada.amp"],
    ["https://vxtiktok.com/@a/video/7", "https://www.tiktok.com/@b/video/7?is_from_webapp=1"],
    ["https://news.example/a?CMP=share_btn_url", "https://news.example/a?unlocked_article_code=1&smid=url-share"],
    ["https://t.me/ada/7", "https://telegram.me/ada/7"],
]  # fmt: skip
DIFFERENT = [
    ("https://video.example/watch?v=8sd7f", "https://video.example/watch?v=9kk2b"),
    ("https://app.example/#/page/1", "https://app.example/#/page/2"),
    ("https://app.example/#!/page/1", "https://app.example/"),
    ("https://news.example:8080/a", "https://news.example/a"),
    ("https://forum.example/topic?id=1", "https://forum.example/topic?id=2"),
    ("https://reddit.com/comments/1abcde/t/one", "https://reddit.com/comments/1abcde/t/two"),
    ("https://youtu.be/dQw4w9WgXcQ", "https://youtu.be/aQw4w9WgXcQ"),
    ("https://one.example/a", "https://two.example/a"),
    ("https://www.youtube.com/@ada", "https://www.youtube.com/@ben"),
    ("https://x.com/ada", "https://x.com/ben"),
    ("https://www.reddit.com/r/art", "https://www.reddit.com/r/music"),
    ("https://www.amazon.com/stores/ada", "https://www.amazon.com/stores/ben"),
    ("https://www.instagram.com/ada", "https://www.instagram.com/ben"),
    ("https://arxiv.org/list/cs.CL/new", "https://arxiv.org/list/cs.CV/new"),
    ("https://www.google.com/search?q=one", "https://www.google.com/search?q=two"),
    ("https://news.example/a%20one", "https://news.example/a%20two"),
    ("https://forum.example/?tag=a&tag=b", "https://forum.example/?tag=c&tag=b"),
]  # fmt: skip


@pytest.mark.parametrize("addresses", SAME, ids=lambda addresses: addresses[0])
def test_addresses_of_one_page_are_one_link(addresses):
    assert len({canonical(address) for address in addresses}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_two_pages_are_two_links(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("site", "others"),
    [
        (
            "x.com",
            "twitter.com mobile.twitter.com fxtwitter.com d.fxtwitter.com vxtwitter.com d.vxtwitter.com fixupx.com",
        ),
        ("x.com", "c.vxtwitter.com fixvx.com nitter.net xcancel.com www.twitter.com X.com x.com:443 ada@x.com x.com."),
        ("youtube.com", "youtu.be m.youtube.com music.youtube.com www.youtube-nocookie.com yout-ube.com"),
        (
            "reddit.com",
            "old.reddit.com new.reddit.com np.reddit.com sh.reddit.com i.reddit.com m.reddit.com amp.reddit.com",
        ),
        ("reddit.com", "redd.it rxddit.com vxreddit.com"),
        ("instagram.com", "ddinstagram.com instagr.am kkinstagram.com"),
        ("tiktok.com", "m.tiktok.com vxtiktok.com tnktok.com"),
        ("bsky.app", "fxbsky.app bskyx.app bsyy.app"),
        ("discord.com", "discordapp.com discord.gg ptb.discord.com canary.discord.com"),
        ("facebook.com", "m.facebook.com fb.com web.facebook.com touch.facebook.com"),
        ("arxiv.org", "export.arxiv.org"),
        ("t.me", "telegram.me"),
        ("de.wikipedia.org", "de.m.wikipedia.org"),
        ("news.example", "www.news.example m.news.example mobile.news.example amp.news.example news.example:80"),
    ],
)
def test_a_site_has_one_name_whatever_host_leads_to_it(site, others):
    assert {domain(canonical(f"https://{host}/")) for host in others.split()} == {site}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("no link, only words: a.b", ()),
        ("[read](https://a.example/x) and <https://b.example/y>.", ("a.example/x", "b.example/y")),
        ("(https://a.example/x_(y)), twice: https://a.example/x_(y)?utm_source=z", ("a.example/x_(y)",)),
        ("**https://a.example/x**!", ("a.example/x",)),
        ("come to discord.gg/abc", ("discord.com/invite/abc",)),
        ("https:// and https://...", ()),
        ("https://www.google.com/amp/s/", ("google.com/s",)),
    ],
)
def test_the_links_of_a_text_are_found_whatever_stands_around_them(text, links):
    assert links_in(text) == links


def test_the_text_without_its_links_keeps_the_punctuation():
    assert without_links("see https://a.example/x, or [this](https://b.example)!").split() == [
        "see",
        ",",
        "or",
        "[this](",
        ")!",
    ]


@pytest.mark.parametrize("space", ["%20", "%0A", "%1F", "%C2%85", "%E2%80%A8"])
def test_white_space_in_an_address_does_not_end_it(space):
    addresses = (f"https://news.example/a{space}b", f"https://news.example/?q=a{space}b")
    assert all(len(canonical(address).split()) == 1 for address in addresses)
    assert Gist.of(" ".join(addresses), GUILD).links == tuple(sorted(map(canonical, addresses)))


def test_an_address_within_addresses_ends_somewhere():
    assert canonical("https://web.archive.org/web/1/" * 500)


def test_a_text_without_links_stays_as_it_is():
    assert without_links("no link, only words: a.b") == "no link, only words: a.b"
