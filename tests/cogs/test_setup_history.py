"""``/setup history``, ``rollback``, ``export`` and ``import``: what was changed, by whom, and the ways back."""

import pytest

from bot.config.changes import Change
from bot.config.file import MAX_FILE
from bot.discord_ui import setting_words
from bot.model import Mode
from tests.support import choose, told
from tests.support_settings import channel_without, policy


async def run(world, command: str, **options):
    return await world.admin.slash(world.general, f"setup {command}", **options)


async def change(world, *changes: Change):
    return await choose(world.bot.services.policies, world.guild.id, *changes)


async def file_of(result) -> bytes:
    (attachment,) = result.response.attachments
    return await attachment.read()


# History


async def test_without_a_change_the_history_says_so(world):
    assert told(await run(world, "history")) == setting_words.NO_HISTORY


async def test_the_history_names_what_was_changed_by_whom_when_and_how_newest_first(world):
    await world.admin.slash(world.general, "watch", channel=world.general, mode="shadow")
    await world.admin.slash(world.general, "watch", channel=world.general, mode="answer")
    newest, oldest, _ = told(await run(world, "history")).splitlines()
    assert newest.startswith("**2** <t:")
    assert f"by {world.admin.mention}, /watch: Mode in {world.general.mention}" in newest
    assert newest.endswith("shadow: only logged → answer: by itself")
    assert oldest.endswith("off → shadow: only logged")


async def test_a_long_history_fits_a_message(world):
    for number in range(30):
        await change(world, *(Change("modes", list(Mode)[number % 4], str(n)) for n in range(1, 40)))
    text = told(await run(world, "history"))
    assert text.startswith("**30** ")
    assert "34 more" in text
    assert len(text) <= 2000


# Rollback


async def test_rolling_back_undoes_a_change_and_all_later_ones_and_is_a_change_itself(world):
    for number in (1, 2, 3):
        await change(world, Change("answers_per_hour", number))
    await change(world, Change("case_threads", None), Change("topic_modes", Mode.OFF, "fair-use"))
    text = told(await run(world, "rollback", change=2))
    assert text.startswith("Saved. ")
    assert "Answers an hour: 3 → 1" in text
    assert policy(world).answers_per_hour == 1
    assert policy(world).topic_modes == {}
    await world.restart()
    assert policy(world).answers_per_hour == 1
    await run(world, "rollback", change=5)
    assert policy(world).answers_per_hour == 3
    assert policy(world).topic_modes == {"fair-use": Mode.OFF}


async def test_a_rollback_of_nothing_says_so(world):
    await change(world, Change("answers_per_hour", 2))
    await change(world, Change("answers_per_hour", None))
    assert told(await run(world, "rollback", change=1)) == setting_words.NOTHING_TO_UNDO
    assert told(await run(world, "rollback", change=3)) == setting_words.NO_SUCH_CHANGE


async def test_what_cannot_be_brought_back_is_named_and_the_rest_comes_back(world):
    second = channel_without(world)
    await change(world, Change("modes", Mode.ANSWER, str(second.id)), Change("answers_per_hour", 2))
    await change(world, Change("modes", None, str(second.id)), Change("answers_per_hour", 3))
    world.env.backend.delete_channel(second.id)
    await world.env.settle()
    text = told(await run(world, "rollback", change=2))
    assert f"Not brought back: {setting_words.gone('channel', second.id)}" in text
    assert policy(world).modes == {}
    assert policy(world).answers_per_hour == 2


async def test_changes_complete_while_one_types(world):
    for number in range(1, 13):
        await change(world, Change("answers_per_hour", number))
    offered = await world.admin.autocomplete(world.general, "setup rollback", "change", "1")
    assert [choice["value"] for choice in offered] == [12, 11, 10, 1]
    assert offered[0]["name"].endswith("/test: Answers an hour")


# Files


async def test_what_is_exported_can_be_imported_and_brings_everything_back(world):
    await world.switch_on()
    await change(world, Change("exempt_domains", frozenset({"tenor.com"})), Change("answers_per_hour", 2))
    kept, content = policy(world), await file_of(await run(world, "export"))
    await change(world, Change("answers_per_hour", 3), Change("topic_modes", Mode.OFF, "fair-use"))
    text = told(await run(world, "import", file=("settings.toml", content)))
    assert "Answers an hour: 3 → 2" in text
    assert policy(world) == kept
    assert told(await run(world, "import", file=("settings.toml", content))) == setting_words.NOTHING_CHANGED


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("settings.toml", b"answers_per_hour = 99", "answers_per_hour: 99 is not a whole number"),
        ("settings.toml", b"x", "not TOML"),
        ("settings.json", b"x", "not JSON"),
        ("settings.toml", b"#" * (MAX_FILE + 1), "larger than"),
        ("settings.toml", b'[channels]\n99 = "answer"', "This server has no channel 99"),
        ("settings.toml", b"moderators_roles = [99]", "This server has no role 99"),
        ("settings.toml", b"exempt_channels = [98, 99]", "This server has no channel 98"),
        ("settings.toml", b"moderators_channel = 99", "This server has no channel 99"),
        ("settings.toml", b'answers_per_hour = 2\n[channels]\n99 = "answer"', "Nothing was changed."),
    ],
)
async def test_a_file_that_is_wrong_is_told_and_nothing_of_it_is_kept(world, name, content, problem):
    world.errors_expected = True
    await world.switch_on()
    before = policy(world)
    assert problem in told(await run(world, "import", file=(name, content)))
    assert policy(world) == before


async def test_a_category_or_a_channel_without_messages_is_refused(world):
    category = world.guild.create_category("rooms")
    told_text = told(await run(world, "import", file=("s.toml", f"moderators_channel = {category.id}".encode())))
    assert setting_words.wrong_channel(category.id) in told_text
    told_text = told(await run(world, "import", file=("s.toml", f'[channels]\n{category.id} = "answer"'.encode())))
    assert setting_words.wrong_channel(category.id) in told_text


async def test_one_servers_settings_history_and_files_are_unknown_to_another(world):
    await change(world, Change("answers_per_hour", 2))
    elsewhere = world.env.create_guild("Another server")
    chat = elsewhere.create_text_channel("chat")
    owner = elsewhere.add_member(elsewhere.owner)
    assert told(await owner.slash(chat, "setup history")) == setting_words.NO_HISTORY
    assert told(await owner.slash(chat, "setup rollback", change=1)) == setting_words.NO_SUCH_CHANGE
    assert b"\nanswers_per_hour" not in await file_of(await owner.slash(chat, "setup export"))
    assert policy(world).answers_per_hour == 2
