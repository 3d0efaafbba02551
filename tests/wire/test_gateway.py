"""The gateway on its bad days: sessions that break, events that come twice or maimed, refusals at the door."""

import asyncio
import threading

import aiohttp
import discord
import pytest

from bot.app import INTENTS
from bot.errors import ConfigurationError
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.supervisor import NO_CONTENT_INTENT, WRONG_TOKEN, Supervisor
from bot.web import health_page
from tests.support import CHATTER, CLAIM, free_port
from tests.wire.fakecord import TOKEN
from tests.wire.payloads import ADA, ART, BEN, GENERAL, QUEUE
from tests.wire.running import LONGEST, quickly_ready, running_bot, until_all_is_handled, with_the_model

PORTAL = "discord.com/developers/applications"


async def post_a_claim_and_a_repeat(fake):
    await fake.post(CLAIM)
    await fake.post(CHATTER)
    await fake.post(CHATTER.upper(), author_id=BEN)
    await fake.until(lambda: fake.from_bot(GENERAL) and fake.from_bot(QUEUE))


async def test_the_bot_asks_for_the_intents_of_messages_and_nothing_more(fake, bot):
    assert fake.intents == INTENTS.value == 33281


async def test_commands_are_told_once_and_again_only_when_they_changed(fake, watched):
    for sessions in (1, 2):
        async with running_bot(watched):
            await fake.until(lambda sessions=sessions: fake.identified == sessions)
    (told,) = fake.asked("PUT", "commands")
    names = {command["name"] for command in told.body["list"]}
    assert {"explain", "ask", "queue", "setup", "watch"} <= names

    def with_a_new_command(database):
        bot = with_the_model(database)
        bot.tree.add_command(discord.app_commands.Command(name="new", description="New.", callback=_new_command))
        return bot

    async with running_bot(watched, with_a_new_command):
        await fake.until(lambda: fake.identified == 3)
    assert len(fake.asked("PUT", "commands")) == 2


async def _new_command(interaction: discord.Interaction) -> None:
    """Nothing calls it."""


async def test_commands_that_discord_did_not_take_are_told_again(fake, watched):
    fake.fail("PUT", "commands", 503)
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
    assert len(fake.asked("PUT", "commands")) == 2


async def test_a_broken_connection_is_resumed_and_repeated_events_have_no_second_effect(fake, bot):
    await post_a_claim_and_a_repeat(fake)
    fake.overlap = 100
    await fake.drop()
    await fake.until(lambda: fake.resumed == 1)
    await until_all_is_handled(fake)
    assert fake.identified == 1
    assert [len(fake.from_bot(channel)) for channel in (GENERAL, QUEUE)] == [1, 1]


async def test_what_was_posted_while_the_connection_was_broken_is_handled_after_the_resume(fake, bot):
    await fake.drop()
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    assert (fake.identified, fake.resumed) == (1, 1)


async def test_the_same_event_twice_in_a_row_has_one_effect(fake, bot):
    await fake.post(CLAIM)
    await fake.again("MESSAGE_CREATE")
    await fake.post(CHATTER)
    await fake.post(CHATTER, author_id=BEN)
    await fake.again("MESSAGE_CREATE")
    await until_all_is_handled(fake)
    await fake.until(lambda: fake.from_bot(GENERAL) and fake.from_bot(QUEUE))
    assert [len(fake.asked("POST", f"channels/{channel}/")) for channel in (GENERAL, QUEUE)] == [1, 1]


async def test_a_lost_session_is_begun_anew(fake, bot):
    await fake.invalidate()
    await fake.until(lambda: fake.identified == 2)
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    assert fake.resumed == 0


async def test_what_was_posted_between_a_lost_session_and_the_new_one_is_read_back(fake, bot):
    await fake.post("The kettle in the studio is broken, use the one upstairs for now")
    await until_all_is_handled(fake)
    await bot.bot.services.pipeline.save()  # as its timer does every few seconds
    await fake.invalidate()
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    assert (fake.identified, fake.resumed) == (2, 0)


async def test_the_bot_is_ready_while_the_window_is_still_restored_and_then_judges_what_came(
    fake, watched, monkeypatch
):
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        await fake.post(CHATTER, author_id=ADA)
        await until_all_is_handled(fake)
    released, loaded = threading.Event(), []
    load = SqliteFingerprintStore.load

    def slowly(store, since):
        released.wait(LONGEST)
        loaded.append(load(store, since))
        return loaded[-1]

    monkeypatch.setattr(SqliteFingerprintStore, "load", slowly)
    async with running_bot(watched) as supervisor:
        await fake.until(lambda: supervisor.bot is not None and supervisor.bot.is_ready())
        await fake.post(CHATTER, author_id=BEN)
        assert loaded == fake.from_bot(QUEUE) == []
        released.set()
        await fake.until(lambda: fake.from_bot(QUEUE))


