"""The cards of cases: Discord takes them whatever they hold, links lead to the posts, members' words do nothing."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.case import (
    Act,
    Case,
    CaseEvent,
    CasePost,
    CaseState,
    EarlierVerdict,
    Fate,
    QueueView,
    Report,
    Ruling,
    Timeout,
)
from bot.discord_ui import case_cards, case_words
from bot.discord_ui.buttons import case_view, snooze_view, tell_view, timeout_view
from bot.discord_ui.inert import plain, quoted
from bot.model import Effect, EffectKind
from tests.discord_ui.test_cards import (
    CONTENT,
    EMBED,
    assert_discord_takes,
    assert_discord_takes_buttons,
    examples,
    moments,
    record_ids,
    snowflakes,
    texts,
)

MAKES_SOMETHING = [
    "@everyone", "@here", "<@123>", "<@&123>", "<#123>", "[free](https://evil.example)", "https://evil.example",
    "# big", "> quote", "- list", "**bold**", "~~gone~~", "||hidden||", "`code`", "```", "``", "```\n@everyone",
    "<t:0:R>", "<:emoji:1>", "</queue:1>", "\u202e", "\u2066", "\u200b", "\u0301" * 60, "e" + "\u0489" * 30, "\x00",
    "\u2028", "\x1b[31m", "[-", "-]", "{+", "+}", "\U000e0041", "ﷺ" * 10, "👨\u200d👩\u200d👧", "שלום", "مرحبا",
]  # fmt: skip
hostile = st.lists(st.sampled_from(MAKES_SOMETHING) | texts(80) | st.just(" "), min_size=1, max_size=30).map("".join)
written = hostile | hostile.map(lambda text: (text * 4000)[:4000])
CANARY = "canaryword"
marked = written.map(lambda text: f"{CANARY} {text} {CANARY}"[:4000])
addresses = st.just("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1")
posts = st.builds(
    CasePost,
    message_id=snowflakes,
    channel_id=st.integers(1, 5),
    author_id=snowflakes,
    at=moments,
    is_original=st.just(False),
    fate=st.none() | st.sampled_from(Fate),
    edited=st.booleans(),
    text=st.none() | marked,
    image_url=st.none() | addresses,
)
events = st.builds(CaseEvent, at=moments, actor_id=snowflakes, event=st.just(Act.NOTED), reason=marked)
timeouts = st.builds(
    Timeout,
    id=record_ids,
    guild_id=snowflakes,
    case_id=record_ids,
    member_id=snowflakes,
    until=moments,
    moderator_id=snowflakes,
    reason=marked,
    lifted_by=st.none() | snowflakes,
    problem=st.none() | texts(300),
)


verdicts = st.builds(EarlierVerdict, record_ids, st.sampled_from(Ruling), snowflakes, moments)


@st.composite
def any_cases(draw) -> Case:
    copies = draw(st.lists(posts, max_size=10))
    original = [replace(draw(posts), is_original=True)] if draw(st.booleans()) else []
    return Case(
        id=draw(record_ids),
        guild_id=draw(snowflakes),
        number=draw(st.integers(1, 10**9)),
        state=draw(st.sampled_from(CaseState)),
        detector=draw(st.sampled_from(["exact", "near", "link", "image", "report", "phrase"])),
        label=draw(st.sampled_from(["certain", "near"])),
        score=draw(st.floats(0, 1)),
        opened_at=draw(moments),
        posts=(*original, *copies),
        copies=len(copies) + draw(st.integers(0, 10**6)),
        standing=draw(st.dictionaries(st.integers(1, 5), st.integers(1, 10**5), max_size=5)),
        problems=draw(st.dictionaries(st.integers(1, 5), texts(300), max_size=5)),
        ruling=draw(st.none() | st.sampled_from(Ruling)),
        judged_by=draw(st.none() | snowflakes),
        judged_at=draw(st.none() | moments),
        owner_id=draw(st.none() | snowflakes),
        claimed_at=draw(st.none() | moments),
        snoozed_until=draw(st.none() | moments),
        reports=tuple(draw(st.lists(st.builds(Report, snowflakes, moments, st.none() | marked), max_size=5))),
        reported=draw(st.integers(0, 10**6)),
        notes=tuple(draw(st.lists(events, max_size=3))),
        earlier=tuple(
            draw(
                st.lists(
                    st.builds(EarlierVerdict, record_ids, st.sampled_from(Ruling), snowflakes, moments), max_size=3
                )
            )
        ),
        timeouts=tuple(draw(st.lists(timeouts, max_size=5))),
        phrase=draw(st.none() | marked),
    )


FIRST = CasePost(1, 2, 3, datetime(2026, 1, 1, tzinfo=UTC), is_original=True)
AGAIN = replace(FIRST, message_id=9, is_original=False)
CASE = Case(7, 9, 1, CaseState.OPEN, "exact", "certain", 1.0, FIRST.at, (FIRST, AGAIN), 1, standing={2: 1})
EFFECT = Effect("card:1", 1, EffectKind.CASE_CARD, {"case": 1}, 1, 1, FIRST.at)


def outside_code(text: str) -> str:
    """What Discord reads as more than letters."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"```\n[^`]*\n```", "", text))


def said(embeds) -> str:
    """All of a card's text."""
    parts = [part for embed in embeds for part in (embed.title, embed.description)]
    parts += [part for embed in embeds for field in embed.fields for part in (field.name, field.value)]
    return "\n".join(part for part in parts if part)


# Limits


@examples(60)
@given(any_cases(), st.booleans())
def test_discord_takes_the_card_of_any_case_and_members_words_do_nothing_on_it(case, silencing):
    card, whole = case_cards.case_card(case), case_cards.case_texts(case)
    content = case_cards.case_text(case)
    assert len(content) <= CONTENT
    for message in (card, whole):
        assert sum(len(embed) for embed in message) <= EMBED
        assert len(message) <= 10
    for embed in card:
        assert_discord_takes(embed)
    for text in (content, said(card), said(whole)):
        assert CANARY not in outside_code(text)
        assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cf"} - {"\n"} and char != "\n"]
    view = case_view(case, timeouts=silencing)
    assert_discord_takes_buttons(view)
    assert len(view.to_components()) <= 5


@examples(30)
@given(record_ids, st.dictionaries(snowflakes, texts(200), min_size=1, max_size=5), st.booleans())
def test_discord_takes_the_buttons_beside_a_card(case_id, names, silenced):
    case = replace(CASE, id=case_id, ruling=Ruling.KEPT)
    for view in (snooze_view(case_id), tell_view(case), timeout_view(case_id, names, names if silenced else ())):
        assert_discord_takes_buttons(view)
        assert len(view.to_components()) <= 5


def test_discord_takes_the_longest_card_of_all():
    post = replace(AGAIN, message_id=2**63 - 1, channel_id=2**63 - 1, author_id=2**63 - 1, edited=True)
    problems = {post.channel_id: "x" * 200}
    case = replace(CASE, guild_id=2**63 - 1, posts=(replace(post, is_original=True), *[post] * 10), copies=10**6)
    case = replace(case, state=CaseState.JUDGED, ruling=Ruling.DELETED, problems=problems)
    assert case_cards.case_text(case).count("could not be deleted") == 6
    assert len(case_cards.case_text(case)) <= CONTENT


@examples(50)
@given(any_cases(), snowflakes)
def test_discord_takes_any_page_of_a_list(case, channel_id):
    line = case_cards.case_line(case, replace(EFFECT, channel_id=channel_id, message_id=channel_id))
    for view in QueueView:
        title = case_words.list_title(view, 10**6)
        assert_discord_takes(case_cards.queue_card([line] * 10, title, 0, 10**5))


@examples(30)
@given(st.lists(events, max_size=200))
def test_discord_takes_any_history_and_the_newest_of_it_stays(happened):
    text = case_words.history(CASE, happened)
    assert len(text) <= CONTENT
    assert CANARY not in outside_code(text)
    assert not happened or case_words.event(happened[-1]) in text


@examples(200)
@given(st.integers(1, 10**9), snowflakes, written)
def test_the_audit_log_takes_any_reason(number, moderator, reason):
    text = case_words.audit_reason(number, moderator, reason)
    assert len(quote(text, safe="/ ")) <= 512
    assert text.startswith(f"Copydesk case {number}, moderator {moderator}: ")


# Members' words


@examples(300)
@given(hostile)
@example("```\n@everyone")
@example("\u202eevil")
def test_members_words_are_plain_text_whatever_they_are(text):
    shown = plain(text)
    assert "`" not in shown
    assert "\n" not in shown
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert not re.search("[\u0300-\u036f\u0483-\u0489]{3}", unicodedata.normalize("NFC", shown))
    assert outside_code(quoted(text, 50)) == ""
    assert len(quoted(text, 50)) <= 50


