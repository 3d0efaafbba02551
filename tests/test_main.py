"""The command line as a person or a supervisor meets it: output, exit codes, and where settings come from."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import cli, main
from bot.faq.build import load_explainers
from bot.faq.draft import Draft
from bot.faq.editions import SqliteEditionStore
from bot.faq.parse import parse_explainer
from bot.model import Edition
from bot.storage.database import Database
from tests.support import CHATTER, CLAIM, EXPLAINER_FILE, write_explainer

EX_DATAERR, EX_SOFTWARE, EX_CONFIG, EX_USAGE = 65, 70, 78, 2
TOKEN = "canary-7f3a9"  # noqa: S105  # no token of anything
TRAM = "the harbour tram is legal"  # the claim of the explainer that write_explainer writes
SETTINGS = ("DISCORD_TOKEN", "COPYDESK_DATABASE", "COPYDESK_EXPLAINERS", "COPYDESK_LOG_LEVEL", "COPYDESK_HEALTH_PORT")
BROKEN = ("It depends.[^ruling]", "[^ruling]")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty working directory, with one small explainer chosen by the environment."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "explainers").mkdir()
    write_explainer(tmp_path / "explainers", "trams")
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COPYDESK_EXPLAINERS", str(tmp_path / "explainers"))
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def run(home, capsys):
    """Runs a command line; returns its exit code and what it wrote to standard output and error."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


def lines_file(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def decisions_in(text):
    return [json.loads(line) for line in text.splitlines()]


def compiled_titles(path):
    database = Database(path)
    try:
        return [explainer.title for explainer in database.read_now(load_explainers).values()]
    finally:
        database.close()


# help and usage


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_names_every_command(run, option):
    code, out, err = run(option)
    assert (code, err) == (0, "")
    assert all(f"  {name}  " in out for name in cli.commands)


@pytest.mark.parametrize("command", [*cli.commands, "faq build"])
def test_every_command_explains_itself(run, command):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert f"copydesk {command}" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Usage: copydesk"),
        (["fly"], "No such command"),
        (["judge"], "Missing argument"),
        (["judge", "missing.jsonl"], "does not exist"),
        (["replay", "missing.jsonl"], "does not exist"),
        (["replay", "."], "is a directory"),
        (["faq", "build", "missing"], "does not exist"),
        (["sandbox", "--port", "0"], "0 is not in the range"),
    ],
)
def test_a_wrong_command_line_is_told_on_standard_error(run, arguments, told):
    code, out, err = run(*arguments)
    assert (code, out) == (EX_USAGE, "")
    assert told in err


# judge


def test_judge_writes_one_decision_a_line_and_nothing_else(run, home):
    path = lines_file(home / "m.jsonl", {"id": 1, "text": TRAM}, {"id": "b", "text": CHATTER}, {"id": 3, "text": ""})
    code, out, err = run("judge", path)
    assert (code, err) == (0, "")
    assert [decision["id"] for decision in decisions_in(out)] == [1, "b", 3]
    assert [decision["band"] for decision in decisions_in(out)] == ["answer", "silent", "silent"]


def test_judge_takes_the_context_of_a_reply(run, home):
    path = lines_file(home / "m.jsonl", {"id": 1, "text": "so that is legal", "reply_to_text": "the harbour tram"})
    (with_context,) = decisions_in(run("judge", path)[1])
    (alone,) = decisions_in(run("judge", lines_file(path, {"id": 1, "text": "so that is legal"}))[1])
    assert with_context["score"] > alone["score"]


def test_judge_of_no_messages_writes_nothing(run, home):
    assert run("judge", lines_file(home / "m.jsonl")) == (0, "", "")


def test_judge_uses_the_shipped_explainers_without_a_setting(run, home, monkeypatch):
    monkeypatch.delenv("COPYDESK_EXPLAINERS")
    (decision,) = decisions_in(run("judge", lines_file(home / "m.jsonl", {"id": 1, "text": CLAIM}))[1])
    assert (decision["band"], decision["topic"]) == ("answer", "training-illegal")


