"""Posts that are almost the same, and posts that only look it."""

import pytest

from bot.duplicates.gist import Gist
from bot.duplicates.near import Near
from tests.support import CHATTER, GUILD, keys_of

NEAR = Near()
PAGE = "https://news.example/night/trams/stop/at/all/of/the/piers"
REPORT = "The harbour office wrote that night trams will stop at every pier from the first week of spring"


def score(earlier: str, later: str) -> float:
    """The score of a pair, as the window would come to it: 0 where no key is shared."""
    one, other = Gist.of(later, salt=GUILD), Gist.of(earlier, salt=GUILD)
    shared = set(keys_of(NEAR, one)) & set(keys_of(NEAR, other))
    return NEAR.score(one, other) if shared else 0.0


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (REPORT, f"reposting, nobody saw it: {REPORT}"),
        (REPORT, REPORT[:75]),
        (REPORT, REPORT.replace("office", "master").replace("wrote", "says")),
        (REPORT, REPORT.replace("harbour", "habrour").replace("spring", "sprnig")),
        (f"{REPORT}. {CHATTER}", f"{CHATTER}. {REPORT}"),
        (f"{REPORT} https://news.example/trams", f"{REPORT} https://www.news.example/trams?utm_source=x"),
        (f"{REPORT} https://news.example/trams", f"{REPORT} h t t p s : //n ews.example/trams"),
        ("can I bring my old bicycle along", "can i brnig my old bicycle along"),
        ("ночные трамваи будут ходить до самого порта", "ночные трамваи станут ходить до самого порта"),
        ("रात की ट्राम अब बंदरगाह तक जाएगी", "रात की ट्राम अब से बंदरगाह तक जाएगी"),
        ("今年の春から夜の路面電車が港まで走るそうです", "今年の春から夜の路面電車が港まで走るらしいです"),
        (f"{REPORT} https://news.example/trams", f"{REPORT} https://wwwnews!!example/trams!!"),
        ("ben: did you install the ferry app", "ben: did he you install the ferry app"),
        ("the night tram was sold to Bergen", "the night tram was sold to Has"),
        ("does any one of you know how to do this", "does any one to you know how to do this"),
        (f"I own {REPORT} and it is not {CHATTER}", f"I own {REPORT} and it is {CHATTER}"),
        ("the tram has no brakes on this route", "the tram has new brakes on this route"),
        ("you can't bring dogs on the night tram", "you some bring dogs on the night tram"),
        (REPORT, f"{REPORT} убунтой"),
        (f"{PAGE} {REPORT} {PAGE}2 {CHATTER}", f"{PAGE} {REPORT} {PAGE}2 {CHATTER}".replace("://", " ://")),
        ("any easy way to check my ferry pass", "any easy way to swim my ferry once"),
        ("so what do you use this for https://news.example/a", "so what did you use this for https://news.example/a"),
        ("then we row to it https://news.example/trams", "then we mow to it h t t p s : //n ews.example/trams"),
    ],
    ids=[
        "prefix",
        "cut",
        "reworded",
        "typos",
        "moved",
        "tracked",
        "spaced link",
        "short",
        "Russian",
        "Hindi",
        "Japanese",
        "link with other punctuation",
        "he is no negation",
        "a function word is no name",
        "enough small words",
        "one word of many",
        "a no for a word that is no yes",
        "a verb's no for an article",
        "a foreign word",
        "a link in disguise in the middle",
        "words that stayed in their places",
        "a link says something",
        "a link in disguise says something",
    ],
)
def test_a_small_change_leaves_a_repeat(earlier, later):
    assert score(earlier, later) >= NEAR.near


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (CHATTER, REPORT),
        ("the tram stops at the pier", "the tram does not stop at the pier"),
        ("the tram does stop at the new pier", "the tram doesn't stop at the new pier"),
        ("you can bring dogs on the night tram", "you can't bring dogs on the night tram"),
        ("bringing dogs on the tram is legal here", "bringing dogs on the tram is illegal here"),
        ("the tram always waits for the ferry", "the tram never waits for the ferry"),
        ("the tram leaves at 7 from the pier", "the tram leaves at 9 from the pier"),
        ("tickets for the tram cost twenty crowns", "tickets for the tram cost thirty crowns"),
        ("the sketch night has moved to friday", "the sketch night has moved to monday"),
        ("the old tram of Bergen was sold today", "the old tram of Lisbon was sold today"),
        ("did you hear that disney is suing them again", "did you hear that openai is suing them again"),
        ("everyone should read this https://a.example/one", "everyone should read this https://a.example/two"),
        ("ada: the form is on the harbour site", "ben: the form is on the harbour site"),
        (REPORT, f'"{REPORT}" so they finally listened to the people who asked for it, good'),
        (REPORT, f"> {REPORT}\nso they finally listened to the people who asked for it, good"),
        ("level up! you are level 12 now", "level up! you are level 13 now"),
        ("the night tram is totally legal here", "the night tram is not legal here"),
        ("does anyone know anything about lighthouses", "does anyone know anything about saxophones"),
        ("well i'll hop over there", "ben: i'll pop over there"),
        (
            "sensor 1 at 10 volts, sensor 2 at 20 volts, sensor 3 at 30 volts, all is fine",
            "sensor 1 at 11 volts, sensor 2 at 24 volts, sensor 3 at 37 volts, all is good",
        ),
    ],
)
def test_another_meaning_makes_another_post(earlier, later):
    assert score(earlier, later) == 0.0
    assert score(later, earlier) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "lol same here",
        "thank you so much",
        "!rank and then some more",
        "jo: sorry about that",
        "good morning all of you",
        "hello can anyone help me with this",
    ],
)
def test_small_change_of_conversation_is_never_compared(text):
    assert not len(NEAR.keys(Gist.of(text, salt=GUILD)))


def test_a_slip_of_the_pen_in_a_name_or_a_negation_is_no_other_meaning():
    assert score("the old tram of Bergen was sold today", "the old tram of Bergne was sold today") >= NEAR.certain
    assert score("the tram does not stop at the pier", "the tram does nto stop at the pier") >= NEAR.near


def test_in_a_post_that_was_reworded_in_many_places_no_single_word_makes_another_post():
    reworded = REPORT.replace("The", "Our").replace("every", "each").replace("from", "since")
    assert score(REPORT, reworded.replace("will", "never")) >= NEAR.near
    assert score(REPORT, REPORT.replace("will", "never")) == 0


def test_it_in_disguise_is_no_command():
    assert len(NEAR.keys(Gist.of("!t is my favourite tram of all", salt=GUILD)))
    assert not len(NEAR.keys(Gist.of("!tram is my favourite of all", salt=GUILD)))


def test_a_post_that_adds_a_link_to_those_of_another_may_still_be_its_repeat():
    first, second = "https://news.example/trams", "https://other.example/piers"
    assert score(f"{REPORT} {first}", f"{REPORT} {first} {second}") >= NEAR.near


def test_an_answer_to_the_same_quotation_repeats_another_only_if_it_is_certainly_the_same():
    quotation = f"> {CHATTER}\n"
    assert score(quotation + REPORT, quotation + REPORT) >= NEAR.certain
    assert score(quotation + REPORT, quotation + REPORT.replace("office", "master").replace("wrote", "says")) == 0
