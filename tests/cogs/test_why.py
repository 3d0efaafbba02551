"""``/why`` and the menu entry *Why?*: what moderators are told of a message, and of what kept the bot from it."""

from dataclasses import replace
from datetime import time, timedelta

import discord
import pytest

from bot.app import COMMANDS_ONLY
from bot.config.changes import Change
from bot.discord_ui import words
from bot.model import Mode, QuietHours, Strictness
from bot.storage.protocols import ChangeAuthor
from tests.support import (
    CHATTER,
    CLAIM,
    CLAIM_TOPIC,
    START,
    choose,
    open_case,
    rows,
    running_world,
    set_mode,
    set_rights,
    shipped_ranker,
    told,
)

ANSWER, SUGGEST = shipped_ranker().calibration.answer, shipped_ranker().calibration.suggest
NEAR = CHATTER.replace("warm", "heavy")
NEGATED = CHATTER.replace("is late", "is not late")
LINK = "https://discord.com/channels/{}/{}/{}"


async def why(world, message, member=None) -> discord.Embed:
    """The card that a moderator is shown, who gives the message's link."""
    result = await (member or world.moderator).slash(world.queue, "why", message=message.jump_url)
    return card(result)


def card(result) -> discord.Embed:
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    return embed


def field(embed: discord.Embed, name: str) -> str:
    return next(field.value for field in embed.fields if field.name == name)


def line(text: str, start: str) -> str:
    """The one line that begins so, behind its mark."""
    (found,) = [line for line in text.splitlines() if f"{start}:" in (line[: len(start) + 1], line[2 : len(start) + 3])]
    return found


def kept(world) -> list:
    tables = ("reply", "case", "case_post", "case_event", "effect", "fingerprint", "channel_cursor")
    return [rows(world.database, f'SELECT * FROM "{table}"') for table in tables]  # noqa: S608


# An answer, and what keeps it back


