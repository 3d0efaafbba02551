"""What the bot sends: its form on the wire, and what becomes of it when Discord is in trouble or refuses."""

from datetime import timedelta

import pytest

from bot.storage.effects import SqliteEffectStore
from bot.storage.protocols import reply_key
from tests.support import CHATTER, CLAIM
from tests.wire.payloads import ADA, BEN, GENERAL, GUILD, QUEUE
from tests.wire.running import running_bot, until_all_is_handled

REPLIES = f"channels/{GENERAL}/messages"
PINGS_NOBODY = {"parse": [], "replied_user": False}


async def effect_of(database, post):
    return await SqliteEffectStore(database).get(reply_key(GUILD, int(post["id"])))


async def test_an_answer_replies_to_the_claim_pings_nobody_and_carries_a_nonce(fake, bot):
    post = await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    (sent,) = fake.asked("POST", REPLIES)
    assert sent.body["message_reference"]["message_id"] == int(post["id"])
    assert sent.body["allowed_mentions"] == PINGS_NOBODY
    assert 0 < len(sent.body["nonce"]) <= 25
    assert sent.body["enforce_nonce"] is True


async def test_a_case_card_and_its_edits_ping_nobody(fake, bot):
    for author_id in (ADA, BEN):
        await fake.post(CHATTER, author_id=author_id)
    await fake.until(lambda: fake.from_bot(QUEUE))
    await fake.dispatch("MESSAGE_DELETE", {"id": fake.messages[GENERAL][1]["id"], **_PLACE})
    await fake.until(lambda: fake.asked("PATCH", f"channels/{QUEUE}"))
    (card,) = fake.asked("POST", f"channels/{QUEUE}")
    (edit,) = fake.asked("PATCH", f"channels/{QUEUE}")
    assert str(BEN) in card.body["content"]
    assert [request.body["allowed_mentions"]["parse"] for request in (card, edit)] == [[], []]


_PLACE = {"channel_id": str(GENERAL), "guild_id": str(GUILD)}


@pytest.mark.parametrize("status", [503, 429, None])
async def test_an_answer_that_discord_could_not_take_is_sent_later_once(fake, bot, status):
    fake.fail("POST", REPLIES, status, times=3)
    await fake.post(CLAIM)
    await fake.until(lambda: fake.from_bot(GENERAL))
    await until_all_is_handled(fake)
    assert len(fake.from_bot(GENERAL)) == 1
    assert len({request.body["nonce"] for request in fake.asked("POST", REPLIES)}) == 1
    assert len(fake.asked("POST", REPLIES)) == 4


@pytest.mark.parametrize("status", [503, None])
@pytest.mark.parametrize("history", ["readable", "forbidden"])
async def test_an_answer_that_was_taken_although_the_receipt_was_lost_is_not_posted_twice(fake, bot, status, history):
    fake.fail("POST", REPLIES, status, done_first=True)
    if history == "forbidden":  # then the nonce alone tells Discord that it has this answer
        fake.fail("GET", REPLIES, 403, times=100)
    post = await fake.post(CLAIM)
    await fake.until(lambda: fake.asked("GET", REPLIES))
    await until_all_is_handled(fake)
    await bot.bot.services.outbox.deliver(reply_key(GUILD, int(post["id"])), at_once=True)
    assert len(fake.from_bot(GENERAL)) == 1
    assert len(fake.asked("POST", REPLIES)) == (2 if history == "forbidden" else 1)


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_what_discord_refuses_is_not_tried_again_not_even_after_a_restart(fake, watched, status):
    fake.fail("POST", REPLIES, status)
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        post = await fake.post(CLAIM)
        await fake.until(lambda: fake.asked("POST", REPLIES))
        await until_all_is_handled(fake)
    async with running_bot(watched) as supervisor:
        await fake.until(lambda: fake.identified == 2)
        await supervisor.bot.wait_until_ready()
        for author_id in (ADA, BEN):
            await fake.post(CHATTER, author_id=author_id)
        await fake.until(lambda: fake.from_bot(QUEUE))
    assert len(fake.asked("POST", REPLIES)) == 1
    assert str(status) in (await effect_of(watched, post)).problem


async def test_an_answer_that_could_not_be_sent_before_the_end_is_sent_at_the_next_start(fake, watched, monkeypatch):
    monkeypatch.setattr("bot.outbox._FIRST_RETRY", timedelta(hours=1))
    fake.fail("POST", REPLIES, 503)
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        post = await fake.post(CLAIM)
        await fake.until(lambda: fake.asked("POST", REPLIES))
    async with running_bot(watched):
        await fake.until(lambda: fake.from_bot(GENERAL))
        await until_all_is_handled(fake)
    assert len(fake.from_bot(GENERAL)) == 1
    assert (await effect_of(watched, post)).done == 1


async def test_an_answer_whose_receipt_was_lost_is_found_at_the_next_start(fake, watched, monkeypatch):
    monkeypatch.setattr("bot.outbox._FIRST_RETRY", timedelta(hours=1))
    fake.remembers_nonces = False
    fake.fail("POST", REPLIES, done_first=True)
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        post = await fake.post(CLAIM)
        await fake.until(lambda: fake.from_bot(GENERAL))
    async with running_bot(watched):
        await fake.until(lambda: fake.asked("GET", REPLIES))
        await until_all_is_handled(fake)
    assert len(fake.asked("POST", REPLIES)) == 1
    effect = await effect_of(watched, post)
    assert str(effect.message_id) == fake.from_bot(GENERAL)[0]["id"]


async def test_an_answer_that_is_on_its_way_at_the_end_is_posted_once(fake, watched, caplog):
    fake.remembers_nonces = False
    fake.held = REPLIES
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        await fake.post(CLAIM)
        await fake.until(lambda: fake.from_bot(GENERAL))
    fake.held = None
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 2)
        await until_all_is_handled(fake)
    assert len(fake.from_bot(GENERAL)) == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_claim_that_is_being_judged_at_the_end_is_answered_once(fake, watched, caplog):
    async with running_bot(watched):
        await fake.until(lambda: fake.identified == 1)
        await fake.post("The kettle in the studio is broken, use the one upstairs for now")
        await until_all_is_handled(fake)
        await fake.post(CLAIM)
    async with running_bot(watched):
        await fake.until(lambda: fake.from_bot(GENERAL))
    assert len(fake.from_bot(GENERAL)) == 1
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
