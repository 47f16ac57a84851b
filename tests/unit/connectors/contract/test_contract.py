"""What every target must do, whatever it is."""

from datetime import timedelta

import pytest
from contract_case import Case

from bot.connectors.protocol import PointerElsewhere, TargetRefused, VersionMissing

TEXTS = ["", "no newline", "one\n", "one\r\ntwo\r\n", "\ufeffÄ 漢字 🙂 \u202e\n\n", "tab\tnul\x00end\n"]


def test_says_where_the_prompt_lives(case: Case) -> None:
    """A target describes itself, names its live pointer, and says how long clients may lag."""
    assert case.target.describe()
    assert case.target.live_pointer == "production"
    assert case.target.canary_pointer != case.target.live_pointer
    assert case.target.lag >= timedelta(0)
    assert case.target.problems() == []


def test_nothing_is_live_at_first(case: Case) -> None:
    """A pointer at which nothing is reads as None, and there are no versions."""
    assert case.live is None
    assert case.target.is_already("production", None)
    assert case.target.list_versions() == []


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_comes_back_exactly(case: Case, text: str) -> None:
    """What was proposed is read to the byte; what the system cannot keep is refused and not altered."""
    if set(text) & set(case.cannot_hold) or (case.cannot_be_blank and not text.strip()):
        with pytest.raises(TargetRefused):
            case.propose(text)
        assert case.target.list_versions() == []
        return
    assert case.target.read_content(case.propose(text)).text == text


def test_proposing_moves_nothing(case: Case) -> None:
    """A proposed text is readable and listed, and not live."""
    version = case.propose("one")

    assert case.live is None
    assert [version] == [listed.id for listed in case.target.list_versions()]


def test_proposing_again_is_one_version(case: Case) -> None:
    """The same text proposed twice is the same version and is listed once."""
    assert case.propose("one") == case.propose("one")
    assert len(case.target.list_versions()) == 1


def test_versions_are_newest_first_and_limited(case: Case) -> None:
    """The newest proposal stands first, and no more than asked for are listed."""
    versions = [case.propose(f"text {number}", f"PC-{number}") for number in range(4)]

    assert versions[::-1] == [listed.id for listed in case.target.list_versions()]
    assert versions[:1:-1] == [listed.id for listed in case.target.list_versions(limit=2)]
    assert all(listed.at.utcoffset() == timedelta(0) for listed in case.target.list_versions())


def test_a_move_makes_the_version_live(case: Case) -> None:
    """After a move from what is expected, the pointer reads as wanted."""
    one, two = case.propose("one"), case.propose("two", "PC-2")
    case.move(None, one)
    assert case.live == one

    case.move(one, two)

    assert case.live == two
    assert case.target.is_already("production", two)
    assert not case.target.is_already("production", one)


def test_a_move_back_restores_the_exact_text(case: Case) -> None:
    """A rollback makes the version before live again, and its text is what it was."""
    one, two = case.propose("one\r\n"), case.propose("two", "PC-2")
    case.move(None, one)
    case.move(one, two)

    case.move(two, one)

    assert case.live == one
    assert case.target.read_content(one).text == "one\r\n"


def test_the_first_release_can_be_taken_back(case: Case) -> None:
    """A move to None leaves nothing live; a target that cannot do that says so, and what to do by hand."""
    one = case.propose("one")
    case.move(None, one)

    if case.cannot_empty:
        with pytest.raises(TargetRefused, match=case.cannot_empty):
            case.move(one, None)
        assert case.live == one
        return
    case.move(one, None)

    assert case.live is None


def test_the_same_key_twice_is_one_effect(case: Case) -> None:
    """A move that is told again changes nothing and says that it was so already."""
    one = case.propose("one")
    case.move(None, one, key="same")

    again = case.move(None, one, key="same")

    assert case.live == one
    assert getattr(again, "already", None) is True


def test_a_move_that_is_so_already_does_nothing(case: Case) -> None:
    """A pointer that is where it should be is left alone, whatever was expected."""
    one = case.propose("one")
    case.move(None, one)

    done = case.move("something else", one)

    assert case.live == one
    assert getattr(done, "already", None) is True


def test_a_pointer_elsewhere_is_left_alone(case: Case) -> None:
    """A pointer that somebody else moved is not moved, and the error names what is there."""
    one, two, three = (case.propose(text, f"PC-{text}") for text in ("1", "2", "3"))
    case.move(None, one)
    case.move(one, three)

    with pytest.raises(PointerElsewhere) as raised:
        case.move(one, two)

    assert raised.value.found == three
    assert case.live == three


def test_an_empty_pointer_is_elsewhere_too(case: Case) -> None:
    """Nothing where a version was expected is no place to start from."""
    one, two = case.propose("1"), case.propose("2", "PC-2")

    with pytest.raises(PointerElsewhere) as raised:
        case.move(one, two)

    assert raised.value.found is None
    assert case.live is None


def test_a_missing_version_is_not_made_live(case: Case) -> None:
    """A version that the target does not hold is neither moved to nor read."""
    one = case.propose("one")
    case.move(None, one)

    with pytest.raises(VersionMissing) as raised:
        case.move(one, case.missing)
    with pytest.raises(VersionMissing):
        case.target.read_content(case.missing)
    with pytest.raises(VersionMissing):
        case.target.read_content("HEAD")

    assert raised.value.version == case.missing
    assert case.live == one


def test_an_unknown_pointer_is_refused(case: Case) -> None:
    """Only the target's own pointers are read or moved."""
    one = case.propose("one")

    with pytest.raises(TargetRefused, match="no pointer called main"):
        case.target.read_pointer("main")
    with pytest.raises(TargetRefused, match="no pointer called main"):
        case.target.move("main", expected=None, wanted=one, key="k", why="")


def test_the_way_by_hand_names_the_version(case: Case) -> None:
    """What a person is told names the exact version."""
    one = case.propose("one")

    assert one in case.target.by_hand("production", one)
    assert case.target.by_hand("production", None)


def test_errors_are_sentences(case: Case) -> None:
    """What people read ends like a sentence."""
    with pytest.raises(VersionMissing) as missing:
        case.target.read_content(case.missing)
    with pytest.raises(PointerElsewhere) as elsewhere:
        case.move("x", case.propose("one"))

    assert str(missing.value).endswith(".")
    assert str(elsewhere.value).endswith(".")
