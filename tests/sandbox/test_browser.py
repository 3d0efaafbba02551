"""A newcomer in a real browser: Chromium on the sandbox's pages."""

import os
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.discussion import DISCUSSION
from bot.sandbox.world import MODERATOR
from tests.sandbox.tabs import links, running_sandbox

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ABOUT_A_SECOND = 3_000  # milliseconds, on a busy machine
LONG = 30_000
REPEAT = "sketch night moved to friday, same theme, see you at eight!!!"

expect.set_options(timeout=LONG)


@dataclass(frozen=True)
class Newcomer:
    """Opens the sandbox's page, and from there the channels."""

    browser: Browser
    start: Page

    async def tab(self, channel: str, member: str) -> Page:
        """A channel as a member sees it, in a tab of its own."""
        page = await self.browser.new_page()
        await page.goto(links(await self.start.content())[channel, member])
        await expect(page.locator("#preview-app")).to_have_attribute("aria-busy", "false")
        return page


def _program() -> str:
    """An installed browser; where there is none, these tests cannot run, which CI does not accept."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        reason = f"no browser is installed: {', '.join(PROGRAMS)}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return found


@asynccontextmanager
async def _browser():
    program = _program()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def newcomer(monkeypatch):
    monkeypatch.setattr("bot.sandbox.server._PACE", 0.05)
    async with _browser() as browser, running_sandbox() as address:
        start = await browser.new_page()
        await start.goto(address)
        yield Newcomer(browser, start)


def posts(page: Page, text: str):
    """The posts that show a text in the channel's timeline."""
    return page.locator("#channel-message-list article.channel-message").filter(has_text=text)


async def say(page: Page, text: str) -> None:
    await page.fill("#channel-composer-input", text)
    await page.press("#channel-composer-input", "Enter")


async def test_a_newcomer_plays_the_discussion_and_a_moderator_deletes_the_repeat(newcomer):
    general = await newcomer.tab("general", "Ada")
    queue = await newcomer.tab("mod-queue", MODERATOR)
    await newcomer.start.get_by_role("button", name=f"Play a discussion of {len(DISCUSSION)} posts").click()
    await expect(newcomer.start.get_by_role("status")).to_have_text("The discussion is over.")

    answer = posts(general, "Not what I meant").first
    await expect(answer).to_contain_text("Copydesk")
    await expect(answer).to_contain_text("Sources")
    await expect(posts(general, REPEAT)).to_have_count(1)

    card = posts(queue, "again").filter(has_text="#general").filter(has_text="@Cleo")
    await expect(card).to_contain_text("open")
    await card.get_by_role("button", name="Delete repeat").click()
    await expect(card).to_contain_text("a repeat, the copies deleted", timeout=ABOUT_A_SECOND)
    await expect(card.get_by_role("button", name="Delete repeat")).to_have_count(0)
    await expect(posts(general, REPEAT)).to_have_count(0, timeout=ABOUT_A_SECOND)
    await expect(posts(general, REPEAT.rstrip("!"))).to_have_count(1)


async def test_a_message_typed_in_one_tab_appears_in_another_members_tab_and_is_answered(newcomer):
    ada, ben = await newcomer.tab("general", "Ada"), await newcomer.tab("general", "Ben")
    await say(ada, "the marmalade is on the top shelf")
    await expect(posts(ben, "marmalade")).to_have_count(1, timeout=ABOUT_A_SECOND)
    await say(ben, "thanks, the marmalade was delicious")
    await expect(posts(ada, "marmalade")).to_have_count(2, timeout=ABOUT_A_SECOND)


async def test_explain_completes_a_topic_and_shows_its_explainer(newcomer):
    cleo = await newcomer.tab("art-talk", "Cleo")
    await cleo.locator("#channel-composer-input").press_sequentially("/explain")
    await cleo.get_by_role("listbox", name="Application commands").get_by_role("option").first.click()
    topic = cleo.get_by_role("combobox", name="topic, required")
    await topic.press_sequentially("style")
    await cleo.get_by_role("option").filter(has_text="style").first.click()
    await cleo.locator("#send-message").click()
    shown = posts(cleo, "Not legal advice")
    await expect(shown).to_contain_text("style")
    await shown.get_by_role("button", name="More").click()
    await posts(cleo, "Settled").get_by_role("button", name="Next").click()
    await expect(posts(cleo, "Commonly got wrong")).to_contain_text("Undecided")
