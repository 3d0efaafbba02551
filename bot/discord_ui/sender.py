"""Performs recorded effects on Discord, and translates what Discord says into whether to try again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

import aiohttp
import discord

from bot.discord_ui import cards, case_cards
from bot.discord_ui.buttons import case_view, reply_view, suggestion_view
from bot.discord_ui.case_effects import CaseEffects
from bot.errors import DeliveryDelayedError, DeliveryRefusedError
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.model import Effect, EffectKind, Explainer
from bot.outbox import Delivered
from bot.storage.protocols import CaseStore, PolicyStore, ReplyStore

_CLOCKS_DIFFER = timedelta(seconds=30)
_HISTORY = 100  # messages searched for one that an earlier process may have sent
_MARKS = {EffectKind.REPLY: "helpful", EffectKind.SUGGESTION: "post", EffectKind.CASE_CARD: "texts"}


@dataclass(frozen=True, slots=True)
class _Card:
    """A message in the moderators' channel; ``waits`` says whether they are to act on it."""

    text: str
    embeds: Sequence[discord.Embed]
    view: discord.ui.View | None
    waits: bool


class DiscordSender:
    """``Sender`` over a Discord client. Channels are addressed by number, so nothing depends on the cache."""

    def __init__(
        self,
        client: discord.Client,
        shelf: Shelf,
        policies: PolicyStore,
        replies: ReplyStore,
        cases: CaseStore,
        ledger: Ledger,
    ) -> None:
        self._client = client
        self._shelf = shelf
        self._policies = policies
        self._replies = replies
        self._case_effects = CaseEffects(client, cases)
        self._ledger = ledger

    async def send(self, effect: Effect) -> Delivered:
        with _discord_errors(self._client):
            match effect.kind:
                case EffectKind.REPLY:
                    return await self._send_reply(effect)
                case EffectKind.SUGGESTION:
                    return await self._send_suggestion(effect)
                case EffectKind.CASE_CARD:
                    return await self._send_case_card(effect)
                case EffectKind.TAKE_BACK:
                    return await self._take_back(effect)
                case EffectKind.DELETE | EffectKind.NOTE | EffectKind.TIMEOUT:
                    return await self._case_effects.perform(effect, _nonce(effect))

    async def find(self, effect: Effect) -> Delivered | None:
        if effect.kind not in _MARKS:
            return None
        channel_id = await self._target_channel(effect)
        record_id = next(iter(effect.payload.values()))
        mark = f"copydesk:{_MARKS[effect.kind]}:{record_id}"
        with _discord_errors(self._client):
            channel = self._channel(effect.guild_id, channel_id)
            async for message in channel.history(after=effect.at - _CLOCKS_DIFFER, limit=_HISTORY, oldest_first=True):
                if message.author == self._client.user and mark in _custom_ids(message):
                    return Delivered(channel_id, message.id)
        return None

    async def _send_reply(self, effect: Effect) -> Delivered:
        reply = await self._replies.get(effect.guild_id, effect.payload["reply"])
        if reply is None:
            raise DeliveryRefusedError("the answer is not known any more")
        channel = self._channel(reply.guild_id, reply.channel_id)
        under_review = await self._ledger.staleness(reply.guild_id, reply.slug)
        embed = cards.reply_card(reply, self._explainer(reply.guild_id, reply.slug), under_review)
        if effect.message_id is not None:  # its text was corrected
            await channel.get_partial_message(effect.message_id).edit(embed=embed)
            return Delivered(reply.channel_id, effect.message_id)
        post = channel.get_partial_message(reply.message_id)
        message = await post.reply(embed=embed, view=reply_view(reply), nonce=_nonce(effect), mention_author=False)
        return Delivered(reply.channel_id, message.id)

    async def _send_suggestion(self, effect: Effect) -> Delivered:
        reply = await self._replies.get(effect.guild_id, effect.payload["reply"])
        if reply is None:
            raise DeliveryRefusedError("the suggestion is not known any more")
        under_review = await self._ledger.staleness(reply.guild_id, reply.slug)
        embed = case_cards.suggestion_card(reply, self._explainer(reply.guild_id, reply.slug), under_review)
        view = suggestion_view(reply)
        return await self._show(effect, _Card(case_cards.suggestion_text(reply), [embed], view, view is not None))

    async def _send_case_card(self, effect: Effect) -> Delivered:
        case = await self._case_effects.case(effect)
        policy = self._policies.get(case.guild_id)
        view = case_view(case, timeouts=policy.timeouts)
        waits = case.waits or case.can_retry
        shown = await self._show(effect, _Card(case_cards.case_text(case), case_cards.case_card(case), view, waits))
        is_new = shown.message_id != effect.message_id
        if policy.case_threads and is_new and shown.channel_id is not None and shown.message_id is not None:
            await self._case_effects.open_thread(case, shown.channel_id, shown.message_id)
        return shown

    async def _take_back(self, effect: Effect) -> Delivered:
        post = self._channel(effect.guild_id, effect.payload["channel"]).get_partial_message(effect.payload["message"])
        with suppress(discord.NotFound):  # that is what was wanted
            await post.delete()
        return Delivered()

    async def _show(self, effect: Effect, card: _Card) -> Delivered:
        """Send a card to the moderators' channel, or edit the one that stands; a deleted one is sent anew."""
        if effect.channel_id is not None and effect.message_id is not None:
            shown = self._channel(effect.guild_id, effect.channel_id).get_partial_message(effect.message_id)
            try:
                await shown.edit(content=card.text, embeds=card.embeds, view=card.view)
            except (discord.NotFound, discord.Forbidden) as error:
                if not self._is_lost(effect, error):
                    raise
                if not card.waits:  # nothing is left to decide: a new card would be noise
                    return Delivered(effect.channel_id, effect.message_id)
            else:
                return Delivered(effect.channel_id, effect.message_id)
        channel_id = self._moderators_channel(effect.guild_id)
        channel = self._channel(effect.guild_id, channel_id)
        buttons: dict[str, Any] = {"view": card.view} if card.view is not None else {}
        message = await channel.send(card.text, embeds=card.embeds, nonce=_nonce(effect), **buttons)
        return Delivered(channel_id, message.id)

    def _is_lost(self, effect: Effect, error: discord.NotFound | discord.Forbidden) -> bool:
        """Whether a card was deleted, or stands in a former moderators' channel that is closed to the bot."""
        moved = effect.channel_id != self._policies.get(effect.guild_id).moderators_channel_id
        return moved or isinstance(error, discord.NotFound)

    async def _target_channel(self, effect: Effect) -> int:
        if effect.kind is not EffectKind.REPLY:
            return self._moderators_channel(effect.guild_id)
        reply = await self._replies.get(effect.guild_id, effect.payload["reply"])
        if reply is None:
            raise DeliveryRefusedError("the answer is not known any more")
        return reply.channel_id

    def _moderators_channel(self, guild_id: int) -> int:
        channel_id = self._policies.get(guild_id).moderators_channel_id
        if channel_id is None:
            raise DeliveryRefusedError("no moderators' channel is set: /setup")
        return channel_id

    def _explainer(self, guild_id: int, slug: str) -> Explainer:
        explainer = self._shelf.get(guild_id, slug)
        if explainer is None:
            raise DeliveryRefusedError(f"the explainer {slug} is paused or retired")
        return explainer

    def _channel(self, guild_id: int, channel_id: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)


@contextmanager
def _discord_errors(client: discord.Client) -> Iterator[None]:
    """discord.py retries 429, 500, 502 and 504 itself, but neither 503 nor a connection that breaks."""
    try:
        yield
    except discord.HTTPException as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise DeliveryDelayedError(f"Discord answered {error.status}") from error
        raise DeliveryRefusedError(f"Discord answered {error.status}: {_reason(error)}") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise DeliveryDelayedError(f"Discord is out of reach ({type(error).__name__})") from error
    except RuntimeError as error:
        if not client.is_closed():
            raise
        raise DeliveryDelayedError("the connection is closed: the next start sees to it") from error


def _reason(error: discord.HTTPException) -> str:
    return " ".join(error.text.split())[:150] or "no reason given"


def _nonce(effect: Effect) -> str:
    """Discord drops a second message with the same nonce for some minutes; at most 25 characters."""
    return blake2b(f"{effect.key}:{effect.wanted}".encode(), digest_size=12).hexdigest()


def _custom_ids(message: discord.Message) -> set[str]:
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    return {
        child.custom_id
        for row in rows
        for child in row.children
        if isinstance(child, discord.Button) and child.custom_id
    }
