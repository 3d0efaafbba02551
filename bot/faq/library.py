"""The explainers as members reach them: the built-in set, and over it what each server publishes, pauses or retires."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.model import Explainer

MAX_CHOICES = 25  # Discord's limit for autocompletion


class Shelf:
    """All explainers in memory."""

    def __init__(self, built_in: Mapping[str, Explainer]) -> None:
        self.built_in = built_in
        self._own: defaultdict[int, dict[str, Explainer | None]] = defaultdict(dict)  # None: not served

    def on(self, guild_id: int) -> Mapping[str, Explainer]:
        """The explainers that a server serves, by slug."""
        own = self._own.get(guild_id)
        if not own:
            return self.built_in
        return {slug: found for slug, found in {**self.built_in, **own}.items() if found is not None}

    def get(self, guild_id: int, slug: str) -> Explainer | None:
        own = self._own.get(guild_id, {})
        return own[slug] if slug in own else self.built_in.get(slug)

    def own(self, guild_id: int) -> Mapping[str, Explainer]:
        """The texts that a server has published itself, in place of built-in ones or beside them."""
        return {slug: found for slug, found in self._own.get(guild_id, {}).items() if found is not None}

    def set_own(self, guild_id: int, slug: str, explainer: Explainer | None) -> None:
        """From now on this server serves its own text of a topic, or none."""
        self._own[guild_id][slug] = explainer

    def unset_own(self, guild_id: int, slug: str) -> None:
        """From now on this server serves the built-in text again."""
        self._own[guild_id].pop(slug, None)

    def forget_guild(self, guild_id: int) -> None:
        self._own.pop(guild_id, None)

    def complete(self, guild_id: int, typed: str) -> list[Explainer]:
        """The explainers whose title or alias holds what was typed; those where it begins a name come first."""
        wanted = typed.strip().casefold()
        explainers = self.on(guild_id)
        ranks = {slug: _rank(wanted, explainer) for slug, explainer in explainers.items()}
        found = sorted((slug for slug, rank in ranks.items() if rank is not None), key=lambda slug: (ranks[slug], slug))
        return [explainers[slug] for slug in found[:MAX_CHOICES]]

    def everywhere(self) -> Iterator[Explainer]:
        """The built-in explainers, and every server's own."""
        yield from self.built_in.values()
        for own in self._own.values():
            yield from (explainer for explainer in own.values() if explainer is not None)


def _rank(wanted: str, explainer: Explainer) -> int | None:
    names = [name.casefold() for name in (explainer.title, explainer.slug, *explainer.aliases)]
    if any(name.startswith(wanted) for name in names):
        return 0
    return 1 if any(wanted in name for name in names) else None
