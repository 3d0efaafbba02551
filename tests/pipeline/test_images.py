"""Posts with images: their hashes are gathered before the decision, in the order of the posts, and never in vain."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.decide import Nothing, OpenCase
from bot.duplicates import DETECTORS
from bot.duplicates.window import Window
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.images.hashes import image_hash
from bot.model import Attachment, Band, Judgement, Mode
from bot.outbox import Outbox
from bot.pipeline import Memory, Pipeline
from bot.storage.cases import SqliteCaseStore
from bot.storage.checks import SqliteSourceCheckStore
from bot.storage.effects import SqliteEffectStore
from bot.storage.fingerprints import SqliteFingerprintStore
from bot.storage.policies import SqlitePolicyStore
from bot.storage.replies import SqliteReplyStore
from bot.storage.wishes import SqliteWishStore
from tests.pictures import photo, saved
from tests.support import AUTHOR, CHANNEL, CHATTER, GUILD, ScriptedSender, make_post, set_mode, turns

HASHES = {number: image_hash(saved(photo(number))) for number in (1, 2)}


class HeldImages:
    """Knows the pictures; one that is held comes when it is let go."""

    def __init__(self):
        self.held = {}
        self.asked = []
        self.closed = False

    def hold(self, number):
        self.held[number] = asyncio.Event()

    async def read(self, attachments):
        self.asked += [one.id for one in attachments]
        for one in attachments:
            if one.id in self.held:
                await self.held[one.id].wait()
        return tuple(HASHES[one.id] for one in attachments)

    async def close(self):
        self.closed = True


class Silent:
    """A matcher that never has anything to say."""

    def forget_guild(self, guild_id):
        """Nothing is remembered."""

    def judge(self, text, reply_text=None, guild_id=0):
        return Judgement(Band.SILENT)


@pytest.fixture
def images():
    return HeldImages()


@pytest.fixture
async def pipeline(database, clock, images):
    memory = Memory(
        SqlitePolicyStore(database),
        SqliteFingerprintStore(database),
        SqliteReplyStore(database, clock()),
        SqliteCaseStore(database),
        Ledger(Shelf({}), SqliteSourceCheckStore(database), clock),
        SqliteWishStore(database),
        images,
    )
    await set_mode(memory.policies, GUILD, CHANNEL, Mode.ANSWER)
    outbox = Outbox(SqliteEffectStore(database), ScriptedSender(), clock)
    matching = ThreadPoolExecutor(1)
    pipeline = Pipeline(memory, outbox, Window(DETECTORS), Silent(), matching=matching, clock=clock)
    pipeline.memory = memory
    yield pipeline
    for event in images.held.values():
        event.set()
    await pipeline.finish(5)
    await outbox.close()


def with_image(number, text="", **fields):
    return make_post(text, attachments=(Attachment(number, f"address {number}", "image/png", 100),), **fields)


def start(pipeline, post, **how):
    return asyncio.create_task(pipeline.handle(post, **how))


async def test_an_image_that_was_posted_before_opens_a_case(pipeline):
    first = with_image(1)
    await pipeline.handle(first)
    outcome = await pipeline.handle(with_image(1, "look what I have drawn today", author_id=AUTHOR + 1))
    assert isinstance(outcome.decision.flag, OpenCase)
    assert [(repeat.of.message_id, repeat.detector) for repeat in outcome.repeats] == [(first.message_id, "image")]


async def test_other_images_without_words_have_nothing_to_do_with_each_other(pipeline):
    await pipeline.handle(with_image(1))
    assert (await pipeline.handle(with_image(2))).repeats == ()


async def test_two_images_without_words_that_come_back_are_two_cases(pipeline):
    for number in (1, 2):
        await pipeline.handle(with_image(number))
    cases = [(await pipeline.handle(with_image(number, author_id=AUTHOR + 1))).case_number for number in (1, 2)]
    assert cases == [1, 2]


async def test_images_are_not_read_where_the_channel_is_off_nor_of_bots(pipeline, images):
    await pipeline.handle(with_image(1, channel_id=CHANNEL + 1))
    await pipeline.handle(with_image(1, is_bot=True))
    assert images.asked == []


async def test_a_repeated_event_does_not_read_the_images_again(pipeline, images):
    post = with_image(1)
    await pipeline.handle(post)
    await pipeline.handle(post)
    assert images.asked == [1]


async def test_the_earlier_post_is_the_first_also_if_its_image_takes_longer(pipeline, images):
    images.hold(1)
    early, late = with_image(1, CHATTER), make_post(CHATTER, author_id=AUTHOR + 1)
    waiting = start(pipeline, early)
    await turns()
    following = start(pipeline, late)
    await turns()
    assert not following.done()
    images.held[1].set()
    assert (await waiting).repeats == ()
    assert [repeat.of.message_id for repeat in (await following).repeats] == [early.message_id]


async def test_posts_of_other_servers_do_not_wait_for_an_image(pipeline, images):
    await set_mode(pipeline.memory.policies, GUILD + 1, CHANNEL, Mode.ANSWER)
    images.hold(1)
    waiting = start(pipeline, with_image(1))
    await turns()
    await asyncio.wait_for(pipeline.handle(make_post(guild_id=GUILD + 1)), 5)
    assert not waiting.done()


async def test_a_post_that_is_deleted_while_its_image_is_read_is_not_remembered(pipeline, images):
    images.hold(1)
    post = with_image(1, CHATTER)
    waiting = start(pipeline, post)
    await turns()
    await pipeline.forget(GUILD, frozenset({post.message_id}))
    images.held[1].set()
    assert (await waiting).decision.flag == Nothing(("the post was deleted meanwhile",))
    assert (await pipeline.handle(make_post(CHATTER, author_id=AUTHOR + 1))).repeats == ()


async def test_an_edit_that_comes_while_the_image_is_read_is_the_version_that_counts(pipeline, images):
    images.hold(1)
    post = with_image(1, CHATTER)
    first = start(pipeline, post)
    await turns()
    second = start(pipeline, make_post("", message_id=post.message_id), edited=True)
    await turns()
    images.held[1].set()
    await asyncio.gather(first, second)
    assert (await pipeline.handle(make_post(CHATTER, author_id=AUTHOR + 1))).repeats == ()


async def test_a_server_that_the_bot_leaves_while_an_image_is_read_is_not_remembered(pipeline, images):
    images.hold(1)
    waiting = start(pipeline, with_image(1, CHATTER))
    await turns()
    await pipeline.forget_guild(GUILD)
    images.held[1].set()
    await waiting
    await set_mode(pipeline.memory.policies, GUILD, CHANNEL, Mode.ANSWER)
    assert (await pipeline.handle(make_post(CHATTER, author_id=AUTHOR + 1))).repeats == ()


async def test_a_post_that_is_given_up_stops_reading_and_lets_the_next_pass(pipeline, images):
    images.hold(1)
    waiting = start(pipeline, with_image(1))
    await turns()
    waiting.cancel()
    await asyncio.wait([waiting])
    assert (await asyncio.wait_for(pipeline.handle(make_post(CHATTER)), 5)).repeats == ()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "images"]


async def test_the_reader_is_closed_with_the_pipeline(pipeline, images):
    await pipeline.finish(5)
    assert images.closed
