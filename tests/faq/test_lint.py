"""The lint of explainers: what it finds, where, and the remedy it names."""

import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import EX_DATAERR, main
from bot.errors import ExplainerError
from bot.faq.files import explainers_folder
from bot.faq.lint import lint
from bot.faq.model_file import model_path
from bot.faq.parse import Problem
from bot.faq.ranker import load_ranker

TODAY = date(2026, 7, 6)
FRONT = """+++
title = "May the library lend out its harbour maps?"
aliases = ["Harbour maps"]
jurisdictions = ["US"]
as_of = 2026-07-05
review_by = 2027-02-01
related = []
claims = [
{claims}
]
not_claims = [
{not_claims}
]
"""
SOURCE = """
[[sources]]
id = "{0}"
title = "The work called {0}"
publisher = "Harbour Press"
url = "https://example.org/{0}"
date = 2025-01-02
kind = "press"
jurisdiction = "US"
checked = "read"
"""
BODY = """+++
It may lend some of them.[^alpha] Who decides? On 3 May 2025 a court let Harbour lend two.[^beta]

## Settled
- The court ruled on 3 May 2025.[^gamma] It named no others.[^gamma]
- Maps are kept in a box,
  as the town asked.[^gamma]

## Disputed
### The case for lending
A map is of use when it is out. Readers say that a drawer helps nobody.[^delta]
### The case for keeping
A map that is lent may be lost. Keepers say that paper does not last.[^delta]

## Undecided
- Whether old maps may leave the town.
- A ruling of the higher court would decide.[^beta]

## Commonly got wrong
- "Obviously it is theft." The court spoke of lending.[^beta]
"""
WORDS = ["anchor", "barrel", "candle", "dinghy", "engine", "feather", "gravel", "hammer", "island", "jigsaw", "kettle"]
WORDS += ["lantern", "mirror", "needle", "orchard", "pencil"]
SOURCES = ["alpha", "beta", "gamma", "delta"]


def words_alone(_):
    """No ranker: loading one takes a second, and few rules need it."""


def quoted(texts):
    return "\n".join(f'  "{text}",' for text in texts)


def explainer(claims=None, sources=SOURCES, noted=()):
    """The text of an explainer without fault."""
    front = FRONT.format(
        claims=quoted(claims or [f"nobody may borrow the {word} map" for word in WORDS[:12]]),
        not_claims=quoted(f"where is my {word}" for word in WORDS[12:]),
    )
    body = BODY.replace("[^alpha]", "[^alpha]" + "".join(f"[^{source}]" for source in noted))
    return front + "".join(map(SOURCE.format, sources)) + body


@dataclass
class Folder:
    path: Path

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def problems(self, today=TODAY, load=words_alone) -> list[Problem]:
        return lint(self.path, today, load)[1]

    def problem(self, today=TODAY, load=words_alone) -> Problem:
        (problem,) = self.problems(today, load)
        return problem


@pytest.fixture
def folder(tmp_path) -> Folder:
    path = tmp_path / "explainers"
    path.mkdir()
    return Folder(path)


def line_of(text: str, wanted: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if wanted in line)


