"""Which explainers a text calls for, and how sure that is: on a small index, and on the shipped explainers."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims.matcher import MENU_SIZE, Matcher, PhraseHit, PhraseKind, Thresholds
from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.files import explainers_folder
from bot.faq.search import FaqSearch
from bot.model import Band, Edition, EditionState, Judgement
from bot.text import content_words
from tests.support import CLAIM as SHIPPED
from tests.support import CLAIM_TOPIC, GUILD, START

TITLE, CLAIM, NOT_CLAIM, ALIAS = PhraseKind.TITLE, PhraseKind.CLAIM, PhraseKind.NOT_CLAIM, PhraseKind.ALIAS
LIMITS = Thresholds(answer=0.6, suggest=0.5, tie=0.05)
MODERATOR = 300
SLUGS = sorted(path.stem for path in explainers_folder().glob("*.md"))

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


def judge(text: str, reply_text: str | None = None, *, phrases=PHRASES) -> Judgement:
    return Matcher(WordIndex(*phrases), LIMITS).judge(text, reply_text)


def test_a_claim_in_the_phrasings_own_words_is_answered():
    judgement = judge("Training models on PIRATED books? Is plain theft!")
    assert (judgement.band, judgement.topic) == (Band.ANSWER, "theft")
    assert judge(THEFT).score == 1.0


@pytest.mark.parametrize(
    "text", ["the tram is late again", "", "🎉", "https://example.org", "> " + THEFT, f"`{THEFT}`"]
)
def test_a_text_without_a_claim_of_its_own_is_met_with_silence(text):
    assert judge(text) == Judgement(Band.SILENT, (), ("no phrasing of any explainer comes near",))


def test_a_link_does_not_count_as_words_of_the_claim():
    assert judge("https://example.org/training-models-pirated-books-plain-theft look").matches == ()


def test_a_claim_is_found_among_other_sentences():
    judgement = judge(f"The tram is late again. {THEFT}! Bring a warm coat.")
    assert (judgement.band, judgement.topic) == (Band.ANSWER, "theft")


def test_a_claim_spread_over_two_sentences_is_found():
    together = judge("Training models on pirated books. That is plain theft.")
    assert together.score == 1.0
    assert judge("Training models on pirated books.").score < 1.0


def test_the_more_else_a_sentence_says_the_less_sure_is_the_match():
    scores = [judge(f"{THEFT} {'harbour ' * more}").score for more in (0, 3, 9, 27)]
    assert scores == sorted(set(scores), reverse=True)
    assert judge(f"{THEFT} {'harbour ' * 27}").band is Band.SILENT


def test_a_title_counts_like_a_claim():
    assert judge("does a robots file stop crawlers").band is Band.ANSWER


def test_a_name_alone_states_no_claim():
    judgement = judge("Kadrey, Bartz, Thomson, Andersen")
    assert judgement.band is Band.SILENT
    assert judgement.menu == ("lawsuit",)


def test_a_few_shared_words_in_a_longer_sentence_prove_little():
    assert judge("fair use").band is Band.ANSWER
    assert judge("fair use, harbour").band is Band.SILENT


def test_words_are_shared_in_any_of_their_forms():
    index = OneHit(PhraseHit("style", CLAIM, "copying watercolours commercially", 0.9))
    assert Matcher(index, LIMITS).judge("copyist's watercolour harbour commerce").band is Band.ANSWER
    assert Matcher(index, LIMITS).judge("copyist's aquarelles harbour commerce").band is Band.SILENT


@pytest.mark.parametrize(
    ("near_miss", "slug", "band"),
    [
        (REPORTED, "theft", Band.SILENT),
        (THEFT, "theft", Band.SILENT),
        (REPORTED, "style", Band.ANSWER),  # another topic's near miss
        ("pirated books on a shelf", "theft", Band.ANSWER),  # a weaker one
    ],
)
def test_a_near_miss_that_fits_as_well_silences_its_own_topic(near_miss, slug, band):
    judgement = judge(REPORTED, phrases=[("theft", CLAIM, THEFT), (slug, NOT_CLAIM, near_miss)])
    assert (judgement.band, judgement.topic) == (band, "theft")


@pytest.mark.parametrize("turn", [1, -1])
def test_the_strongest_of_several_near_misses_counts_whatever_their_order(turn):
    near_misses = [("theft", NOT_CLAIM, REPORTED), ("theft", NOT_CLAIM, "pirated books on a shelf")][::turn]
    assert judge(REPORTED, phrases=[("theft", CLAIM, THEFT), *near_misses]).band is Band.SILENT


@pytest.mark.parametrize("turn", [1, -1])
def test_the_strongest_phrasing_of_a_topic_counts_whatever_their_order(turn):
    phrases = [("theft", CLAIM, THEFT), ("theft", CLAIM, "pirated books on dusty harbour shelves")][::turn]
    assert judge(THEFT, phrases=phrases).matches[0].reason == f"claim “{THEFT}”"


def test_two_topics_that_fit_alike_leave_the_choice_to_a_person():
    judgement = judge(THEFT, phrases=[("b", CLAIM, THEFT), ("a", CLAIM, THEFT)])
    assert (judgement.band, judgement.menu) == (Band.SUGGEST, ("a", "b"))
    assert judgement.reasons[-1] == "b fits as well"


def test_a_runner_up_that_is_clearly_behind_does_not_hinder_the_answer():
    judgement = judge(THEFT, phrases=[("b", CLAIM, THEFT), ("a", CLAIM, "pirated books on a harbour shelf")])
    assert (judgement.band, judgement.menu) == (Band.ANSWER, ("b", "a"))


@pytest.mark.parametrize(
    ("coverage", "band", "why"),
    [
        (0.6, Band.ANSWER, "score 0.60 reaches 0.60"),
        (0.59, Band.SUGGEST, "score 0.59 is below 0.60"),
        (0.5, Band.SUGGEST, "score 0.50 is below 0.60"),
        (0.49, Band.SILENT, "score 0.49 is below 0.50"),
    ],
)
def test_the_score_chooses_the_band_and_the_reasons_say_so(coverage, band, why):
    judgement = Matcher(OneHit(PhraseHit("theft", CLAIM, THEFT, coverage)), LIMITS).judge(THEFT)
    assert (judgement.band, judgement.score, judgement.reasons[-1]) == (band, coverage, why)


def test_the_menu_holds_the_best_few_best_first_and_equals_in_order_of_name():
    more = {"d": "tram", "c": "tram harbour", "b": "", "a": "tram"}
    phrases = [(slug, CLAIM, f"{THEFT} {words}") for slug, words in more.items()]
    assert judge(THEFT, phrases=phrases).menu == ("b", "a", "d")
    assert len(judge(THEFT, phrases=phrases).matches) == MENU_SIZE


@pytest.mark.parametrize(
    ("text", "parent", "band"),
    [
        ("plain theft", None, Band.SILENT),
        ("plain theft", "training models on pirated books", Band.ANSWER),
        ("plain theft", "The tram is late. training models on pirated books", Band.ANSWER),
        ("plain theft", "training models on pirated books. The tram is late.", Band.SILENT),
        ("plain theft", "> training models on pirated books", Band.SILENT),
        ("plain theft", "", Band.SILENT),
        ("plain theft. The tram is late.", "training models on pirated books", Band.SILENT),
        ("", THEFT, Band.SILENT),
    ],
)
def test_a_short_reply_is_read_together_with_the_end_of_what_it_replies_to(text, parent, band):
    assert judge(text, parent).band is band


@pytest.mark.parametrize("text", ["thanks, see you tomorrow", "yes it is", "so they say", "🎉", "harbour"])
def test_a_reply_of_one_sentence_that_says_something_else_than_the_claim_above_it_is_silent(text):
    assert judge(text, THEFT) == Judgement(Band.SILENT, (), ("no phrasing of any explainer comes near",))


@pytest.mark.parametrize("text", ["see you at the tram tomorrow", "yes it is", "🎉🎉🎉"])
def test_under_a_shipped_claim_a_reply_that_says_something_else_is_silent(text, database, explainers):
    matcher = Matcher(FaqSearch(database))
    answered = [
        claim
        for explainer in explainers.values()
        for claim in explainer.claims
        if matcher.judge(text, claim, GUILD).band is not Band.SILENT
    ]
    assert answered == []


OWN = "the committee bans every generated poster from the spring fair"


@pytest.fixture
async def publish(database, explainers):
    """Publishes a topic of one server's own, with a claim that no built-in explainer knows."""
    editions = SqliteEditionStore(database)

    async def publish(slug):
        explainer = replace(explainers[CLAIM_TOPIC], slug=slug, claims=(OWN,), aliases=("spring poster committee",))
        draft = Edition(GUILD, slug, 0, Draft.of(explainer).to_json(), MODERATOR, START, 0)
        edition, _ = await editions.add(draft)
        await editions.publish(edition, explainer, START)
        return editions

    return publish


