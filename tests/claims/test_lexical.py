"""What words alone say of a text: on a small index, and on the shipped explainers."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims.lexical import LexicalRanker, PhraseHit, PhraseKind
from bot.faq.search import FaqSearch
from bot.text import content_words
from tests.support import GUILD

TITLE, CLAIM, NOT_CLAIM, ALIAS = PhraseKind.TITLE, PhraseKind.CLAIM, PhraseKind.NOT_CLAIM, PhraseKind.ALIAS
SURE, UNSURE = 0.6, 0.5

THEFT = "training models on pirated books is plain theft"
REPORTED = f"{THEFT}, writes the harbour newspaper"
STYLE = "nobody owns watercolour style"
PHRASES = [
    ("theft", CLAIM, THEFT),
    ("style", CLAIM, STYLE),
    ("opt-out", TITLE, "Does robots file stop crawlers?"),
    ("lawsuit", ALIAS, "Kadrey Bartz Thomson Andersen"),
    ("fair-use", CLAIM, "fair use"),
]


class WordIndex:
    """A ``PhraseIndex`` where each meaningful word of a phrasing weighs the same."""

    def __init__(self, *phrases: tuple[str, PhraseKind, str]) -> None:
        self._phrases = phrases

    def hits(self, sentence: str, guild_id: int) -> Sequence[PhraseHit]:
        said = set(content_words(sentence))
        found = [
            PhraseHit(slug, kind, phrase, _share(set(content_words(phrase)), said))
            for slug, kind, phrase in self._phrases
        ]
        return [hit for hit in found if hit.coverage]


class OneHit:
    """A ``PhraseIndex`` that finds the same phrasing in everything."""

    def __init__(self, hit: PhraseHit) -> None:
        self._hit = hit

    def hits(self, sentence: str, guild_id: int) -> Sequence[PhraseHit]:
        return [self._hit]


def _share(wanted: set[str], said: set[str]) -> float:
    return len(wanted & said) / len(wanted)


def rank(text, reply_text=None, *, phrases=PHRASES):
    return LexicalRanker(WordIndex(*phrases)).rank(text, reply_text, GUILD)


def best(text, reply_text=None, *, phrases=PHRASES):
    """The best topic and its score; none and 0 where nothing is near."""
    return next(((topic.slug, topic.score) for topic in rank(text, reply_text, phrases=phrases)), (None, 0.0))


def test_a_claim_in_the_phrasings_own_words_is_certain():
    assert best("Training models on PIRATED books? Is plain theft!")[0] == "theft"
    assert best(THEFT) == ("theft", 1.0)


@pytest.mark.parametrize(
    "text", ["the tram is late again", "", "🎉", "https://example.org", "> " + THEFT, f"`{THEFT}`"]
)
def test_a_text_without_a_claim_of_its_own_is_near_nothing(text):
    assert rank(text) == []


def test_a_link_does_not_count_as_words_of_the_claim():
    assert rank("https://example.org/training-models-pirated-books-plain-theft look") == []


def test_a_claim_is_found_among_other_sentences():
    assert best(f"The tram is late again. {THEFT}! Bring a warm coat.") == ("theft", 1.0)


def test_a_claim_spread_over_two_sentences_is_found():
    assert best("Training models on pirated books. That is plain theft.") == ("theft", 1.0)
    assert best("Training models on pirated books.")[1] < 1.0


def test_the_more_else_a_sentence_says_the_less_sure_is_the_match():
    scores = [best(f"{THEFT} {'harbour ' * more}")[1] for more in (0, 3, 9, 27)]
    assert scores == sorted(set(scores), reverse=True)
    assert scores[-1] < UNSURE


def test_a_title_counts_like_a_claim():
    assert best("does a robots file stop crawlers") > ("opt-out", SURE)


def test_a_name_alone_states_no_claim():
    slug, score = best("Kadrey, Bartz, Thomson, Andersen")
    assert (slug, score < UNSURE) == ("lawsuit", True)


def test_a_few_shared_words_in_a_longer_sentence_prove_little():
    assert best("fair use")[1] > SURE
    assert best("fair use, harbour")[1] < UNSURE


def test_words_are_shared_in_any_of_their_forms():
    ranker = LexicalRanker(OneHit(PhraseHit("style", CLAIM, "copying watercolours commercially", 0.9)))
    assert ranker.rank("copyist's watercolour harbour commerce", None, GUILD)[0].score > SURE
    assert ranker.rank("copyist's aquarelles harbour commerce", None, GUILD)[0].score < UNSURE


@pytest.mark.parametrize(
    ("near_miss", "slug", "sure"),
    [
        (REPORTED, "theft", False),
        (THEFT, "theft", False),
        (REPORTED, "style", True),  # another topic's near miss
        ("pirated books on a shelf", "theft", True),  # a weaker one
    ],
)
def test_a_near_miss_that_fits_as_well_weakens_its_own_topic(near_miss, slug, sure):
    found, score = best(REPORTED, phrases=[("theft", CLAIM, THEFT), (slug, NOT_CLAIM, near_miss)])
    assert (found, score > SURE) == ("theft", sure)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_strongest_of_several_near_misses_counts_whatever_their_order(turn):
    near_misses = [("theft", NOT_CLAIM, REPORTED), ("theft", NOT_CLAIM, "pirated books on a shelf")][::turn]
    assert best(REPORTED, phrases=[("theft", CLAIM, THEFT), *near_misses])[1] < UNSURE


@pytest.mark.parametrize("turn", [1, -1])
def test_the_strongest_phrasing_of_a_topic_counts_whatever_their_order(turn):
    phrases = [("theft", CLAIM, THEFT), ("theft", CLAIM, "pirated books on dusty harbour shelves")][::turn]
    assert rank(THEFT, phrases=phrases)[0].phrase == THEFT


def test_topics_come_best_first_and_equals_in_order_of_name():
    more = {"d": "tram", "c": "tram harbour", "b": "", "a": "tram"}
    phrases = [(slug, CLAIM, f"{THEFT} {words}") for slug, words in more.items()]
    assert [topic.slug for topic in rank(THEFT, phrases=phrases)] == ["b", "a", "d", "c"]


@pytest.mark.parametrize(
    ("text", "parent", "sure"),
    [
        ("plain theft", None, False),
        ("plain theft", "training models on pirated books", True),
        ("plain theft", "The tram is late. training models on pirated books", True),
        ("plain theft", "training models on pirated books. The tram is late.", False),
        ("plain theft", "> training models on pirated books", False),
        ("plain theft", "", False),
        ("plain theft. The tram is late.", "training models on pirated books", False),
        ("", THEFT, False),
    ],
)
def test_a_short_reply_is_read_together_with_the_end_of_what_it_replies_to(text, parent, sure):
    assert (best(text, parent)[1] > SURE) is sure


@pytest.mark.parametrize("text", ["thanks, see you tomorrow", "yes it is", "so they say", "🎉", "harbour"])
def test_a_reply_of_one_sentence_that_says_something_else_than_the_claim_above_it_is_near_nothing(text):
    assert rank(text, THEFT) == []


def test_each_shipped_title_finds_its_own_explainer_by_words_alone(database, explainers):
    ranker = LexicalRanker(FaqSearch(database))
    found = {slug: ranker.rank(explainer.title, None, GUILD)[0].slug for slug, explainer in explainers.items()}
    assert found == {slug: slug for slug in explainers}


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from([*THEFT.split(), *STYLE.split(), "fair", "use", ".", "\n", "> ", "`", "ж", "🎉"])),
    st.none() | st.sampled_from([THEFT, "", "> quoted"]),
)
def test_any_text_gets_scores_between_nothing_and_one_best_first(tokens, parent):
    ranked = rank(" ".join(tokens), parent)
    scores = [topic.score for topic in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({topic.slug for topic in ranked}) == len(ranked)
