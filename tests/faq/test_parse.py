"""One explainer file: what it means, and every problem in it with its line and its remedy."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ExplainerError
from bot.faq.parse import CHECKS, SOURCE_KINDS, parse_explainer
from bot.model import Explainer, Side, Source
from tests.support import EXPLAINER_FILE

FILE = "some-topic.md"
SIDES = "### It is\nOne case.\n### It is not\nThe other case.\n"
SOURCE = Source(
    id="ruling",
    title="A ruling",
    publisher="A court",
    url="https://court.example/ruling",
    date=date(2026, 1, 2),
    kind="judgment",
    jurisdiction="US",
    checked="read",
)
EXPLAINER = Explainer(
    slug="some-topic",
    title="Is it legal?",
    short_answer="It depends.[^ruling]",
    settled="One thing.[^ruling]",
    sides=(Side("It is", "One case."), Side("It is not", "The other case.")),
    undecided="Another thing.",
    commonly_got_wrong="A mistake.",
    aliases=("case one",),
    claims=("the harbour tram is legal",),
    not_claims=("is lunch ready",),
    jurisdictions=("US",),
    as_of=date(2026, 7, 5),
    review_by=date(2027, 2, 15),
    related=(),
    sources=(SOURCE,),
)


def parse(content: str, name: str = FILE) -> Explainer:
    return parse_explainer(Path(name), content)


def changed(old: str, new: str) -> str:
    assert EXPLAINER_FILE.count(old), old
    return EXPLAINER_FILE.replace(old, new, 1)


def problems_of(content: str, name: str = FILE) -> tuple[str, ...]:
    with pytest.raises(ExplainerError) as caught:
        parse(content, name)
    return caught.value.problems


def has_only(content: str, line: int, remedy: str) -> bool:
    problems = problems_of(content)
    assert len(problems) == 1, problems
    return problems[0].startswith(f"{FILE}:{line}: ") and remedy in problems[0]


def test_an_explainer_is_all_that_its_file_says():
    assert parse(EXPLAINER_FILE) == EXPLAINER


@pytest.mark.parametrize(
    ("key", "line", "expected"),
    [
        ("title", 2, "a text in quotes"),
        ("aliases", 3, "a list of texts with at least one"),
        ("jurisdictions", 4, "a list of country codes with at least one"),
        ("as_of", 5, "a date such as 2026-07-05, without quotes"),
        ("review_by", 6, "a date such as 2026-07-05, without quotes"),
        ("related", 7, "a list of other explainers' file names"),
        ("claims", 8, "a list of posts that this explainer answers"),
        ("not_claims", 9, "a list of near misses"),
    ],
)
def test_a_front_matter_key_that_is_wrong_or_missing_is_told_with_what_belongs_there(key, line, expected):
    written = EXPLAINER_FILE.splitlines(keepends=True)[line - 1]
    assert has_only(changed(written, f"{key} = 7\n"), line, f"{key} must be {expected}")
    assert has_only(changed(written, "\n"), 1, f"add {key}: {expected}")


@pytest.mark.parametrize("key", ["aliases", "jurisdictions", "claims", "not_claims"])
@pytest.mark.parametrize("value", ["[]", '["a", ""]', '["a", " "]', '["a", 7]', '"a"'])
def test_a_list_of_texts_has_at_least_one_and_none_that_is_empty(key, value):
    lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in EXPLAINER_FILE.splitlines()]
    assert has_only("\n".join(lines), next(n for n, line in enumerate(lines, 1) if key in line), f"{key} must be")


@pytest.mark.parametrize(
    ("key", "line", "expected"),
    [
        ("id", 12, "lower-case words with hyphens"),
        ("title", 13, "a text in quotes"),
        ("publisher", 14, "a text in quotes"),
        ("url", 15, "an http(s) address"),
        ("date", 16, "a date such as 2026-07-05"),
        ("kind", 17, "one of statute, judgment"),
        ("jurisdiction", 18, "a text in quotes"),
        ("checked", 19, "one of read, reported, unchecked"),
    ],
)
def test_a_key_of_a_source_that_is_wrong_or_missing_is_told_at_this_source(key, line, expected):
    written = EXPLAINER_FILE.splitlines(keepends=True)[line - 1]
    content = EXPLAINER_FILE.replace("[^ruling]", "") if key == "id" else EXPLAINER_FILE
    assert has_only(content.replace(written, f"{key} = 7\n"), line, f"{key} must be {expected}")
    assert has_only(content.replace(written, ""), 11, f"add {key}: {expected}")


@pytest.mark.parametrize(
    ("old", "new", "line", "remedy"),
    [
        pytest.param("+++\n", "", 1, "begin the file with a line +++", id="no front matter"),
        pytest.param('"read"\n+++\n', '"read"\n', 1, "close the front matter", id="front matter without end"),
        pytest.param('"Is it legal?"', '"Is it legal?', 2, "not valid TOML", id="a quote without end"),
        pytest.param("as_of = 2026-07-05", "as_of = 2026-13-05", 5, "not valid TOML", id="no such month"),
        pytest.param("2026-07-05", "2026-07-05T12:00:00", 5, "as_of must be a date", id="a date with a time"),
        pytest.param("related = []", 'relates = ["x"]\nrelated = []', 7, "remove relates: no such key", id="typo"),
        pytest.param('kind = "judgment"', 'kind = "blog"', 17, "kind must be one of", id="unknown kind"),
        pytest.param('checked = "read"', 'checked = "no"', 19, "checked must be one of", id="unknown check"),
        pytest.param('id = "ruling"', 'id = ["ruling"]', 12, "id must be lower-case", id="a list as an id"),
        pytest.param("https://", "ftp://", 15, "url must be an http(s) address", id="not http"),
        pytest.param("/ruling", "/a ruling", 15, "url must be an http(s) address", id="a space in an address"),
        pytest.param('"A court"', '"A court"\nyear = 2026', 15, "remove year: no such key", id="a source's typo"),
        pytest.param("depends.[^ruling]", "depends.[^rolling]", 21, "no source has the id rolling", id="unknown note"),
        pytest.param("## Settled", "## Settlement", 21, "exactly these, in this order", id="unknown section"),
        pytest.param("## Undecided\nAnother thing.\n", "", 21, "exactly these, in this order", id="no section"),
        pytest.param("## Undecided", "# Undecided", 21, "exactly these, in this order", id="heading of level 1"),
        pytest.param("### It is\nOne case.\n", "", 21, "exactly two ### headings", id="one side"),
        pytest.param(SIDES, SIDES + "### Maybe\nIt may be.\n", 21, "exactly two ### headings", id="three sides"),
        pytest.param("One thing.", "One thing.\n### A side\nText.", 21, "exactly two ###", id="a side elsewhere"),
        pytest.param("It depends.[^ruling]", "[^ruling]", 21, "write the short answer", id="no short answer"),
        pytest.param("One thing.", "", 23, "write the Settled: it is empty", id="empty section"),
        pytest.param("One case.", "", 27, "write the side: it is empty", id="empty side"),
        pytest.param("### It is\n", "###  \n", 27, "give the side a heading", id="a side without a heading"),
        pytest.param("## Disputed\n", "## Disputed\nSome say\n", 26, "one of the two ### headings", id="lost text"),
    ],
)
def test_each_problem_is_told_with_its_line_and_its_remedy(old, new, line, remedy):
    content = changed(old, new)
    assert has_only(content.replace("[^ruling]", "") if old.startswith("id") else content, line, remedy)


@pytest.mark.parametrize(
    ("old", "limit", "line", "remedy"),
    [
        ("Is it legal?", 200, 2, "shorten the title to 200"),
        ("A ruling", 200, 13, "shorten the title to 200"),
        ("It depends.", 350, 21, "shorten the short answer from 351 to 350"),
        ("One thing.", 1000, 23, "shorten the Settled from 1001 to 1000"),
        ("It is", 100, 27, "shorten the heading to 100"),
        ("One case.", 800, 27, "shorten the side from 801 to 800"),
        ("The other case.", 800, 29, "shorten the side from 801 to 800"),
        ("Another thing.", 800, 32, "shorten the Undecided from 801 to 800"),
        ("A mistake.", 1000, 35, "shorten the Commonly got wrong from 1001 to 1000"),
    ],
)
def test_a_text_may_be_as_long_as_its_limit_notes_not_counted(old, limit, line, remedy):
    assert parse(changed(old, "x" * limit))
    assert has_only(changed(old, "x" * (limit + 1)), line, remedy)


@pytest.mark.parametrize("name", ["Some-Topic.md", "some topic.md", "some_topic.md", "thema-ä.md", "-a.md", "a--b.md"])
def test_a_file_name_that_is_no_slug_must_be_changed(name):
    (problem,) = problems_of(EXPLAINER_FILE, name)
    assert problem.startswith(f"{name}:1: rename the file")


def test_a_source_that_no_sentence_rests_on_is_told_at_the_source():
    content = EXPLAINER_FILE.replace("[^ruling]", "")
    assert has_only(content, 12, "no sentence rests on the source ruling")


def test_a_source_id_stands_once():
    _, source, rest = EXPLAINER_FILE.partition("[[sources]]")
    table = source + rest.partition("+++")[0]
    assert has_only(EXPLAINER_FILE.replace(table, table + table), 20, "the source id ruling stands twice")


@pytest.mark.parametrize("sources", ["sources = []", "sources = [7]", 'sources = ["ruling"]', "[sources]"])
def test_sources_are_tables_and_there_is_at_least_one(sources):
    before, _, rest = EXPLAINER_FILE.partition("[[sources]]")
    after = rest.partition("+++")[2].replace("[^ruling]", "")
    (problem,) = problems_of(f"{before}{sources}\n+++{after}")
    assert "sources must be at least one [[sources]] table" in problem


def test_a_note_on_a_source_with_a_problem_is_no_problem_of_its_own():
    assert has_only(changed('kind = "judgment"', 'kind = "blog"'), 17, "kind must be one of")


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_their_lines():
    content = changed('title = "Is it legal?"\n', "").replace("as_of = 2026-07-05", 'as_of = "July"')
    content = content.replace('"judgment"', '"blog"').replace("One case.", "").replace("A mistake.", "Much.[^nobody]")
    problems = problems_of(content, "Some Topic.md")
    assert [int(problem.split(":")[1]) for problem in problems] == [1, 1, 4, 16, 26, 35]


def test_problems_of_the_text_are_told_although_the_front_matter_is_not_valid():
    problems = problems_of(changed('"Is it legal?"', "Is it legal?").replace("One case.", ""))
    assert [problem.split(": ")[0] for problem in problems] == [f"{FILE}:2", f"{FILE}:27"]


@pytest.mark.parametrize("content", ["", "\n", "+++", "+++\n+++", "+++\n+++\n", "# A page\nIt has no front matter."])
def test_a_file_that_is_no_explainer_at_all_is_told_so(content):
    assert problems_of(content)[0].startswith(f"{FILE}:1: ")


def test_a_line_separator_inside_a_text_begins_no_new_line():
    content = changed("the harbour tram", "the harbour\u2028tram\x85").replace("One case.", "One\u2028case.")
    explainer = parse(content)
    assert explainer.claims == ("the harbour\u2028tram\x85 is legal",)
    assert explainer.sides[0].text == "One\u2028case."
    assert has_only(content.replace("A mistake.", ""), 35, "it is empty")


@pytest.mark.parametrize(("key", "values"), [("kind", SOURCE_KINDS), ("checked", CHECKS)])
def test_every_kind_of_source_and_of_check_is_known(key, values):
    written = getattr(SOURCE, key)
    for value in values:
        (source,) = parse(changed(f'{key} = "{written}"', f'{key} = "{value}"')).sources
        assert source == replace(SOURCE, **{key: value})


LINES = EXPLAINER_FILE.splitlines()
PIECES = st.sampled_from(
    [*LINES, "sources = 3", "[[sources]]", "[sources]", "id = []", "kind = {}", "### Side", '"""', "[^x]"]
)


@settings(deadline=None)
@given(st.integers(0, len(LINES)), st.integers(0, 4), st.lists(PIECES | st.text(max_size=20), max_size=4))
def test_whatever_a_file_holds_it_is_an_explainer_or_has_problems_at_its_lines(at, removed, inserted):
    lines = "\n".join([*LINES[:at], *inserted, *LINES[at + removed :]])
    try:
        assert parse(lines).slug == "some-topic"
    except ExplainerError as error:
        places = [problem.split(": ")[0].split(":") for problem in error.problems]
        assert places
        assert all(file == FILE and 1 <= int(line) <= lines.count("\n") + 1 for file, line in places)
