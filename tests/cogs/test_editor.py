"""``/faq``: editing what a server is answered, what is under review there, and the weekly look at sources."""

import asyncio
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import discord
import pytest

from bot.app import build_bot
from bot.config.changes import Change
from bot.discord_ui import words
from bot.discord_ui.forms import FORMS
from bot.faq.build import replace_tables
from bot.model import Mode, SourceCheck, SourceState
from bot.storage.checks import SqliteSourceCheckStore
from cogs.editor import Faq
from tests.faq.web import hostile_web
from tests.support import CLAIM, CLAIM_TOPIC, EXPLAINER_FILE, START, choose, running_world, told

ANOTHER_CLAIM = "If training were unlawful they would have been shut down years ago. They weren't, so it isn't."

BEGINNING, CORRECTION = "It depends on the country", "That depends on the country"
READING = {"preview", "history", "diff", "export", "stale"}
ARGUMENTS = {
    "add": {"topic": "kettles", "title": "Are kettles safe?"},
    "edit": {"topic": CLAIM_TOPIC, "part": "text"},
    "import": {"file": ("harbour.md", EXPLAINER_FILE.encode())},
    "export": {},
    "stale": {},
}
COMMANDS = sorted({*READING, *ARGUMENTS, "publish", "pause", "retire", "restore"})


@pytest.fixture
def chief(world):
    """An admin to whom Discord shows the commands."""
    return add_member(world, "chief", manage_guild=True, manage_messages=True)


def add_member(world, name: str, *roles, **rights: bool):
    own = world.guild.create_role(name, permissions=discord.Permissions(**rights))
    return world.guild.add_member(world.env.create_user(name), roles=[own, *roles])


async def faq(world, member, command: str, **options):
    """Call a command; an explainer is the one of the claim, where none is named."""
    return await member.slash(
        world.general, f"faq {command}", **(options or ARGUMENTS.get(command, {"topic": CLAIM_TOPIC}))
    )


async def submit(member, shown, form: str, **parts: str) -> str:
    """Fill in a form that is shown, and leave the rest as it stands there."""
    boxes = [row["components"][0] for row in shown.modal["components"]]
    fields = zip(FORMS[form], boxes, strict=True)
    return told(
        await member.submit_modal(
            shown, {box["custom_id"]: parts.get(f.part, box.get("value", "")) for f, box in fields}
        )
    )


async def correct(world, member, explainers, text: str = CORRECTION) -> str:
    """Save a version with another beginning."""
    shown = await faq(world, member, "edit")
    short_answer = explainers[CLAIM_TOPIC].short_answer.replace(BEGINNING, text)
    return await submit(member, shown, "text", short_answer=short_answer)


async def published(world, member, explainers, text: str = CORRECTION) -> str:
    await correct(world, member, explainers, text)
    return told(await faq(world, member, "publish"))


async def refused(world, member, command: str, **options) -> str:
    """What is told, once, by a command that does nothing."""
    world.errors_expected = True  # discord.py passes on why
    result = await faq(world, member, command, **options)
    assert result.followups == []
    assert result.modal is None
    return told(result)


async def explained(world, topic: str = CLAIM_TOPIC, member=None, channel=None):
    """What /explain says of a topic."""
    result = await (member or world.alice).slash(channel or world.general, "explain", topic=topic)
    return result.response.embeds[0].description if result.response.embeds else result.response.content


async def file_of(result) -> bytes:
    assert result.response.ephemeral
    (attachment,) = result.response.attachments
    return await attachment.read()


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


# Under review


@pytest.fixture
def gone(explainers):
    """A primary source of the topic that the claim calls for."""
    return next(source for source in explainers[CLAIM_TOPIC].sources if source.kind == "judgment")


@pytest.fixture
def die(database):
    async def die(source):
        await SqliteSourceCheckStore(database).record(SourceCheck(source.url, SourceState.DEAD, START, 404))

    return die


def review_field(message):
    return next((field.value for field in message.embeds[0].fields if field.name == words.UNDER_REVIEW), None)


async def test_an_explainer_with_a_dead_primary_source_is_suggested_and_the_card_says_why(world, gone, die):
    await world.switch_on(Mode.ANSWER)
    await die(gone)
    await world.alice.send(world.general, CLAIM)
    assert world.from_bot(world.general) == []
    (card,) = world.from_bot(world.queue)
    assert review_field(card) == f"Gone from the web: {gone.title}."


