"""Editing explainers on a server: no draft is lost, only what is right is served, and only where it was published."""

import asyncio
import json
import struct
import zipfile
from dataclasses import asdict, replace
from datetime import timedelta
from io import BytesIO
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import EditingError, InputError
from bot.faq.build import replace_tables
from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.editor import MAX_IMPORT, MAX_SLUG, MAX_TOPICS, Editor
from bot.faq.library import Shelf
from bot.faq.parse import parse_explainer
from bot.faq.search import FaqSearch
from bot.model import Edition, EditionState, Match, ReplyState
from bot.outbox import EDIT_PACE, Outbox
from bot.storage.database import Database
from bot.storage.effects import SqliteEffectStore
from bot.storage.protocols import reply_key
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    CHANNEL,
    EXPLAINER_FILE,
    GUILD,
    START,
    LoopClock,
    ScriptedSender,
    make_post,
    rows,
    running_world,
    turns,
)

OTHER_GUILD = 2
ANN, BEA = 501, 502  # editors
TOPIC, OWN = "tram", "mountain-train"
BUILT_IN = parse_explainer(PurePath(f"{TOPIC}.md"), EXPLAINER_FILE)
DRAFT = Draft.of(BUILT_IN)
WRONG = DRAFT.with_parts(short_answer="", as_of="soon")
OTHER_CLAIM = "the mountain train is legal"
CHANGED = DRAFT.with_parts(title="Is it legal here?", claims=OTHER_CLAIM)
ABSENT = (EditionState.PAUSED, EditionState.RETIRED)


class Newsroom:
    """The editor with all that it works on; ``restart`` is a new process on the same database and Discord."""

    def __init__(self, database, clock, sender):
        self.database, self.clock, self.sender = database, clock, sender
        self.library = Shelf({TOPIC: BUILT_IN})
        self.effects = SqliteEffectStore(database)
        self.outbox = Outbox(self.effects, sender, clock)
        self.replies = SqliteReplyStore(database, clock())
        self.editions = SqliteEditionStore(database)
        self.editor = Editor(self.editions, self.library, self.outbox, clock)
        self.editor.restore()

    async def close(self):
        await self.outbox.close()

    async def restart(self):
        await self.close()
        return Newsroom(self.database, self.clock, self.sender)

    async def save(self, draft=DRAFT, slug=TOPIC, guild=GUILD, based_on=0):
        return await self.editor.save(guild, slug, draft, ANN, based_on)

    async def publish(self, draft=DRAFT, slug=TOPIC, guild=GUILD):
        await self.save(draft, slug, guild)
        return await self.editor.publish(guild, slug)

    async def import_file(self, name, content):
        return await self.editor.import_file(GUILD, name, content, ANN)

    async def answers(self, number=1, guild=GUILD, slug=TOPIC):
        """The keys of so many answers whose messages stand on Discord."""
        match, keys = Match(slug, 0.9, "a phrasing"), []
        for _ in range(number):
            post = make_post(guild_id=guild, at=self.clock())
            await self.replies.record(post, match, ReplyState.POSTED, self.clock())
            keys.append(reply_key(guild, post.message_id))
            await self.effects.done(keys[-1], 1, CHANNEL, post.message_id + 1)
        return keys

    async def settle(self):
        """Let what is due go as far as it can."""
        self.clock.advance(seconds=0.2)
        for _ in range(5):
            await self.database.write(lambda db: None)
            await self.database.read(lambda db: None)
            await turns()

    def served(self, slug=TOPIC, guild=GUILD):
        """The title that members see."""
        explainer = self.library.get(guild, slug)
        return explainer.title if explainer else None

    def phrasings(self, guild=GUILD):
        """The claims that the matcher finds."""
        return {hit.phrase for hit in FaqSearch(self.database).hits("legal", guild)} & {*BUILT_IN.claims, OTHER_CLAIM}


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "copydesk.db")
    database.write_now(lambda db: replace_tables(db, [BUILT_IN], "test"))
    yield database
    database.close()


@pytest.fixture
async def clock():
    return LoopClock()


@pytest.fixture
def sender():
    return ScriptedSender()


@pytest.fixture
async def room(database, clock, sender):
    room = Newsroom(database, clock, sender)
    yield room
    await room.close()