def test_plain_words_stay_as_they_are():
    assert plain("Où est  l'été?\n\nÀ 5 °C; 日本語 😀") == "Où est l'été? À 5 °C; 日本語 😀"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("bring a warm coat", "bring a THICK coat", "bring a [-warm-] {+THICK+} coat"),
        ("bring a coat", "Bring a coat now", "Bring a coat {+now+}"),
        ("one two three", "three", "[-one two-] three"),
        (" ".join("abcdefghijklmnop"), " ".join("abcdefghijklmnop") + " z", "... m n o p {+z+}"),
        ("x [-y-]", "x [-y-] {+z+}", "x [ -y-] {+{ +z+}+}"),
    ],
)
def test_two_texts_are_compared_word_by_word(before, after, shown):
    assert case_cards.difference(before, after, 200) == f"```\n{shown}\n```"


def test_a_card_shows_both_texts_as_one_with_what_went_and_came():
    posts_of = (replace(FIRST, text="the tram is late"), replace(AGAIN, text="the tram was late"))
    (embed,) = case_cards.case_card(replace(CASE, posts=posts_of))
    assert "the tram [-is-] {+was+} late" in embed.description
    same = (posts_of[0], replace(AGAIN, text="The tram  is late"))
    (embed,) = case_cards.case_card(replace(CASE, posts=same))
    assert embed.description == "Both say the same:\n```\nThe tram is late\n```"