FAULTS = {
    "sides of unequal weight": (
        ("A map that is lent may be lost.", "A map that is lent may be lost, " + "then it is gone for good " * 3),
        "### The case for keeping",
        "bring the sides closer: 145 characters against 71",
    ),
    "a verdict word": (
        ("It may lend some of them.", "It may clearly lend some of them."),
        "clearly",
        '"clearly" is a verdict: say what happened',
    ),
    "a verdict in a heading": (
        ("### The case for keeping", "### Lending is theft"),
        "### Lending is theft",
        '"theft" is a verdict',
    ),
    "a verdict in the title": (("May the library", "Is it settled law, or may the library"), "title", '"settled law"'),
    "a paragraph without note": (
        ("2025.[^gamma] It named no others.[^gamma]", "2025. It named no others."),
        "The court ruled on 3 May",
        "give this paragraph a source, [^id]: The court ruled on 3 May 2025.",
    ),
    "a sentence with a date and no note before one that has it": (
        ("2025.[^gamma] It named", "2025. It named"),
        "The court ruled on 3 May",
        "give this sentence its source, [^id]: The court ruled on 3 May 2025.",
    ),
    "a sentence that ends with a number in the middle of its line": (
        ("2025.[^gamma] It named", "2025.[^gamma] The tide came in 1999. It named"),
        "The court ruled on 3 May",
        "give this sentence its source, [^id]: The tide came in 1999.",
    ),
    "a sentence with a name and no note": (
        ("It named no others.[^gamma]", "It named no others.[^gamma] The same goes for Harbour Press."),
        "Harbour Press.",
        "give this sentence its source, [^id]: The same goes for Harbour Press.",
    ),
    "a sentence that begins with a known name": (
        ("would decide.[^beta]", "would decide.[^beta] Harbour has asked."),
        "Harbour has asked",
        "give this sentence its source, [^id]: Harbour has asked.",
    ),
    "a sentence without note after a case name": (
        ("would decide.[^beta]", "would decide.[^beta] It asked in the case of Reed v. Shore. It waits."),
        "Reed v. Shore",
        "give this sentence its source, [^id]: It asked in the case of Reed v. Shore.",
    ),
    "a sentence without note in a wrapped item": (
        ("as the town asked.[^gamma]", "as the town asked.[^gamma]\n  They are 40\n  in all."),
        "They are 40",
        "give this sentence its source, [^id]: They are 40 in all.",
    ),
    "as_of in the future": (
        ("as_of = 2026-07-05", "as_of = 2026-07-07"),
        "as_of",
        "as_of is 2026-07-07, but today is 2026-07-06: give the day of the last check",
    ),
    "a review before as_of": (("review_by = 2027", "review_by = 2026"), "review_by", "give a review_by after as_of"),
    "a source later than as_of": (
        ("date = 2025-01-02", "date = 2026-07-06"),
        "date = 2026",
        "alpha is of 2026-07-06, later than as_of: check the facts anew and move as_of",
    ),
    "sources that overflow a card": (
        ('"Harbour Press"', f'"{"Harbour Press " * 300}"'),
        'id = "alpha"',
        "shorten titles, publishers or addresses of sources",
    ),
    "an unused source": (("lend some of them.[^alpha]", "lend some of them.[^beta]"), 'id = "alpha"', "with [^alpha]"),
    "an undated source": (("date = 2025-01-02\n", ""), "[[sources]]", "add date: a date such as"),
    "a note without source": (("them.[^alpha]", "them.[^alpha][^omega]"), "[^omega]", "no source has the id omega"),
    "a missing side": (("### The case for keeping\n", ""), "It may lend", "needs exactly two ### headings"),
    "an overlong short answer": (
        ("It may lend some of them.", "It may lend some of them. " * 14),
        "It may lend",
        "shorten the short answer from",
    ),
    "an overlong heading": (("The case for keeping", "The case " * 12), "The case The", "shorten the heading to 100"),
    "more notes than a field holds": (
        ("lost. Keepers", "lost." + "[^delta]" * 200 + " Keepers"),
        "### The case for keeping",
        "or cut notes: Discord shows 1024 characters",
    ),
    "an unknown relation": (('related = []', 'related = ["ships"]'), "related", "there is no ships.md"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_error_is_told_at_its_line_with_a_remedy(folder, fault):
    (old, new), where, message = FAULTS[fault]
    text = explainer().replace(old, new, 1)
    folder.write("maps.md", text)
    problem = folder.problem()
    assert (problem.file, problem.line) == (str(folder.path / "maps.md"), line_of(text, where))
    assert message in problem.message
    assert not problem.is_warning


def test_an_explainer_without_fault_has_no_problem(folder):
    folder.write("maps.md", explainer())
    assert folder.problems(date(2026, 7, 5)) == []
    assert lint(folder.path, TODAY) == (1, [])


@pytest.mark.parametrize(
    "harmless",
    [
        'It is "clearly theft" to some.',
        "The case was settled out of court.",
        "Who is Harbour Press?",
        "US law says so.",
        "Then nothing happened.",
        'Some call it "the Harbour Press rule of 1999".',
    ],
)
def test_quotations_questions_and_lead_ins_need_no_note(folder, harmless):
    folder.write("maps.md", explainer().replace("would decide.[^beta]", f"would decide.[^beta] {harmless}"))
    assert folder.problems() == []


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (explainer(claims=["lend the map", "keep the map"]), "claims", "2 claims: add some in other words, to 12"),
        (explainer().replace('  "where is my pencil",\n', ""), "not_claims", "3 not_claims: add some"),
        (explainer(sources=[*SOURCES, *"vwxyz"], noted="vwxyz"), 'id = "alpha"', "9 sources: have 4 to 8"),
        ("judgment".join(explainer().rsplit("press", 1)), 'id = "delta"', "put delta before press and institutions"),
    ],
)  # fmt: skip
def test_what_a_person_must_judge_is_a_warning_at_its_line(folder, text, where, message):
    folder.write("maps.md", text)
    problem = folder.problem()
    assert problem.is_warning
    assert problem.line == line_of(text, where)
    assert message in problem.message
    assert f":{problem.line}: warning: " in str(problem)