def markdown(draft=DRAFT):
    return draft.to_markdown().encode()


def as_json(drafts):
    return json.dumps({slug: asdict(draft) for slug, draft in drafts.items()}).encode()


def zipped(*files, packing=zipfile.ZIP_DEFLATED):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def own(number):
    """A draft that could be published beside others."""
    return DRAFT.with_parts(title=f"Is case {number} legal?", claims=f"case {number} is legal")


# Drafts


@pytest.mark.parametrize(
    "text",
    ["", "+++\n[[sources]]\nid = 7", "## Settled\n### A side", 'a "quote" \\ and \x7f', "Straße\u2028👍", "x" * 4000],
)
async def test_a_draft_is_kept_as_typed_right_or_wrong_also_after_a_restart(room, text):
    parts = dict.fromkeys(asdict(DRAFT), text)
    saved = await room.save(Draft(**parts))
    assert saved.problems
    room = await room.restart()
    assert await room.editor.open(GUILD, TOPIC) == (Draft(**parts), 1)
    assert room.served() == BUILT_IN.title
    await room.close()


@given(st.fixed_dictionaries({name: st.text(st.characters(exclude_categories=["Cs"])) for name in asdict(DRAFT)}))
@settings(max_examples=40, deadline=None)
def test_any_texts_make_a_draft_that_comes_back(parts):
    assert Draft.from_json(Draft(**parts).to_json()) == Draft(**parts)


def test_every_shipped_explainer_becomes_a_draft_and_is_the_same_explainer_again(explainers):
    assert {slug: Draft.of(explainer).to_explainer(slug) for slug, explainer in explainers.items()} == explainers


def test_the_address_of_a_kept_copy_stays_in_the_draft():
    (source,) = BUILT_IN.sources
    kept = replace(BUILT_IN, sources=(replace(source, archive="https://archive.example/ruling"),))
    assert Draft.of(kept).to_explainer(TOPIC) == kept


async def test_an_editor_is_told_of_the_version_that_came_in_between_and_both_are_kept(room):
    _, version = await room.editor.open(GUILD, TOPIC)
    first = await room.editor.save(GUILD, TOPIC, own(1), ANN, version)
    second = await room.editor.save(GUILD, TOPIC, own(2), BEA, version)
    assert (first.unseen, second.unseen) == (None, first.edition)
    history = await room.editor.history(GUILD, TOPIC)
    assert [Draft.from_json(edition.content) for edition in history] == [own(1), own(2)]


async def test_drafts_that_are_saved_at_the_same_moment_are_all_kept_and_all_but_one_are_told(room):
    saved = await asyncio.gather(*(room.save(own(number)) for number in range(8)))
    history = await room.editor.history(GUILD, TOPIC)
    assert {edition.content for edition in history} == {own(number).to_json() for number in range(8)}
    assert [one.unseen for one in saved].count(None) == 1


async def test_a_topic_of_a_servers_own_begins_with_what_is_missing_and_begins_once(room):
    saved = await room.editor.begin(GUILD, OWN, "Is the train legal?", ANN)
    draft, version = await room.editor.open(GUILD, OWN)
    assert (draft.title, version) == ("Is the train legal?", 1)
    assert any("short answer" in problem for problem in saved.problems)
    for taken in (OWN, TOPIC):
        with pytest.raises(EditingError, match="exists"):
            await room.editor.begin(GUILD, taken, "Is it?", ANN)
    assert await room.editor.topics(OTHER_GUILD) == [TOPIC]


async def test_a_topic_that_nobody_began_cannot_be_opened(room):
    with pytest.raises(EditingError, match="/faq add"):
        await room.editor.open(GUILD, OWN)


async def test_the_difference_is_told_against_what_the_editor_saw(room):
    await room.save(own(1))
    await room.save(own(2), based_on=1)
    first, second = [(await room.editor.diff(GUILD, TOPIC, version)).splitlines() for version in (1, 2)]
    assert {'-title = "Is it legal?"', '+title = "Is case 1 legal?"'} <= {*first}
    assert {'-title = "Is case 1 legal?"', '+title = "Is case 2 legal?"'} <= {*second}


