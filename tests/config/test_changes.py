"""Changes of settings: what a policy makes of them, how two differ, what undoes them, and who did what when."""

import sqlite3
from dataclasses import fields
from datetime import time, timedelta

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from bot.config.changes import Change, ChangeSet, Step, all_chosen, applied, chosen, difference, undoing
from bot.config.presets import PRESETS
from bot.config.table import SETTINGS, Scope
from bot.errors import StoreError
from bot.model import GuildPolicy, Mode, QuietHours
from bot.storage.database import Database
from bot.storage.housekeeping import SqliteHousekeeping
from bot.storage.migrations import MIGRATIONS
from bot.storage.policies import SqlitePolicyStore
from bot.storage.protocols import ChangeAuthor
from tests.support import GUILD, START, choose
from tests.support_settings import a_value, changes, every_change

EDITOR = 77
NOT_CHOSEN_BY_ANYBODY = {"guild_id", "all_channels"}


@pytest.fixture
def policies(database):
    return SqlitePolicyStore(database)


# The table


def test_each_field_of_a_policy_is_a_setting_and_each_setting_a_field():
    assert {field.name for field in fields(GuildPolicy)} - NOT_CHOSEN_BY_ANYBODY == SETTINGS.keys()


@pytest.mark.parametrize("name", SETTINGS)
def test_what_a_menu_offers_is_accepted_and_written_down_and_read_again(name):
    setting = SETTINGS[name]
    for choice in (*setting.kind.choices, a_value(setting)):
        assert setting.kind.parse(setting.kind.dump(choice)) == choice


@pytest.mark.parametrize("name", SETTINGS)
def test_a_default_is_among_the_choices_where_there_are_some(name):
    setting = SETTINGS[name]
    assert not setting.kind.choices or setting.default is None or setting.default in setting.kind.choices


@pytest.mark.parametrize("name", SETTINGS)
def test_no_menu_offers_nought_or_more_than_discord_shows(name):
    choices = SETTINGS[name].kind.choices
    assert len(choices) <= 25
    assert not [choice for choice in choices if choice == timedelta(0) or (choice == 0 and choice is not False)]


def test_names_in_files_are_unique():
    keys = [setting.file_key for setting in SETTINGS.values()]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_chooses_values_that_their_settings_have(name):
    for change in PRESETS[name].changes:
        assert change.setting.scope is Scope.SERVER
        assert change.setting.kind.parse(change.setting.kind.dump(change.value)) == change.value


@pytest.mark.parametrize(
    ("at", "quiet"), [(time(21, 59), False), (time(22), True), (time(0), True), (time(6, 59), True), (time(7), False)]
)
def test_quiet_hours_go_past_midnight_and_end_when_they_say(at, quiet):
    assert QuietHours(time(22), time(7)).contain(at) == quiet
    assert QuietHours(time(7), time(22)).contain(at) != quiet


# Policies


@given(changes, changes)
def test_the_difference_of_two_policies_makes_one_of_the_other(some, others):
    one, other = applied(GuildPolicy(GUILD), some), applied(GuildPolicy(GUILD), others)
    assert applied(one, difference(one, other)) == other
    assert applied(GuildPolicy(GUILD), all_chosen(one)) == one
    assert difference(one, one) == ()


# The store and its history


async def test_every_setting_outlives_a_restart(database, policies):
    await choose(policies, GUILD, *every_change())
    assert policies.get(GUILD) == applied(GuildPolicy(GUILD), every_change())
    assert SqlitePolicyStore(database).get(GUILD) == policies.get(GUILD)


async def test_every_change_is_logged_with_who_when_and_how(policies):
    await policies.change(GUILD, [Change("answers_per_hour", 2)], ChangeAuthor(EDITOR, START, "/automation"))
    later = START + timedelta(hours=1)
    both = [Change("answers_per_hour", 3), Change("modes", Mode.ANSWER, "12")]
    await policies.change(GUILD, both, ChangeAuthor(EDITOR + 1, later, "/watch"))
    second, first = await policies.history(GUILD)
    assert (first.number, first.actor_id, first.at, first.how) == (1, EDITOR, START, "/automation")
    assert (second.number, second.actor_id, second.at, second.how) == (2, EDITOR + 1, later, "/watch")
    assert {(step.change, step.before) for step in second.steps} == {(both[0], 2), (both[1], None)}


