"""Going back past several releases, and releases that there is no going back from."""

from itertools import pairwise

from dulwich.objects import Blob

from tests.scenario.release.story import (
    HIGH,
    LOW,
    approved,
    asked,
    deploy,
    live,
    lost,
    on_the_host,
    roll_back,
)
from tests.scenario.town import Town, actions, top, words

TEXTS = ("one paragraph", "two paragraphs", "three paragraphs", "four paragraphs")


def releases_of(town: Town, *texts: str) -> None:
    """One release after another, each with other words in the place of those before."""
    for old, new in pairwise(texts):
        live(town, LOW, new, old=old)


def offered(town: Town, number: int, *, by: str = "U0RITA") -> dict[str, str]:
    """Open "Roll back to": the labels of what can be chosen, with their values."""
    person = town.person(by)
    assert person.click(town.message("live", change=number), "roll_back_to").ok
    element = next(block["element"] for block in top(person).blocks if block["type"] == "input")
    return {each["text"]["text"]: each["value"] for each in element["options"]}


def test_rolling_back_to_the_first_of_three_undoes_those_after_it(town: Town) -> None:
    """The passed-over one is rolled back with it, the first one is live again, and the card says both."""
    releases_of(town, *TEXTS)
    found = offered(town, 3)
    assert list(found) == ["What PC-2 made live", "What PC-1 made live", "Before the first release"]
    assert town.person("U0RITA").submit(values={"Go back to": found["What PC-1 made live"]}).ok
    town.settle()
    assert "two paragraphs" in (town.live_text(LOW.path) or "")
    assert "Rolled back: PC-3" in words(town.message("live", change=3))
    assert "Rolled back: PC-2" in words(town.message("live", change=2))
    assert "Live: PC-1" in words(town.message("live", change=1))
    assert "roll_back" in actions(town.message("live", change=1))
    assert "Also undone with it: PC-2." in words(town.message("rollback", change=3))
    roll_back(town, 1)
    assert "one paragraph" in (town.live_text(LOW.path) or "")


def test_what_was_live_before_the_first_release_can_come_back(town: Town) -> None:
    """Then every release is rolled back, and none is live."""
    releases_of(town, *TEXTS[:3])
    found = offered(town, 2)
    assert town.person("U0RITA").submit(values={"Go back to": found["Before the first release"]}).ok
    town.settle()
    assert "one paragraph" in (town.live_text(LOW.path) or "")
    assert "Rolled back: PC-1" in words(town.message("live", change=1))
    assert "Rolled back: PC-2" in words(town.message("live", change=2))
    assert "Also undone with it: PC-1." in words(town.message("rollback", change=2))
    assert "There is nothing live that you may roll back." in asked(town, "U0RITA", "rollback")


def test_a_version_that_was_live_twice_is_offered_once_and_the_live_one_not_at_all(town: Town) -> None:
    """Five releases, of which two brought back a text that had been there."""
    releases_of(town, "one paragraph", *(f"a list of type {letter}" for letter in "BCDCB"))
    assert list(offered(town, 5)) == [
        "What PC-4 made live",
        "What PC-3 made live",
        "Before the first release",
    ]


def test_only_the_last_five_versions_are_offered_and_no_older_one_is_taken(town: Town) -> None:
    """Also where nobody looks at a form: on the host the sixth is refused."""
    oldest = blob_of(town.live_text(LOW.path) or "")
    releases_of(town, "one paragraph", *(f"a list of type {letter}" for letter in "BCDEFG"))
    assert list(offered(town, 6)) == [f"What PC-{number} made live" for number in (5, 4, 3, 2, 1)]
    code, said = on_the_host(town, "rollback", "R-6", "--as", "rita@example.com", "--to", oldest)
    assert (code, said) == (
        2,
        "That version is not among the last five that were live. Choose one of those offered.",
    )
    assert "a list of type G" in (town.live_text(LOW.path) or "")


def blob_of(text: str) -> str:
    """The name that git gives to a text."""
    return Blob.from_string(text.encode()).id.decode()


def test_a_release_that_was_undone_by_itself_is_no_way_back(town: Town) -> None:
    """What was rolled back is not offered, and is not said to be undone with another one."""
    releases_of(town, *TEXTS[:3])
    roll_back(town, 2)
    live(town, LOW, "five paragraphs", old="two paragraphs")
    assert list(offered(town, 3)) == ["What PC-1 made live", "Before the first release"]
    roll_back(town, 3)
    assert "Also undone with it" not in words(town.message("rollback", change=3))
    assert "two paragraphs" in (town.live_text(LOW.path) or "")


def test_a_release_that_was_replaced_is_not_rolled_back(town: Town) -> None:
    """The refusal names the newer release."""
    live(town, LOW, "two paragraphs")
    card = town.message("live")
    live(town, LOW, "three paragraphs", old="two paragraphs")
    before = town.commits()
    town.person("U0RITA", hostile=True).click(card, "roll_back")
    said = town.whispers("U0RITA")[-1]
    assert "PC-1 is not live any more: PC-2 replaced it." in said
    assert "Was live: PC-1" in words(town.message("live", change=1))
    assert actions(town.message("live", change=1)) == []
    assert town.commits() == before


def test_a_release_that_failed_has_nothing_to_reverse(town: Town) -> None:
    """The canary could not be moved: nothing is live of it, so Stop does nothing."""
    number = approved(town, HIGH, "a refund of up to $100")
    with lost(town, number):
        deploy(town, number)
    town.person("U0RITA", hostile=True).click(town.card(), "roll_back", value="1")
    assert "PC-1 never went live, so there is nothing to reverse." in town.whispers("U0RITA")[-1]
    assert actions(town.message("live")) == []
    assert town.messages("rollback") == []
