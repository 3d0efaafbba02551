"""Performs on Discord what moderators decided on cases. Whoever calls translates Discord's errors."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import discord

from bot.case import Case, CasePost, Ruling
from bot.discord_ui import case_words
from bot.discord_ui.case_cards import jump_url
from bot.discord_ui.posts import image_url
from bot.errors import CaseError, DeliveryRefusedError
from bot.model import FORGOTTEN, Effect, EffectKind
from bot.outbox import Delivered
from bot.storage.protocols import CaseStore

log = logging.getLogger(__name__)

_BULK = 100  # messages that one request deletes
_BULK_AGE = timedelta(days=13, hours=23)  # Discord refuses older than 14 days, and with them the whole request


class CaseEffects:
    """What is done about cases, apart from showing them.

    The requests are those of ``client.http``: they name a reason for the audit log, which messages' own leave out.
    """

    def __init__(self, client: discord.Client, cases: CaseStore) -> None:
        self._client = client
        self._cases = cases

    async def case(self, effect: Effect) -> Case:
        """The case of an effect; when it is first shown, with the words of the original, which the bot did not keep."""
        try:
            case = await self._cases.get(effect.guild_id, effect.payload["case"])
        except CaseError as error:
            raise DeliveryRefusedError(str(error)) from error
        original = case.original
        if effect.message_id is not None or original is None or original.gone or original.text is not None:
            return case
        if original.author_id == FORGOTTEN:
            return case
        await self._read(case, original)
        return await self._cases.get(case.guild_id, case.id)

    async def open_thread(self, case: Case, channel_id: int, message_id: int) -> None:
        """A thread below a new card; without it the case is as usable."""
        try:
            await self._client.http.start_thread_with_message(
                channel_id, message_id, name=f"Case {case.number}", auto_archive_duration=1440
            )
        except discord.HTTPException as error:
            log.warning("case %d of server %d has no thread: %s", case.number, case.guild_id, error.status)

    async def perform(self, effect: Effect, nonce: str) -> Delivered:
        """Delete copies, tell members, silence one or end that; the nonce keeps Discord from taking a message twice."""
        if effect.kind is EffectKind.DELETE:
            return await self._delete_copies(effect)
        if effect.kind is EffectKind.NOTE:
            return await self._tell_channel(effect, nonce)
        return await self._time_out(effect)

    async def _delete_copies(self, effect: Effect) -> Delivered:
        """Delete a case's copies in one channel, unless the verdict was undone meanwhile."""
        case, channel_id = await self.case(effect), effect.payload["channel"]
        if case.ruling is not Ruling.DELETED:
            return Delivered()
        reason = case_words.audit_reason(case.number, case.judged_by, "a repeat")
        copies = await self._cases.copies_in(case.guild_id, case.id, channel_id)
        for some in _in_requests(copies):
            with suppress(discord.NotFound):  # that is what was wanted
                if len(some) > 1:
                    await self._client.http.delete_messages(channel_id, some, reason=reason)
                else:
                    await self._client.http.delete_message(channel_id, some[0], reason=reason)
        return Delivered()

    async def _tell_channel(self, effect: Effect, nonce: str) -> Delivered:
        """Tell members that something was posted before, without anybody's name; or take that back after an undo."""
        case, channel_id = await self.case(effect), effect.payload["channel"]
        if effect.message_id is not None:
            if case.note_key == effect.key:
                return Delivered(channel_id, effect.message_id)
            with suppress(discord.NotFound):
                await self._client.http.delete_message(channel_id, effect.message_id)
        if case.note_key != effect.key:
            return Delivered()
        first = case.original
        stands = first is not None and not first.gone
        address = jump_url(case.guild_id, first.channel_id, first.message_id) if first is not None and stands else None
        channel = self._client.get_partial_messageable(channel_id, guild_id=case.guild_id)
        message = await channel.send(case_words.channel_note(case, address), nonce=nonce, suppress_embeds=True)
        return Delivered(channel_id, message.id)

    async def _time_out(self, effect: Effect) -> Delivered:
        """Silence a member until a time, or end that."""
        timeout = await self._cases.timeout(effect.guild_id, effect.payload["timeout"])
        if timeout is None:
            raise DeliveryRefusedError("the timeout is not known any more")
        case = await self._cases.get(timeout.guild_id, timeout.case_id)
        lifted = timeout.lifted_by is not None
        if not lifted and timeout.until <= discord.utils.utcnow():
            return Delivered()  # Discord was out of reach for longer than it was to last
        reason = case_words.audit_reason(case.number, timeout.lifted_by or timeout.moderator_id, timeout.reason)
        until = None if lifted else timeout.until.isoformat()
        await self._client.http.edit_member(
            timeout.guild_id, timeout.member_id, reason=reason, communication_disabled_until=until
        )
        return Delivered()

    async def _read(self, case: Case, post: CasePost) -> None:
        """Keep the words of a post that came before its case; what Discord does not have any more is noted as gone."""
        channel = self._client.get_partial_messageable(post.channel_id, guild_id=case.guild_id)
        try:
            message = await channel.fetch_message(post.message_id)
        except discord.NotFound:
            await self._cases.posts_gone(case.guild_id, [post.message_id], discord.utils.utcnow())
        except discord.HTTPException as error:  # the card does without
            log.info("the first post of case %d could not be read: %s", case.number, error.status)
        else:
            found = replace(post, text=message.content, image_url=image_url(message))
            await self._cases.remember_text(case.guild_id, case.id, found)


def _in_requests(copies: Sequence[int]) -> Iterator[list[int | str]]:
    """Messages as they are deleted together: young ones by the hundred, old ones alone."""
    oldest = discord.utils.time_snowflake(discord.utils.utcnow() - _BULK_AGE)
    young = (message_id for message_id in copies if message_id >= oldest)
    while some := [*islice(young, _BULK)]:
        yield [*some]
    for message_id in copies:
        if message_id < oldest:
            yield [message_id]
