"""``/faq``: editing what a server is answered."""

import json
import zipfile
from io import BytesIO

import discord
import pytest

from bot.config.changes import Change
from bot.discord_ui import words
from bot.discord_ui.forms import FORMS
from tests.cogs.faq.calls import (
    ANOTHER_CLAIM,
    BEGINNING,
    COMMANDS,
    CORRECTION,
    READING,
    add_member,
    correct,
    explained,
    faq,
    file_of,
    published,
    refused,
    submit,
)
from tests.support import CLAIM, CLAIM_TOPIC, EXPLAINER_FILE, choose, told

# Who may edit


@pytest.mark.parametrize("command", COMMANDS)
async def test_moderators_may_read_and_nothing_else(world, command):
    assert (await refused(world, world.moderator, command) == words.EDITORS_ONLY) == (command not in READING)


async def test_a_member_of_the_editors_role_may_edit_and_no_longer_once_it_is_another_role(world, explainers):
    role = world.guild.create_role("editors")
    editor = add_member(world, "editor", role, manage_messages=True)
    assert await refused(world, editor, "edit") == words.EDITORS_ONLY
    await choose(world.bot.services.policies, world.guild.id, Change("editors_roles", frozenset({role.id})))
    assert "version 1" in await correct(world, editor, explainers)
    others = frozenset({world.guild.create_role("others").id})
    await choose(world.bot.services.policies, world.guild.id, Change("editors_roles", others))
    assert await refused(world, editor, "publish") == words.EDITORS_ONLY


# Editing


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_shows_the_text_that_stands_and_saved_unchanged_it_may_be_published(world, chief, form):
    before = await explained(world)
    shown = await faq(world, chief, "edit", topic=CLAIM_TOPIC, part=form)
    assert [row["components"][0]["label"] for row in shown.modal["components"]] == [f.label for f in FORMS[form]]
    text = await submit(chief, shown, form)
    assert text == f"Saved as version 1 of {CLAIM_TOPIC}. Members see it after `/faq publish`."
    assert "is published" in told(await faq(world, chief, "publish"))
    assert await explained(world) == before


async def test_a_saved_version_is_previewed_by_editors_and_seen_by_members_once_it_is_published(
    world, chief, explainers
):
    await correct(world, chief, explainers)
    preview = await faq(world, chief, "preview")
    assert preview.response.ephemeral
    assert preview.response.embeds[0].description.startswith(CORRECTION)
    assert (await explained(world)).startswith(BEGINNING)
    assert "Version 1" in told(await faq(world, chief, "publish"))
    assert (await explained(world)).startswith(CORRECTION)


async def test_what_is_published_outlives_a_restart(world, chief, explainers):
    await published(world, chief, explainers)
    await world.restart()
    assert (await explained(world)).startswith(CORRECTION)


async def test_a_version_with_problems_is_kept_told_and_not_published(world, chief):
    shown = await faq(world, chief, "edit")
    text = await submit(chief, shown, "text", short_answer="No source.", undecided="")
    saved, _, *problems = text.splitlines()
    assert "Saved as version 1" in saved
    assert len(problems) >= 2
    assert "cannot be published yet" in (await refused(world, chief, "publish")).splitlines()[0]
    assert (await explained(world)).startswith(BEGINNING)
    again = await faq(world, chief, "edit")
    assert again.modal["components"][0]["components"][0]["value"] == "No source."


async def test_of_two_editors_at_once_both_are_kept_and_the_second_is_told_of_the_first(world, chief, explainers):
    second = add_member(world, "second", manage_guild=True, manage_messages=True)
    forms = [(member, await faq(world, member, "edit")) for member in (chief, second)]
    mine, theirs = [await submit(member, shown, "text", settled="- A point.") for member, shown in forms]
    assert "Meanwhile" not in mine
    assert f"Meanwhile {chief.mention} saved version 1, which you have not seen." in theirs
    assert "Saved as version 2" in theirs
    lines = told(await faq(world, chief, "history")).splitlines()
    assert [line.split(",")[0] for line in lines] == [f"**2** by {second.mention}", f"**1** by {chief.mention}"]
    assert all(line.endswith("from version built-in") for line in lines)


async def test_a_form_that_was_opened_by_an_editor_is_refused_once_they_are_none(world):
    role = world.guild.create_role("editors")
    editor = add_member(world, "editor", role, manage_messages=True)
    policies = world.bot.services.policies
    await choose(policies, world.guild.id, Change("editors_roles", frozenset({role.id})))
    shown = await faq(world, editor, "edit")
    await choose(policies, world.guild.id, Change("editors_roles", frozenset()))
    assert await submit(editor, shown, "text") == words.EDITORS_ONLY
    assert await world.bot.services.editor.history(world.guild.id, CLAIM_TOPIC) == []


