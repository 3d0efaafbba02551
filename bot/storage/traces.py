"""Where the tables hold members' numbers, and what becomes of each when a member asks to be forgotten.

``docs/privacy.md`` says the same in words; tests compare both with the schema. A new column that holds a member's
number needs a line here.
"""

from dataclasses import dataclass

from bot.model import FORGOTTEN


@dataclass(frozen=True, slots=True)
class Trace:
    """A column that holds a member's number."""

    kind: str  # what its rows are, in the export
    table: str
    column: str
    told: tuple[str, ...]  # columns that the export tells of each row
    row_goes: bool = False  # with the member; else the row stays without them
    also: str = ""  # further columns to clear
    stands: str = str(FORGOTTEN)  # for the number where the row stays


TRACES = (
    Trace(
        "remembered posts", "fingerprint", "author_id", ("guild_id", "channel_id", "message_id", "at"), row_goes=True
    ),
    Trace(
        "answers to your posts",
        "reply",
        "author_id",
        ("guild_id", "channel_id", "message_id", "slug", "score", "state", "at"),
        also="message_id = -id",  # no link to the post is left
    ),
    Trace("answers you judged", "reply", "judged_by", ("guild_id", "slug", "state", "at")),
    Trace(
        "your posts in cases",
        "case_post",
        "author_id",
        ("guild_id", "channel_id", "message_id", "at", "case_id", "is_original"),
        also="sealed = NULL",
    ),
    Trace("your reports", "case_report", "member_id", ("guild_id", "case_id", "at"), row_goes=True),
    Trace("your timeouts", "case_timeout", "member_id", ("guild_id", "case_id", "until", "reason")),
    Trace("timeouts you gave", "case_timeout", "moderator_id", ("guild_id", "case_id", "until", "reason")),
    Trace("timeouts you lifted", "case_timeout", "lifted_by", ("guild_id", "case_id", "until")),
    Trace("cases you judged", "case", "judged_by", ("guild_id", "number", "ruling", "judged_at")),
    Trace(
        "cases you claimed",
        "case",
        "owner_id",
        ("guild_id", "number", "claimed_at"),
        also="claimed_at = NULL, state = 'open'",
        stands="NULL",  # it is free again
    ),
    Trace("what you did in cases", "case_event", "actor_id", ("case_id", "event", "at", "reason")),
    Trace("settings you changed", "setting_change", "actor_id", ("guild_id", "name", "of", "before", "after", "at")),
    Trace("versions of explainers you saved", "edition", "editor_id", ("guild_id", "slug", "version", "at")),
)
