"""What is left of a post once quotes, code, mentions and disguise are off, in any script."""
# ruff: noqa: RUF001 - look-alike letters are what is tested

import unicodedata
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import STOP_WORDS, compared_text, content_words, own_text, sentences, skeleton, without_links, words

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
DRESS = st.sampled_from(
    ["", " ", "\n", "!", "...", "*", "_", "~~", "\u200b", "\u2060", "\ufeff", "\u0301", "\ufe0f", "🎉"]
)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("plain words stay", "plain words stay"),
        ("before `code here` after", "before after"),
        ("before ```py\nmany\nlines``` after", "before after"),
        ("before ```a block that never ends\n> in it", "before"),
        ("> their words\nmy words", "my words"),
        ("my words\n  > their words\nmine again", "my words mine again"),
        ("my words\n>>> all\nthe rest", "my words"),
        ("five > four, and a >>> b", "five > four, and a >>> b"),
        ("<@123> and <@!123> <@&45> <#67> </faq ask:89> <t:1700000000:R> look", "and look"),
        ("<:smile:123456> <a:dance:654321> fun", "fun"),
        ("@everyone @here wake up", "wake up"),
        ("@everybody is a word", "@everybody is a word"),
        ("1 < 2 and <b> is markup", "1 < 2 and <b> is markup"),
        ("> only a quote", ""),
        ("", ""),
    ],
)
def test_what_others_or_machines_wrote_is_not_the_authors_own(text, own):
    assert own_text(text).split() == own.split()


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("> their words\nmy words", "my words"),
        ("> only a quote <@123>", "> only a quote"),
        ("<@123> <:smile:123456> @here", ""),
    ],
)
def test_a_post_that_only_quotes_is_compared_by_what_it_quotes_but_never_by_mentions(text, compared):
    assert compared_text(text).split() == compared.split()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://example.org/a?b=c#d now", "see now"),
        ("<HTTP://EXAMPLE.ORG> now", "< > now"),
        ("xhttp://no and http:// no", "xhttp://no and http:// no"),
    ],
)
def test_links_can_be_taken_out(text, left):
    assert without_links(text).split() == left.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's HERE, isn\u2019t it?", ["it's", "here", "isn't", "it"]),
        ("'quoted' rock'n'roll dogs'", ["quoted", "rock'n'roll", "dogs"]),
        ("snake_case and 3.5", ["snake", "case", "and", "3", "5"]),
        ("*** !!! 🎉 ___", []),
        ("Привет, мир", ["привет", "мир"]),
        ("नमस्ते दोस्तों", ["नमस्ते", "दोस्तों"]),
        ("naïve café", ["naïve", "café"]),
        (unicodedata.normalize("NFD", "naïve café's"), [unicodedata.normalize("NFD", w) for w in ("naïve", "café's")]),
        ("مُحَمَّد هنا", ["مُحَمَّد", "هنا"]),
        ("", []),
    ],
)
def test_words_are_lower_case_and_keep_their_apostrophes_and_marks(text, expected):
    assert words(text) == expected


def test_stop_words_carry_no_meaning():
    assert content_words("The model doesn\u2019t get what YOU want, it's just theft") == ["model", "doesn't", "theft"]
    assert content_words(" ".join(STOP_WORDS)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four; five", ["One.", "Two!", "Three?", "Four;", "five"]),
        ("one\n\ntwo\nthree", ["one", "two", "three"]),
        ("one - two \u2013 three   \u2014   four", ["one", "two", "three", "four"]),
        ("well-known v1.5 a.b", ["well-known v1.5 a.b"]),
        ("!!! ... 🎉\n \none", ["one"]),
        ("", []),
    ],
)
def test_sentences_end_at_stops_lines_and_dashes_and_have_words(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(("plain", "dressed"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_skeleton_survives_a_change_of_dress_in_every_script(plain, dressed):
    assert len(skeleton(plain)) >= len("".join(words(plain))) / 2
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
        "𝓫𝓾𝔂 𝕞𝕪 𝚌𝚘𝚞𝚛𝚜𝚎 𝗍𝗈𝖽𝖺𝗒",
        "ｂｕｙ ｍｙ ｃｏｕｒｓｅ ｔｏｄａｙ",
        "b\u0336u\u0336y\u0336 m\u0301\u0302\u0303y cöurse today",
        "bu\u200by my\u00ad cour\u2060se\ufeff today",
        "buy my course today 🎉👍🏽",
        "> was this said?\nbuy my course today",
        "<@123> buy my course <:smile:123456> today",
    ],
)
def test_every_disguise_of_a_text_has_the_same_skeleton(dressed):
    assert skeleton(dressed) == "buymycoursetoday"


@pytest.mark.parametrize("other", ["do not buy my course today", "buy my course todays", "buy my 2 course today"])
def test_other_words_or_numbers_make_another_skeleton(other):
    assert skeleton(other) != skeleton("buy my course today")


@settings(max_examples=150)
@given(LETTERS, st.lists(DRESS, min_size=1, max_size=8))
def test_no_dress_between_the_letters_changes_a_skeleton(letters, dress):
    worn = "".join(letter + dress[i % len(dress)] for i, letter in enumerate(letters))
    assert skeleton(worn) == skeleton(letters)


@settings(max_examples=150)
@given(st.text(max_size=60))
def test_a_skeleton_of_any_text_has_no_space_sign_or_capital(text):
    bones = skeleton(text)
    assert not any(unicodedata.category(char)[0] in "ZCPS" for char in bones)
    assert bones == bones.casefold()


@pytest.mark.parametrize(
    "filler", ["\n", " ", " \n", "\t", "`", "> ", ">\n", "</a", "<@", "- ", "a\u0301", "'a", "https://"]
)
@pytest.mark.parametrize("cut", [own_text, sentences, skeleton, without_links, words])
def test_no_filler_makes_reading_a_post_slow(cut, filler):
    text = f"a{filler * 40_000}b"
    begin = process_time()
    cut(text)
    assert process_time() - begin < 1