@pytest.mark.parametrize(("times", "warnings"), [(11, []), (12, [True]), (13, [True]), (14, [False])])
def test_a_part_above_grade_11_is_a_warning_and_from_13_an_error(folder, times, warnings):
    text = explainer().replace("leave the town", "leave the town" + " and go to sea" * times)
    folder.write("maps.md", text)
    problems = folder.problems()
    assert [problem.is_warning for problem in problems] == warnings
    for problem in problems:
        assert problem.line == line_of(text, "## Undecided")
        assert "Undecided: reading grade 1" in problem.message
        assert "take shorter sentences and words, down to 11" in problem.message


def test_a_review_is_due_from_the_day_after_its_date(folder):
    folder.write("maps.md", explainer())
    assert folder.problems(date(2027, 2, 1)) == []
    problem = folder.problem(date(2027, 2, 2))
    assert problem.is_warning
    assert problem.line == line_of(explainer(), "review_by")
    assert "the review was due on 2027-02-01: check the facts anew" in problem.message


class TestSeveralExplainers:
    """What they must keep together; ``charts`` comes first, ``maps`` is told of the problem."""

    @pytest.fixture
    def second(self, folder) -> str:
        folder.write("charts.md", explainer(claims=[f"you can rent any {word} chart" for word in WORDS[:12]]))
        return explainer()

    def test_a_source_with_other_fields_elsewhere_is_an_error(self, folder, second):
        text = second.replace('publisher = "Harbour Press"', 'publisher = "Harbor Press"', 1)
        folder.write("maps.md", text)
        problem = folder.problem()
        assert problem.line == line_of(text, 'id = "alpha"')
        assert "alpha has another publisher in charts.md: make them equal" in problem.message
        assert not problem.is_warning

    def test_a_source_with_another_id_elsewhere_is_a_warning(self, folder, second):
        text = second.replace('id = "alpha"', 'id = "omega"').replace("[^alpha]", "[^omega]")
        folder.write("maps.md", text)
        problem = folder.problem()
        assert problem.line == line_of(text, 'id = "omega"')
        assert "charts.md calls this source alpha: use one id" in problem.message
        assert problem.is_warning

    def test_one_address_may_hold_two_works(self, folder, second):
        text = second.replace('id = "alpha"', 'id = "omega"').replace("[^alpha]", "[^omega]")
        folder.write("maps.md", text.replace('"The work called alpha"', '"Another work"'))
        assert folder.problems() == []

    def test_the_same_claim_twice_is_an_error(self, folder, second):
        text = second.replace("nobody may borrow the anchor map", "You can rent any anchor chart")
        folder.write("maps.md", text)
        errors = [problem for problem in folder.problems() if not problem.is_warning]
        assert [problem.line for problem in errors] == [line_of(text, "You can rent any anchor chart")]
        assert "charts.md has the same claim: keep it in one of them" in errors[0].message


