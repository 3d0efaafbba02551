"""The weekly digest for moderators: what the past week held, and which explainers are under review."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.faq.ledger import Ledger
from bot.model import Week
from bot.outbox import Outbox
from bot.storage.protocols import PolicyStore, digest_key


class WeekStore(Protocol):
    """What a server's week held, and the one digest that tells of it."""

    async def week(self, guild_id: int, monday: date) -> Week:
        """Count what was brought about in the seven days from this Monday on, in UTC."""
        ...

    async def order(self, guild_id: int, week: Week, now: datetime) -> None:
        """Ask for a week's digest; a second time changes nothing."""
        ...


class Digest:
    """Tells each server's moderators once of the week that is over, as soon as there is something to tell."""

    def __init__(
        self,
        weeks: WeekStore,
        policies: PolicyStore,
        ledger: Ledger,
        outbox: Outbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._weeks = weeks
        self._policies = policies
        self._ledger = ledger
        self._outbox = outbox
        self._clock = clock

    async def send_due(self) -> None:
        """Send the digests that are due; a server without a moderators' channel gets none."""
        monday = past_week(self._clock().date())
        for policy in list(self._policies.all()):
            if policy.moderators_channel_id is not None:
                await self._send(policy.guild_id, monday)

    async def _send(self, guild_id: int, monday: date) -> None:
        week = await self._weeks.week(guild_id, monday)
        if week.is_quiet and not await self._ledger.stale(guild_id):
            return
        await self._weeks.order(guild_id, week, self._clock())  # the first order stands
        await self._outbox.deliver(digest_key(guild_id, monday))


def past_week(today: date) -> date:
    """The Monday with which the last whole week began."""
    return today - timedelta(days=today.weekday(), weeks=1)


def week_of(payload: Mapping[str, int]) -> Week:
    """The week that a digest's payload tells of."""
    return Week(date.fromordinal(payload["monday"]), payload["answers"], payload["suggestions"], payload["cases"])