@pytest.mark.parametrize(
    ("after", "same_words"),
    [("the tr\u0430m is l\u0430te", True), ("**the tram** is late!!!", True), ("the tram was late", False)],
)
def test_words_that_only_look_changed_are_told_to_be_the_same(after, same_words):
    posts_of = (replace(FIRST, text="the tram is late"), replace(AGAIN, text=after))
    (embed,) = case_cards.case_card(replace(CASE, posts=posts_of))
    assert ("The same words in another dress" in embed.description) is same_words


def test_signs_without_words_are_not_told_to_be_the_same_words():
    posts_of = (replace(FIRST, text="..."), replace(AGAIN, text="???"))
    (embed,) = case_cards.case_card(replace(CASE, posts=posts_of))
    assert "The same words" not in embed.description


def test_a_long_comparison_is_quick_and_bounded():
    texts_of = ("a b " * 1000, "b a " * 1000)
    assert len(case_cards.difference(*texts_of, 2000)) <= 2000


def test_a_card_shows_the_images_of_the_first_post_and_the_newest():
    posts_of = (replace(FIRST, image_url="https://cdn/1.png"), replace(AGAIN, image_url="https://cdn/2.png"))
    card = case_cards.case_card(replace(CASE, posts=posts_of))
    assert [embed.thumbnail.url for embed in card] == ["https://cdn/1.png", "https://cdn/2.png"]


# What a card says


@examples(50)
@given(any_cases())
def test_a_case_links_its_first_post_and_its_newest_copies(case):
    text = case_cards.case_text(case)
    shown = ([case.original] if case.original else []) + list(case.repeats[-6:])
    assert text.count("https://discord.com/channels/") == len(shown)
    for post in shown:
        assert f"https://discord.com/channels/{case.guild_id}/{post.channel_id}/{post.message_id})" in text
    assert ("more ..." in text) == (case.copies > min(len(case.repeats), 6))