def test_a_claim_that_the_matcher_gives_to_another_is_a_warning(folder):
    misplaced = "a way of drawing belongs to nobody, so nobody can own a style"
    for slug in ("dmca-takedown", "style-not-protected"):
        text = (explainers_folder() / f"{slug}.md").read_text(encoding="utf-8")
        text = re.sub("related = .*", "related = []", text)
        if slug == "dmca-takedown":
            text = text.replace("claims = [", f'claims = [\n  "{misplaced}",', 1)
        folder.write(f"{slug}.md", text)
    problem = folder.problem(load=load_ranker)
    assert problem.is_warning
    assert Path(problem.file).name == "dmca-takedown.md"
    assert "the matcher gives this claim to style-not-protected: say it in other words" in problem.message


def test_a_claim_in_another_language_is_a_warning(folder):
    text = explainer().replace("nobody may borrow the anchor map", "bonne nuit tout le monde, à demain")
    folder.write("maps.md", text)
    problem = folder.problem()
    assert problem.is_warning
    assert problem.line == line_of(text, "bonne nuit")
    assert "the matcher takes this claim for another language: say it in plain English" in problem.message


def test_an_unreadable_file_does_not_hide_the_faults_of_others(folder):
    folder.write("maps.md", explainer().replace("It may lend", "It may clearly lend"))
    (folder.path / "charts.md").write_bytes(b"\xff\xfe")
    number, problems = lint(folder.path, TODAY)
    assert number == 1
    assert ["save the file as UTF-8" in problems[0].message, "verdict" in problems[1].message] == [True, True]


def test_problems_come_in_the_order_of_files_and_lines(folder):
    text = explainer().replace("as_of = 2026-07-05", "as_of = 2026-07-07").replace("It may lend", "It may clearly lend")
    folder.write("maps.md", text)
    folder.write("charts.md", text.replace("borrow", "rent"))
    places = [(Path(problem.file).name, problem.line) for problem in folder.problems() if not problem.is_warning]
    assert places == [(name, line_of(text, at)) for name in ("charts.md", "maps.md") for at in ("as_of", "clearly")]


def test_a_folder_without_explainers_is_refused(folder):
    with pytest.raises(ExplainerError, match=r"no explainer \(\*\.md\) found"):
        lint(folder.path, TODAY)


def test_the_command_fails_on_errors_and_tells_them_as_file_and_line(folder, capsys):
    text = explainer(claims=["lend the map"]).replace("It may lend", "It may clearly lend")
    text = text.replace("review_by = 2027", "review_by = 2999")  # the command takes the real date
    folder.write("maps.md", text)
    assert main(["faq", "check", str(folder.path)]) == EX_DATAERR
    told = capsys.readouterr().out
    assert f'{folder.path / "maps.md"}:{line_of(text, "clearly")}: "clearly" is a verdict' in told
    assert told.endswith("explainers: 1, errors: 1, warnings: 1\n")


def test_the_command_passes_with_warnings(folder, capsys):
    folder.write("maps.md", explainer(claims=["lend the map"]).replace("review_by = 2027", "review_by = 2999"))
    assert main(["faq", "check", str(folder.path)]) == 0
    told = capsys.readouterr().out
    assert ": warning: 1 claims" in told
    assert told.endswith("explainers: 1, errors: 0, warnings: 1\n")


def test_coefficients_that_were_fitted_to_other_claims_are_an_error(folder):
    folder.write("maps.md", explainer())
    shutil.copy(model_path(), folder.path.parent)
    problem = folder.problem()
    assert not problem.is_warning
    assert Path(problem.file).name == "matcher.npz"
    assert "run `python -m bot faq train --chat FILE`" in problem.message


def test_coefficients_that_were_fitted_to_other_hard_negatives_are_an_error(folder):
    folder.write("maps.md", explainer())
    shutil.copy(model_path(), folder.path.parent)
    (folder.path.parent / "hard_negatives.jsonl").write_text('{"kind": "debate-talk", "text": "new"}\n', "utf-8")
    told = [problem.message for problem in folder.problems() if not problem.is_warning]
    assert "hard negatives have changed since: run `python -m bot faq train --chat FILE`" in told
