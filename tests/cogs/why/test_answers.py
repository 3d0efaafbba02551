"""``/why`` of an answer: each gate with its value and its threshold."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.config.changes import Change
from bot.discord_ui import words
from bot.model import Mode, QuietHours, Strictness
from bot.storage.protocols import ChangeAuthor
from tests.cogs.why.asking import ANSWER, LINK, SUGGEST, card, field, kept, line, why
from tests.support import (
    CHATTER,
    CLAIM,
    CLAIM_TOPIC,
    START,
    choose,
    running_world,
    set_mode,
    set_rights,
)

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