@pytest.mark.parametrize(
    ("fate", "end"),
    [
        (Fate.DELETED, "~~ deleted"),
        (Fate.CHANGED, "~~ edited, and no repeat any more"),
        (Fate.CHANNEL, "~~ gone with its channel"),
    ],
)
def test_a_case_says_what_became_of_each_post(fate, end):
    line = case_cards.case_text(replace(CASE, posts=(FIRST, replace(AGAIN, fate=fate)))).splitlines()[1]
    assert line.startswith("**Again:** ~~")
    assert line.endswith(end)


def test_a_case_says_that_a_post_was_edited_or_could_not_be_deleted():
    stuck = replace(CASE, ruling=Ruling.DELETED, problems={2: "no right"}, posts=(FIRST, replace(AGAIN, edited=True)))
    assert case_cards.case_text(stuck).endswith(", edited: could not be deleted (no right)")


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (
            CASE,
            "exact, score 1.00: certain; the newest copy by the same member, in the same channel,",
        ),
        (
            replace(
                CASE,
                detector="near",
                label="near",
                score=0.8,
                posts=(FIRST, replace(AGAIN, author_id=5, channel_id=6, at=FIRST.at + timedelta(days=2))),
            ),
            "near, score 0.80: likely, not certain; the newest copy by another member, in another channel, 2 days",
        ),
        (replace(CASE, detector="report"), "No detector fired: a member reported the post."),
        (replace(CASE, posts=(AGAIN,)), "exact, score 1.00: certain"),
    ],
)
def test_a_card_says_in_words_what_fired_and_how_surely(case, words):
    assert case_cards.case_card(case)[0].fields[0].value.startswith(words)


def test_a_card_shows_reports_notes_earlier_verdicts_and_timeouts():
    case = replace(
        CASE,
        reported=2,
        reports=(Report(4, FIRST.at, "seen it"), Report(5, FIRST.at)),
        notes=(CaseEvent(FIRST.at, 6, Act.NOTED, "ask the author"),),
        earlier=(EarlierVerdict(1, Ruling.KEPT, 6, FIRST.at),),
        timeouts=(Timeout(1, 9, 7, 3, FIRST.at, 6, "spam", lifted_by=8),),
    )
    fields = {field.name: field.value for field in case_cards.case_card(case)[0].fields}
    assert fields["Reported by 2 members"] == "`seen it`\nwithout a reason"
    assert fields["Notes"].endswith("`ask the author`")
    assert fields["Verdicts on this content before"].startswith("Case 1: a repeat, the copies stay, by <@6>")
    assert fields["Timeouts"].endswith("~~ lifted by <@8>")


@pytest.mark.parametrize(
    ("state", "fields", "actions"),
    [
        (CaseState.OPEN, {}, ["claim", "remove", "keep", "dismiss", "allow", "snooze", "texts"]),
        (CaseState.REOPENED, {"standing": {}}, ["claim", "keep", "dismiss", "allow", "snooze", "texts"]),
        (CaseState.CLAIMED, {}, ["release", "remove", "keep", "dismiss", "allow", "snooze", "texts"]),
        (CaseState.JUDGED, {"ruling": Ruling.DELETED, "problems": {2: "no right"}}, ["remove", "undo", "texts"]),
        (CaseState.JUDGED, {"ruling": Ruling.DELETED}, ["undo", "texts"]),
        (CaseState.JUDGED, {"ruling": Ruling.KEPT, "problems": {2: "no right"}}, ["undo", "texts"]),
        (CaseState.EXPIRED, {}, ["undo", "texts"]),
    ],
)
def test_a_card_offers_only_what_can_still_be_done(state, fields, actions):
    view = case_view(replace(CASE, state=state, **fields), timeouts=False)
    assert [button.action for button in view.children] == actions


def test_a_card_offers_timeouts_only_where_the_server_has_them():
    assert "timeout" in [button.action for button in case_view(CASE, timeouts=True).children]
    assert "timeout" not in [button.action for button in case_view(replace(CASE, posts=()), timeouts=True).children]