async def test_the_answer_that_a_moderator_posts_says_so_too(world, gone, die):
    await world.switch_on(Mode.ANSWER)
    await die(gone)
    await world.alice.send(world.general, CLAIM)
    (card,) = world.from_bot(world.queue)
    await world.moderator.click(card, label="Post answer")
    (answer,) = world.from_bot(world.general)
    assert gone.title in review_field(answer)


async def test_an_explainer_that_holds_is_answered_and_says_nothing_of_review(world):
    await world.switch_on(Mode.ANSWER)
    await world.alice.send(world.general, CLAIM)
    (answer,) = world.from_bot(world.general)
    assert review_field(answer) is None


async def test_explain_shows_an_explainer_under_review_with_the_reason(world, gone, die):
    await die(gone)
    result = await world.alice.slash(world.general, "explain", topic=CLAIM_TOPIC)
    assert gone.title in review_field(result.response)


async def test_ask_shows_it_too(world, gone, die):
    await die(gone)
    result = await world.alice.slash(world.general, "ask", question=CLAIM)
    assert gone.title in review_field(result.response)


async def test_stale_lists_what_is_under_review_to_the_moderator_alone(world, explainers, gone, die):
    await die(gone)
    result = await world.moderator.slash(world.general, "faq stale")
    listed = result.response.embeds[0].description
    assert result.response.ephemeral
    assert explainers[CLAIM_TOPIC].title in listed
    assert gone.title in listed
    assert "in question)" in listed


async def test_stale_says_when_nothing_is_under_review(world):
    result = await world.moderator.slash(world.general, "faq stale")
    assert result.response.content == words.NOTHING_STALE


async def test_members_do_not_see_the_command(world):
    assert "faq stale" in world.moderator.available_commands(world.general)
    assert "faq stale" not in world.alice.available_commands(world.general)


async def test_a_long_list_is_cut_where_discord_would_refuse_it(world, explainers, die):
    for explainer in explainers.values():
        for source in explainer.sources:
            await die(source)
    result = await world.moderator.slash(world.general, "faq stale")
    (card,) = result.response.embeds
    assert card.title == "40 explainers under review"
    assert card.description.endswith("30 more")


async def test_past_its_review_date_an_explainer_is_only_suggested(database):
    yesterday = (START - timedelta(days=1)).date().isoformat()
    database.write_now(lambda db: db.execute("UPDATE faq_explainer SET review_by = ?", [yesterday]))
    async with running_world(database) as world:
        await world.switch_on(Mode.ANSWER)
        await world.alice.send(world.general, CLAIM)
        assert world.from_bot(world.general) == []
        (card,) = world.from_bot(world.queue)
        assert review_field(card) == f"Its review was due on {yesterday}."


@pytest.fixture
async def net():
    async with hostile_web({}) as net:
        yield net


@pytest.fixture
async def editor(database, explainers, net):
    """The cog of a bot that looks at sources; one explainer, with a page that is gone and one that stands."""
    source = next(source for source in explainers["scraping"].sources if source.kind == "judgment")
    sources = tuple(replace(source, id=f"s{status}", url=net.site.url(f"/status/{status}")) for status in (410, 200))
    database.write_now(lambda db: replace_tables(db, [replace(explainers["scraping"], sources=sources)], "test"))
    return Faq(build_bot(database, net.clock, links=net.checker()))


async def test_the_weekly_look_records_what_is_gone(editor, net, caplog):
    await editor.look_at_sources(editor.services.links)
    (stale,) = await editor.ledger.stale(0)
    assert stale.explainer.slug == "scraping"
    assert f"a source is gone (410): {net.site.url('/status/410')}" in caplog.text


async def test_a_source_is_looked_at_again_after_a_week_and_not_before(editor, net):
    await editor.look_at_sources(editor.services.links)
    seen = len(net.site.requests)
    net.clock.advance(days=6, hours=23)
    await editor.look_at_sources(editor.services.links)
    assert len(net.site.requests) == seen
    net.clock.advance(hours=1)
    await editor.look_at_sources(editor.services.links)
    assert len(net.site.requests) == 2 * seen


async def test_a_look_that_fails_is_logged_and_the_task_goes_on(editor, database, caplog):
    database.close()
    await editor.look_at_sources(editor.services.links)
    assert "looking at the sources failed" in caplog.text


async def test_the_task_runs_only_where_it_was_switched_on(editor, database):
    idle = Faq(build_bot(database))
    await idle.cog_load()
    await editor.cog_load()
    tasks = [editor.look_at_sources.get_task(), idle.look_at_sources.get_task()]
    await editor.cog_unload()
    await idle.cog_unload()
    assert tasks[1] is None
    done, _ = await asyncio.wait([tasks[0]], timeout=5.0)
    assert done
