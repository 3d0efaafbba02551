"""Cards: whatever an explainer or a case holds, Discord takes them, links lead to the posts, and nobody is pinged."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.discord_ui import cards, case_cards, words
from bot.discord_ui.buttons import DeskButton, explainer_view, page_view, reply_view, suggestion_view
from bot.faq.ledger import Stale
from bot.faq.parse import CHECKS, SOURCE_KINDS
from bot.model import (
    Explainer,
    Match,
    Mode,
    Reply,
    ReplyState,
    Side,
    Source,
)
from tests.support import CLAIM, open_case

CONTENT, TITLE, DESCRIPTION, FIELD_NAME, FIELD, FOOTER, EMBED = 2000, 256, 4096, 256, 1024, 2048, 6000
BUTTON_LABEL, CUSTOM_ID = 80, 100

snowflakes = st.integers(1, 2**63 - 1)
record_ids = st.integers(1, 10**18 - 1)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis asks for naive bounds
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
letters = st.characters(exclude_categories=["Cs"], exclude_characters="[")


def examples(count: int) -> settings:
    """So many examples, however long a busy machine takes."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def texts(longest: int):
    """Texts up to this length, long ones as likely as short ones."""
    pieces = st.text(letters, min_size=1, max_size=30).filter(str.strip)
    return st.builds(lambda piece, times: (piece * times)[:longest], pieces, st.integers(1, longest)).filter(str.strip)


def noted(longest: int, sources: list[Source]):
    """Texts up to this length, notes not counted, as the parser counts them."""
    notes = st.lists(st.sampled_from([f"[^{source.id}]" for source in sources]), max_size=6).map("".join)
    return st.builds(
        lambda text, step, note: "".join(text[at : at + step] + note for at in range(0, len(text), step)),
        texts(longest),
        st.integers(1, 60),
        notes,
    )


source_tables = st.builds(
    Source,
    id=st.uuids().map(str),
    title=texts(400),
    publisher=texts(200),
    url=st.integers(1, 2000).map(lambda length: "https://example.org/" + "(" * length),
    date=days,
    kind=st.sampled_from(SOURCE_KINDS),
    jurisdiction=texts(100),
    checked=st.sampled_from(CHECKS),
)


@st.composite
def explainers_within_the_parsers_limits(draw) -> Explainer:
    sources = draw(st.lists(source_tables, min_size=1, max_size=30))
    sides = [Side(draw(texts(400)), draw(noted(800, sources))) for _ in range(2)]
    return Explainer(
        slug="slug",
        title=draw(texts(200)),
        short_answer=draw(noted(350, sources)),
        settled=draw(noted(1200, sources)),
        sides=(sides[0], sides[1]),
        undecided=draw(noted(800, sources)),
        commonly_got_wrong=draw(noted(1200, sources)),
        aliases=("alias",),
        claims=("claim",),
        not_claims=("near miss",),
        jurisdictions=tuple(draw(st.lists(texts(40), min_size=1, max_size=80))),
        as_of=draw(days),
        review_by=draw(days),
        related=(),
        sources=tuple(sources),
    )


replies = st.builds(
    Reply,
    id=record_ids,
    guild_id=snowflakes,
    channel_id=snowflakes,
    message_id=snowflakes,
    author_id=snowflakes,
    slug=st.just("slug"),
    score=st.floats(0, 1),
    reason=texts(3000),
    state=st.sampled_from(ReplyState),
    at=moments,
    judged_by=st.none() | snowflakes,
    corrected_at=st.none() | moments,
)


def assert_discord_takes(embed: discord.Embed) -> None:
    assert 1 <= len(embed.title.strip()) <= TITLE
    assert len(embed.description or "") <= DESCRIPTION
    assert len(embed.footer.text or "") <= FOOTER
    assert len(embed.fields) <= 25
    assert all(field.name.strip() and len(field.name) <= FIELD_NAME for field in embed.fields)
    assert all(field.value.strip() and len(field.value) <= FIELD for field in embed.fields)
    assert len(embed) <= EMBED


def assert_discord_takes_buttons(view: discord.ui.View | None) -> None:
    buttons = view.children if view is not None else []
    assert all(1 <= len(button.item.label) <= BUTTON_LABEL for button in buttons)
    assert all(len(button.custom_id) <= CUSTOM_ID for button in buttons)
    assert all(button.template.fullmatch(button.custom_id) for button in buttons)