async def test_a_server_has_a_limited_number_of_topics_and_its_old_ones_can_still_be_edited(room):
    await fill(room.database, MAX_TOPICS - 1)
    await room.save(slug="last")
    for refused in (room.save(slug="too-many"), room.editor.begin(GUILD, "too-many", "Is it?", ANN)):
        with pytest.raises(EditingError, match=str(MAX_TOPICS)):
            await refused
    assert (await room.save(slug="last")).edition.version == 2
    assert (await room.save(slug="too-many", guild=OTHER_GUILD)).edition.version == 1


async def test_a_file_with_too_many_topics_is_refused_whole(room):
    await fill(room.database, MAX_TOPICS - 1)
    with pytest.raises(EditingError, match=str(MAX_TOPICS)):
        await room.import_file("two.json", as_json({"one": own(1), "two": own(2)}))
    assert len(await room.editions.topics(GUILD)) == MAX_TOPICS - 1


async def fill(database, number):
    editions = SqliteEditionStore(database)
    drafts = (Edition(GUILD, f"topic-{one}", 0, DRAFT.to_json(), ANN, START, 0) for one in range(number))
    await asyncio.gather(*map(editions.add, drafts))


# Publishing


async def test_what_is_published_is_served_and_found_on_that_server_alone(room):
    await room.publish(CHANGED)
    assert (room.served(), room.served(guild=OTHER_GUILD)) == (CHANGED.title, BUILT_IN.title)
    assert (room.phrasings(), room.phrasings(OTHER_GUILD)) == ({OTHER_CLAIM}, {*BUILT_IN.claims})


async def test_a_draft_with_problems_is_not_published_and_each_of_them_is_told(room):
    await room.publish(CHANGED)
    keys = await room.answers()
    saved = await room.save(WRONG)
    with pytest.raises(EditingError) as refusal:
        await room.editor.publish(GUILD, TOPIC)
    assert saved.problems
    assert all(problem in str(refusal.value) for problem in saved.problems)
    assert (room.served(), await room.editor.served_version(GUILD, TOPIC)) == (CHANGED.title, 1)
    assert [(await room.effects.get(key)).wanted for key in keys] == [1]
    assert (await room.editor.open(GUILD, TOPIC))[0] == WRONG


@pytest.mark.parametrize("slug", ["Two Words", f"folder/{TOPIC}", "a.b", "é"])
async def test_a_topic_whose_name_is_wrong_is_not_published_under_another(room, slug):
    await room.save(CHANGED, slug)
    with pytest.raises(EditingError, match="lower-case words"):
        await room.editor.publish(GUILD, slug)
    assert room.phrasings() == {*BUILT_IN.claims}


async def test_sources_that_no_reader_could_parse_are_a_problem_and_no_failure(room):
    saved = await room.save(DRAFT.with_parts(sources="x = " + "[" * 3900))
    assert any("nested" in problem for problem in saved.problems)


@pytest.mark.parametrize("version", [None, 2])
async def test_a_version_that_does_not_exist_is_not_published(room, version):
    if version:
        await room.save()
    with pytest.raises(EditingError):
        await room.editor.publish(GUILD, TOPIC, version)
    await room.save(guild=OTHER_GUILD)
    assert await room.editor.served_version(GUILD, TOPIC) is None


async def test_an_earlier_version_can_be_served_again(room):
    await room.publish(CHANGED)
    await room.publish(own(2))
    await room.editor.publish(GUILD, TOPIC, 1)
    assert (room.served(), room.phrasings()) == (CHANGED.title, {OTHER_CLAIM})
    assert await room.editor.served_version(GUILD, TOPIC) == 1


async def test_publishing_corrects_standing_answers_one_after_the_other_at_the_pace_of_edits(room, clock, sender):
    keys = await room.answers(3)
    await room.publish(CHANGED)
    corrected = [await sender.arrival()]
    for number in (1, 2):
        await room.settle()
        assert len(sender.tries) == number
        clock.advance(seconds=EDIT_PACE.total_seconds())
        corrected.append(await sender.arrival())
    assert sorted(corrected) == sorted(keys)
    assert sender.shown == [(key, 2) for key in corrected]
    assert not sender.messages  # what stands was edited


