"""Calls of ``/faq``: commands, forms, and what members see of them."""

import discord

from bot.discord_ui.forms import FORMS
from tests.support import CLAIM_TOPIC, EXPLAINER_FILE, told

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
