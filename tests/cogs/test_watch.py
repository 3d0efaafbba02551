"""Posts in watched channels, as Discord delivers them."""

from tests.support import CLAIM


async def test_a_claim_in_a_watched_channel_is_answered_as_a_reply(world):
    await world.switch_on()
    post = await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    assert answer.reference.message_id == post.id
    assert "illegal" in answer.embeds[0].title
