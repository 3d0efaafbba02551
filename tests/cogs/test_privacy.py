"""What members ask about themselves: ``/quiet`` and ``/privacy``, and servers that the bot was put out of unseen."""

import gzip
import json
import sys

import discord
import pytest

from bot.discord_ui import privacy_words, words
from bot.model import Mode
from bot.storage.housekeeping import MISSING_GRACE
from tests.support import CHATTER, rows, set_mode, told

RIGHTS = discord.PermissionOverwrite(
    view_channel=True, send_messages=True, embed_links=True, read_message_history=True, send_messages_in_threads=True
)
SLUGS = ("google-books", "remedies", "style-not-protected", "code-copilot", "getty-stability", "scraping")


@pytest.fixture
async def watched(world):
    await world.switch_on()
    return world


@pytest.fixture
def claims(explainers):
    """Claims of different topics, so that none repeats another and no topic rests."""
    return iter([explainers[slug].claims[0] for slug in SLUGS])


@pytest.fixture
async def elsewhere(watched):
    """Another watched channel of the same server."""
    channel = watched.guild.create_text_channel("elsewhere", overwrites={watched.bot.user: RIGHTS})
    await set_mode(watched.bot.services.policies, watched.guild.id, channel.id, Mode.ANSWER)
    return channel


async def is_answered(world, channel, claim, member=None):
    """Whether a member's claim is answered, once the channel has had its rest."""
    await world.env.advance_time(180)
    before = len(world.from_bot(channel))
    await (member or world.alice).send(channel, claim)
    return len(world.from_bot(channel)) > before


@pytest.mark.parametrize(
    ("where", "here", "there"),
    [("everywhere", False, False), ("this server", False, False), ("this channel", False, True)],
)
async def test_a_member_who_asked_for_quiet_is_not_answered_there(watched, claims, elsewhere, where, here, there):
    text = told(await watched.alice.slash(watched.general, "quiet on", where=where))
    assert text.startswith("Noted: no automatic replies to you")
    assert await is_answered(watched, watched.general, next(claims)) is here
    assert await is_answered(watched, elsewhere, next(claims)) is there
    assert await is_answered(watched, watched.general, next(claims), watched.bob)  # the others are as before


async def test_a_wish_for_a_channel_holds_in_its_threads(watched, claims):
    await watched.alice.slash(watched.general, "quiet on", where="this channel")
    watched.env.backend.create_thread(watched.general.id, "side talk", watched.alice.id)
    await watched.env.settle()
    (thread,) = watched.general.threads
    assert not await is_answered(watched, thread, next(claims))
    assert await is_answered(watched, thread, next(claims), watched.bob)


async def test_quiet_for_a_time_ends_with_it_and_is_shown_as_long_as_it_holds(watched, claims):
    await watched.alice.slash(watched.general, "quiet on", where="this server", lasting="an hour")
    assert f"on the server {watched.guild.id}" in told(await watched.alice.slash(watched.general, "quiet show"))
    assert not await is_answered(watched, watched.general, next(claims))
    await watched.env.advance_time(3600)
    assert told(await watched.alice.slash(watched.general, "quiet show")) == privacy_words.NO_WISHES
    assert await is_answered(watched, watched.general, next(claims))


async def test_quiet_can_be_lifted_where_it_was_asked_for_and_only_there(watched, claims):
    await watched.alice.slash(watched.general, "quiet on", where="this channel")
    assert told(await watched.alice.slash(watched.general, "quiet off")) == privacy_words.NOT_QUIET
    assert not await is_answered(watched, watched.general, next(claims))
    assert told(await watched.alice.slash(watched.general, "quiet off", where="this channel")).startswith("Lifted")
    assert await is_answered(watched, watched.general, next(claims))


async def test_quiet_outlives_a_restart_and_the_deletion_of_the_members_data(watched, claims):
    await watched.alice.slash(watched.general, "quiet on")
    await watched.alice.slash(watched.general, "privacy delete", sure="yes, delete it all")
    await watched.restart()
    assert not await is_answered(watched, watched.general, next(claims))


async def test_a_wish_is_on_disk_without_its_members_number(watched):
    await watched.alice.slash(watched.general, "quiet on", where="this channel")
    (row,) = rows(watched.database, "SELECT * FROM quiet_wish")
    assert (row["guild_id"], row["channel_id"]) == (watched.guild.id, watched.general.id)
    assert str(watched.alice.id) not in repr(row)
    assert watched.alice.id.to_bytes(8, "big") not in row["member"]