async def test_the_history_is_read_from_a_change_on_or_its_newest_alone(policies):
    for number in (1, 2, 3):
        await choose(policies, GUILD, Change("answers_per_hour", number))
    await choose(policies, GUILD + 1, Change("answers_per_hour", 1))
    assert [one.number for one in await policies.history(GUILD, since=2)] == [3, 2]
    assert [one.number for one in await policies.history(GUILD, limit=1)] == [3]
    assert [one.number for one in await policies.history(GUILD + 1)] == [1]


async def test_what_is_so_already_is_no_change(policies):
    assert await choose(policies, GUILD, Change("answers_per_hour", 2)) is not None
    assert await choose(policies, GUILD, Change("answers_per_hour", 2)) is None
    assert await choose(policies, GUILD, Change("modes", None, "12")) is None


async def test_a_logged_change_cannot_be_altered(database, policies):
    await choose(policies, GUILD, Change("answers_per_hour", 2))
    with pytest.raises(StoreError, match="only added to"):
        await database.write(lambda db: db.execute("UPDATE setting_change SET after = 1"))


@given(changes, st.lists(changes, max_size=3))
def test_undoing_all_changes_since_one_brings_back_the_state_before_it(before, after):
    policy = wanted = applied(GuildPolicy(GUILD), before)
    made = []
    for number, some in enumerate(after, 1):
        steps = []
        for change in some:
            steps.append(Step(change, chosen(policy, change)))
            policy = applied(policy, [change])
        made.append(ChangeSet(number, START, EDITOR, "/test", tuple(steps)))
    assert applied(policy, undoing(made)) == wanted


async def test_what_another_version_wrote_is_left_out_and_logged(database, policies, caplog):
    await choose(policies, GUILD, Change("answers_per_hour", 2))
    strange = [(GUILD, "colour", "", "3"), (GUILD, "window_posts", "", '"many"'), (GUILD, "modes", "12", '"loud"')]
    await database.write(lambda db: db.conn.executemany("INSERT INTO setting VALUES (?, ?, ?, ?)", strange))
    assert SqlitePolicyStore(database).get(GUILD) == applied(GuildPolicy(GUILD), [Change("answers_per_hour", 2)])
    assert caplog.text.count("is not known in this version") == 3


async def test_leaving_a_server_deletes_its_settings_and_their_history(database, policies):
    for guild in (GUILD, GUILD + 1):
        await choose(policies, guild, Change("answers_per_hour", 2))
    await SqliteHousekeeping(database).forget_guild(GUILD)
    assert await policies.history(GUILD) == []
    assert len(await policies.history(GUILD + 1)) == 1
    assert [policy.guild_id for policy in SqlitePolicyStore(database).all()] == [GUILD + 1]


def test_choices_of_former_versions_are_taken_over(tmp_path):
    path = tmp_path / "old.db"
    with sqlite3.connect(path) as connection:
        db = sqlite_utils.Database(connection)
        MIGRATIONS.apply(db, stop_before="settings")
        db.execute("INSERT INTO guild_policy VALUES (?, 5, 6), (?, NULL, NULL)", [GUILD, GUILD + 1])
        db.execute("INSERT INTO channel_mode VALUES (?, 12, 'answer'), (?, 13, 'off')", [GUILD, GUILD])
    connection.close()
    database = Database(path)
    modes = {12: Mode.ANSWER, 13: Mode.OFF}
    taken = GuildPolicy(GUILD, 5, editors_roles=frozenset({6}), modes=modes)
    assert tuple(SqlitePolicyStore(database).all()) == (taken,)
    database.close()