async def test_publishing_corrects_no_answer_of_another_server_or_topic(room, sender):
    others = [*await room.answers(2, OTHER_GUILD), *await room.answers(2, slug=OWN)]
    (mine,) = await room.answers(1)
    await room.publish(CHANGED)
    assert await sender.arrival() == mine
    assert [(await room.effects.get(key)).wanted for key in others] == [1] * 4
    assert len(rows(room.database, "SELECT * FROM effect")) == 5
    corrected = rows(room.database, "SELECT guild_id, slug FROM reply WHERE corrected_at IS NOT NULL")
    assert corrected == [{"guild_id": GUILD, "slug": TOPIC}]


async def test_publishing_leaves_answers_older_than_thirty_days(room, clock, sender):
    (old,) = await room.answers()
    clock.advance(seconds=1)
    (young,) = await room.answers()
    clock.now = START + timedelta(days=30, seconds=1)
    await room.publish(CHANGED)
    assert await sender.arrival() == young
    assert [(await room.effects.get(key)).wanted for key in (old, young)] == [1, 2]


async def test_publishing_corrects_at_most_fifty_answers(room):
    keys = await room.answers(53)
    await room.publish(CHANGED)
    wanted = [(await room.effects.get(key)).wanted for key in keys]
    assert (wanted.count(2), wanted.count(1)) == (50, 3)


async def test_corrections_that_a_restart_cut_off_are_made_up_for(room, sender):
    keys = await room.answers(3)
    await room.publish(CHANGED)
    room = await room.restart()
    await room.outbox.resume()
    assert sorted({key for key, _ in sender.shown}) == sorted(keys)
    assert [effect.key for effect in await room.effects.pending()] == []
    await room.close()


# Pausing, retiring and going back


@pytest.mark.parametrize("state", ABSENT)
@pytest.mark.parametrize("published", [True, False], ids=["own text", "built-in text"])
async def test_a_withdrawn_topic_is_neither_served_nor_found_there_and_stays_elsewhere(room, state, published):
    if published:
        await room.publish(CHANGED)
    await room.editor.withdraw(GUILD, TOPIC, state)
    assert (room.served(), room.phrasings()) == (None, set())
    assert (room.served(guild=OTHER_GUILD), room.phrasings(OTHER_GUILD)) == (BUILT_IN.title, {*BUILT_IN.claims})
    assert (await room.editions.choice(GUILD, TOPIC)).state is state


@pytest.mark.parametrize("state", ABSENT)
async def test_a_withdrawn_topic_comes_back_by_publishing_or_as_built_in(room, state):
    await room.publish(CHANGED)
    await room.editor.withdraw(GUILD, TOPIC, state)
    await room.editor.publish(GUILD, TOPIC)
    assert (room.served(), room.phrasings()) == (CHANGED.title, {OTHER_CLAIM})
    await room.editor.withdraw(GUILD, TOPIC, state)
    await room.editor.serve_built_in(GUILD, TOPIC)
    assert (room.served(), room.phrasings()) == (BUILT_IN.title, {*BUILT_IN.claims})
    assert len(await room.editor.history(GUILD, TOPIC)) == 1


async def test_a_topic_that_does_not_exist_is_not_withdrawn(room):
    with pytest.raises(EditingError):
        await room.editor.withdraw(GUILD, OWN, EditionState.PAUSED)
    assert await room.editions.choice(GUILD, OWN) is None


async def test_a_topic_of_a_servers_own_has_no_built_in_text_to_go_back_to(room):
    await room.publish(own(1), OWN)
    with pytest.raises(EditingError, match="no built-in text"):
        await room.editor.serve_built_in(GUILD, OWN)
    assert room.served(OWN) == own(1).title


@pytest.mark.parametrize("state", [EditionState.LIVE, *ABSENT, None], ids=str)
async def test_a_restart_serves_what_was_served(room, state):
    await room.publish(CHANGED)
    await room.save(own(3))  # a draft that nobody published
    await room.publish(own(1), OWN)
    if state in ABSENT:
        await room.editor.withdraw(GUILD, TOPIC, state)
    elif state is None:
        await room.editor.serve_built_in(GUILD, TOPIC)
    before = [(room.library.on(guild), room.phrasings(guild)) for guild in (GUILD, OTHER_GUILD)]
    room = await room.restart()
    assert [(room.library.on(guild), room.phrasings(guild)) for guild in (GUILD, OTHER_GUILD)] == before
    assert await room.editor.served_version(GUILD, TOPIC) == (1 if state is EditionState.LIVE else None)
    await room.close()