async def test_what_was_posted_while_no_bot_ran_is_read_back(fake, watched):
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        await post_a_claim_and_a_repeat(fake)
    await fake.post(CHATTER + "!", author_id=ADA)
    async with running_bot(watched):
        await fake.until(lambda: fake.from_bot(QUEUE)[0]["content"].count("Again") == 2)
    assert [len(fake.from_bot(channel)) for channel in (GENERAL, QUEUE)] == [1, 1]


@pytest.mark.parametrize("status", [None, 503, 403])
async def test_a_channel_that_cannot_be_read_back_does_not_keep_the_others_from_it(fake, watched, status):
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        await fake.post("The kettle in the studio is broken, use the one upstairs for now")
        await until_all_is_handled(fake)
    for channel_id in (GENERAL, ART):
        await fake.post(CHATTER, channel_id=channel_id)
    fake.fail("GET", f"channels/{GENERAL}/messages", status, times=2)  # the client may try a lost GET once more
    async with running_bot(watched):
        await fake.until(lambda: fake.asked("GET", f"channels/{ART}/messages"))


async def test_a_maimed_event_ends_the_connection_and_the_next_post_is_handled_on_a_new_one(fake, bot):
    await fake.dispatch("MESSAGE_CREATE", {"id": "1", "channel_id": str(GENERAL), "content": CHATTER})
    await fake.until(lambda: fake.identified == 2)
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))


async def test_an_unknown_event_is_passed_over(fake, bot):
    await fake.dispatch("SOMETHING_NEW", {"id": "1"})
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    assert fake.identified == 1


@pytest.mark.parametrize(
    ("token", "refuse_identify", "remedy"),
    [
        ("wrong", None, WRONG_TOKEN),
        (TOKEN, 4004, WRONG_TOKEN),
        (TOKEN, 4013, NO_CONTENT_INTENT),
        (TOKEN, 4014, NO_CONTENT_INTENT),
    ],
)
async def test_what_only_a_person_can_cure_ends_the_bot_with_the_remedy(fake, database, token, refuse_identify, remedy):
    fake.refuse_identify = refuse_identify
    supervisor = Supervisor(lambda: quickly_ready(with_the_model(database)), token)
    with pytest.raises(ConfigurationError) as caught:
        await asyncio.wait_for(supervisor.run(), LONGEST)
    assert caught.value.problems == (remedy,)
    assert PORTAL in remedy
    assert fake.identified == (refuse_identify is not None)


async def test_a_refusal_that_may_pass_is_tried_again(fake, watched):
    fake.refuse_identify = 4011
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        fake.refuse_identify = None
        await fake.until(lambda: fake.identified >= 2)
        await fake.post(CLAIM)
        await fake.until(lambda: fake.from_bot(GENERAL))


async def test_a_bot_that_waits_for_discord_to_come_back_stops_at_once(fake, watched, monkeypatch):
    waits = asyncio.Event()

    def a_long_time(backoff):
        waits.set()
        return 100 * LONGEST

    monkeypatch.setattr(discord.backoff.ExponentialBackoff, "delay", a_long_time)
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        fake.gateway_down = True
        await fake.drop()
        await asyncio.wait_for(waits.wait(), LONGEST)


async def test_a_bot_that_is_still_logging_in_stops_at_once(fake, watched):
    fake.held = "users/@me"
    async with running_bot(watched):
        await fake.until(lambda: fake.asked("GET", "users/@me"))
    assert fake.identified == 0


async def test_the_health_page_tells_of_a_connection_that_is_gone(fake, bot):
    await bot.bot.wait_until_ready()
    port = free_port()
    async with health_page(port, lambda: bot.bot), aiohttp.ClientSession() as client:
        address = f"http://127.0.0.1:{port}/health"
        async with client.get(address) as answer:
            assert answer.status == 200
        fake.gateway_down = True
        await fake.drop()
        await fake.until(lambda: fake.turned_away >= 1)
        async with client.get(address) as answer:
            assert (answer.status, (await answer.json())["connected"]) == (503, False)
