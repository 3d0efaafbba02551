"""The explainers as members reach them: by what they type so far."""

from dataclasses import replace

import pytest

from bot.faq.library import MAX_CHOICES, Shelf
from tests.support import CLAIM_TOPIC, GUILD


@pytest.fixture
def make_library(explainers):
    """Makes a library of explainers with these titles and aliases by slug."""
    template = next(iter(explainers.values()))

    def make(names=None):
        some = {
            slug: replace(template, slug=slug, title=title, aliases=tuple(aliases))
            for slug, (title, *aliases) in (names or {}).items()
        }
        return Shelf(some or explainers)

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
