"""A member's distinctive words and number go through the real pipeline, and must leave the files when they ask."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.case import Ruling, Silence
from bot.config.changes import Change
from bot.discord_ui import privacy_words
from bot.model import Mode
from bot.storage.protocols import ChangeAuthor
from bot.storage.traces import TRACES
from tests.privacy.files import as_stored, holds
from tests.support import CLAIM, CLAIM_TOPIC, START, busy_writer, make_post, rows, turns

BIRDS = "The zebrafinch parliament of Quillonia voted to sell its whole moonlight archive to the tide"
GARDENS = "Nobody told the gardenwrights of Vex that rain is a rumour spread by umbrelloons"
CANARIES = (b"zebrafinch", b"quillonia", b"gardenwrights", b"umbrelloons")
EVERYTHING = {*(trace.kind for trace in TRACES), "votes on answers"}


@pytest.fixture
async def traces(world, caplog, explainers):
    """Alice was remembered, answered, proposed an answer, shown in cases at both ends, voted, moderated and edited."""
    caplog.set_level(logging.DEBUG)
    await world.switch_on()
    await world.alice.send(world.general, BIRDS)
    await world.bob.send(world.general, BIRDS.upper())
    await world.bob.send(world.general, GARDENS)
    await world.alice.send(world.general, f"{GARDENS}!")
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    await world.alice.click(answer, custom_id="copydesk:helpful:1")
    await world.bob.click(answer, custom_id="copydesk:not_meant:1")
    await world.env.advance_time(180)
    change = Change("modes", Mode.SUGGEST, str(world.general.id))
    await world.bot.services.policies.change(world.guild.id, [change], ChangeAuthor(world.alice.id, START, "/watch"))
    await world.alice.send(world.general, explainers["google-books"].claims[0])
    await world.env.advance_time(180)
    await world.bob.send(world.general, explainers["remedies"].claims[0])
    await moderate(world)
    return world


async def moderate(world):
    """Alice does what moderators, editors and reporting members do."""
    services, guild, alice = world.bot.services, world.guild.id, world.alice.id
    with world.env.time_context():
        await services.desk.judge(guild, 2, Ruling.CLEARED, alice, "Alice saw that it is a song")
        silence = Silence(world.bob.id, timedelta(minutes=1), "posts it daily")
        await services.desk.time_out(guild, 1, silence, alice)
        await services.desk.lift_timeout(guild, 1, world.bob.id, alice)
        await services.desk.time_out(guild, 1, replace(silence, member_id=alice), world.moderator.id)
        report = make_post("Quillonia again", guild_id=guild, channel_id=world.general.id, author_id=world.bob.id)
        await services.desk.report(report, alice, "Quillonia is not a place for gardenwrights")
        await services.desk.drop_suggestion(guild, 3, alice)
        draft, version = await services.editor.open(guild, CLAIM_TOPIC)
        await services.editor.save(guild, CLAIM_TOPIC, draft, alice, version)
    await world.env.advance_time(120)  # silenced members cannot use commands
    with world.env.time_context():
        await services.desk.claim(guild, 1, alice)
        await services.pipeline.save()


def told(result):
    """What was said to the member alone, at once or after a wait."""
    (message,) = result.followups or [result.response]
    assert message.ephemeral
    return message


async def delete_all(world):
    text = told(await world.alice.slash(world.general, "privacy delete", sure="yes, delete it all")).content
    for _ in range(8):
        await world.env.advance_time(7)  # the cards follow, at the pace of edits
    return text


def ciphertexts_of(world, member):
    """What is sealed of a member: of remembered posts, in cases and of reports."""
    query = """
        SELECT sealed_gist AS sealed FROM fingerprint WHERE author_id = ?1
        UNION ALL SELECT sealed FROM case_post WHERE author_id = ?1 AND sealed IS NOT NULL
        UNION ALL SELECT sealed FROM case_report WHERE member_id = ?1 AND sealed IS NOT NULL
    """
    return [row["sealed"] for row in rows(world.database, query, member.id)]


async def test_after_the_deletion_no_file_holds_a_members_number_their_words_or_the_ciphertext(traces):
    world, number = traces, as_stored(traces.alice.id)
    mine, others = ciphertexts_of(world, world.alice), ciphertexts_of(world, world.bob)
    assert len(mine) == 4 + 2 + 1
    assert holds(world.database, *number)  # the search finds what is there
    assert all(holds(world.database, one) for one in (*mine, *others))
    assert not holds(world.database, *CANARIES)  # the words were never there in clear
    text = await delete_all(world)
    assert {line.strip("- ").rsplit(":")[0] for line in text.splitlines()[1:]} == EVERYTHING
    assert not holds(world.database, *number, *mine, *CANARIES)
    assert all(holds(world.database, one) for one in others)


async def test_after_the_deletion_nothing_in_memory_holds_the_member(traces):
    services = traces.bot.services
    await delete_all(traces)
    posts = [message.id for message in traces.general.history() if message.author.id == traces.alice.id]
    assert len(posts) == 4
    assert not [post for post in posts if services.window.contains(traces.guild.id, post)]
    recent = services.replies.recent(traces.guild.id)
    assert recent
    assert traces.alice.id not in {number for reply in recent for number in (reply.author_id, reply.judged_by)}
    await services.pipeline.save()
    assert not holds(traces.database, *as_stored(traces.alice.id))


async def test_after_the_deletion_the_moderators_cards_name_the_member_no_more(traces):
    cards = traces.from_bot(traces.queue)
    assert any(traces.alice.mention in card.content for card in cards)
    assert "umbrelloons!" in "".join(str(embed.to_dict()) for card in cards for embed in card.embeds)
    await delete_all(traces)
    cards = traces.from_bot(traces.queue)
    assert len(cards) >= 4
    assert not [
        card.content for card in cards if str(traces.alice.id) in f"{card.content}{[e.to_dict() for e in card.embeds]}"
    ]
    assert any("a member whose data was deleted" in card.content for card in cards)
    assert any(traces.bob.mention in card.content for card in cards)
    shown = "".join(str(embed.to_dict()) for card in cards for embed in card.embeds)
    assert "umbrelloons" in shown  # Bob's words stay
    assert "umbrelloons!" not in shown


async def test_the_export_tells_of_everything_that_a_deletion_deletes_and_of_nobody_else(traces):
    await traces.alice.slash(traces.general, "quiet on", where="this channel", lasting="a day")
    message = told(await traces.alice.slash(traces.general, "privacy export"))
    (attachment,) = message.attachments
    assert attachment.filename == privacy_words.FILE_NAME
    text = (await attachment.read()).decode()
    kept = json.loads(text)["kept"]
    assert {kind for kind, entries in kept.items() if entries} == EVERYTHING | {"wishes for quiet"}
    assert "the zebrafinch parliament of" in text  # what is encrypted on disk is readable here
    assert str(traces.bob.id) not in text
    assert f"{GARDENS}!" in text  # as the case keeps it
    assert GARDENS not in text.replace(f"{GARDENS}!", "")  # what Bob wrote
    assert "not a place for gardenwrights" in text
    counts = await traces.bot.services.privacy.forget_member(traces.alice.id)
    assert counts == {kind: len(kept[kind]) for kind in EVERYTHING}


async def test_nothing_is_told_or_deleted_of_others_and_twice_is_harmless(traces):
    before = ciphertexts_of(traces, traces.alice)
    await traces.bob.slash(traces.general, "privacy delete", sure="yes, delete it all")
    assert ciphertexts_of(traces, traces.alice) == before
    assert ciphertexts_of(traces, traces.bob) == []
    await delete_all(traces)
    assert await delete_all(traces) == privacy_words.NOTHING_KEPT


async def test_no_log_line_holds_words_or_numbers_of_members(traces, caplog):
    await delete_all(traces)
    lines = [
        f"{record.name} {record.getMessage()}" for phase in ("setup", "call") for record in caplog.get_records(phase)
    ]
    ours = "\n".join(line for line in lines if line.startswith(("bot.", "cogs.")))
    assert "Post(" in ours
    assert not [word for word in CANARIES if word.decode() in ours.lower()]
    assert not [member for member in (traces.alice, traces.bob, traces.admin) if str(member.id) in ours]


async def test_a_post_in_progress_while_its_author_is_forgotten_leaves_no_trace(world):
    await world.switch_on()
    await world.bob.send(world.general, BIRDS)
    pipeline, privacy = world.bot.services.pipeline, world.bot.services.privacy
    posts = [
        make_post(
            text, guild_id=world.guild.id, channel_id=world.general.id, author_id=world.alice.id, at=world.env.now()
        )
        for text in (BIRDS.upper(), CLAIM)
    ]
    async with busy_writer(world.database):
        tasks = [asyncio.create_task(pipeline.handle(post)) for post in posts]
        await turns()
        tasks.append(asyncio.create_task(privacy.forget_member(world.alice.id)))
        await turns()
    await asyncio.gather(*tasks)
    await pipeline.save()
    assert not holds(world.database, *as_stored(world.alice.id))
    assert world.from_bot(world.general) == []


async def test_a_deleted_post_takes_its_words_from_every_file_at_the_next_clearing(traces):
    services = traces.bot.services
    for words in (BIRDS, f"{GARDENS}!"):  # the first post of a case, and a copy
        (post,) = [message for message in traces.general.history() if message.content == words]
        query = """
            SELECT sealed FROM case_post WHERE message_id = ?1
            UNION ALL SELECT sealed_gist FROM fingerprint WHERE message_id = ?1
        """
        ciphertexts = [row["sealed"] for row in rows(traces.database, query, post.id)]
        assert len(ciphertexts) == 2
        await traces.alice.delete(post)
        assert not rows(traces.database, "SELECT * FROM case_post WHERE message_id = ? AND sealed IS NOT NULL", post.id)
        await services.housekeeping.forget_old(traces.env.now(), services.window.max_age, {})  # hourly
        assert not holds(traces.database, *ciphertexts)


async def test_a_server_that_the_bot_left_is_in_no_file_and_neither_are_its_own_explainers(traces):
    services, guild = traces.bot.services, traces.guild.id
    draft, version = await services.editor.open(guild, CLAIM_TOPIC)
    own = draft.with_parts(
        claims="the zebrafinch choir of Quillonia trains on stolen lullabies", title="Is birdsong a zebrafinch?"
    )
    await services.editor.save(guild, CLAIM_TOPIC, own, traces.admin.id, version)
    await services.editor.publish(guild, CLAIM_TOPIC, None)
    assert holds(traces.database, b"quillonia", b"quillonia"[1:])
    ciphertexts = [*ciphertexts_of(traces, traces.alice), *ciphertexts_of(traces, traces.bob)]
    traces.env.backend.emit("GUILD_DELETE", {"id": str(guild)})
    await traces.env.settle()
    everybody = [traces.alice, traces.bob, traces.admin, traces.moderator]
    assert not holds(traces.database, *CANARIES, *CANARIES[1:], *ciphertexts)
    assert not [one for one in (guild, *(member.id for member in everybody)) if holds(traces.database, *as_stored(one))]
