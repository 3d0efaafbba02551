"""What rests on a source, and when an explainer is under review."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ExplainerError
from bot.faq.build import load_explainers, replace_tables
from bot.faq.files import explainers_folder
from bot.faq.ledger import CHECK_EVERY, Ledger, is_primary, sentences_on, staleness
from bot.faq.library import Shelf
from bot.faq.parse import SOURCE_KINDS, parse_explainer
from bot.model import SourceCheck, SourceState
from bot.storage.checks import SqliteSourceCheckStore
from tests.faq.web import hostile_web

TOPIC = "scraping"
PRIMARY, PRESS = "x-bright-data", "hiq-linkedin"  # sources of that explainer


@pytest.fixture
def explainer(explainers):
    return explainers[TOPIC]


@pytest.fixture
def checks(database):
    return SqliteSourceCheckStore(database)


@pytest.fixture
def ledger(explainers, checks, clock):
    return Ledger(Shelf(explainers), checks, clock)


def address(explainer, source_id):
    return next(source.url for source in explainer.sources if source.id == source_id)


def found(address, state, clock, **fields):
    return SourceCheck(address, state, clock.now, **fields)


def test_an_explainer_holds_through_its_review_date_and_not_after(explainer):
    assert staleness(explainer, (), explainer.review_by) is None
    reason = staleness(explainer, (), explainer.review_by + timedelta(days=1))
    assert reason == f"its review was due on {explainer.review_by}"


def test_a_dead_primary_source_puts_its_explainer_under_review(explainer):
    reason = staleness(explainer, {address(explainer, PRIMARY)}, explainer.as_of)
    assert reason == "gone from the web: X v. Bright Data, N.D. Cal., order of 9 May 2024"


def test_a_dead_report_does_not(explainer):
    assert staleness(explainer, {address(explainer, PRESS)}, explainer.as_of) is None


def test_both_reasons_are_told_and_no_more_than_two_sources_named(explainer):
    late = explainer.review_by + timedelta(days=1)
    reason = staleness(explainer, {source.url for source in explainer.sources}, late)
    assert reason.startswith("its review was due on ")
    assert reason.endswith(" and 2 more")  # of four primary ones


def test_law_the_parties_words_and_research_are_primary(explainer):
    source = explainer.sources[0]
    primary = {kind for kind in SOURCE_KINDS if is_primary(replace(source, kind=kind))}
    assert primary == {"statute", "judgment", "filing", "agency-report", "paper"}


def test_sentences_are_found_by_their_notes_in_every_part(explainer):
    short, *rest = sentences_on(explainer, "bartz-order")
    assert short == ("In Bartz a trial court judged how copies were acquired apart from how they were used.")
    assert rest == ["Nor does access alone license copying: Bartz treated the two apart."]


def test_a_case_name_or_an_initial_does_not_end_a_sentence(explainer):
    text = 'The court in X v. Bright Data (N.D. Cal., No. 3) said "no."[^a][^b] J. Doe did not.[^b]\n- A list item.[^a]'
    changed = replace(explainer, short_answer=text)
    assert sentences_on(changed, "a") == (
        'The court in X v. Bright Data (N.D. Cal., No. 3) said "no."',
        "A list item.",
    )
    assert sentences_on(changed, "b")[1] == "J. Doe did not."


def test_every_source_of_every_explainer_carries_a_sentence(explainers):
    bare = [(e.slug, s.id) for e in explainers.values() for s in e.sources if not sentences_on(e, s.id)]
    assert bare == []


async def test_staleness_follows_the_last_check(ledger, checks, explainer, clock):
    gone = address(explainer, PRIMARY)
    assert await ledger.staleness(0, TOPIC) is None
    await checks.record(found(gone, SourceState.DEAD, clock, status=404))
    assert "X v. Bright Data" in await ledger.staleness(0, TOPIC)
    await checks.record(found(gone, SourceState.OK, clock, status=200))
    assert await ledger.staleness(0, TOPIC) is None


@pytest.mark.parametrize("state", [SourceState.MOVED, SourceState.BLOCKED, SourceState.UNCHECKED])
async def test_what_is_not_dead_is_not_held_against_a_source(ledger, checks, explainer, clock, state):
    await checks.record(found(address(explainer, PRIMARY), state, clock))
    assert await ledger.staleness(0, TOPIC) is None


async def test_staleness_follows_the_clock(ledger, explainer, clock):
    clock.now = clock.now.replace(year=explainer.review_by.year + 1)
    assert await ledger.staleness(0, TOPIC) is not None


async def test_an_explainer_that_was_retired_is_not_under_review(ledger):
    assert await ledger.staleness(0, "retired") is None


async def test_the_list_names_reason_and_sentences_longest_due_first(ledger, checks, explainers, clock):
    assert await ledger.stale(0) == []
    first_due = min(explainers.values(), key=lambda e: (e.review_by, e.slug))
    await checks.record(found(address(explainers[TOPIC], "bartz-order"), SourceState.DEAD, clock))
    clock.now = clock.now.replace(year=first_due.review_by.year, month=first_due.review_by.month)
    clock.now = clock.now.replace(day=first_due.review_by.day) + timedelta(days=1)
    stale = await ledger.stale(0)
    assert stale[0].explainer == first_due
    (one,) = [each for each in stale if each.explainer.slug == TOPIC]
    assert one.sentences == sentences_on(explainers[TOPIC], "bartz-order")


async def test_an_address_is_due_a_week_after_the_last_look_whatever_that_found(ledger, checks, clock):
    looked_at, *others = ledger.addresses
    await checks.record(found(looked_at, SourceState.UNCHECKED, clock))
    assert list(await ledger.due()) == others
    clock.now += CHECK_EVERY - timedelta(seconds=1)
    assert looked_at not in await ledger.due()
    clock.advance(seconds=1)
    assert looked_at in await ledger.due()


def test_an_address_that_several_explainers_cite_is_looked_at_once(ledger, explainers):
    cited = [source.url for explainer in explainers.values() for source in explainer.sources]
    assert len(ledger.addresses) == len(set(cited)) < len(cited)
    shared = next(url for url in cited if cited.count(url) > 1)
    assert len(ledger.resting_on(shared)) > 1
    assert all(ledger.resting_on(shared).values())


async def test_what_a_look_finds_is_on_disk_when_it_is_told(explainer, checks, clock):
    async with hostile_web({}) as net:
        gone, fine = net.site.url("/status/410"), net.site.url("/status/200")
        sources = (replace(explainer.sources[1], url=gone), replace(explainer.sources[1], url=fine))
        ledger = Ledger(Shelf({TOPIC: replace(explainer, sources=sources)}), checks, clock)
        async for check in ledger.check(net.checker(), ledger.addresses):
            assert (await checks.all())[check.address] == check
    assert {url: check.state for url, check in (await checks.all()).items()} == {
        gone: SourceState.DEAD,
        fine: SourceState.OK,
    }


def test_a_kept_copy_travels_from_the_file_to_the_compiled_tables(database, explainer):
    path = explainers_folder() / f"{TOPIC}.md"
    kept = "https://web.archive.org/web/2025/https://meitar.com/"
    text = path.read_text(encoding="utf-8").replace("[[sources]]", f'[[sources]]\narchive = "{kept}"', 1)
    parsed = parse_explainer(path, text)
    database.write_now(lambda db: replace_tables(db, [replace(parsed, related=())], "test"))
    compiled = database.read_now(load_explainers)[TOPIC]
    assert [source.archive for source in compiled.sources] == [kept] + [None] * (len(explainer.sources) - 1)


def test_a_kept_copy_must_be_an_address():
    path = Path("scraping.md")
    text = (
        (explainers_folder() / path).read_text(encoding="utf-8").replace("[[sources]]", "[[sources]]\narchive = 1", 1)
    )
    with pytest.raises(ExplainerError, match="archive must be the http"):
        parse_explainer(path, text)
