"""What a server chooses about likeness, exempt web sites and exempt channels decides which repeats count."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.gist import Gist
from bot.duplicates.judgement import judge
from bot.duplicates.window import Window
from bot.model import GuildPolicy, Repeat, Sensitivity
from tests.support import AUTHOR, CHANNEL, CHATTER, GUILD, START, make_post, make_repeat

POLICY = GuildPolicy(GUILD)
LATER = START + timedelta(hours=1)


def repeats(first: str, again: str, policy: GuildPolicy):
    window = Window(DETECTORS)
    window.see(make_post(first))
    later = make_post(again, at=LATER, author_id=AUTHOR + 1)
    return judge(later, window.see(later)[1], policy).repeats


@pytest.mark.parametrize(
    ("sensitivity", "label", "score", "counts"),
    [
        (Sensitivity.NORMAL, "near", 0.76, True),
        (Sensitivity.CAREFUL, "near", 0.84, False),
        (Sensitivity.CAREFUL, "near", 0.85, True),
        (Sensitivity.CERTAIN, "near", 0.89, False),
        (Sensitivity.CERTAIN, "certain", 0.9, True),
        (Sensitivity.CAREFUL, "certain", 0.5, True),
    ],
)
def test_likeness_is_the_servers_choice(sensitivity, label, score, counts):
    seen = make_repeat(make_post()).of._replace(gist=Gist.of(CHATTER, GUILD).packed)
    repeat = Repeat(seen, "near", 7, score, label)
    found = judge(make_post(author_id=AUTHOR + 1), (repeat,), replace(POLICY, sensitivity=sensitivity))
    assert bool(found.repeats) is counts


@pytest.mark.parametrize(
    ("first", "again", "flagged"),
    [
        ("https://tenor.com/view/cat", "https://tenor.com/view/cat", False),
        ("https://media.tenor.com/view/cat", "https://media.tenor.com/view/cat", False),
        ("https://nottenor.com/view/cat", "https://nottenor.com/view/cat", True),
        ("https://tenor.com.evil.example/view/cat", "https://tenor.com.evil.example/view/cat", True),
        ("https://tenor.com/a https://b.example/b", "https://tenor.com/a https://b.example/b", True),
        ("https://tenor.com/a https://b.example/b", "https://tenor.com/a https://c.example/c", False),
        (f"{CHATTER} https://tenor.com/a", f"{CHATTER} https://tenor.com/a", True),
    ],
)
def test_only_links_that_lead_to_exempt_sites_may_come_again(first, again, flagged):
    policy = replace(POLICY, exempt_domains=frozenset({"tenor.com"}))
    assert bool(repeats(first, again, policy)) is flagged
    assert repeats(first, again, POLICY)


@pytest.mark.parametrize(("page", "flagged"), [("https://tenor.com/cat", False), ("https://news.example/a", True)])
def test_a_page_that_only_the_embed_shows_is_exempt_by_its_own_site(page, flagged):
    window, policy = Window(DETECTORS), replace(POLICY, exempt_domains=frozenset({"tenor.com"}))
    window.see(make_post("https://short.example/1", embed_links=(page,)))
    later = make_post("https://short.example/2", embed_links=(page,), author_id=AUTHOR + 1)
    found = window.see(later)[1]
    assert found
    assert bool(judge(later, found, policy).repeats) is flagged


def test_a_post_of_an_exempt_channel_that_is_still_remembered_is_not_repeated():
    assert repeats(CHATTER, CHATTER, POLICY)
    assert not repeats(CHATTER, CHATTER, replace(POLICY, exempt_channels=frozenset({CHANNEL})))