@pytest.mark.parametrize("command", ["judge", "replay"])
def test_a_wrong_line_ends_the_command_with_its_place_and_code_65(run, home, command):
    path = lines_file(home / "posts.jsonl", {"id": 1, "text": "hello"}, {"id": 2})
    code, _, err = run(command, path)
    assert code == EX_DATAERR
    assert err == f'{path}:2: give the post its text, such as "text": "..."\n'


@pytest.mark.parametrize("command", ["judge", "replay"])
def test_judge_and_replay_leave_nothing_behind(run, home, command):
    path = lines_file(home / "posts.jsonl", {"id": 1, "text": TRAM})
    assert run(command, path)[0] == 0
    assert list(home.iterdir()) == [path]


# replay


def test_replay_writes_decisions_to_the_file_and_a_summary_to_standard_error(run, home):
    path = lines_file(home / "posts.jsonl", *({"id": n, "text": TRAM, "at": n} for n in (3, 2, 1)))
    code, out, err = run("replay", path, "--decisions", home / "out.jsonl")
    assert (code, out) == (0, "")
    assert "3 posts in " in err
    assert "1 answered, 0 suggested, 2 repeats" in err
    decisions = decisions_in((home / "out.jsonl").read_text())
    assert [decision["id"] for decision in decisions] == [1, 2, 3]
    assert [decision["case"] for decision in decisions] == [None, 1, 1]


def test_replay_without_a_file_for_decisions_tells_the_summary_only(run, home):
    code, out, err = run("replay", lines_file(home / "posts.jsonl", {"id": 1, "text": TRAM}))
    assert (code, out) == (0, "")
    assert err.startswith("1 posts in ")


def test_replay_writes_decisions_to_standard_output_when_asked(run, home):
    code, out, _ = run("replay", lines_file(home / "posts.jsonl", {"id": 1, "text": TRAM}), "--decisions", "-")
    assert code == 0
    assert [decision["id"] for decision in decisions_in(out)] == [1]


def test_replay_twice_decides_the_same(run, home):
    path = lines_file(home / "posts.jsonl", *({"id": n, "text": text} for n, text in enumerate([TRAM, CHATTER] * 5)))
    for name in ("one", "two"):
        run("replay", path, "--decisions", home / name)
    assert (home / "one").read_text() == (home / "two").read_text()


def test_replay_keeps_to_its_policy_file(run, home):
    path = lines_file(home / "posts.jsonl", *({"id": place, "text": TRAM, "channel": place} for place in ("a", "b")))
    policy = home / "policy.toml"
    policy.write_text('mode = "suggest"\n[channels]\na = "off"\n')
    assert "0 answered, 1 suggested, 0 repeats" in run("replay", path, "--policy", policy)[2]


def test_a_wrong_policy_is_told_before_the_work_begins(run, home, tmp_path):
    path = lines_file(home / "posts.jsonl", {"id": 1, "text": TRAM})
    write_explainer(tmp_path / "explainers", "trams", *BROKEN)  # compiling it would be the first work
    policy = home / "policy.toml"
    policy.write_text('mode = "loud"')
    code, _, err = run("replay", path, "--policy", policy, "--decisions", home / "out.jsonl")
    assert code == EX_DATAERR
    assert err.startswith(f"{policy}: mode: ")
    assert not (home / "out.jsonl").exists()


def test_a_file_for_decisions_that_cannot_be_written_is_told(run, home):
    path = lines_file(home / "posts.jsonl", {"id": 1, "text": TRAM})
    code, _, err = run("replay", path, "--decisions", home / "missing" / "out.jsonl")
    assert code == 1
    assert "missing/out.jsonl" in err
    assert "No such file or directory" in err


# faq build


def test_faq_build_compiles_the_chosen_explainers_and_counts_them(run, home):
    code, out, err = run("faq", "build")
    assert (code, err) == (0, "")
    assert out == "1 explainers with 1 sources in data/copydesk.db\n"
    assert (home / "data" / "copydesk.db").exists()


