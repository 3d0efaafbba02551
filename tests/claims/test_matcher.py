"""Which explainers a text calls for, and how sure that is: the bands, and the real model on the shipped explainers."""

import gc
import json
from collections import Counter
from dataclasses import dataclass, replace

import pytest

from bot.claims.bank import Phrasing
from bot.claims.heads import Calibration, Line
from bot.claims.matcher import MENU_SIZE, Matcher
from bot.claims.ranked import Ranked
from bot.faq.files import explainers_folder
from bot.faq.library import Shelf
from bot.faq.search import FaqSearch
from bot.model import Band
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, GUILD, shipped_ranker

SLUGS = sorted(path.stem for path in explainers_folder().glob("*.md"))
OWN = "the committee bans every generated poster from the spring fair"
CALIBRATION = Calibration(Line(1, 0), Line(1, 0), answer=0.9, suggest=0.3)


@dataclass
class Ranking:
    """A ranker that ranks everything alike."""

    scores: dict[str, float]
    calibration: Calibration = CALIBRATION

    def rank(self, text, reply_text, guild_id, own):
        return [Ranked(slug, score, f"phrasing of {slug}") for slug, score in self.scores.items()]


class NoHits:
    """A ``PhraseIndex`` that finds nothing."""

    def hits(self, sentence, guild_id):
        return []


@pytest.fixture
def judge(explainers):
    """Judges a text by given scores of topics, which a server serves."""
    template = explainers[CLAIM_TOPIC]

    def judge(scores, text=CHATTER, served=None):
        shelf = Shelf({slug: replace(template, slug=slug) for slug in (scores if served is None else served)})
        return Matcher(NoHits(), shelf, Ranking(scores)).judge(text)

    return judge


@pytest.fixture
def shelf(explainers):
    return Shelf(explainers)


@pytest.fixture
def matcher(database, shelf):
    """The matcher as an installation has it."""
    return Matcher(FaqSearch(database), shelf, shipped_ranker())


@pytest.mark.parametrize(
    ("score", "band", "why"),
    [
        (0.9, Band.ANSWER, "score 0.90 reaches 0.90"),
        (0.89, Band.SUGGEST, "score 0.89 is below 0.90"),
        (0.3, Band.SUGGEST, "score 0.30 is below 0.90"),
        (0.29, Band.SILENT, "score 0.29 is below 0.30"),
    ],
)
def test_the_score_chooses_the_band_and_the_reasons_say_so(judge, score, band, why):
    judgement = judge({"theft": score})
    assert (judgement.band, judgement.score, judgement.reasons[-1]) == (band, score, why)


def test_two_topics_that_fit_alike_leave_the_choice_to_a_person(judge):
    judgement = judge({"a": 0.95, "b": 0.93})
    assert (judgement.band, judgement.menu) == (Band.SUGGEST, ("a", "b"))
    assert judgement.reasons[-1] == "b fits as well"


@pytest.mark.parametrize(("best", "next_best", "tied"), [(0.6, 0.56, True), (0.95, 0.92, True), (0.6, 0.5, False)])
def test_a_tie_is_told_below_the_threshold_too_where_a_servers_own_may_lie(judge, best, next_best, tied):
    assert judge({"a": best, "b": next_best}).tied is tied


def test_a_runner_up_that_is_clearly_behind_does_not_hinder_the_answer(judge):
    assert judge({"a": 0.95, "b": 0.6}).band is Band.ANSWER


def test_the_menu_holds_the_best_few(judge):
    judgement = judge({"a": 0.8, "b": 0.2, "c": 0.1, "d": 0.05})
    assert judgement.menu == ("a", "b", "c")
    assert len(judgement.matches) == MENU_SIZE


def test_a_topic_that_the_server_does_not_serve_is_not_offered(judge):
    judgement = judge({"a": 0.95, "b": 0.2}, served=["b"])
    assert (judgement.band, judgement.menu) == (Band.SILENT, ("b",))


def test_a_server_that_serves_nothing_is_met_with_silence(judge):
    judgement = judge({"a": 0.95}, served=[])
    assert (judgement.band, judgement.matches, judgement.reasons) == (
        Band.SILENT,
        (),
        ("this server serves no explainer",),
    )


def test_the_reasons_quote_our_phrasing_and_never_the_post(judge):
    judgement = judge({"theft": 0.95}, "secretly, they took it all")
    assert judgement.reasons[0] == judgement.matches[0].reason == "nearest to “phrasing of theft”"
    assert "secretly" not in " ".join(judgement.reasons)


def test_another_language_than_english_is_met_with_silence_and_named(judge):
    judgement = judge({"theft": 0.95}, "bonne nuit tout le monde, à demain")
    assert (judgement.band, judgement.foreign, judgement.matches) == (Band.SILENT, True, ())


def test_without_the_model_words_alone_suggest_and_never_answer(database, shelf):
    judgement = Matcher(FaqSearch(database), shelf, None).judge(CLAIM)
    assert (judgement.band, judgement.topic, judgement.score) == (Band.SUGGEST, CLAIM_TOPIC, 1.0)
    assert "the semantic model is not loaded" in judgement.reasons[-1]