async def test_quiet_everywhere_can_be_asked_for_in_direct_messages_and_a_place_cannot(watched, claims):
    user = watched.alice.user
    assert told(await user.slash("quiet on", where="this channel")) == words.SERVERS_ONLY
    assert told(await user.slash("quiet off", where="this server")) == words.SERVERS_ONLY
    assert "everywhere" in told(await user.slash("quiet on"))
    assert not await is_answered(watched, watched.general, next(claims))


async def test_privacy_says_what_is_kept_and_for_how_long_to_the_member_alone(world):
    result = await world.alice.slash(world.general, "privacy show")
    assert result.response.ephemeral
    (embed,) = result.response.embeds
    assert "14 days" in str(embed.to_dict())


async def test_deletion_is_explained_first_and_deletes_nothing_until_the_member_is_sure(watched):
    await watched.alice.send(watched.general, CHATTER)
    await watched.bot.services.pipeline.save()
    assert told(await watched.alice.slash(watched.general, "privacy delete")) == privacy_words.BEFORE_DELETION
    assert len(rows(watched.database, "SELECT * FROM fingerprint")) == 1


async def test_an_export_that_is_too_large_for_a_message_comes_compressed(watched, monkeypatch):
    monkeypatch.setattr(sys.modules["cogs.privacy"], "_LARGEST_FILE", 10)
    result = await watched.alice.slash(watched.general, "privacy export")
    (attachment,) = (result.followups or [result.response])[0].attachments
    assert attachment.filename == f"{privacy_words.FILE_NAME}.gz"
    assert json.loads(gzip.decompress(await attachment.read()))["member_id"] == str(watched.alice.id)


async def test_exports_of_one_member_keep_a_distance(watched):
    watched.errors_expected = True
    await watched.alice.slash(watched.general, "privacy export")
    assert "Please wait" in told(await watched.alice.slash(watched.general, "privacy export"))


async def test_copydesk_writes_no_direct_messages(watched, claims):
    await watched.alice.slash(watched.general, "quiet on", where="this server", lasting="an hour")
    await watched.alice.slash(watched.general, "privacy delete", sure="yes, delete it all")
    await watched.bob.send(watched.general, next(claims))
    for member in (watched.alice, watched.bob, watched.moderator, watched.admin):
        assert watched.from_bot(member.user.dm_channel) == []


# Servers that were left


async def stored_guilds(world):
    return {row["guild_id"] for row in rows(world.database, "SELECT guild_id FROM setting")}


@pytest.fixture
async def left(watched):
    """The number of a server with data where the bot is not any more."""
    await set_mode(watched.bot.services.policies, 4242, 5, Mode.ANSWER)
    await watched.bot.services.privacy.be_quiet(watched.alice.id, None, 4242)
    return 4242


async def test_a_server_that_was_left_while_the_bot_was_offline_is_forgotten_within_a_day(watched, left):
    await watched.restart()
    assert left in await stored_guilds(watched)  # an error of Discord's must not cost a server its settings
    write = "UPDATE missing_guild SET since = since - ?"
    watched.database.write_now(lambda db: db.execute(write, [MISSING_GRACE.total_seconds()]))  # so much time has passed
    await watched.env.advance_time(3600)
    assert await stored_guilds(watched) == {watched.guild.id}
    assert watched.bot.services.policies.get(left).modes == {}
    assert watched.bot.services.privacy.quiet(watched.alice.id) == ()


async def test_a_server_that_is_there_again_within_the_grace_keeps_its_data_for_good(watched, left):
    privacy = watched.bot.services.privacy
    with watched.env.time_context():
        assert await privacy.forget_left_guilds({watched.guild.id}) == []
    await watched.env.advance_time(0)
    with watched.env.time_context():
        assert await privacy.forget_left_guilds({watched.guild.id, left}) == []
    assert rows(watched.database, "SELECT * FROM missing_guild") == []


async def test_a_server_that_is_only_out_of_reach_is_not_left(watched):
    watched.env.backend.emit("GUILD_DELETE", {"id": str(watched.guild.id), "unavailable": True})
    await watched.env.advance_time(3600)
    assert await stored_guilds(watched) == {watched.guild.id}
    assert rows(watched.database, "SELECT * FROM missing_guild") == []
