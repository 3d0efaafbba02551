"""The full-text search behind the matcher: what it finds, that no text can break it, and its limits."""

import shutil
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims.lexical import PhraseKind
from bot.faq.search import FaqSearch
from bot.storage.database import Database
from bot.text import content_words
from tests.support import CLAIM, CLAIM_TOPIC, GUILD

SYNTAX = [
    *(
        '"',
        '""',
        "'",
        "*",
        "(",
        ")",
        "^",
        ":",
        "{}",
        "-",
        "+",
        "\\",
        ";",
        "--",
        "/* */",
        "%",
        "?",
        "?1",
        ":terms",
        "@a",
    ),
    *("AND", "OR", "NOT", "NEAR", "NEAR(a b, 5)", "a AND", "OR b", "NOT NOT", "phrase : theft", "{phrase slug}: theft"),
    *("theft*", "^theft", '"theft', "theft\0illegal", "\0", "\ud800", "theft \udfff", "'; DROP TABLE faq_phrase; --"),
]


@pytest.fixture(scope="module")
def search(compiled, tmp_path_factory):
    """The search over the shipped explainers; it only reads."""
    path = tmp_path_factory.mktemp("search") / "copydesk.db"
    shutil.copy(compiled, path)
    database = Database(path)
    yield FaqSearch(database)
    database.close()


@pytest.fixture(scope="module")
def vocabulary(explainers):
    """All meaningful words of the phrasings."""
    phrasings = (phrase for explainer in explainers.values() for phrase in (*explainer.claims, *explainer.not_claims))
    return list(dict.fromkeys(word for phrase in phrasings for word in content_words(phrase)))


def best(search, sentence):
    return search.hits(sentence, GUILD)[0]


def test_a_sentence_that_is_a_claim_finds_it_first_with_full_coverage(search):
    found = best(search, CLAIM)
    assert (found.slug, found.kind) == (CLAIM_TOPIC, PhraseKind.CLAIM)
    assert found.coverage == pytest.approx(1.0)


def test_every_phrasing_is_fully_covered_by_itself(search, explainers):
    lost = [
        (slug, phrase)
        for slug, explainer in explainers.items()
        for phrase in (explainer.title, *explainer.claims, *explainer.not_claims, *explainer.aliases)
        if content_words(phrase)
        and not any(
            hit.slug == slug and hit.coverage > 0.99 for hit in search.hits(phrase, GUILD) if hit.phrase == phrase
        )
    ]
    assert lost == []


def test_every_kind_of_phrasing_is_found(search, explainers):
    explainer = explainers[CLAIM_TOPIC]
    some = {
        PhraseKind.TITLE: explainer.title,
        PhraseKind.CLAIM: explainer.claims[0],
        PhraseKind.NOT_CLAIM: explainer.not_claims[0],
        PhraseKind.ALIAS: explainer.aliases[-2],
    }
    found = {
        kind: [hit.kind for hit in search.hits(phrase, GUILD) if hit.phrase == phrase] for kind, phrase in some.items()
    }
    assert found == {kind: [kind] for kind in some}


@pytest.mark.parametrize(
    "other", [CLAIM.upper(), CLAIM.replace("hoover", "hoovered"), CLAIM.replace("whole internet", "whóle ïnternët")]
)
def test_case_endings_and_accents_do_not_matter(search, other):
    assert other != CLAIM
    found = best(search, other)
    assert (found.slug, found.kind) == (CLAIM_TOPIC, PhraseKind.CLAIM)
    assert found.coverage > 0.95


def test_less_of_a_claim_covers_less_of_it(search):
    half = " ".join(CLAIM.split()[:9])
    (found,) = [hit for hit in search.hits(half, GUILD) if hit.phrase.startswith(CLAIM[:20])]
    assert 0.1 < found.coverage < 0.9


def test_a_sentence_that_says_a_word_in_many_forms_covers_no_more_than_all_of_a_phrasing(search):
    coverages = [hit.coverage for hit in search.hits("train trains trained training theft thefts", GUILD)]
    assert max(coverages) == 1


@pytest.mark.parametrize("text", ["", " ", "\n", "\0", "?!", "and the of it", "🙂🙂", "\u200b"])
def test_a_text_without_a_meaningful_word_finds_nothing(search, text):
    assert list(search.hits(text, GUILD)) == []


@pytest.mark.parametrize("text", SYNTAX)
def test_query_syntax_is_only_text(search, text):
    assert all(0 <= hit.coverage <= 1 for hit in search.hits(f"{text} {CLAIM} {text}", GUILD))
    assert best(search, f"{CLAIM}. {text}").slug == CLAIM_TOPIC


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=20) | st.sampled_from(SYNTAX), max_size=8).map(" ".join))
def test_no_text_whatever_its_syntax_raises(search, text):
    hits = search.hits(text, GUILD)
    assert len(hits) <= 24
    assert all(0 <= hit.coverage <= 1 for hit in hits)


def test_the_best_24_phrasings_are_found_best_first(search, vocabulary):
    hits = search.hits(" ".join(vocabulary[:40]), GUILD)
    assert len(hits) == 24
    assert [hit.coverage for hit in hits] == sorted((hit.coverage for hit in hits), reverse=True)


def test_the_same_sentence_finds_the_same_in_the_same_order(search, vocabulary):
    sentence = " ".join(vocabulary[:40])
    assert search.hits(sentence, GUILD) == search.hits(sentence, GUILD)


def test_only_the_first_48_different_words_of_a_sentence_are_looked_up(search):
    fillers = list(islice((f"zq{number}x" for number in range(100)), 48))
    assert search.hits(" ".join([*fillers[:-1] * 3, "plagiarism"]), GUILD)
    assert not search.hits(" ".join([*fillers, "plagiarism"]), GUILD)


def test_a_text_of_discord_s_greatest_length_is_searched(search):
    assert len(search.hits(f"{CLAIM} " * 40, GUILD)) <= 24
    assert list(search.hits("x" * 4000, GUILD)) == []