def test_faq_build_compiles_another_folder_when_asked(run, home, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write_explainer(other, "ferries", "Is it legal?", "Is the ferry legal?")
    run("faq", "build")
    assert compiled_titles(home / "data" / "copydesk.db") == ["Is it legal?"]
    assert run("faq", "build", other)[0] == 0
    assert compiled_titles(home / "data" / "copydesk.db") == ["Is the ferry legal?"]


def test_faq_build_tells_every_problem_and_builds_nothing(run, home, tmp_path):
    broken = write_explainer(tmp_path / "explainers", "broken", *BROKEN)
    wrong = write_explainer(tmp_path / "explainers", "wrong", '"judgment"', '"blog"')
    code, out, err = run("faq", "build")
    assert (code, out) == (EX_DATAERR, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [f"{broken}:21", f"{wrong}:17"]
    assert list(home.iterdir()) == []


def test_faq_build_tells_problems_although_an_earlier_build_stands(run, home, tmp_path):
    assert run("faq", "build")[0] == 0
    write_explainer(tmp_path / "explainers", "trams", *BROKEN)
    assert run("faq", "build")[0] == EX_DATAERR


# faq export


def test_faq_export_writes_what_one_server_publishes_as_files_that_can_be_built(run, home, tmp_path):
    run("faq", "build")
    database = Database(home / "data" / "copydesk.db")
    editions, now = SqliteEditionStore(database), datetime(2026, 7, 6, tzinfo=UTC)
    for guild_id, topic in ((1, "ferries"), (2, "theirs")):
        explainer = parse_explainer(Path(f"{topic}.md"), EXPLAINER_FILE.replace("Is it legal?", f"Are {topic} legal?"))
        written = Edition(guild_id, topic, 0, Draft.of(explainer).to_json(), 7, now, 0)
        edition, _ = asyncio.run(editions.add(written))
        asyncio.run(editions.publish(edition, explainer, now))
    asyncio.run(editions.add(Edition(1, "unpublished", 0, Draft.of(explainer).to_json(), 7, now, 0)))
    database.close()
    code, out, err = run("faq", "export", "--server", 1, "--to", tmp_path / "out")
    assert (code, out, err) == (0, f"1 explainers in {tmp_path / 'out'}\n", "")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["ferries.md"]
    assert run("faq", "build", tmp_path / "out")[0] == 0
    assert compiled_titles(home / "data" / "copydesk.db") == ["Are ferries legal?"]


# doctor


def test_doctor_finds_nothing_wrong_with_a_whole_installation(run, home, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    *findings, rest = out.splitlines()
    assert all(line.startswith("ok ") for line in findings)
    assert "explainers: 1 compiled" in out
    assert "/doctor" in rest
    assert TOKEN not in out


def test_doctor_looks_at_everything_although_something_is_wrong(run):
    code, out, _ = run("doctor")
    assert code == EX_CONFIG
    (problem,) = [line for line in out.splitlines() if line.startswith("PROBLEM")]
    assert problem.startswith("PROBLEM token: DISCORD_TOKEN is not set.")
    names = ("database:", "explainers:", "semantic model:", "SQLite", "discord.py", "aiohttp", "sqlite-utils")
    assert all(name in out for name in names)


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda home: (home / "data").touch(), "cannot be used as the database"),
        (lambda home: (home / "data" / "copydesk.db").mkdir(parents=True), "cannot be used as the database"),
        (lambda home: write_explainer(home.parent / "explainers", "trams", *BROKEN), "trams.md:21: "),
        (lambda home: (home.parent / "explainers" / "trams.md").unlink(), "no explainer (*.md) found"),
    ],
    ids=["no folder", "no file", "broken explainer", "no explainer"],
)
def test_doctor_tells_why_the_database_or_the_explainers_cannot_be_used(run, home, monkeypatch, break_it, told):
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    break_it(home)
    code, out, _ = run("doctor")
    assert code == EX_CONFIG
    (problem,) = [line for line in out.splitlines() if line.startswith("PROBLEM")]
    assert problem.startswith("PROBLEM database and explainers: ")
    assert told in problem


