"""Links that a post shows without its text saying so: behind Markdown, or in an embed."""

import pytest

from bot.duplicates.exact import Exact
from bot.duplicates.gist import Gist
from bot.duplicates.link import Link
from bot.duplicates.near import Near
from tests.support import GUILD, keys_of

PAGE = "https://news.example/2026/tram?utm_source=chat"
CANONICAL = "news.example/2026/tram"


def gist(text: str, *embedded: str) -> Gist:
    return Gist.of(text, GUILD, embedded)


@pytest.mark.parametrize(
    "text",
    [
        f"[look at this]({PAGE})",
        f"[look]({PAGE} 'the harbour tram')",
        f"[look](<{PAGE}>)",
        f"[https://elsewhere.example]({PAGE})",
        f"||[look]({PAGE})||",
        f"**[look]({PAGE})**!",
    ],
)
def test_a_link_behind_words_counts(text):
    assert CANONICAL in gist(text).links


@pytest.mark.parametrize("query", ["?p=12", "#/p/12"])
def test_a_page_that_is_named_after_the_site_itself_is_no_front_page(query):
    assert len(keys_of(Link(), gist(f"https://news.example/{query}"))) == 1
    assert not len(Link().keys(gist("https://news.example/")))


@pytest.mark.parametrize("text", ["", "look"])
def test_a_link_in_an_embed_counts_where_the_text_has_none(text):
    assert gist(text, PAGE).links == (CANONICAL,)
    assert Link().score(gist(text, PAGE), gist(PAGE)) == 1.0


@pytest.mark.parametrize(
    "embedded",
    [PAGE, "https://news.example/2026/tram", "https://m.news.example/2026/tram/amp", "https://news.example/?p=12"],
)
def test_an_embed_of_a_link_in_the_text_does_not_count_twice(embedded):
    assert gist(PAGE, embedded).links == gist(PAGE).links
    assert Link().score(gist(PAGE, embedded), gist(PAGE)) == Link().score(gist(PAGE), gist(PAGE, embedded)) == 1.0


def test_the_page_behind_a_shortened_link_counts_beside_it():
    assert gist("https://short.example/a1", PAGE).links == (CANONICAL, "short.example/a1")
    assert Link().score(gist("https://short.example/a1", PAGE), gist(PAGE)) >= Link().near


def test_what_is_no_web_address_is_not_a_link():
    assert gist("", "attachment://a.png", "").links == ()


@pytest.mark.parametrize("text", ["", " ", "\u200b", "```\n```", "<:wave:1234567890123>", "> "])
@pytest.mark.parametrize("detector", [Exact(), Near(), Link()], ids=lambda detector: detector.name)
def test_posts_without_text_never_match_on_text(detector, text):
    assert not len(detector.keys(gist(text)))


def test_an_embed_is_no_text_of_its_author():
    assert gist("", PAGE).words == ""
    assert not gist("", PAGE).skeleton
