"""Posts in other scripts than the Latin one go through the whole window, and what differs in meaning is told apart."""
# ruff: noqa: RUF001 - Greek and Cyrillic letters are what is tested

from dataclasses import dataclass

import pytest

from bot.duplicates import DETECTORS
from bot.duplicates.gist import Gist
from bot.duplicates.judgement import judge
from bot.duplicates.window import Window
from bot.model import GuildPolicy
from tests.support import AUTHOR, GUILD, make_post


@dataclass(frozen=True)
class Example:
    """A post, what repeats it, and what only looks like it: with a no more, another number, other words."""

    post: str
    in_dress: str
    reworded: str
    denied: str
    another_number: str
    other: str


EXAMPLES = {
    "Russian": Example(
        "трамвай номер пять сегодня опоздал на двадцать минут",
        "ТРАМВАЙ номер пять, сегодня **опоздал** на двадцать минут!",
        "трамвай номер пять нынче опоздал на двадцать минут",
        "трамвай номер пять сегодня не опоздал на двадцать минут",
        "трамвай номер пять сегодня опоздал на тридцать минут",
        "в библиотеке открывается выставка старых карт города",
    ),
    "Greek": Example(
        "το τραμ της γραμμής πέντε άργησε σήμερα είκοσι λεπτά",
        "ΤΟ ΤΡΑΜ της γραμμής πέντε, άργησε **σήμερα** είκοσι λεπτά!",
        "το τραμ της γραμμής πέντε καθυστέρησε σήμερα είκοσι λεπτά",
        "το τραμ της γραμμής πέντε δεν άργησε σήμερα είκοσι λεπτά",
        "το τραμ της γραμμής πέντε άργησε σήμερα τριάντα λεπτά",
        "στη βιβλιοθήκη ανοίγει η έκθεση με τους παλιούς χάρτες",
    ),
    "Japanese": Example(
        "五番の路面電車は今日も港まで走ると聞きました",
        "五番の路面電車は、今日も 港まで走ると聞きました。。。",
        "五番の路面電車は今日も港まで行くと聞きました",
        "五番の路面電車は今日も港まで走らないと聞きました",
        "三番の路面電車は今日も港まで走ると聞きました",
        "図書館で町の古い地図の展示が始まります",
    ),
    "Arabic": Example(
        "ترام الخط الجديد يتأخر اليوم عشرين دقيقة في المحطة",
        "تِرام الخطّ الجديد، يتأخر اليوم عشرين دقيقة في المحطـــة!",
        "ترام الخط الجديد يتأخر حاليا عشرين دقيقة في المحطة",
        "ترام الخط الجديد لا يتأخر اليوم عشرين دقيقة في المحطة",
        "ترام الخط الجديد يتأخر اليوم ثلاثين دقيقة في المحطة",
        "يفتح في المكتبة معرض الخرائط القديمة للمدينة",
    ),
    "Hindi": Example(
        "नई लाइन की ट्राम आज बीस मिनट देर से आई",
        "नई लाइन की ट्राम, आज **बीस** मिनट देर से आई।",
        "नई लाइन की ट्राम आज बीस मिनट देरी से आई",
        "नई लाइन की ट्राम आज बीस मिनट देर से नहीं आई",
        "नई लाइन की ट्राम आज तीस मिनट देर से आई",
        "पुस्तकालय में शहर के पुराने नक्शों की प्रदर्शनी है",
    ),
}
KINDS = {"in_dress": "certain", "reworded": "near", "denied": None, "another_number": None, "other": None}


@pytest.fixture(params=EXAMPLES)
def example(request) -> Example:
    return EXAMPLES[request.param]


@pytest.mark.parametrize("restored", [False, True], ids=["running", "restored"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_repeat_is_told_from_what_says_something_else_in_every_script(example, kind, restored):
    window = Window(DETECTORS)
    seen, _ = window.see(make_post(example.post))
    if restored:
        window = Window(DETECTORS)
        window.restore([seen])
    later = make_post(getattr(example, kind), author_id=AUTHOR + 1)
    found = judge(later, window.see(later)[1], GuildPolicy(GUILD)).repeats
    assert [repeat.of.message_id for repeat in found] == [seen.message_id] * (KINDS[kind] is not None)
    if KINDS[kind] == "certain":
        assert found[0].label == "certain"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("この画像を学習に使うことは許可されています", "この画像を学習に使うことは許可されていません"),
        ("作品を学習に使うのは違法だと思う", "作品を学習に使うのは違法ではないと思う"),
        ("夜の路面電車は港まで走りました", "夜の路面電車は港まで走りませんでした"),
        ("夜の路面電車は港まで走った", "夜の路面電車は港まで走らなかった"),
    ],
)
def test_a_verb_that_says_no_in_japanese_makes_another_post(yes, no):
    for earlier, text in ((yes, no), (no, yes)):
        window = Window(DETECTORS)
        window.see(make_post(earlier))
        assert window.see(make_post(text))[1] == ()


def test_in_a_japanese_post_that_was_reworded_no_single_verb_makes_another_post():
    window = Window(DETECTORS)
    window.see(make_post("今年の春から夜の路面電車が港の駅まで毎日走るそうです"))
    assert window.see(make_post("今年の春から夜の市バスが港の駅まで毎日走らないそうです"))[1]


@pytest.mark.parametrize(
    "greeting",
    [
        "С добрым утром всем, хорошего дня",
        "Καλημέρα σε όλους και καλή εβδομάδα",
        "صباح الخير للجميع ويوم سعيد",
        "सुप्रभात दोस्तों और शुभ दिन",
    ],
)
def test_a_greeting_in_any_of_these_scripts_repeats_nobodys(greeting):
    window = Window(DETECTORS)
    window.see(make_post(greeting))
    assert window.see(make_post(greeting, author_id=AUTHOR + 1))[1] == ()


def test_a_latin_word_in_disguise_is_no_name_in_another_alphabet():
    assert Gist.of("вчера был продан трамвай города Бергена", GUILD).names
    assert not Gist.of("the tram was sold by the town of Вergen", GUILD).names


@pytest.mark.parametrize(
    ("post", "another"),
    [
        ("вчера старый трамвай города Бергена был продан", "вчера старый трамвай города Лиссабона был продан"),
        (
            "πουλήθηκε το παλιό τραμ της Βιέννης σε μουσείο",
            "πουλήθηκε το παλιό τραμ της Λισαβόνας σε μουσείο",
        ),
    ],
)
def test_a_name_in_another_alphabet_makes_another_post(post, another):
    window = Window(DETECTORS)
    window.see(make_post(post))
    assert window.see(make_post(another))[1] == ()
    assert window.see(make_post(post.replace("παλιό", "ωραίο").replace("старый", "новый")))[1]