async def test_a_part_that_is_longer_than_a_form_is_not_cut_but_told(world, chief, explainers):
    long = EXPLAINER_FILE.replace('claims = ["', 'claims = ["' + "kettle " * 600)
    await faq(world, chief, "import", file=("kettles.md", long.encode()))
    assert "/faq import" in await refused(world, chief, "edit", topic="kettles", part="phrases")


async def test_a_topic_of_the_servers_own_begins_empty_and_is_answered_once_it_is_whole(world, chief):
    await world.switch_on()
    text = told(await faq(world, chief, "add"))
    assert "Before it can be published:" in text
    assert "cannot be published yet" in await refused(world, chief, "publish", topic="kettles")
    assert await explained(world, "kettles") == words.UNKNOWN_TOPIC
    again = EXPLAINER_FILE.replace("harbour tram", "whistling kettle").encode()
    assert "version 2" in told(await faq(world, chief, "import", file=("kettles.md", again)))
    await faq(world, chief, "publish", topic="kettles")
    assert (await explained(world, "kettles")).startswith("It depends.")
    await world.alice.send(world.general, "the whistling kettle is legal")
    assert len(world.from_bot(world.general)) == 2


@pytest.mark.parametrize("topic", ["../../etc/cron", "Kettles", "<@&1>", "kettles\n"])
async def test_a_topic_is_only_called_what_a_file_may_be_called(world, chief, topic):
    text = await refused(world, chief, "add", topic=topic, title="Are kettles safe?")
    assert text.startswith("A topic's name is lower-case words with hyphens")
    assert await world.bot.services.editor.topics(world.guild.id) == sorted(world.bot.services.library.built_in)


@pytest.mark.parametrize("topic", [CLAIM_TOPIC, "kettles"])
async def test_a_topic_that_exists_is_not_begun_again(world, chief, topic):
    await faq(world, chief, "add")
    assert "/faq edit" in await refused(world, chief, "add", topic=topic, title="Are kettles safe?")


@pytest.mark.parametrize("command", ["edit", "pause", "retire", "publish", "preview", "diff", "restore"])
async def test_a_topic_that_does_not_exist_is_told_so_once(world, chief, command):
    part = {"part": "text"} if command == "edit" else {}
    assert "nonsense" in (await refused(world, chief, command, topic="nonsense", **part)).casefold()


async def test_completion_offers_the_topics_of_the_server(world, chief):
    await faq(world, chief, "add")
    for command in ("edit", "publish", "history"):
        choices = await chief.autocomplete(world.general, f"faq {command}", "topic", "KETT")
        assert [choice["value"] for choice in choices] == ["kettles"]
    assert len(await chief.autocomplete(world.general, "faq edit", "topic", "")) == 25


# Versions


async def test_history_names_the_versions_newest_first_and_which_one_is_published(world, chief, explainers):
    assert told(await faq(world, chief, "history")) == "This topic has not been edited here."
    await published(world, chief, explainers)
    await correct(world, chief, explainers, "Much depends on the country")
    newest, oldest = told(await faq(world, chief, "history")).splitlines()
    assert newest.startswith(f"**2** by {chief.mention}")
    assert newest.endswith("from version 1")
    assert oldest.startswith(f"**1** (published) by {chief.mention}")
    assert oldest.endswith("from version built-in")


async def test_diff_shows_what_a_version_changed(world, chief, explainers):
    await correct(world, chief, explainers)
    await correct(world, chief, explainers, "Much depends on the country")
    text = (await file_of(await faq(world, chief, "diff", topic=CLAIM_TOPIC, version=1))).decode()
    changed = [line for line in text.splitlines()[2:] if line[0] in "+-"]
    assert [line.split(" on ")[0] for line in changed] == ["-It depends", "+That depends"]


async def test_restore_goes_back_to_a_version_and_without_one_to_the_built_in_text(world, chief, explainers):
    await correct(world, chief, explainers)
    await published(world, chief, explainers, "Much depends on the country")
    assert "Version 1" in told(await faq(world, chief, "restore", topic=CLAIM_TOPIC, version=1))
    assert (await explained(world)).startswith(CORRECTION)
    assert told(await faq(world, chief, "restore")) == words.built_in_again(CLAIM_TOPIC)
    assert (await explained(world)).startswith(BEGINNING)
    assert len(told(await faq(world, chief, "history")).splitlines()) == 2