async def test_a_text_that_newer_rules_refuse_is_not_served_and_stops_nobody_from_starting(room, database, caplog):
    await room.publish(CHANGED)
    await room.publish(own(1), OWN)
    broken = json.dumps({**json.loads(CHANGED.to_json()), "settled": ""})
    database.write_now(lambda db: db.execute("UPDATE edition SET content = ? WHERE slug = ?", [broken, TOPIC]))
    room = await room.restart()
    assert room.library.get(GUILD, TOPIC) is None
    assert room.served(OWN) == own(1).title
    assert f"{TOPIC} is not served until it is edited" in caplog.text
    await room.close()


# Files


FILES = {
    "one.md": markdown(own(1)),
    "parts.json": as_json({"one": own(1)}),
    "pack.zip": zipped(("deep/down/one.md", markdown(own(1))), ("readme.txt", b"\xff"), ("explainers.json", b"{")),
    "json.zip": zipped(("parts.json", as_json({"one": own(1)}))),
    "stored.zip": zipped(("one.md", markdown(own(1))), packing=zipfile.ZIP_STORED),
}


@pytest.mark.parametrize("name", FILES)
async def test_an_imported_file_is_kept_as_a_draft_and_not_served(room, name):
    (saved,) = await room.import_file(name, FILES[name])
    assert (saved.edition.slug, saved.edition.version, saved.edition.editor_id) == ("one", 1, ANN)
    assert await room.editor.open(GUILD, "one") == (own(1), 1)
    assert room.served("one") is None


async def test_an_import_is_the_next_version_of_a_topic_and_hides_none(room):
    await room.save(own(1))
    (saved,) = await room.import_file(f"{TOPIC}.md", markdown(own(2)))
    assert (saved.edition.version, saved.edition.based_on, saved.unseen) == (2, 1, None)
    assert len(await room.editor.history(GUILD, TOPIC)) == 2


