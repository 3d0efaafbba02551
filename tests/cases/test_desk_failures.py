"""A press that is cut off, refused or in the way of another is carried out once, or fails whole."""

import asyncio

import pytest

from bot.case import Ruling
from bot.errors import AlreadyJudgedError, StoreError
from bot.storage.protocols import card_key
from tests.cases.office import (
    ANN,
    BEA,
    NOT_ALLOWED,
    cut_off,
    dismiss,
    drop_suggestion,
    post_suggestion,
    remove,
)
from tests.support import (
    GUILD,
    Hold,
    busy_writer,
    make_post,
    make_repeat,
    recorded,
    turns,
)

PRESSES = {
    dismiss: lambda office: office.case(),
    remove: lambda office: office.case(repeats=2),
    post_suggestion: lambda office: office.suggestion(),
    drop_suggestion: lambda office: office.suggestion(),
}


@pytest.mark.parametrize("press", PRESSES)
@pytest.mark.parametrize("after", [False, True], ids=["before it was sent", "sent but not noted"])
async def test_a_press_that_is_cut_off_is_carried_out_by_the_next_process_once(office, sender, press, after):
    record = await PRESSES[press](office)
    hold = Hold(after=after)
    sender.script.append(hold)
    pressing = asyncio.create_task(press(office.desk, GUILD, record.id, ANN))
    await hold.reached.wait()
    await cut_off(pressing)
    office = await office.restart()
    await office.outbox.resume()
    for effect in await office.effects.pending():  # a card that changed once more waits for the pace of edits
        await office.later(effect.key)
    assert await office.effects.pending() == []
    assert {len(messages) for key, messages in sender.messages.items() if messages} == {1}
    with pytest.raises(AlreadyJudgedError):
        await press(office.desk, GUILD, record.id, BEA)
    await office.outbox.close()


@pytest.mark.parametrize("press", PRESSES)
async def test_a_press_that_is_cut_off_before_the_verdict_is_on_disk_is_not_lost(office, database, press):
    record = await PRESSES[press](office)
    async with busy_writer(database):
        pressing = asyncio.create_task(press(office.desk, GUILD, record.id, ANN))
        await turns()
        await cut_off(pressing)
    await database.write(lambda db: None)
    office = await office.restart()
    await office.outbox.resume()
    assert len(office.shown()) >= 1
    with pytest.raises(AlreadyJudgedError):
        await press(office.desk, GUILD, record.id, BEA)
    await office.outbox.close()


@pytest.mark.parametrize("press", PRESSES)
async def test_a_press_that_the_database_refuses_fails_whole_and_can_be_repeated(office, database, press):
    record = await PRESSES[press](office)
    await database.write(_refuse_effects)
    with pytest.raises(StoreError):
        await press(office.desk, GUILD, record.id, ANN)
    assert office.shown() == []
    await database.write(lambda db: db.execute("DROP TRIGGER refuse"))
    judged = await press(office.desk, GUILD, record.id, BEA)
    assert judged.judged_by == BEA


def _refuse_effects(db):
    db.execute("CREATE TRIGGER refuse BEFORE UPDATE ON effect BEGIN SELECT RAISE(ABORT, 'no room'); END")


async def test_a_press_while_the_card_is_still_being_sent_edits_that_card(office, desk, sender):
    case = await recorded(office.cases, make_post(), make_repeat(make_post()), office.clock())
    hold = Hold(after=True)
    sender.script.append(hold)
    sending = asyncio.create_task(office.outbox.deliver(card_key(case.id)))
    await hold.reached.wait()
    pressing = asyncio.create_task(dismiss(desk, GUILD, case.id, ANN))
    await turns()
    hold.released.set()
    await asyncio.gather(sending, pressing)
    assert len(sender.messages[card_key(case.id)]) == 1
    assert sender.shown == [(card_key(case.id), 1), (card_key(case.id), 2)]


async def test_a_card_that_cannot_be_shown_does_not_undo_the_verdict(office, desk, sender):
    case = await office.case()
    sender.script.append(NOT_ALLOWED)
    await dismiss(desk, GUILD, case.id, ANN)
    assert (await desk.case(GUILD, case.id)).ruling is Ruling.CLEARED
