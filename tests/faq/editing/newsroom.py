"""The editor with all that it works on, and files to import."""

import json
import zipfile
from dataclasses import asdict
from io import BytesIO
from pathlib import PurePath

from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.editor import Editor
from bot.faq.library import Shelf
from bot.faq.parse import parse_explainer
from bot.faq.search import FaqSearch
from bot.model import EditionState, Match, ReplyState
from bot.outbox import Outbox
from bot.storage.effects import SqliteEffectStore
from bot.storage.protocols import reply_key
from bot.storage.replies import SqliteReplyStore
from tests.support import (
    CHANNEL,
    EXPLAINER_FILE,
    GUILD,
    make_post,
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