BROKEN = {
    "empty markdown": ("a.md", b"", ["+++"]),
    "markdown": ("a.md", markdown(WRONG), ["a.md", "TOML"]),
    "no utf-8": ("a.md", b"\xff\xfe", ["a.md: save it as UTF-8"]),
    "another kind of file": ("a.png", b"\x89PNG\r\n", ["UTF-8"]),
    "no json": ("a.json", b"{", ["a.json: not JSON"]),
    "endless json": ("a.json", b"[" * 200_000, ["a.json: not JSON"]),
    "a list": ("a.json", b"[]", ["must be an object"]),
    "an empty object": ("a.json", b"{}", ["no explainer"]),
    "parts": ("a.json", b'{"a": {"title": "x"}}', ["a.json: a: missing or unknown parts", "settled"]),
    "no text": ("a.json", as_json({"a": DRAFT}).replace(b'"as_of": "2026-07-05"', b'"as_of": 5'), ["as_of must be"]),
    "half a character": ("a.json", as_json({"a": DRAFT}).replace(b"case one", b"\\ud83d"), ["half a character"]),
    "each topic of a json": ("a.json", as_json({"a": WRONG, "Big B": own(1), "c": own(2)}), ["a.md", "'Big B'"]),
    "a name with a slash": ("a.json", as_json({f"x/{TOPIC}": DRAFT}), ["lower-case words"]),
    "a long name": ("a.json", as_json({"a" * (MAX_SLUG + 1): DRAFT}), ["shorten the name"]),
    "each file of a zip": (
        "a.zip",
        zipped(("good.md", markdown(own(1))), ("bad.md", markdown(WRONG)), ("worse.md", b"\xff")),
        ["bad.md", "worse.md: save it as UTF-8"],
    ),
    "a topic twice": ("a.zip", zipped(("x/a.md", markdown(own(1))), ("y/a.md", markdown(own(2)))), ["a stands twice"]),
    "an empty zip": ("a.zip", zipped(), ["no explainer"]),
    "no zip": ("a.zip", b"PK but nothing more", ["not a zip"]),
    "half a zip": ("a.zip", zipped(("a.md", markdown()))[:-30], ["not a zip"]),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_of_a_file_with_something_wrong_every_problem_is_told_and_nothing_is_kept(room, case):
    name, content, told = BROKEN[case]
    with pytest.raises(InputError) as refusal:
        await room.import_file(name, content)
    assert [part for part in told if part not in str(refusal.value)] == []
    assert await room.editions.topics(GUILD) == []


def corrupted(content):
    """A zip whose packed bytes are not what its packing says."""
    start = content.index(b"a.md") + len("a.md")
    return content[:start] + b"\xff" * 40 + content[start + 40 :]


def understated(content, claimed=10):
    """A zip that says of its one file that it unpacks to ten bytes."""
    head, directory = content.index(b"PK\x03\x04") + 22, content.index(b"PK\x01\x02") + 24
    for at in (head, directory):
        content = content[:at] + struct.pack("<I", claimed) + content[at + 4 :]
    return content


BOMB = b"0" * (50 * MAX_IMPORT)
HOSTILE = {
    "a large file": ("a.md", b"x" * (MAX_IMPORT + 1)),
    "a large zip": ("a.zip", b"x" * (MAX_IMPORT + 1)),
    "a bomb": ("a.zip", zipped(("a.md", BOMB))),
    "many that are large together": ("a.zip", zipped(*((f"{n}.md", b"x" * 10_000) for n in range(101)))),
    "a bomb beside what is asked for": ("a.zip", zipped(("a.md", markdown()), ("b.bin", BOMB))),
    "a bomb that says that it is small": ("a.zip", understated(zipped(("a.md", BOMB)))),
    "a bomb in another packing": ("a.zip", understated(zipped(("a.md", BOMB), packing=zipfile.ZIP_BZIP2))),
    "corrupted bytes": ("a.zip", corrupted(zipped(("a.md", markdown())))),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_an_oversized_or_hostile_file_is_refused(room, case):
    with pytest.raises(InputError):
        await room.import_file(*HOSTILE[case])
    assert await room.editions.topics(GUILD) == []


async def test_a_zip_whose_packing_cannot_be_read_in_pieces_is_refused_unread(room):
    with pytest.raises(InputError, match="make an ordinary zip"):
        await room.import_file("a.zip", zipped(("a.md", markdown()), packing=zipfile.ZIP_BZIP2))


async def test_a_file_of_the_largest_size_is_read(room):
    content = markdown(own(1))
    parts = as_json({"one": own(1)})
    assert await room.import_file("parts.json", parts + b" " * (MAX_IMPORT - len(parts)))
    with pytest.raises(InputError, match="larger"):
        await room.import_file("one.md", content + b"\n" * (MAX_IMPORT + 1 - len(content)))


async def test_what_is_exported_gives_the_same_drafts_when_it_is_imported(room, explainers):
    drafts = {TOPIC: own(1), OWN: own(2), "scraping": Draft.of(explainers["scraping"])}
    for slug, draft in drafts.items():
        await room.save(own(9), slug)
        await room.save(draft, slug, based_on=1)
    await room.save(own(3), "elsewhere", guild=OTHER_GUILD)
    packed = await room.editor.export(GUILD)
    await room.editor.import_file(77, "explainers.zip", packed, BEA)
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        await room.editor.import_file(78, "explainers.json", archive.read("explainers.json"), BEA)
    for guild in (77, 78):
        assert {slug: (await room.editor.open(guild, slug))[0] for slug in await room.editions.topics(guild)} == drafts


async def test_a_draft_with_problems_is_exported_too(room):
    await room.save(WRONG)
    with zipfile.ZipFile(BytesIO(await room.editor.export(GUILD))) as archive:
        assert json.loads(archive.read("explainers.json")) == {TOPIC: asdict(WRONG)}


# Leaving


async def test_a_server_that_removes_the_bot_has_the_built_in_texts_when_it_comes_back(database):
    async with running_world(database) as world:
        services, guild = world.bot.services, world.guild.id
        await services.editor.save(guild, TOPIC, CHANGED, ANN, 0)
        await services.editor.publish(guild, TOPIC)
        assert services.library.get(guild, TOPIC).title == CHANGED.title
        world.env.backend.remove_guild(guild)
        await world.env.settle()
        assert services.library.on(guild) == {TOPIC: BUILT_IN}
        assert await services.editor.history(guild, TOPIC) == []