def source(number: int, **fields) -> Source:
    table = {"title": f"Title {number}", "publisher": "Press", "url": "https://example.org/a", "date": date(2026, 7, 5)}
    checks = {"kind": "agency-report", "jurisdiction": "US", "checked": "reported"}
    return Source(id=f"s{number}", **{**table, **checks, **fields})


def explainer(**fields) -> Explainer:
    """A small explainer with three sources; any field can be given."""
    texts_of = {name: name for name in ("slug", "title", "short_answer", "settled", "undecided", "commonly_got_wrong")}
    lists = dict.fromkeys(("aliases", "claims", "not_claims", "related"), ())
    rest = {
        "sides": (Side("One side", "yes"), Side("The other", "no")),
        "jurisdictions": ("US", "INT"),
        "as_of": date(2026, 7, 5),
        "review_by": date(2026, 12, 1),
        "sources": tuple(source(number) for number in (1, 2, 3)),
    }
    return Explainer(**{**texts_of, **lists, **rest, **fields})


# Limits


@examples(30)
@given(explainers_within_the_parsers_limits(), replies, st.none() | texts(3000))
def test_discord_takes_the_cards_of_any_explainer(any_explainer, reply, under_review):
    match = Match(reply.slug, reply.score, reply.reason)
    for embed in (
        cards.answer_card(any_explainer),
        cards.answer_card(any_explainer, match, under_review),
        cards.reply_card(reply, any_explainer, under_review),
        cards.sources_card(any_explainer),
        cards.country_card(any_explainer, any_explainer.sources[0].jurisdiction),
        cards.country_card(any_explainer, "Neverland"),
        *cards.more_pages(any_explainer),
        case_cards.suggestion_card(reply, any_explainer, under_review),
    ):
        assert_discord_takes(embed)
    assert len(case_cards.suggestion_text(reply)) <= CONTENT
    assert_discord_takes_buttons(reply_view(reply))
    assert_discord_takes_buttons(suggestion_view(reply))


def test_discord_takes_the_buttons_of_the_longest_name():
    assert_discord_takes_buttons(explainer_view(explainer(slug="s" * 60)))
    assert_discord_takes_buttons(page_view("more", "s" * 60, 1, 3))


@examples(30)
@given(st.lists(texts(200), min_size=1, max_size=45))
def test_discord_takes_any_topics_and_shows_each_once(titles):
    pages = cards.topics_pages(explainer(title=title) for title in titles)
    for page in pages:
        assert_discord_takes(page)
    listed = "\n".join(page.description for page in pages)
    assert listed == "\n".join(f"- {title}" for title in sorted(titles))


@examples(10)
@given(st.lists(st.builds(Stale, explainers_within_the_parsers_limits(), texts(2000), st.just(("One.",))), max_size=12))
def test_discord_takes_any_list_of_explainers_under_review(stale):
    assert_discord_takes(cards.stale_card(stale))


@examples(50)
@given(st.lists(texts(200), min_size=3, max_size=3))
def test_discord_takes_any_menu(titles):
    found = {str(number): explainer(title=title) for number, title in enumerate(titles)}
    assert len(cards.menu([Match(slug, 0.5, "reason") for slug in found], found)) <= CONTENT


def test_the_shipped_explainers_are_shown_uncut(explainers):
    for shown in explainers.values():
        short, pages, sources = cards.answer_card(shown), cards.more_pages(shown), cards.sources_card(shown)
        texts_shown = [embed.description for embed in (short, *pages, sources)]
        assert_discord_takes(short)
        assert not any(text.endswith((" ...", " more")) for text in texts_shown)
        headings = ("Settled", *(side.heading for side in shown.sides), "Undecided", "Commonly got wrong")
        assert re.findall(r"^\*\*(.+)\*\*$", "\n".join(page.description for page in pages), re.MULTILINE) == [*headings]
        assert len(sources.description.splitlines()) == len(shown.sources)


# What cards say


def test_both_sides_stand_on_the_card_with_their_beginning_in_whole_sentences():
    sides = (Side("For", "So.[^s1] " + "And so on. " * 40), Side("Against", "No."))
    first, second = cards.answer_card(explainer(sides=sides)).fields
    assert (first.name, second.name, second.value) == ("For", "Against", "No.")
    assert first.value.startswith("So. [1] And so on.")
    assert first.value.endswith("And so on.")
    assert len(first.value) < 300


