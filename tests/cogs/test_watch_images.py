"""Posts with images and embeds, as Discord delivers them to the real bot."""

import asyncio

import discord
import pytest
from simcord.backend import serializers

from bot.app import build_bot
from bot.config.changes import Change
from bot.sandbox.simcord_internals import SimulatedCdn
from tests.pictures import DRESS, photo, saved, screenshot
from tests.support import CHATTER, choose, rows, running_world, turns

PAGE = "https://news.example/2026/tram"


@pytest.fixture
async def gallery(database):
    """A world whose attachments can be fetched."""
    cdn = SimulatedCdn()
    async with running_world(database, images=cdn) as world:
        cdn.serve(world.env)
        world.cdn = cdn
        await world.switch_on()
        yield world


async def post_image(world, member, picture, text="", name="picture.png", kind="PNG"):
    return await member.send(world.general, text, attachments=[(name, saved(picture, kind))])


def detectors(world) -> list[str]:
    return [row["detector"] for row in rows(world.database, 'SELECT detector FROM "case" ORDER BY number')]


async def announce_edit(world, message, **changed):
    """Discord tells of a change of a message, with the time of its last edit if it has one."""
    stored = world.env.backend.get_message(message.channel.id, message.id)
    payload = {**serializers.message_payload(world.env.backend, stored), "guild_id": str(world.guild.id), **changed}
    world.env.backend.emit("MESSAGE_UPDATE", payload)
    await world.env.settle()


@pytest.mark.parametrize("dress", ["as it is", "jpeg 60", "half the size", "mirrored", "black frame", "grey"])
async def test_an_image_that_comes_back_in_another_dress_is_shown_to_moderators(gallery, dress):
    await post_image(gallery, gallery.alice, photo(1))
    again = DRESS[dress](photo(1))
    await post_image(gallery, gallery.bob, again, "look at this one that I made", "mine.jpg", "JPEG")
    (card,) = gallery.from_bot(gallery.queue)
    assert "the same image again" in card.embeds[0].title
    assert detectors(gallery) == ["image"]


async def test_an_image_that_moderators_cleared_stays_quiet_in_other_dress_at_once(gallery):
    await post_image(gallery, gallery.alice, photo(1))
    await post_image(gallery, gallery.bob, photo(1))
    await gallery.moderator.click(gallery.from_bot(gallery.queue)[0], label="Not a repeat")
    for dress in ("half the size", "grey"):
        await post_image(gallery, gallery.bob, DRESS[dress](photo(1)), "", "mine.jpg", "JPEG")
    assert len(gallery.from_bot(gallery.queue)) == 1


async def test_other_images_and_other_screenshots_of_the_same_window_are_left_alone(gallery):
    for picture in (photo(1), photo(2), screenshot(1), screenshot(2), screenshot(3)):
        await post_image(gallery, gallery.alice, picture)
    assert gallery.from_bot(gallery.queue) == []


async def test_images_are_remembered_over_a_restart_and_no_image_is_stored(gallery):
    picture = saved(photo(1))
    await gallery.alice.send(gallery.general, attachments=[("picture.png", picture)])
    await gallery.env.advance_time(11)
    (row,) = rows(gallery.database, "SELECT * FROM fingerprint")
    assert sum(len(value) for value in row.values() if isinstance(value, bytes)) < 600
    with gallery.env.time_context():
        gallery.bot = build_bot(gallery.database, images=gallery.cdn)
    await gallery.env.restart_bot(gallery.bot)
    await post_image(gallery, gallery.bob, photo(1))
    assert detectors(gallery) == ["image"]


async def test_an_attachment_that_is_gone_matches_nothing_and_its_text_is_judged_all_the_same(gallery):
    await gallery.alice.send(gallery.general, CHATTER)
    gallery.env.backend.cdn.get = lambda address: None
    for member in (gallery.alice, gallery.bob):
        await post_image(gallery, member, photo(1), CHATTER)
    assert detectors(gallery) == ["exact"]


async def test_without_another_source_only_discords_cdn_is_asked(world, caplog):
    await world.switch_on()
    await post_image(world, world.alice, photo(1))
    assert "not of Discord's CDN" in caplog.text
    assert "simcord.invalid" not in caplog.text