@pytest.mark.parametrize("command", ["pause", "retire"])
async def test_a_topic_that_is_taken_out_is_neither_shown_nor_answered_until_it_is_brought_back(world, chief, command):
    await world.switch_on()
    text = told(await faq(world, chief, command))
    await world.restart()
    await world.alice.send(world.general, CLAIM)
    assert "neither answered nor shown" in text
    assert not any(message.reference for message in world.from_bot(world.general))
    assert await explained(world) == words.UNKNOWN_TOPIC
    await faq(world, chief, "restore")
    await world.bob.send(world.general, ANOTHER_CLAIM)
    assert any(message.reference for message in world.from_bot(world.general))


# Files


async def test_what_is_exported_can_be_imported_elsewhere(world, chief, explainers):
    await correct(world, chief, explainers)
    packed = await file_of(await faq(world, chief, "export"))
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        assert sorted(archive.namelist()) == ["explainers.json", f"{CLAIM_TOPIC}.md"]
        assert json.loads(archive.read("explainers.json")).keys() == {CLAIM_TOPIC}
    stranger, chat = another_server(world)
    await stranger.slash(chat, "faq import", file=("explainers.zip", packed))
    await stranger.slash(chat, "faq publish", topic=CLAIM_TOPIC)
    assert (await explained(world, member=stranger, channel=chat)).startswith(CORRECTION)


async def test_without_an_edited_topic_there_is_nothing_to_export(world, chief):
    assert await refused(world, chief, "export") == "No topic has been edited here: there is nothing to export"


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("harbour.md", b"no front matter", "begin the file"),
        ("harbour.zip", b"no zip", "not a zip"),
        ("harbour.json", b"{", "not JSON"),
        ("harbour.md", EXPLAINER_FILE.encode("utf-16"), "UTF-8"),
        ("harbour.md", b"x" * 1_000_001, "larger than"),
    ],
)
async def test_a_file_that_is_wrong_is_told_and_nothing_of_it_is_kept(world, chief, name, content, problem):
    assert problem in await refused(world, chief, "import", file=(name, content))
    assert await chief.autocomplete(world.general, "faq edit", "topic", "harbour") == []


# Corrections, and other servers


def another_server(world):
    """Its owner, and a channel there."""
    elsewhere = world.env.create_guild("Another server")
    return elsewhere.add_member(elsewhere.owner), elsewhere.create_text_channel("chat")


async def test_a_published_correction_edits_an_answer_that_stands(world, chief, explainers):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    (before,) = world.from_bot(world.general)
    await correct(world, chief, explainers)
    assert world.from_bot(world.general)[0].embeds[0].description == before.embeds[0].description
    await faq(world, chief, "publish")
    await world.env.advance_time(10)
    (after,) = world.from_bot(world.general)
    fields = {field.name: field.value for field in after.embeds[0].fields}
    assert after.id == before.id
    assert after.embeds[0].description.startswith(CORRECTION)
    assert fields["Corrected"] == f"on {words.day(discord.utils.snowflake_time(after.id).date())}"
    assert len(after.components[0].children) == 5


async def test_going_back_to_the_built_in_text_corrects_answers_too_and_only_where_it_was_another(
    world, chief, explainers
):
    await published(world, chief, explainers)
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    (before,) = world.from_bot(world.general)
    assert before.embeds[0].description.startswith(CORRECTION)
    await faq(world, chief, "restore")
    await world.env.advance_time(10)
    (after,) = world.from_bot(world.general)
    assert after.embeds[0].description.startswith(BEGINNING)
    requests = len(world.env.http_requests)
    await faq(world, chief, "restore")
    await world.env.advance_time(10)
    assert not any(request.method == "PATCH" for request in world.env.http_requests[requests:])


async def test_an_answer_that_was_taken_back_is_not_corrected(world, chief, explainers):
    await world.switch_on()
    await world.alice.send(world.general, CLAIM)
    await world.alice.click(world.from_bot(world.general)[0], label="Dismiss")
    await published(world, chief, explainers)
    await world.env.advance_time(10)
    assert world.from_bot(world.general) == []


async def test_another_server_sees_nothing_of_it(world, chief, explainers):
    await published(world, chief, explainers)
    await faq(world, chief, "add")
    stranger, chat = another_server(world)
    world.errors_expected = True  # as above
    assert (await explained(world, member=stranger, channel=chat)).startswith(BEGINNING)
    history = told(await stranger.slash(chat, "faq history", topic=CLAIM_TOPIC))
    assert history == "This topic has not been edited here."
    for command in ("preview", "diff", "publish"):
        text = told(await stranger.slash(chat, f"faq {command}", topic="kettles"))
        assert "has not been edited here" in text.replace("\n", " ")
    assert await stranger.autocomplete(chat, "faq edit", "topic", "kettles") == []
