"""The same link again, with little said beside it."""

from bot.duplicates.gist import Gist
from bot.duplicates.link import Link
from tests.support import CHATTER, GUILD

PAGE = "https://news.example/trams"


def gist(text: str) -> Gist:
    return Gist.of(text, salt=GUILD)


def test_a_link_under_a_long_comment_is_no_repeat():
    assert Link().score(gist(f"{CHATTER} {PAGE}"), gist(PAGE)) == 0


def test_a_link_is_a_repeat_whatever_little_stands_beside_it():
    assert Link().score(gist(f"look: {PAGE}?utm_source=x"), gist(f"{PAGE} wow")) >= Link().certain


def test_two_files_whose_names_differ_behind_a_space_are_two():
    one, other = (gist(f"https://files.example/report%20{name}.pdf") for name in ("one", "two"))
    assert Link().score(one, other) == 0


def test_links_to_an_exempt_domain_are_no_repeats():
    exempt = Link(exempt=("news.example",))
    assert not len(exempt.keys(gist(PAGE)))
    assert exempt.score(gist(PAGE), gist(PAGE)) == 0