async def test_posts_without_text_are_no_repeats_of_each_other(gallery):
    for member in (gallery.alice, gallery.bob):
        await member.send(gallery.general, attachments=[("notes.txt", b"anything")])
    assert gallery.from_bot(gallery.queue) == []


@pytest.fixture
def judged(gallery, monkeypatch):
    """The posts that the pipeline is given."""
    posts, pipeline = [], gallery.bot.services.pipeline
    handle = pipeline.handle

    async def note(post, **how):
        posts.append(post)
        return await handle(post, **how)

    monkeypatch.setattr(pipeline, "handle", note)
    return posts


async def test_the_embed_of_an_edited_post_is_no_further_edit(gallery, judged):
    post = await gallery.alice.send(gallery.general, "see the tram")
    await gallery.alice.edit(post, PAGE)
    await announce_edit(gallery, post, embeds=[{"type": "link", "url": PAGE, "title": "Tram"}])
    assert [one.text for one in judged] == ["see the tram", PAGE]
    await gallery.env.advance_time(5)
    await gallery.alice.edit(post, f"{PAGE}?page=2")
    assert [one.text for one in judged] == ["see the tram", PAGE, f"{PAGE}?page=2"]


async def test_the_embed_of_a_post_that_was_edited_before_the_bot_read_it_is_no_edit(gallery, judged):
    backend = gallery.env.backend
    stored = backend.create_message(gallery.general.id, gallery.alice.id, "see the tram", broadcast=False)
    backend.edit_message(gallery.general.id, stored.id, {"content": PAGE})
    message = next(one for one in gallery.general.history() if one.id == stored.id)
    judged.clear()
    await gallery.bot.get_cog("Watch").on_message(message)
    await announce_edit(gallery, message)
    assert [one.text for one in judged] == [PAGE]


async def test_an_edit_that_a_later_one_overtakes_is_not_judged(gallery, judged, monkeypatch):
    held, fetch, backend = asyncio.Event(), discord.Guild.fetch_member, gallery.env.backend
    await choose(gallery.bot.services.policies, gallery.guild.id, Change("exempt_roles", frozenset({5})))
    sent = await gallery.alice.send(gallery.general, "one")
    judged.clear()

    async def slowly_at_first(guild, member_id):
        monkeypatch.setattr(discord.Guild, "fetch_member", fetch)
        await held.wait()
        return await fetch(guild, member_id)

    monkeypatch.setattr(discord.Guild, "fetch_member", slowly_at_first)
    stored = backend.get_message(gallery.general.id, sent.id)
    payload = {**serializers.message_payload(backend, stored), "guild_id": str(gallery.guild.id)}
    payload.pop("member", None)
    for second, text in enumerate(("two", "three")):
        at = f"2026-01-01T00:00:0{second}+00:00"
        backend.emit("MESSAGE_UPDATE", {**payload, "content": text, "edited_timestamp": at})
        await turns()
    held.set()
    await gallery.env.settle()
    assert [one.text for one in judged] == ["three"]


async def test_only_the_last_thousand_edits_are_kept(gallery, judged, monkeypatch):
    monkeypatch.setitem(gallery.bot.get_cog("Watch").on_message.__globals__, "_VERSIONS", 1)
    first, second = [await gallery.alice.send(gallery.general, text) for text in ("one", "two")]
    for post in (first, second):
        await gallery.alice.edit(post, f"{post.content} more")
    await announce_edit(gallery, second)
    assert len(judged) == 4
    await announce_edit(gallery, first)
    assert len(judged) == 5


async def test_a_post_carries_its_first_image_its_files_and_its_embeds(gallery, judged):
    files = [("notes.txt", b"a"), ("SPOILER_b.png", b"b"), ("c.png", b"c"), ("d.png", b"d")]
    message = await gallery.alice.send(gallery.general, "see", attachments=files)
    await announce_edit(
        gallery, message, edited_timestamp="2026-01-01T00:00:00+00:00", embeds=[{"url": PAGE}, {"title": "no link"}]
    )
    post = judged[-1]
    assert post.image_url.endswith("/c.png")
    assert [one.content_type for one in post.attachments] == ["text/plain", "image/png", "image/png", "image/png"]
    assert post.embed_links == (PAGE,)
    assert "https" not in repr(post)
