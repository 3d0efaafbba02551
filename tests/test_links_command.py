"""``faq links`` on the command line, and the setting that does the same once a week."""

import asyncio

import pytest

from bot.__main__ import main
from bot.errors import ConfigurationError
from bot.faq.files import explainers_folder
from bot.faq.ledger import Ledger
from bot.faq.library import Shelf
from bot.model import SourceCheck, SourceState
from bot.settings import Settings
from tests.faq.web import hostile_web
from tests.support import START


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An empty working directory with one explainer, whose sources have the given addresses."""

    def make(*addresses):
        folder = tmp_path / "explainers"
        folder.mkdir()
        text = (explainers_folder() / "scraping.md").read_text(encoding="utf-8")
        text = "\n".join("related = []" if line.startswith("related") else line for line in text.splitlines())
        lines = iter(addresses)
        text = "\n".join(
            f'url = "{next(lines, addresses[-1])}"' if line.startswith("url") else line for line in text.splitlines()
        )
        (folder / "scraping.md").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COPYDESK_EXPLAINERS", str(folder))
        monkeypatch.setenv("COPYDESK_DATABASE", str(tmp_path / "copydesk.db"))

    return make


async def test_the_command_reaches_nothing_that_is_not_public_and_says_so(installation, capsys):
    async with hostile_web({}) as net:
        installation(f"http://127.0.0.1:{net.trap_port}/", net.site.url("/status/200"))
        code = await asyncio.to_thread(main, ["faq", "links"])
        assert (net.trapped, net.site.requests) == ([], [])
    assert code == 0
    *lines, summary = capsys.readouterr().out.splitlines()
    assert all("unchecked" in line and "not one of the web's" in line for line in lines)
    assert summary == "2 sources: 0 ok, 0 moved, 0 dead, 0 blocked, 2 unchecked"


def test_a_report_has_a_line_for_what_needs_an_editor_and_the_numbers_of_all(explainers):
    ledger = Ledger(Shelf(explainers), None, None)
    gone, moved, fine, blocked, unclear = ledger.addresses[:5]
    checks = [
        SourceCheck(fine, SourceState.OK, START, 200),
        SourceCheck(unclear, SourceState.UNCHECKED, START, problem="the name does not resolve"),
        SourceCheck(moved, SourceState.MOVED, START, 200, "https://example.org/new"),
        SourceCheck(blocked, SourceState.BLOCKED, START, 403),
        SourceCheck(gone, SourceState.DEAD, START, 404),
    ]
    dead, *others = ledger.report(checks)
    resting = ledger.resting_on(gone)
    number = sum(map(len, resting.values()))
    assert dead == f"dead       {gone} (404); sentences on it: {number}, in {', '.join(resting)}"
    assert others == [
        f"moved      {moved} -> https://example.org/new",
        f"unchecked  {unclear}: the name does not resolve",
        "5 sources: 1 ok, 1 moved, 1 dead, 1 blocked, 1 unchecked",
    ]


@pytest.mark.parametrize(("value", "enabled"), [("on", True), ("ON", True), ("off", False), ("", False)])
def test_the_weekly_look_is_a_switch(value, enabled):
    assert Settings.from_environment({"COPYDESK_CHECK_LINKS": value}).check_links is enabled


def test_the_weekly_look_is_off_by_default():
    assert Settings.from_environment({}).check_links is False


def test_a_switch_that_is_neither_on_nor_off_is_told():
    with pytest.raises(ConfigurationError, match="COPYDESK_CHECK_LINKS is 'weekly': use on or off"):
        Settings.from_environment({"COPYDESK_CHECK_LINKS": "weekly"})
