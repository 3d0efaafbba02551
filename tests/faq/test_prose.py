import pytest

from bot.faq.prose import reading_grade, sentences, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("map", 1), ("made", 1), ("rule", 1), ("ruled", 1), ("makes", 1), ("suit", 1), ("judge's", 2),
        ("title", 2), ("granted", 2), ("cases", 2), ("quite", 1), ("copies", 2), ("largely", 2),
        ("media", 3), ("copying", 3), ("ideas", 3), ("infringement", 3), ("society", 4), ("criticism", 4),
        ("nation", 2), ("settlement", 3), ("video", 3), ("I", 1), ("GPT", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_spoken(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is so. It was not.", ["It is so.", "It was not."]),
        ("It is so.[^a][^b-2] It was not.[^c]", ["It is so.[^a][^b-2]", "It was not.[^c]"]),
        ('"It is so." They say "no." Why? Who knows!', ['"It is so."', 'They say "no."', "Why?", "Who knows!"]),
        ("Getty v. Stability (N.D. Cal. No. 3:24) goes on.", ["Getty v. Stability (N.D. Cal. No. 3:24) goes on."]),
        (
            "The judge said no. It was art. In No. 5 and art. 6 it is so.",
            ["The judge said no.", "It was art.", "In No. 5 and art. 6 it is so."],
        ),
        ("Under 17 U.S.C. 107 it is 2.5 times.", ["Under 17 U.S.C. 107 it is 2.5 times."]),
        ("It sued Reed Inc.[^a] Reed lost.", ["It sued Reed Inc.[^a]", "Reed lost."]),
        ("It is\nso. It\nwas not.", ["It is\nso.", "It\nwas not."]),
        ("", []),
    ],
)
def test_prose_is_cut_into_sentences_with_their_notes(text, expected):
    assert [sentence for _, sentence in sentences(text)] == expected


def test_each_sentence_tells_where_it_begins():
    text = "It is so.[^a] It was not."
    assert [text[start:][:2] for start, _ in sentences(text)] == ["It", "It"]
    assert [start for start, _ in sentences(text)] == [0, 14]


def test_the_reading_grade_is_that_of_flesch_and_kincaid():
    assert reading_grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 * 6 / 6 - 15.59)
    assert reading_grade(["Copying is so. We said it.", "It is."]) == pytest.approx(
        0.39 * 8 / 3 + 11.8 * 10 / 8 - 15.59
    )


def test_numbers_are_not_read_as_words():
    assert reading_grade(["On 3 May it rained."]) == reading_grade(["On May it rained."])


def test_what_holds_no_word_has_no_grade():
    assert reading_grade(["12.", ""]) == 0
