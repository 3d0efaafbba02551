"""What is left of a text once its disguise is off, in any script."""
# ruff: noqa: RUF001 - look-alike letters are what is tested

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.duplicates.skeleton import count_words, folded_words
from bot.duplicates.skeleton import skeleton as bones

SCRIPTS = {
    "Russian": ("Сегодня в порту опять нет трамвая", "СЕГОДНЯ, в порту: опять нет трамвая!"),
    "Greek": ("Σήμερα το τραμ άργησε πάλι", "ΣΗΜΕΡΑ ΤΟ ΤΡΑΜ ΑΡΓΗΣΕ ΠΑΛΙ..."),
    "Japanese": ("今日は路面電車がまた遅れています", "今日は、路面電車がまた遅れています。"),
    "half-width Japanese": ("ガス デ パン", "ｶﾞｽ ﾃﾞ ﾊﾟﾝ"),
    "Chinese": ("今天的电车又晚点了", "今天的电车,又晚点了!"),
    "Korean": ("오늘 전차가 또 늦었어요", unicodedata.normalize("NFD", "오늘, 전차가 또 늦었어요")),
    "Arabic": ("الترام متأخر مرة أخرى اليوم", "التّرام، مُتأخر مرّة أُخرى اليوم؟"),
    "Hebrew": ("החשמלית שוב מאחרת היום", "הַחַשְׁמַלִּית שׁוּב מְאַחֶרֶת הַיּוֹם"),
    "Hindi": ("ट्राम आज फिर देर से आई", "ट्राम आज... फिर देर से आई।"),
    "Thai": ("วันนี้รถรางมาสายอีกแล้ว", "วันนี้ รถราง มาสายอีกแล้ว!"),
    "German": ("Die Straßenbahn kommt heute später", "DIE STRASSENBAHN KOMMT HEUTE SPÄTER"),
}
MEANING_IN_MARKS = {
    "Hindi, he or she goes": ("वह घर जाता है", "वह घर जाती है"),
    "Hindi, day or poor": ("दिन", "दीन"),
    "Japanese, fathers or mothers": ("パパは今どこですか", "ハハは今どこですか"),
    "Thai, eat or each other": ("กิน", "กัน"),
}
LETTERS = st.text(st.sampled_from("abcxyzабвгдαβγδ漢字かなعربकखग0123456789"), max_size=40)
DRESS = st.sampled_from(["", "!", "...", "*", "_", "~~", "\u200b", "\u2060", "\ufeff", "\u0301", "\ufe0f", "🎉"])


def skeleton(text: str) -> str:
    return bones(folded_words(text))


@pytest.mark.parametrize(("plain", "dressed"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_skeleton_survives_a_change_of_dress_in_every_script(plain, dressed):
    assert len(skeleton(plain)) >= len(plain.replace(" ", "")) / 2
    assert skeleton(plain) == skeleton(dressed)


@pytest.mark.parametrize(("one", "other"), MEANING_IN_MARKS.values(), ids=MEANING_IN_MARKS)
def test_marks_that_change_the_meaning_stay_in_the_skeleton(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "dressed",
    [
        "BUY MY COURSE today",
        "b u y  m y  c o u r s e  t o d a y",
        "**buy** my __course__ ~~today~~!!!",
        "||b||uy my c`ours`e today",
        "𝓫𝓾𝔂 𝕞𝕪 𝚌𝚘𝚞𝚛𝚜𝚎 𝗍𝗈𝖽𝖺𝗒",
        "ｂｕｙ ｍｙ ｃｏｕｒｓｅ ｔｏｄａｙ",
        "ⓑⓤⓨ 🅼🆈 🄲🄾🅄🅁🅂🄴 today",
        "ʙᴜʏ ᴍʏ ᴄᴏᴜʀsᴇ today",
        "bυy mу сοurѕе tοԁaу",
        "BUΥ MΥ CΟURSΕ TΟDAΥ".replace("Υ", "Ү"),
        "buy my c0ur53 70d4y",
        "buy my cour$e tod@y",
        "buuuuy my coooourse todaaay",
        "b\u0336u\u0336y\u0336 m\u0301\u0302\u0303y cöurse today",
        "bu\u200by my\u00ad cour\u2060se\ufeff \u202etoday\u202c",
        "bu\u034fy my cour\ufe0fse today",
        "buy my course today 🎉👍🏽",
    ],
)
def test_every_disguise_of_a_text_has_the_same_skeleton(dressed):
    assert skeleton(dressed) == "buymycoursetoday"


@pytest.mark.parametrize("other", ["do not buy my course today", "buy my courses today", "buy my 2 course today"])
def test_other_words_or_numbers_make_another_skeleton(other):
    assert skeleton(other) != skeleton("buy my course today")


def test_numbers_stay_numbers_of_their_own_length():
    assert folded_words("100 or 1000 for h0t 3ggs") == "100 or 1000 for hot eggs".replace("gg", "g")
    assert skeleton("it costs 100") != skeleton("it costs 1000")
    assert folded_words("٣٤ ३४ ３４") == "34 34 34"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two", 2),
        ("don't you dare", 3),
        ("こんにちは", 2.5),
        ("หมา", 1.5),
        ("one 二", 1.5),
        ("한국어 문장", 2),
    ],
)
def test_a_letter_of_a_script_without_spaces_counts_half_a_word(text, count):
    assert count_words(folded_words(text)) == count


@settings(max_examples=150)
@given(LETTERS, st.lists(DRESS, min_size=1, max_size=8))
def test_no_dress_between_the_letters_changes_a_skeleton_but_for_signs_beside_digits(letters, dress):
    worn = "".join(letter + dress[i % len(dress)] for i, letter in enumerate(letters))
    plain = worn if "!" in dress or "..." in dress or "🎉" in dress else letters
    assert skeleton(worn) == skeleton(plain)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_a_skeleton_of_any_text_has_no_space_or_sign(text):
    found = skeleton(text)
    assert found == found.strip()
    assert not set(found) & set(" \n@$!*_~|.")
    assert bones(folded_words(folded_words(text))) == found