def test_without_the_model_a_server_that_was_left_is_forgotten_without_a_fault(shelf):
    matcher = Matcher(NoHits(), shelf, None)
    matcher.forget_guild(GUILD)
    assert matcher.judge(CLAIM, None, GUILD).band is Band.SILENT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("zyzzyva quokka wombat", "no phrasing of any explainer comes near"),
        ("the rowing club is legal at the harbour", "is below"),
    ],
)
def test_without_the_model_what_is_not_near_is_met_with_silence(database, shelf, text, why):
    judgement = Matcher(FaqSearch(database), shelf, None).judge(text)
    assert judgement.band is Band.SILENT
    assert why in judgement.reasons[-1]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_shipped_claim_finds_its_own_explainer_and_no_near_miss_is_answered_with_it(slug, matcher, explainers):
    found = Counter(matcher.judge(claim).topic for claim in explainers[slug].claims)
    assert found == {slug: len(explainers[slug].claims)}
    judged = {near_miss: matcher.judge(near_miss) for near_miss in explainers[slug].not_claims}
    assert [text for text, found in judged.items() if found.topic == slug and found.band is Band.ANSWER] == []


def test_on_messages_by_other_writers_answers_are_right_and_hard_negatives_are_left_alone(matcher):
    path = explainers_folder().parent / "evaluation" / "test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    judged = [(row, matcher.judge(row["text"], row.get("reply_to_text"))) for row in rows]
    deserving = [row for row in rows if row["answerable"]]
    answered = [(row, found) for row, found in judged if found.band is Band.ANSWER]
    right = [row for row, found in answered if found.topic in row["topics"]]
    assert len(right) / len(answered) >= 0.95
    assert len(right) / len(deserving) >= 0.45
    offered = [set(found.menu) & set(row["topics"]) for row, found in judged if row["answerable"]]
    assert sum(map(bool, offered)) / len(offered) >= 0.96


@pytest.mark.parametrize("text", ["see you at the tram tomorrow", "yes it is", "thanks, good read!"])
def test_under_a_claim_a_reply_that_says_something_else_is_not_answered(matcher, text):
    assert matcher.judge(text, CLAIM, GUILD).band is not Band.ANSWER


def test_a_reply_that_needs_its_context_is_understood_with_it(matcher):
    text, parent = "and they torrented every one of them", "They trained the thing on seven million books"
    alone, in_context = matcher.judge(text), matcher.judge(text, parent)
    assert in_context.topic == "pirated-sources"
    assert in_context.score > alone.score


def test_a_servers_own_topic_matches_there_at_once_and_nowhere_else(matcher, shelf, explainers):
    before = matcher.judge(OWN, None, GUILD + 1)
    shelf.set_own(GUILD, "spring-fair", replace(explainers[CLAIM_TOPIC], slug="spring-fair", claims=(OWN,)))
    found = matcher.judge(OWN, None, GUILD)
    assert (found.band, found.topic, found.reasons[0]) == (Band.ANSWER, "spring-fair", f"nearest to “{OWN}”")
    assert matcher.judge(OWN, None, GUILD + 1) == before
    shelf.unset_own(GUILD, "spring-fair")
    assert "spring-fair" not in matcher.judge(OWN, None, GUILD).menu


def test_of_a_server_that_was_left_nothing_of_its_own_explainers_is_kept(matcher, shelf, explainers):
    shelf.set_own(GUILD, "spring-fair", replace(explainers[CLAIM_TOPIC], slug="spring-fair", claims=(OWN,)))
    matcher.judge(OWN, None, GUILD)
    held = [one for one in gc.get_objects() if isinstance(one, Phrasing) and one.text == OWN]
    assert len(held) == 1
    shelf.forget_guild(GUILD)
    matcher.forget_guild(GUILD)
    del held
    assert not [one for one in gc.get_objects() if isinstance(one, Phrasing) and one.text == OWN]


def test_a_servers_own_text_of_a_built_in_topic_is_found_by_its_own_claims_too(matcher, shelf, explainers):
    shelf.set_own(GUILD, CLAIM_TOPIC, replace(explainers[CLAIM_TOPIC], claims=(OWN,)))
    assert matcher.judge(OWN, None, GUILD).topic == CLAIM_TOPIC
    assert matcher.judge(CLAIM, None, GUILD).topic == CLAIM_TOPIC
    assert CLAIM_TOPIC not in matcher.judge(OWN, None, GUILD + 1).menu


def test_a_topic_that_a_server_took_out_is_found_there_no_more(matcher, shelf):
    shelf.set_own(GUILD, CLAIM_TOPIC, None)
    assert CLAIM_TOPIC not in matcher.judge(CLAIM, None, GUILD).menu
    assert matcher.judge(CLAIM, None, GUILD + 1).topic == CLAIM_TOPIC


@pytest.mark.parametrize("text", ["", "🎉", "> " + CLAIM, "`" + CLAIM + "`", "\ud800 \udfff one two", "\0", "a" * 4000])
def test_no_text_is_too_odd_to_be_judged_and_none_of_these_is_answered(matcher, text):
    judgement = matcher.judge(text, text)
    assert judgement.band is not Band.ANSWER
    assert all(0 <= match.score <= 1 for match in judgement.matches)


def test_a_very_long_post_is_judged_by_its_strongest_passage(matcher):
    long = "The tram to the harbour was late again and we walked along the quay. " * 12
    assert matcher.judge(f"{long} {CLAIM}").topic == CLAIM_TOPIC
