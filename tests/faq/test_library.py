"""The explainers as members reach them: by what they type so far, and by a question."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.claims.matcher import Matcher
from bot.faq.library import MAX_CHOICES, Library
from bot.faq.search import FaqSearch
from bot.model import Band
from tests.support import CLAIM, CLAIM_TOPIC, GUILD


@pytest.fixture
def matching():
    with ThreadPoolExecutor(1, thread_name_prefix="matching") as executor:
        yield executor


@pytest.fixture
def make_library(explainers, database, matching):
    """Makes a library of explainers with these titles and aliases by slug."""
    template = next(iter(explainers.values()))

    def make(names=None):
        some = {
            slug: replace(template, slug=slug, title=title, aliases=tuple(aliases))
            for slug, (title, *aliases) in (names or {}).items()
        }
        return Library(some or explainers, Matcher(FaqSearch(database)), matching)

    return make


NAMES = {
    "fair-use": ("Is it fair use?", "transformative"),
    "books": ("What of books?", "Google Books", "Straße"),
    "fairness": ("Who is paid?", "GEMA v. OpenAI"),
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["books", "fair-use", "fairness"]),
        ("  ", ["books", "fair-use", "fairness"]),
        ("fair", ["fair-use", "fairness"]),
        ("fair use", ["fair-use"]),
        ("FAIR USE", ["fair-use"]),
        (" transf ", ["fair-use"]),
        ("gema", ["fairness"]),
        ("openai", ["fairness"]),
        ("STRASSE", ["books"]),
        ("w", ["books", "fairness"]),
        ("book", ["books"]),
        ("is", ["fair-use", "fairness"]),
        ("zebra", []),
        ("fair use? is it", []),
        ("*", []),
        ("\ud800\0", []),
    ],
)
def test_what_was_typed_is_looked_for_in_titles_aliases_and_slugs(make_library, typed, found):
    assert [explainer.slug for explainer in make_library(NAMES).complete(GUILD, typed)] == found


def test_names_that_begin_with_what_was_typed_come_first(make_library):
    library = make_library({"a": ("About the law",), "b": ("Law and art",), "c": ("In law",), "d": ("Art", "lawful")})
    assert [explainer.slug for explainer in library.complete(GUILD, "law")] == ["b", "d", "a", "c"]


@pytest.mark.parametrize("typed", ["", "topic", "number"])
def test_at_most_25_choices_are_offered(make_library, typed):
    library = make_library({f"topic-{n:02}": (f"Topic number {n}",) for n in range(60)})
    assert [explainer.slug for explainer in library.complete(GUILD, typed)] == [
        f"topic-{n:02}" for n in range(MAX_CHOICES)
    ]
    assert MAX_CHOICES == 25


def test_every_shipped_explainer_is_the_first_choice_for_its_title_and_its_slug(make_library, explainers):
    library = make_library()
    for slug, explainer in explainers.items():
        assert library.complete(GUILD, explainer.title)[0].slug == slug
        assert slug in [found.slug for found in library.complete(GUILD, slug)]


def test_an_explainer_is_got_by_its_slug(make_library, explainers):
    library = make_library()
    assert library.get(GUILD, CLAIM_TOPIC) == explainers[CLAIM_TOPIC]
    assert library.get(GUILD, explainers[CLAIM_TOPIC].title) is None


async def test_a_question_finds_its_explainer(make_library):
    judgement = await make_library().ask(GUILD, CLAIM)
    assert (judgement.topic, judgement.band) == (CLAIM_TOPIC, Band.ANSWER)


async def test_a_question_on_another_matter_finds_nothing_sure(make_library):
    judgement = await make_library().ask(GUILD, "which tram goes to the harbour on Sundays?")
    assert judgement.band is Band.SILENT


async def test_a_question_is_matched_off_the_event_loop(explainers, matching):
    class Witness:
        def judge(self, text, reply_text, guild_id):
            self.thread = threading.current_thread()
            return text, reply_text, guild_id

    witness = Witness()
    assert await Library(explainers, witness, matching).ask(GUILD, "a question") == ("a question", None, GUILD)
    assert witness.thread is not threading.current_thread()
    assert witness.thread.name.startswith("matching")
