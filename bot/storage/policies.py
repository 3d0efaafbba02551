"""The servers' choices in SQLite, with a copy in memory: every message asks for them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlite_utils import Database as Connection

from bot.model import GuildPolicy, Mode
from bot.storage.database import Database


class SqlitePolicyStore:
    """``PolicyStore`` in SQLite. ``default`` is the policy of a server that has chosen nothing."""

    def __init__(self, database: Database, default: GuildPolicy | None = None) -> None:
        self._database = database
        self._default = default or GuildPolicy(0)
        self._policies: dict[int, GuildPolicy] = {}
        database.read_now(self._load)

    def get(self, guild_id: int) -> GuildPolicy:
        return self._policies.get(guild_id) or replace(self._default, guild_id=guild_id)

    def all(self) -> Iterable[GuildPolicy]:
        return tuple(self._policies.values())

    async def set_moderators_channel(self, guild_id: int, channel_id: int) -> None:
        row = {"guild_id": guild_id, "moderators_channel_id": channel_id}
        await self._database.write(lambda db: db.table("guild_policy").upsert(row, pk="guild_id"))
        self._policies[guild_id] = replace(self.get(guild_id), moderators_channel_id=channel_id)

    async def set_editors_role(self, guild_id: int, role_id: int) -> None:
        row = {"guild_id": guild_id, "editors_role_id": role_id}
        await self._database.write(lambda db: db.table("guild_policy").upsert(row, pk="guild_id"))
        self._policies[guild_id] = replace(self.get(guild_id), editors_role_id=role_id)

    async def set_mode(self, guild_id: int, channel_id: int, mode: Mode) -> None:
        row = {"guild_id": guild_id, "channel_id": channel_id, "mode": mode.value}
        await self._database.write(lambda db: db.table("channel_mode").upsert(row, pk=("guild_id", "channel_id")))
        policy = self.get(guild_id)
        self._policies[guild_id] = replace(policy, modes={**policy.modes, channel_id: mode})

    def forget_guild(self, guild_id: int) -> None:
        self._policies.pop(guild_id, None)

    def _load(self, db: Connection) -> None:
        for row in db.query("SELECT * FROM guild_policy"):
            policy = self.get(row["guild_id"])
            chosen = {name: row[name] for name in ("moderators_channel_id", "editors_role_id")}
            self._policies[row["guild_id"]] = replace(policy, **chosen)
        for row in db.query("SELECT * FROM channel_mode"):
            policy = self.get(row["guild_id"])
            modes = {**policy.modes, row["channel_id"]: Mode(row["mode"])}
            self._policies[row["guild_id"]] = replace(policy, modes=modes)
