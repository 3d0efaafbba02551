"""The buttons on Copydesk's messages. They carry only an action and a number, so they outlive restarts.

Add an action: a line in ``BUTTONS`` with its label, style and handler.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord

from bot.discord_ui import cards, words
from bot.discord_ui.permissions import TO_DELETE, is_moderator, lacks
from bot.errors import AlreadyJudgedError, CaseError
from bot.model import Case, CaseState, Reply, ReplyState
from bot.storage.protocols import reply_key

if TYPE_CHECKING:
    from bot.app import Copydesk

    Press = discord.Interaction[Copydesk]
    Handler = Callable[[Press, int], Awaitable[None]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Button:
    """How a button looks and what a press does, given the number that it carries."""

    label: str
    style: discord.ButtonStyle
    press: Handler


class DeskButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"copydesk:(?P<action>[a-z_]{1,20}):(?P<id>[0-9]{1,18})"
):
    """Any button of Copydesk's; Discord sends its ``custom_id`` back, which says it all."""

    def __init__(self, action: str, record_id: int, label: str | None = None) -> None:
        self.action = action
        self.record_id = record_id
        look = BUTTONS[action]
        super().__init__(
            discord.ui.Button(label=label or look.label, style=look.style, custom_id=f"copydesk:{action}:{record_id}")
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,  # noqa: ARG003  # discord.py passes it
        item: discord.ui.Item[Any],  # noqa: ARG003  # same
        match: re.Match[str],
        /,
    ) -> Self:
        return cls(match["action"] if match["action"] in BUTTONS else "unknown", int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await BUTTONS[self.action].press(interaction, self.record_id)
        except AlreadyJudgedError as error:
            await answer(interaction, words.already_judged(error))
        except CaseError as error:
            await answer(interaction, f"{str(error).capitalize()}.")
        except Exception:  # the boundary of a press: the member is told, the log has the rest
            log.exception("press of %s failed", self.action)
            await answer(interaction, words.FAILED)


def reply_view(reply: Reply) -> discord.ui.View:
    """The buttons below an answer."""
    return _view(DeskButton("sources", reply.id), DeskButton("not_helpful", reply.id))


def suggestion_view(reply: Reply) -> discord.ui.View | None:
    """The buttons below a suggestion, until it is judged."""
    if reply.state is not ReplyState.SUGGESTED:
        return None
    return _view(DeskButton("post", reply.id), DeskButton("drop", reply.id))


def case_view(case: Case) -> discord.ui.View | None:
    """The buttons below a case, while there is something to decide."""
    if not case.actionable:
        return None
    number = len(case.removable)
    label = BUTTONS["remove"].label if number == 1 else f"Delete {number} repeats"
    remove = DeskButton("remove", case.id, label)
    return _view(DeskButton("dismiss", case.id), remove) if case.state is CaseState.OPEN else _view(remove)


async def answer(
    interaction: discord.Interaction[Any], text: str | None = None, *, embed: discord.Embed | None = None
) -> None:
    """Say something only to the member who acted, whether or not the action was acknowledged before."""
    content: dict[str, Any] = {"embed": embed} if embed is not None else {}
    if interaction.response.is_done():
        await interaction.followup.send(text or discord.utils.MISSING, ephemeral=True, **content)
    else:
        await interaction.response.send_message(text, ephemeral=True, **content)


async def _sources(interaction: Press, reply_id: int) -> None:
    services = interaction.client.services
    reply = await services.replies.get(_guild(interaction), reply_id)
    explainer = services.explainers.get(reply.slug) if reply else None
    if explainer is None:
        await answer(interaction, words.OUTDATED_ANSWER)
    else:
        await answer(interaction, embed=cards.sources_card(explainer))


async def _not_helpful(interaction: Press, reply_id: int) -> None:
    replies = interaction.client.services.replies
    if await replies.get(_guild(interaction), reply_id) is None:
        await answer(interaction, words.OUTDATED_ANSWER)
    elif await replies.vote_not_helpful(_guild(interaction), reply_id, interaction.user.id):
        await answer(interaction, words.THANKS)
    else:
        await answer(interaction, words.VOTED_BEFORE)


async def _dismiss(interaction: Press, case_id: int) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    case = await interaction.client.services.desk.dismiss(_guild(interaction), case_id, interaction.user.id)
    await answer(interaction, words.case_closed(case))


async def _remove(interaction: Press, case_id: int) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    desk = interaction.client.services.desk
    refused = await _cannot_delete(interaction, await desk.case(_guild(interaction), case_id))
    if refused:
        await answer(interaction, refused)
    else:
        await answer(
            interaction, words.case_closed(await desk.remove_repeats(_guild(interaction), case_id, interaction.user.id))
        )


async def _post(interaction: Press, reply_id: int) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    services = interaction.client.services
    reply = await services.desk.post_suggestion(_guild(interaction), reply_id, interaction.user.id)
    effect = await services.effects.get(reply_key(reply.guild_id, reply.message_id))
    await answer(interaction, words.suggestion_posted(reply, effect))


async def _drop(interaction: Press, reply_id: int) -> None:
    if not await _may_moderate(interaction):
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.client.services.desk.drop_suggestion(_guild(interaction), reply_id, interaction.user.id)
    await answer(interaction, words.SUGGESTION_DROPPED)


async def _unknown(interaction: Press, record_id: int) -> None:
    log.warning("a press with an unknown action and number %d, in server %s", record_id, interaction.guild_id)
    await answer(interaction, words.OUTDATED_ANSWER)


async def _may_moderate(interaction: Press) -> bool:
    if is_moderator(interaction):
        return True
    await answer(interaction, words.MODERATORS_ONLY)
    return False


async def _cannot_delete(interaction: Press, case: Case) -> str | None:
    """Why this moderator, or the bot, cannot delete the case's repeats; a channel that is gone is nobody's lack."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return words.SERVERS_ONLY
    for channel_id in {post.channel_id for post in case.removable}:
        try:  # an archived thread is not in memory
            channel = guild.get_channel_or_thread(channel_id) or await guild.fetch_channel(channel_id)
        except discord.NotFound:
            continue
        except discord.Forbidden:
            return words.bot_lacks(lacks(discord.Permissions.none(), TO_DELETE), channel_id)
        if not channel.permissions_for(member).manage_messages:
            return words.moderator_lacks(channel_id)
        missing = lacks(channel.permissions_for(guild.me), TO_DELETE)
        if missing:
            return words.bot_lacks(missing, channel_id)
    return None


def _guild(interaction: Press) -> int:
    return interaction.guild_id or 0  # 0 is no server: nothing is found there


def _view(*items: DeskButton) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


BUTTONS: Mapping[str, Button] = {
    "sources": Button("Sources", discord.ButtonStyle.secondary, _sources),
    "not_helpful": Button("Not helpful", discord.ButtonStyle.secondary, _not_helpful),
    "dismiss": Button("Dismiss", discord.ButtonStyle.secondary, _dismiss),
    "remove": Button("Delete repeat", discord.ButtonStyle.danger, _remove),
    "post": Button("Post answer", discord.ButtonStyle.primary, _post),
    "drop": Button("Drop", discord.ButtonStyle.secondary, _drop),
    "unknown": Button("Unknown", discord.ButtonStyle.secondary, _unknown),
}