async def test_a_servers_own_phrasings_are_found_there_and_nowhere_else(publish, database):
    matcher = Matcher(FaqSearch(database))
    before = matcher.judge(OWN, None, GUILD + 1)
    await publish("spring-fair")
    found = matcher.judge(OWN, None, GUILD)
    assert (found.band, found.topic, found.reasons[0]) == (Band.ANSWER, "spring-fair", f"claim “{OWN}”")
    for elsewhere in (GUILD + 1, 0):
        judgement = matcher.judge(OWN, None, elsewhere)
        assert (judgement.band, judgement.menu) == (before.band, before.menu)
        assert "spring-fair" not in judgement.menu


async def test_a_servers_own_text_takes_the_place_of_the_built_in_phrasings_there_only(publish, database):
    matcher = Matcher(FaqSearch(database))
    editions = await publish(CLAIM_TOPIC)
    assert matcher.judge(OWN, None, GUILD).topic == CLAIM_TOPIC
    assert matcher.judge(SHIPPED, None, GUILD).topic != CLAIM_TOPIC
    assert matcher.judge(SHIPPED, None, GUILD + 1).topic == CLAIM_TOPIC
    await editions.serve_built_in(GUILD, CLAIM_TOPIC)
    assert matcher.judge(SHIPPED, None, GUILD).topic == CLAIM_TOPIC
    assert CLAIM_TOPIC not in matcher.judge(OWN, None, GUILD).menu


