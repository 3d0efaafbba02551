"""``judge``: single messages, one decision each, in the fixed format, without any state between them."""

import json

import pytest

from bot.backtest.judge import judge
from bot.backtest.read import Message
from bot.claims.matcher import Matcher
from bot.faq.library import Shelf
from bot.faq.search import FaqSearch
from tests.support import CHATTER, CLAIM, CLAIM_TOPIC, shipped_ranker

CONTEXT, REPLY = "Every image model out there is built on stolen art", "and none of us was asked"


@pytest.fixture
def decide(database, explainers):
    """Judges texts, or pairs of a text and its context; returns their decisions."""
    matcher = Matcher(FaqSearch(database), Shelf(explainers), shipped_ranker())

    def decide(*texts):
        pairs = [(text, None) if isinstance(text, str) else text for text in texts]
        messages = [Message(n, text, context) for n, (text, context) in enumerate(pairs, 1)]
        return list(judge(messages, matcher))

    return decide


def test_a_decision_has_exactly_the_documented_keys_and_types(decide):
    (decision,) = json.loads(json.dumps(decide(CLAIM)))
    assert list(decision) == ["id", "band", "topic", "score", "menu", "reasons"]
    assert (decision["id"], decision["band"], decision["topic"]) == (1, "answer", CLAIM_TOPIC)
    assert 0.9 < decision["score"] <= 1
    assert decision["menu"][0] == CLAIM_TOPIC
    assert 1 <= len(decision["menu"]) <= 3
    assert all(isinstance(reason, str) for reason in decision["reasons"])


def test_a_message_in_another_language_has_no_topic(decide):
    (decision,) = decide("bonne nuit tout le monde, à demain")
    assert (decision["band"], decision["topic"], decision["score"], decision["menu"]) == ("silent", None, 0.0, [])
    assert decision["reasons"]


def test_a_silent_message_has_a_score_and_a_menu_too(decide):
    (decision,) = decide("is the training of the rowing club for new members legal at the harbour")
    assert decision["band"] == "silent"
    assert 0 < decision["score"] < 1
    assert decision["menu"]


@pytest.mark.parametrize("text", [f"!claim {CLAIM}", "training theft", "https://example.org/training-is-theft", ""])
def test_what_the_gate_stops_is_silent_whatever_its_score(decide, text):
    (decision,) = decide(text)
    assert decision["band"] == "silent"
    assert len(decision["reasons"]) == 1


def test_a_command_keeps_the_score_of_its_text(decide):
    command, plain = decide(f"!claim {CLAIM}", f"claim {CLAIM}")
    assert command["band"] == "silent"
    assert command["topic"] == plain["topic"] == CLAIM_TOPIC
    assert command["score"] == pytest.approx(plain["score"], abs=0.05)


def test_decisions_come_in_the_order_of_the_messages(decide):
    texts = [CHATTER, CLAIM, "", CLAIM, CHATTER]
    assert [decision["id"] for decision in decide(*texts)] == [1, 2, 3, 4, 5]


def test_a_message_is_judged_the_same_whatever_came_before(decide):
    first, _, again = decide(CLAIM, CHATTER, CLAIM)
    assert {**first, "id": None} == {**again, "id": None}
    assert {**decide(CLAIM)[0], "id": None} == {**first, "id": None}


def test_the_parent_of_a_reply_supplies_its_context(decide):
    alone, reply = decide(REPLY, (REPLY, CONTEXT))
    assert (alone["band"], reply["band"]) == ("silent", "suggest")
    assert reply["topic"] == CLAIM_TOPIC


@pytest.mark.parametrize("text", ["\ud800 \udfff one two three", "\0 one two three", '" OR * one two three'])
def test_no_text_is_too_odd_to_be_judged(decide, text):
    (decision,) = decide((text, text))
    assert decision["band"] == "silent"
