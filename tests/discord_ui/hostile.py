"""Texts as members might write them to trick a card, and what must not be left of them in what Discord is sent.

Each fragment holds the letters of ``MARK``: what is shown outside of code, where Discord formats it, gives itself away.
"""

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence

import discord

MARK = "zqj"
CONTENT, TITLE, DESCRIPTION, FOOTER = 2000, 256, 4096, 2048
FIELDS, FIELD_NAME, FIELD = 25, 256, 1024
EMBEDS, ALL_EMBEDS = 10, 6000
LONGEST = 4000
_MOST_MARKS = 4  # on one letter, as languages write; towers have dozens
_ZALGO = [chr(code) for code in range(0x300, 0x36F)]
_HIDDEN = "\u200b\u200e\u200f\u202a\u202b\u202d\u202e\u2066\u2067\u2069\ufeff\u00ad\x00\x07\x1b"
_NEVER_SHOWN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_FRAGMENTS = (
    "@everyone {m}",
    "@here {m}",
    "<@1234567890123456{n}> {m}",
    "<@!1234567890123456{n}> {m}",
    "<@&1234567890123456{n}> {m}",
    "<#1234567890123456{n}> {m}",
    "</{m}:1234567890123456{n}>",
    "<t:1700000{n}:R> {m}",
    "<:{m}:1234567890123456{n}>",
    "<id:customize> {m}",
    "[{m}](https://{m}.example/{n})",
    "[https://discord.com/{m}](https://{m}.example)",
    "https://{m}.example/{n}",
    "<https://{m}.example>",
    "mailto:{m}@{m}.example",
    "\n# {m}",
    "\n## {m}",
    "\n-# {m}",
    "\n> {m}",
    "\n>>> {m}",
    "\n- {m}",
    "**{m}**",
    "__{m}__",
    "~~{m}~~",
    "||{m}||",
    "`{m}`",
    "``{m}``",
    "```\n{m}",
    "```{m}```",
    "````{m}",
    "`\\`` {m}",
    "\\```{m}",
    "\u02cb\u02cb\u02cb {m}",
    "\uff40\uff40\uff40 {m}",
    "discord.gg/{m}",
    "\u202e{m}\u202d",
    "\u2066@everyone\u2069 {m}",
    "@\u200beveryone {m}",
    "[-{m}-]",
    "{{+{m}+}}",
    "{m}\u2028# {m}",
    "{m}\x85> {m}",
)


def texts(number: int, seed: int) -> Iterator[str]:
    """So many texts, the same for the same seed; among them empty and very long ones."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
    for _ in range(number):
        parts = [_part(chance) for _ in range(chance.choice((1, 1, 2, 3, 5, 8)))]
        text = chance.choice((" ", "", "\n")).join(parts)
        if chance.random() < 0.05:
            text = (text + " ") * (LONGEST // (len(text) + 1) + 1)
        yield text[:LONGEST]


def _part(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.7:
        return chance.choice(_FRAGMENTS).format(m=MARK, n=chance.randrange(100, 999))
    if kind < 0.8:
        return "".join(MARK[i % 3] + "".join(chance.choices(_ZALGO, k=chance.randrange(30))) for i in range(6))
    if kind < 0.9:
        return MARK + "".join(chance.choices(_HIDDEN, k=5)) + MARK
    return "".join(chr(code) for code in chance.choices(range(0x20, 0x2FFFF), k=10) if not 0xD800 <= code < 0xE000)


def faults(content: str | None, embeds: Sequence[discord.Embed] = ()) -> list[str]:
    """What is wrong with a message that shows such texts: too long, or alive where it should be inert."""
    shown = [content or "", *(part for embed in embeds for part in _parts(embed))]
    return [*_over_limits(content, embeds), *(fault for text in shown for fault in _alive(text))]


def _alive(text: str) -> Iterator[str]:
    outside = outside_code(text)
    if MARK in outside.lower():
        yield f"formatted: {outside!r}"
    for ping in re.findall(r"@everyone|@here|<@&?\d+>", outside):
        if not re.fullmatch(r"<@\d{1,6}>", ping):  # ours have small numbers here
            yield f"ping: {ping}"
    hidden = {char for char in text if char != "\n" and unicodedata.category(char) in _NEVER_SHOWN}
    if hidden:
        yield f"hidden: {hidden!r}"
    if re.search(rf"[\u0300-\u036f]{{{_MOST_MARKS + 1}}}", text):
        yield "a tower of marks"


def outside_code(text: str) -> str:
    """What Discord formats of a text: what stands in no code, whose fences are runs of ticks of the same length."""
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", text, flags=re.DOTALL)


def _parts(embed: discord.Embed) -> Iterator[str]:
    yield from (embed.title or "", embed.description or "", embed.footer.text or "", embed.author.name or "")
    for field in embed.fields:
        yield from (field.name or "", field.value or "")


def _over_limits(content: str | None, embeds: Sequence[discord.Embed]) -> Iterator[str]:
    limits = [(content, CONTENT)]
    for embed in embeds:
        limits += [(embed.title, TITLE), (embed.description, DESCRIPTION), (embed.footer.text, FOOTER)]
        limits += [pair for field in embed.fields for pair in ((field.name, FIELD_NAME), (field.value, FIELD))]
        if len(embed.fields) > FIELDS or not all(field.name and field.value for field in embed.fields):
            yield "fields"
    yield from (f"{len(text)} of {longest}" for text, longest in limits if text is not None and len(text) > longest)
    if len(embeds) > EMBEDS or sum(map(len, embeds)) > ALL_EMBEDS:
        yield f"{sum(map(len, embeds))} in all embeds"
