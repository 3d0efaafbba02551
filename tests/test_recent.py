"""What happened lately is known as far back as memory may reach."""

from bot.recent import Recent


def test_only_the_last_things_are_kept_each_once():
    recent = Recent(2)
    recent.note(["one", "two", "two"])
    assert "one" in recent
    recent.note(["three"])
    assert [thing in recent for thing in ("one", "two", "three")] == [False, True, True]