@pytest.mark.parametrize("state", [EditionState.PAUSED, EditionState.RETIRED])
async def test_a_topic_that_a_server_took_out_is_found_there_no_more(state, publish, database):
    matcher = Matcher(FaqSearch(database))
    editions = await publish(CLAIM_TOPIC)
    await editions.withdraw(GUILD, CLAIM_TOPIC, state)
    assert CLAIM_TOPIC not in matcher.judge(OWN, None, GUILD).menu + matcher.judge(SHIPPED, None, GUILD).menu
    assert matcher.judge(SHIPPED, None, GUILD + 1).topic == CLAIM_TOPIC


def test_the_reasons_quote_our_phrasing_and_never_the_post():
    judgement = judge(f"{THEFT} secretly")
    assert judgement.reasons[0] == judgement.matches[0].reason == f"claim “{THEFT}”"
    assert "secretly" not in " ".join(judgement.reasons)


def test_a_reason_names_the_kind_of_phrasing_in_words():
    assert judge("does a robots file stop crawlers").reasons[0] == "title “Does robots file stop crawlers?”"


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from([*THEFT.split(), *STYLE.split(), "fair", "use", ".", "\n", "> ", "`", "ж", "🎉"])),
    st.none() | st.sampled_from([THEFT, "", "> quoted"]),
)
def test_any_text_gets_scores_between_nothing_and_one_best_first(tokens, parent):
    judgement = judge(" ".join(tokens), parent)
    scores = [match.score for match in judgement.matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len(set(judgement.menu)) == len(judgement.menu) <= MENU_SIZE
    assert judgement.reasons


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_claim_finds_its_own_explainer_and_no_near_miss_does(slug, database, explainers):
    matcher = Matcher(FaqSearch(database))
    elsewhere = [claim for claim in explainers[slug].claims if matcher.judge(claim).topic != slug]
    assert elsewhere == []
    judged = {near_miss: matcher.judge(near_miss) for near_miss in explainers[slug].not_claims}
    assert [text for text, found in judged.items() if found.topic == slug and found.band is not Band.SILENT] == []