# run


@pytest.mark.parametrize("token", [None, "", "  "])
def test_run_without_a_token_tells_what_to_do_and_asks_for_a_person(run, home, monkeypatch, token):
    if token is not None:
        monkeypatch.setenv("DISCORD_TOKEN", token)
    code, out, err = run("run")
    assert (code, out) == (EX_CONFIG, "")
    assert "DISCORD_TOKEN is not set" in err
    assert "https://discord.com/developers/applications" in err
    assert ".env" in err
    assert list(home.iterdir()) == []


def test_a_database_that_cannot_be_used_is_told_without_a_traceback(run, home):
    (home / "data").touch()
    code, out, err = run("faq", "build")
    assert (code, out) == (EX_SOFTWARE, "")
    assert "cannot be used as the database" in err
    assert "Traceback" not in err


def test_the_sandbox_without_its_extra_tells_how_to_install_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "bot.sandbox.server", None)  # as if SimCord were missing
    code, _, err = run("sandbox")
    assert code == EX_CONFIG
    assert "pip install 'copydesk[sandbox]'" in err


# settings


@pytest.mark.parametrize("command", ["run", "doctor", "faq build", "judge m.jsonl", "replay m.jsonl"])
def test_wrong_settings_are_all_told_and_ask_for_a_person(run, home, monkeypatch, command):
    lines_file(home / "m.jsonl", {"id": 1, "text": TRAM})
    monkeypatch.setenv("COPYDESK_LOG_LEVEL", "loud")
    monkeypatch.setenv("COPYDESK_HEALTH_PORT", "http")
    code, out, err = run(*command.split())
    assert (code, out) == (EX_CONFIG, "")
    assert [line.split(" is ")[0] for line in err.splitlines()] == ["COPYDESK_LOG_LEVEL", "COPYDESK_HEALTH_PORT"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_settings_are_read_from_the_file_env_of_the_working_directory(run, home, encoding):
    (home / ".env").write_text(f"# a comment\nDISCORD_TOKEN={TOKEN}\nCOPYDESK_DATABASE='my.db'\n", encoding=encoding)
    code, out, _ = run("doctor")
    assert code == 0
    assert "file: my.db." in out
    assert (home / "my.db").exists()


def test_the_environment_goes_before_the_file(run, home, monkeypatch):
    (home / ".env").write_text("COPYDESK_DATABASE=file.db\nCOPYDESK_LOG_LEVEL=loud\n")
    monkeypatch.setenv("COPYDESK_DATABASE", "environment.db")
    monkeypatch.setenv("COPYDESK_LOG_LEVEL", "INFO")
    assert run("faq", "build")[0] == 0
    assert (home / "environment.db").exists()
    assert not (home / "file.db").exists()


def test_the_file_leaves_the_environment_as_it_was(run, home, monkeypatch):
    (home / ".env").write_text(f"DISCORD_TOKEN={TOKEN}\n")
    assert run("doctor")[0] == 0
    (home / ".env").unlink()
    assert run("doctor")[0] == EX_CONFIG


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_env_in_another_encoding_is_told_without_its_content(run, home, encoding):
    (home / ".env").write_text(f"# für das Dorf\nDISCORD_TOKEN={TOKEN}\n", encoding=encoding)
    code, out, err = run("doctor")
    assert (code, out) == (EX_CONFIG, "")
    assert err.startswith(".env cannot be read")
    assert "UTF-8" in err
    assert TOKEN not in err


def test_a_wrong_line_in_the_file_env_leaves_the_others_in_force(run, home):
    (home / ".env").write_text(f"this is no setting\nDISCORD_TOKEN={TOKEN}\n")
    assert run("doctor")[0] == 0