async def test_an_answer_is_explained_by_each_gate_with_value_and_threshold(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    embed = await why(world, post)
    assert f"**Judged anew:** answered with `{CLAIM_TOPIC}`; no case" in embed.description
    assert line(field(embed, "Channel"), "mode") == "\u2713 mode: answer (chosen here)"
    assert line(field(embed, "Claim"), "words of its own") == "\u2713 words of its own: 21, at least 3 needed"
    assert line(field(embed, "Claim"), "band") == f"\u2713 band: answer (score 1.00 reaches {ANSWER:.2f})"
    assert field(embed, "Claim").splitlines()[2].startswith(f"1. `{CLAIM_TOPIC}` 1.00: nearest to ")
    assert f"text of `{CLAIM_TOPIC}`: built in" in field(embed, "Explainer and cooldowns")
    assert line(field(embed, "Repeats"), "near").endswith("(near from 0.75, certain from 0.90)")


async def test_the_card_names_the_versions_of_the_rules(world):
    embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert embed.footer.text == f"{await world.bot.services.doctor.rules()}, settings 0"
    await world.switch_on()
    embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert embed.footer.text.endswith(", settings 2")


async def test_the_decision_of_then_is_shown_beside_the_new_one(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    then = line((await why(world, post)).description, "**Decided then")
    assert f"`{CLAIM_TOPIC}`, score 1.00, posted" in then
    assert "Changed since" not in (await why(world, post)).description


async def test_a_suggestion_says_who_judged_it(world):
    await world.switch_on(Mode.SUGGEST)
    post = await world.alice.send(world.general, CLAIM)
    assert "suggested" in line((await why(world, post)).description, "**Decided then")
    await world.moderator.click(world.from_bot(world.queue)[0], custom_id="copydesk:drop:1")
    assert f"dropped by {world.moderator.mention}" in (await why(world, post)).description


async def test_an_answer_that_discord_refused_says_so(world):
    await world.switch_on()
    world.env.inject_error("POST", f"/channels/{world.general.id}/messages", status=403, code=50013)
    post = await world.alice.send(world.general, CLAIM)
    assert "Discord refused the answer: " in (await why(world, post)).description


async def test_a_cooldown_that_held_the_answer_back_is_told_with_its_length(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    await world.env.advance_time(600)
    post = await world.bob.send(world.general, f"honestly, {CLAIM}")
    gates = field(await why(world, post), "Explainer and cooldowns")
    assert (
        line(gates, "topic in this channel")
        == "\u2717 topic in this channel: last answer 10 minutes before, 6 hours must pass"
    )
    assert line(gates, "this channel") == "\u2713 this channel: last answer 10 minutes before, 2 minutes must pass"
    assert line(gates, "answers in an hour") == "\u2713 answers in an hour: 1, at most 6"


async def test_cooldowns_are_judged_as_of_the_time_of_the_post(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CLAIM)
    await world.env.advance_time(60)
    later = await world.bob.send(world.general, f"honestly, {CLAIM}")
    await world.env.advance_time(3 * 3600)
    gates = [field(await why(world, post), "Explainer and cooldowns") for post in (first, later)]
    assert "answered with" in (await why(world, first)).description
    told_first, told_later = (line(text, "topic in this channel") for text in gates)
    assert told_first == "\u2713 topic in this channel: no answer before, 6 hours must pass"
    assert told_later == "\u2717 topic in this channel: last answer 1 minute before, 6 hours must pass"


async def test_an_answer_does_not_hold_itself_back_where_the_bots_clock_is_behind_discords(database):
    async with running_world(database, clock=lambda: START - timedelta(seconds=2)) as world:
        await world.switch_on()
        embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert "answered with" in embed.description


async def test_the_gate_says_why_it_let_a_post_not_through(world):
    await world.switch_on()
    embed = await why(world, await world.alice.send(world.general, "training theft"))
    assert line(field(embed, "Claim"), "gate") == "\u2717 gate: fewer than 3 words of its own"
    assert line(field(embed, "Claim"), "words of its own") == "\u2717 words of its own: 2, at least 3 needed"
    assert field(embed, "Explainer and cooldowns") == "no topic"


async def test_a_score_below_the_threshold_is_told_with_both(world):
    await world.switch_on()
    embed = await why(
        world, await world.alice.send(world.general, "my cat sat on the keyboard and ordered six kettles")
    )
    assert line(field(embed, "Claim"), "band").startswith("\u2717 band: silent (score 0.")
    assert f"is below {SUGGEST:.2f}" in field(embed, "Claim")


async def test_a_phrasing_too_long_for_the_card_ends_between_words_with_its_quotation_closed(world, explainers):
    await world.switch_on()
    long = next(claim for claim in explainers["style-not-protected"].claims if len(claim) > 200)
    embed = await why(world, await world.alice.send(world.general, long))
    (nearest,) = [row for row in field(embed, "Claim").splitlines() if row.startswith("1. ")]
    quoted = nearest.partition("\u201c")[2].removesuffix(" ...\u201d")
    assert nearest.endswith(" ...\u201d")
    assert long.startswith(f"{quoted} ")


async def test_the_text_of_a_reply_counts_in_the_new_judgement_too(world):
    await world.switch_on(Mode.SHADOW)
    asked = await world.alice.send(world.general, "so they hoover up the whole internet and sell it back to us")
    post = await world.bob.send(world.general, "and somehow thats legal", reply_to=asked)
    first = field(await why(world, post), "Claim")
    assert first == field(card(await world.moderator.context_menu(world.general, "Why?", post)), "Claim")
    alone = await world.bob.send(world.general, "and somehow thats legal")
    assert first != field(await why(world, alone), "Claim")


async def test_an_outdated_explainer_is_told_as_the_reason_for_asking_moderators(database):
    async with running_world(database, clock=lambda: START + timedelta(days=2000)) as world:
        await world.switch_on()
        embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert "`training-illegal` suggested to moderators" in embed.description
    assert line(field(embed, "Explainer and cooldowns"), "under review").startswith("\u2717 under review: ")


async def test_a_server_text_is_told_by_its_version(world):
    editor = world.bot.services.editor
    draft, version = await editor.open(world.guild.id, CLAIM_TOPIC)
    await editor.save(world.guild.id, CLAIM_TOPIC, draft, world.admin.id, version)
    await editor.publish(world.guild.id, CLAIM_TOPIC)
    embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert f"text of `{CLAIM_TOPIC}`: version 1 of this server" in field(embed, "Explainer and cooldowns")


# Modes and permissions


async def test_a_channel_that_is_off_is_the_reason_and_the_rest_is_judged_all_the_same(world):
    post = await world.alice.send(world.general, CLAIM)
    embed = await why(world, post)
    assert "**Decided then:** nothing is recorded" in embed.description
    assert "Answer: the channel is off" in embed.description
    assert line(field(embed, "Channel"), "mode") == "\u2717 mode: off (nothing was chosen)"
    assert line(field(embed, "Channel"), "moderators' channel") == "\u2717 moderators' channel: none"
    assert "band: answer" in field(embed, "Claim")


async def test_a_thread_names_the_channel_whose_mode_it_has(world):
    await world.switch_on()
    world.env.backend.create_thread(world.general.id, "side talk", world.alice.id)
    await world.env.settle()
    (thread,) = world.general.threads
    embed = await why(world, await world.alice.send(thread, CLAIM))
    assert line(field(embed, "Channel"), "mode") == f"\u2713 mode: answer (of {world.general.mention})"


async def test_shadow_mode_says_what_would_have_been_answered(world):
    await world.switch_on(Mode.SHADOW)
    embed = await why(world, await world.alice.send(world.general, CLAIM))
    assert "`training-illegal` only recorded" in embed.description
    assert "only recorded" in line(embed.description, "**Decided then")


async def test_a_permission_that_the_bot_lacks_is_named(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    await set_rights(world, world.general, world.bot.user, send_messages=False, embed_links=False)
    gates = field(await why(world, post), "Channel")
    assert "\u2717 I lack Send Messages and Embed Links" in gates.splitlines()


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        (
            [Change("strictness", Strictness.VERY_STRICT, "general")],
            f"\u2713 strictness: this channel answers from {ANSWER + 0.05:.2f}",
        ),
        (
            [Change("thresholds", 0.8, CLAIM_TOPIC)],
            "\u2713 own threshold: this server answers the topic from 0.80 here",
        ),
        ([Change("topic_modes", Mode.OFF, CLAIM_TOPIC)], "\u2717 mode of the topic here: off"),
        ([Change("topic_modes", Mode.SUGGEST, CLAIM_TOPIC)], "\u2713 mode of the topic here: suggest"),
        (
            [Change("quiet_hours", QuietHours(time(22), time(6)))],
            "\u2717 quiet hours: 22:00 to 06:00, UTC",
        ),
        ([Change("repeats", False, "general")], "\u2717 judgement: repeats are off here"),
        ([Change("exempt_channels", "general")], words.NOT_COMPARED),
        ([Change("exempt_roles", "regulars")], "\u2717 author: has an exempt role"),
    ],
)
async def test_a_setting_that_decides_is_named_with_its_value(world, changes, gate):
    await world.switch_on()
    regulars = world.guild.create_role("regulars")
    names = {"general": str(world.general.id)}
    sets = {"general": frozenset({world.general.id}), "regulars": frozenset({regulars.id})}
    chosen = [
        replace(
            one,
            of=names.get(one.of, one.of),
            value=sets.get(one.value, one.value) if isinstance(one.value, str) and one.value in sets else one.value,
        )
        for one in changes
    ]
    await choose(world.bot.services.policies, world.guild.id, *chosen)
    member = world.guild.add_member(world.env.create_user("regular"), roles=[regulars])
    embed = await why(world, await member.send(world.general, CLAIM))
    assert gate in "\n".join(field.value for field in embed.fields).splitlines()


# Repeats


async def test_a_repeat_is_explained_by_detector_score_and_the_earlier_post(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    post = await world.bob.send(world.general, NEAR)
    embed = await why(world, post)
    near = line(field(embed, "Repeats"), "near")
    assert near.startswith("\u2713 near: ")
    assert first.jump_url in near
    assert "score 0." in near
    assert "part of a case" in embed.description
    assert "case 1, open" in line(embed.description, "**Decided then")
    assert "Changed since" not in embed.description


async def test_what_is_alike_and_says_another_thing_is_told_as_the_reason_why_not(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    embed = await why(world, await world.bob.send(world.general, NEGATED))
    near = line(field(embed, "Repeats"), "near")
    assert near.startswith("\u2717 near: ")
    assert "a negation, number, name or link differs" in near
    assert "no case" in embed.description


async def test_a_verdict_on_the_content_is_named_with_its_case(world):
    await world.switch_on()
    await world.moderator.click(await open_case(world), custom_id="copydesk:dismiss:1")
    post = await world.alice.send(world.general, CHATTER)
    embed = await why(world, post)
    assert "known content: case 1, no repeat" in field(embed, "Repeats")
    assert "moderators cleared this content in case 1" in embed.description


async def test_a_courtesy_that_excuses_a_repeat_is_named(world):
    await world.switch_on()
    await set_mode(world.bot.services.policies, world.guild.id, world.queue.id, Mode.SUGGEST)
    await world.alice.send(world.general, CHATTER)
    embed = await why(world, await world.alice.send(world.queue, CHATTER))
    assert line(field(embed, "Repeats"), "judgement") == "\u2717 judgement: its author moved it to another channel"


async def test_later_copies_are_not_held_against_the_first_post(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    await world.bob.send(world.general, CHATTER)
    embed = await why(world, first)
    assert "no earlier post comes into question" in line(field(embed, "Repeats"), "exact")


async def test_a_post_from_before_the_memory_says_so(database):
    async with running_world(database, clock=lambda: START + timedelta(days=15)) as world:
        embed = await why(world, await world.alice.send(world.general, CHATTER))
    assert field(embed, "Repeats").splitlines() == [words.TOO_OLD_TO_COMPARE]


# What has changed


async def test_a_mode_that_was_changed_since_is_told_as_a_change(world):
    post = await world.alice.send(world.general, CLAIM)
    await choose(world.bot.services.policies, world.guild.id, Change("answers_per_hour", 2))
    await world.switch_on()
    text = (await why(world, post)).description
    assert f"**Changed since:** {words.NOT_DECIDED_THEN}" in text
    assert "settings were changed" not in text  # at the same second


async def test_settings_that_were_changed_since_are_named_by_their_change(world):
    post = await world.alice.send(world.general, CLAIM)
    author = ChangeAuthor(world.admin.id, post.created_at + timedelta(seconds=1), "/watch")
    await world.bot.services.policies.change(world.guild.id, [Change("answers_per_hour", 2)], author)
    assert ", in change 1" in line((await why(world, post)).description, "**Changed since")


async def test_an_answer_that_would_not_be_given_any_more_is_told_as_a_change(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    await set_mode(world.bot.services.policies, world.guild.id, world.general.id, Mode.OFF)
    assert f"**Changed since:** {words.DECIDED_OTHERWISE}" in (await why(world, post)).description


async def test_a_case_whose_earlier_post_is_forgotten_is_told_as_a_change(world):
    await world.switch_on()
    first = await world.alice.send(world.general, CHATTER)
    post = await world.bob.send(world.general, CHATTER)
    await world.alice.delete(first)
    embed = await why(world, post)
    assert f"**Changed since:** {words.CASE_OTHERWISE}" in embed.description


async def test_an_edited_post_says_that_its_present_text_was_judged(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CHATTER)
    await world.alice.edit(post, CLAIM)
    embed = await why(world, post)
    assert "the post was edited" in embed.description
    assert f"`{CLAIM_TOPIC}`" in embed.description


async def test_asking_why_changes_and_remembers_nothing(world):
    await world.switch_on()
    await world.alice.send(world.general, CHATTER)
    unseen = world.env.backend.create_message(world.general.id, world.bob.id, CHATTER, broadcast=False)
    before, remembered, posted = kept(world), len(world.bot.services.window), len(world.queue.history())
    link = LINK.format(world.guild.id, world.general.id, unseen.id)
    embed = card(await world.moderator.slash(world.queue, "why", message=link))
    assert "a case of its own" in embed.description
    assert (kept(world), len(world.bot.services.window), len(world.queue.history())) == (before, remembered, posted)


# Which message


async def test_a_message_is_named_by_link_number_or_both_numbers(world):
    post = await world.alice.send(world.general, CLAIM)
    address = LINK.format(world.guild.id, world.general.id, post.id)
    for named in (address, address.replace("//", "//ptb."), f" {post.id} ", f"{world.general.id}-{post.id}"):
        assert post.jump_url in card(await world.moderator.slash(world.general, "why", message=named)).description


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ("yesterday", words.NO_MESSAGE_LINK),
        ("https://example.org/channels/1/2/3", words.NO_MESSAGE_LINK),
        ("12345", words.NO_SUCH_MESSAGE),
        ("123-456", words.NO_SUCH_MESSAGE),
        (LINK.format(1, 2, 3), words.OTHER_SERVER),
    ],
)
async def test_what_names_no_message_here_is_told(world, named, text):
    assert told(await world.moderator.slash(world.general, "why", message=named)) == text


async def test_a_message_in_a_channel_that_the_moderator_cannot_read_is_not_there_for_them(world):
    secret = world.guild.create_text_channel("secret", overwrites=None)
    post = await world.alice.send(secret, CLAIM)
    await set_rights(world, secret, world.moderator, view_channel=False)
    text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
    assert text == words.NO_SUCH_MESSAGE


async def test_a_channel_that_the_bot_cannot_read_is_named_with_what_it_needs(world):
    post = await world.alice.send(world.general, CLAIM)
    await set_rights(world, world.general, world.bot.user, view_channel=False)
    text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
    assert text == words.cannot_read(world.general.id)


async def test_a_message_that_no_member_wrote_is_never_looked_at(world):
    await world.switch_on()
    message = await world.alice.send(world.general, CHATTER)
    world.env.backend.get_message(world.general.id, message.id).webhook_id = 77
    text = told(await world.moderator.slash(world.queue, "why", message=message.jump_url))
    assert text == words.NOT_A_POST


async def test_a_message_of_a_bot_says_so(world):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    embed = await why(world, world.from_bot(world.general)[0])
    assert line(field(embed, "Channel"), "author") == "\u2717 author: a bot"
    assert "Answer: the author is a bot" in embed.description


async def test_without_the_content_intent_the_menu_works_and_the_command_says_why_not(database):
    async with running_world(database, intents=COMMANDS_ONLY) as world:
        post = await world.alice.send(world.general, CLAIM)
        text = told(await world.moderator.slash(world.queue, "why", message=post.jump_url))
        embed = card(await world.moderator.context_menu(world.general, "Why?", post))
    assert text == words.COMMANDS_ONLY
    assert "band: answer" in field(embed, "Claim")


async def test_the_card_keeps_within_discords_limits_whatever_a_case_holds(world):
    await world.switch_on()
    members = [world.guild.add_member(world.env.create_user(f"member{number}")) for number in range(20)]
    text = f"{CLAIM} @everyone <@{world.alice.id}> " + "\u0489" * 300 + "[here](https://a.example) " * 40
    for member in members:
        post = await member.send(world.general, text)
    embed = await why(world, post)
    assert len(embed) < 6000
    assert all(len(field.value) <= 1024 for field in embed.fields)
    assert "@everyone" not in str(embed.to_dict())
