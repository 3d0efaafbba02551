"""Posts that are made to do harm: they cost little memory and little time, and break nothing."""

import time

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.content import marks
from bot.duplicates.gist import Gist
from bot.duplicates.judgement import judge
from bot.duplicates.window import Window
from bot.model import GuildPolicy
from tests.support import CHATTER, GUILD, make_post

POLICY = GuildPolicy(GUILD)
LONGEST = 4_000  # characters of a post on Discord
HOSTILE = {
    "marks only": "\u0301" * LONGEST,
    "halves of surrogate pairs": "\udc00 the tram \ud800 is late \udfff" * 100,
    "right to left": "\u202e" + "החשמלית שוב מאחרת " * 200,
    "letters that stand for eighteen": "\ufdfa" * LONGEST,
    "Japanese": "電車" * 2_000,
    "10,000 links": " ".join(f"https://a.example/{number}" for number in range(10_000)),
    "a link of closing brackets": "https://a.example/" + ")" * LONGEST,
    "a link of dots": "https://a.example/" + "../" * 1_300,
    "a link in links": "https://web.archive.org/web/1/" * 130,
    "line feeds in links": "https://a.example/x%0Ay https://a.example/?q=%0A%0D%85",
    "no host": "https://[bad/x https://[::1]/x https://a.example:99999999999/x",
    "open quotation": '"' + "a " * 2_000,
    "open code": "```" * 1_300,
    "open mentions": "<@<:a" * 800,
    "line separators": "\x1f \u2028\u2029\x85\r\0" * 600,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_post_is_judged_and_remembered_and_the_next_one_too(text):
    window = Window(DETECTORS)
    for variant in (text, text, f"{text[: LONGEST - 9]} once more", CHATTER):
        post = make_post(variant)
        begun = time.thread_time()
        seen, repeats = window.see(post)
        marks(post, next(iter(judge(post, repeats, POLICY).repeats), None))
        assert time.thread_time() - begun < 1  # some took seconds and minutes; what is linear takes hundredths
        assert Gist.unpack(seen.gist, GUILD).packed == seen.gist
        assert len(seen.gist) < 8 * LONGEST
    assert window.see(make_post(CHATTER))[1]


def test_what_stands_beyond_discords_limit_counts_for_nothing():
    assert Gist.of("tram " * 10_000, GUILD).packed == Gist.of("tram " * 800, GUILD).packed
    pages = [f"https://news.example/{number}" for number in range(100)]
    assert len(Gist.of("", GUILD, embed_links=pages).links) == 10