def test_the_whole_text_takes_two_pages():
    whole = explainer(settled="S.[^s2]", undecided="U.", commonly_got_wrong="W.")
    assert [page.description for page in cards.more_pages(whole)] == [
        "**Settled**\nS. [2]\n\n**One side**\nyes\n\n**The other**\nno",
        "**Undecided**\nU.\n\n**Commonly got wrong**\nW.",
    ]


def test_a_countrys_card_keeps_the_points_that_rest_on_its_sources():
    mixed = (source(1), source(2, jurisdiction="DE", title="Urteil"))
    card = cards.country_card(
        explainer(settled="- One.[^s1]\n- Two.[^s2]\n- Three.[^s1][^s2]", undecided="- Four.[^s1]", sources=mixed), "DE"
    )
    text, sources = card.description.split("\n\n**Sources**\n")
    assert text == "**Germany**\n\n**Settled**\n- Two. [2]\n- Three. [1, 2]"
    assert sources.startswith("[2] [Urteil]")
    assert "\n" not in sources


def test_a_countrys_card_keeps_the_points_that_begin_with_its_name():
    text = "- Germany: one.[^s1]\n- DE: two.[^s1]\n- Dental: three.[^s1]"
    card = cards.country_card(explainer(settled="- S.[^s1]", commonly_got_wrong=text), "DE")
    body, sources = card.description.split("\n\n**Sources**\n")
    assert body == "**Germany**\n\n**Commonly got wrong**\n- Germany: one. [1]\n- DE: two. [1]"
    assert sources.startswith("[1]")


def test_every_shipped_explainer_has_something_on_each_country_that_it_names(explainers):
    bare = [
        (one.slug, code)
        for one in explainers.values()
        for code in one.jurisdictions
        if words.nothing_on(cards.place(code)) in cards.country_card(one, code).description
    ]
    assert bare == []


def test_a_countrys_card_says_where_nothing_rests_on_its_sources():
    assert words.nothing_on("Japan") in cards.country_card(explainer(), "JP").description


@pytest.mark.parametrize("typed", ["DE", "de", "Germany", " germany "])
def test_a_country_is_known_by_its_code_and_by_its_name(typed):
    assert cards.jurisdiction(typed) == "DE"


def test_a_country_that_is_not_known_stays_as_it_was_typed():
    assert cards.jurisdiction("Neverland") == "Neverland"


def test_an_answer_says_since_when_it_is_corrected():
    reply = Reply(1, 2, 3, 4, 5, "slug", 0.61, "claim X", ReplyState.POSTED, datetime(2026, 1, 1, tzinfo=UTC))
    later = replace(reply, corrected_at=datetime(2026, 2, 3, tzinfo=UTC))
    fields = [
        {field.name: field.value for field in cards.reply_card(each, explainer()).fields} for each in (reply, later)
    ]
    assert "Corrected" not in fields[0]
    assert fields[1]["Corrected"] == "on 3 February 2026"
    assert fields[1]["Why this card"] == "claim X, score 0.61"


def test_notes_become_the_numbers_of_their_sources():
    nine = tuple(source(number) for number in range(1, 10))
    card = cards.answer_card(
        explainer(short_answer="Two courts said so.[^s9][^s1] A third did not.[^s2]", sources=nine)
    )
    text, sources = card.description.split("\n\n**Sources**\n")
    assert text == "Two courts said so. [1, 9] A third did not. [2]"
    assert [line[:3] for line in sources.splitlines()] == ["[1]", "[2]", "[9]"]


def test_an_answer_lists_only_the_sources_that_it_names_and_at_most_four():
    many = tuple(source(number) for number in range(1, 8))
    card = cards.answer_card(explainer(short_answer="So.[^s2][^s3][^s4][^s6][^s7]", sources=many))
    *lines, rest = card.description.splitlines()[3:]
    assert [line[:3] for line in lines] == ["[2]", "[3]", "[4]", "[6]"]
    assert rest == words.more_sources([7])


