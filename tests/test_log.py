"""Logs: one line an event, no secret in any of them, and discord.py never talkative enough to quote a message."""

import logging

import pytest

from bot import log

SECRET = "canary-7f3a9"  # noqa: S105  # no token of anything
TALKATIVE = ("discord", "discord.gateway", "discord.http", "discord.client", "aiohttp", "aiohttp.access")


@pytest.fixture
def set_up(capsys):
    """``log.set_up``; its handler and levels go again afterwards."""
    root, others = logging.getLogger(), [logging.getLogger(name) for name in ("discord", "aiohttp")]
    handlers, levels = root.handlers[:], [logger.level for logger in (root, *others)]
    root.handlers.clear()  # set_up closes those that it finds
    yield log.set_up
    root.handlers[:] = handlers
    for logger, level in zip((root, *others), levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def written(capsys):
    """What was written to standard error so far; nothing goes to standard output."""

    def written():
        out, err = capsys.readouterr()
        assert out == ""
        return err

    return written


def test_a_line_names_its_time_level_and_place(set_up, written):
    set_up("INFO")
    logging.getLogger("bot.outbox").warning("effect %s was not done", 7)
    assert written().endswith(" WARNING bot.outbox: effect 7 was not done\n")


def test_a_secret_is_masked_in_messages_and_their_arguments(set_up, written):
    set_up("INFO", [SECRET])
    logging.getLogger("bot").info("%s, %r and %s", SECRET, [SECRET], {"Authorization": f"Bot {SECRET}"})
    logging.getLogger(SECRET).info("twice %s", SECRET * 2)
    lines = written()
    assert SECRET not in lines
    assert "***, ['***'] and {'Authorization': 'Bot ***'}" in lines
    assert "***: twice ******" in lines


def test_a_secret_is_masked_in_tracebacks_and_their_causes(set_up, written):
    def connect():
        raise ConnectionError(f"the header was Bot {SECRET}") from ValueError(f"refused {SECRET}")

    set_up("INFO", [SECRET])
    try:
        connect()
    except ConnectionError:
        logging.getLogger("bot").exception("no connection", stack_info=True)
    lines = written()
    assert SECRET not in lines
    assert "ConnectionError: the header was Bot ***" in lines
    assert "ValueError: refused ***" in lines


def test_a_secret_of_discord_s_own_logs_is_masked(set_up, written):
    set_up("INFO", [SECRET])
    logging.getLogger("discord.http").error("GET with %s", SECRET)
    assert written().endswith("discord.http: GET with ***\n")


def test_every_secret_is_masked_and_one_that_is_not_set_masks_nothing(set_up, written):
    set_up("INFO", [None, "", SECRET, "another-one"])
    logging.getLogger("bot").info("plain, %s, another-one", SECRET)
    assert written().endswith("bot: plain, ***, ***\n")


def test_what_is_special_in_a_pattern_is_masked_as_it_stands(set_up, written):
    set_up("INFO", ["a.b*(c"])
    logging.getLogger("bot").info("a.b*(c but not aXbb(c")
    assert written().endswith("bot: *** but not aXbb(c\n")


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
@pytest.mark.parametrize("name", TALKATIVE)
def test_discord_and_aiohttp_never_log_debug_lines(set_up, written, level, name):
    set_up(level)
    logging.getLogger(name).debug("For Shard ID 0: WebSocket Event: MESSAGE_CREATE a whole message")
    assert written() == ""
    logging.getLogger(name).info("connected")
    assert "connected" in written()


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("DEBUG", ["debug", "info", "warning", "error"]),
        ("INFO", ["info", "warning", "error"]),
        ("WARNING", ["warning", "error"]),
        ("ERROR", ["error"]),
    ],
)
def test_a_level_shows_what_is_at_least_as_grave(set_up, written, level, shown):
    set_up(level)
    for name in ("bot", "discord"):
        for grave in ("debug", "info", "warning", "error"):
            getattr(logging.getLogger(name), grave)(grave)
    lines = [line.split(" ", 2)[2].split() for line in written().splitlines()]
    assert [line[-1] for line in lines if line[1] == "bot:"] == shown
    assert [line[-1] for line in lines if line[1] == "discord:"] == [word for word in shown if word != "debug"]


def test_setting_up_again_replaces_the_earlier_set_up(set_up, written):
    set_up("DEBUG")
    set_up("INFO", [SECRET])
    logging.getLogger("bot").debug("not shown")
    logging.getLogger("bot").info("once %s", SECRET)
    assert written().count("once ***") == 1
