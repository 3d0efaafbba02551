"""Proposals to admins: topics that could be answered from another score, by what a server's people found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from bot.claims.feedback import Proposal, Rating, propose
from bot.claims.heads import Calibration
from bot.faq.library import Shelf
from bot.storage.protocols import PolicyStore


class Ratings(Protocol):
    """What people found of a server's answers: suggestions approved or dropped, answers voted on or dismissed."""

    async def by_topic(self, guild_id: int) -> Mapping[str, Sequence[Rating]]:
        """The ratings of the answers on record, by topic."""
        ...


class Proposals:
    """Draws up proposals; an admin's click applies one.

    Args:
        calibration: the matcher's thresholds; None where it goes by words alone, whose scores are no probabilities.
    """

    def __init__(
        self, ratings: Ratings, policies: PolicyStore, library: Shelf, calibration: Calibration | None
    ) -> None:
        self._ratings = ratings
        self._policies = policies
        self._library = library
        self._calibration = calibration

    async def of(self, guild_id: int) -> Mapping[str, Proposal]:
        """A server's proposals by topic, those with most ratings first."""
        ratings = await self._ratings.by_topic(guild_id)
        found = self._found(guild_id, ratings)  # after the wait: by the thresholds of now
        return dict(sorted(found, key=lambda one: (-one[1].total, one[0])))

    def _found(self, guild_id: int, ratings: Mapping[str, Sequence[Rating]]) -> Iterator[tuple[str, Proposal]]:
        if self._calibration is None:
            return
        thresholds, served = self._policies.get(guild_id).thresholds, self._library.on(guild_id)
        for slug in ratings.keys() & served.keys():
            current = thresholds.get(slug, self._calibration.answer)
            proposal = propose(ratings[slug], current, self._calibration.suggest)
            if proposal is not None:
                yield slug, proposal