def test_an_answer_lists_the_sources_of_its_sides_where_there_is_room():
    many = tuple(source(number) for number in range(1, 8))
    sides = (Side("For", "One.[^s1]"), Side("Against", "Two.[^s7][^s5]"))
    some, all_four = (
        cards.answer_card(explainer(short_answer=text, sides=sides, sources=many)).description.splitlines()[3:]
        for text in ("So.[^s2][^s3]", "So.[^s2]")
    )
    assert [line[:3] for line in some[:-1]] == ["[1]", "[2]", "[3]", "[5]"]
    assert some[-1] == words.more_sources([7])
    assert [line[:3] for line in all_four] == ["[1]", "[2]", "[5]", "[7]"]


def test_no_card_shows_a_number_without_naming_its_source_or_where_it_stands(explainers):
    for shown in explainers.values():
        card = cards.answer_card(shown)
        text, named = card.description.split("\n\n**Sources**\n")
        on_card = " ".join([text, *(field.value for field in card.fields)])
        numbers = {number for run in re.findall(r"\[([\d, ]+)\]", on_card) for number in run.split(", ")}
        led_to = {number for run in re.findall(r"^\[([\d, ]+)\]", named, re.MULTILINE) for number in run.split(", ")}
        assert numbers == led_to, shown.slug


def test_the_sides_of_a_card_end_where_they_are_nearest_in_length():
    sides = (Side("For", "Word upon word. " * 30), Side("Against", "A" * 300 + "."))
    first, second = cards.answer_card(explainer(sides=sides)).fields
    assert abs(len(first.value) - len(second.value)) <= 40


def test_a_source_is_a_link_whatever_its_title_and_address_hold():
    odd = source(1, title="A [draft] ruling", url="https://example.org/a_(b)")
    card = cards.sources_card(explainer(sources=(odd,)))
    assert card.description == (
        "[1] [A draft ruling](https://example.org/a_%28b%29), Press, 5 July 2026"
        " · agency report, US · confirmed by other pages"
    )


def test_sources_that_do_not_fit_are_counted_and_none_is_cut():
    many = tuple(source(number, title="T" * 300) for number in range(1, 31))
    *lines, rest = cards.sources_card(explainer(sources=many)).description.splitlines()
    assert all(line.endswith("confirmed by other pages") for line in lines)
    assert rest == f"... {30 - len(lines)} more"


def test_the_footer_tells_the_date_and_the_places_in_words():
    assert cards.answer_card(explainer()).footer.text == "As of 5 July 2026 · US, international · Not legal advice"


def test_a_menu_leaves_out_what_was_retired():
    text = cards.menu([Match("gone", 0.5, "reason"), Match("kept", 0.4, "reason")], {"kept": explainer(title="Kept")})
    assert text.splitlines()[1:-1] == ["- Kept"]


@examples(50)
@given(record_ids, st.sampled_from(["dismiss", "sources", "post"]))
def test_a_button_carries_its_action_and_number(record_id, action):
    button = DeskButton(action, record_id)
    match = button.template.fullmatch(button.custom_id)
    assert (match["action"], int(match["key"])) == (action, record_id)


OTHER_CLAIM = "every image model out there is built on stolen art and i will die on this hill"


async def test_nothing_that_is_sent_pings_anybody(world):
    await world.switch_on()
    await world.alice.send(world.general, f"@everyone {world.bob.mention} {CLAIM}")
    card = await open_case(world)
    await world.moderator.click(card, label="Delete repeat")
    await world.switch_on(Mode.SUGGEST)
    await world.env.advance_time(7 * 3600)
    await world.bob.send(world.general, f"@everyone {OTHER_CLAIM}")
    await world.moderator.click(world.from_bot(world.queue)[-1], label="Post answer")
    await world.alice.slash(world.general, "explain", topic="opt-out")
    stored = [message for channel in world.env.backend.messages.values() for message in channel.values()]
    ours = [message for message in stored if message.author_id == world.bot.user.id]
    assert [bool(message.reference) for message in ours].count(True) == 2
    assert any(world.bob.mention in message.content for message in ours)
    assert not any(message.ping_user_ids or message.ping_role_ids or message.mention_everyone for message in ours)


def test_a_card_gives_both_sides_whole_sentences_with_sources_and_about_the_same_room(explainers):
    for explainer in explainers.values():
        sides = [field.value for field in cards.answer_card(explainer).fields]
        lengths = sorted(len(re.sub(r" \[[\d, ]+\]", "", side)) for side in sides)
        assert lengths[1] / lengths[0] <= 1.35, explainer.slug
        assert all(side.rstrip("0123456789, []")[-1] in '.?!"' for side in sides), explainer.slug
