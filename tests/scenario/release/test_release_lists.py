"""What was released, what can be rolled back, and how: the commands that are read in an incident."""

from bot.sandbox.records import View
from tests.scenario.release.story import (
    HIGH,
    LOW,
    answered,
    approved,
    asked,
    deploy,
    live,
    lost,
    proposed,
    roll_back,
    spot_check,
)
from tests.scenario.town import Town, actions, words

NEW = "at most five bullet points"


def home(town: Town, who: str) -> View:
    """Open the Home tab."""
    person = town.person(who)
    assert person.open_home().ok
    found = person.home()
    assert found is not None
    return found


def part(view: View, title: str) -> list[dict[str, object]]:
    """The blocks of one part of the Home tab."""
    headed = [at for at, block in enumerate(view.blocks) if block["type"] == "header"]
    start = next(at for at in headed if view.blocks[at]["text"]["text"] == title)
    end = next((at for at in headed if at > start), len(view.blocks))
    return list(view.blocks[start + 1 : end])


def buttons(blocks: list[dict[str, object]]) -> list[str]:
    """The action_ids of the rows."""
    return [str(block["accessory"]["action_id"]) for block in blocks if "accessory" in block]  # type: ignore[index]


def test_recent_lists_the_releases_of_late_newest_first(town: Town) -> None:
    """With Roll back beside what is live, for those who hold the right; older ones fall out."""
    live(town, LOW, NEW)
    town.moment.pass_by(hours=3)
    town.app.people.refresh_groups()
    live(town, HIGH, "a refund of up to $100")
    shown = asked(town, "U0RITA", "recent 2h")
    assert "PC-2" in shown
    assert "PC-1" not in shown
    wide = answered(town, "U0RITA", "recent 1d")
    assert words(wide).index("PC-2") < words(wide).index("PC-1")
    assert actions(wide).count("roll_back") == 2
    assert actions(answered(town, "U0PAUL", "recent 1d")).count("roll_back") == 1
    assert "roll_back" not in actions(answered(town, "U0BEN", "recent 1d"))
    assert "is no span of time" in asked(town, "U0RITA", "recent soon")


def test_the_rollback_list_holds_what_one_may_roll_back_and_its_button_works(town: Town) -> None:
    """From the answer that only this person sees, one click does it."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    assert "There is nothing live that you may roll back." in asked(town, "U0BEN", "rollback")
    answer = answered(town, "U0OMAR", "rollback")
    assert town.person("U0OMAR").click(answer, "roll_back").ok
    town.settle()
    assert town.live_text(LOW.path) == old
    assert "There is nothing live that you may roll back." in asked(town, "U0OMAR", "rollback")


def test_history_tells_what_happened_to_a_workflow(town: Town) -> None:
    """Readable by somebody who joined today: what, why, who approved, deployed, rolled back, and why."""
    live(town, LOW, NEW)
    roll_back(town, 1)
    rita = town.person("U0RITA")
    rita.click(town.message("rollback"), "add_reason")
    rita.submit(values={"reason": "Order numbers were missing."})
    shown = asked(town, "U0GRETA", "history summaries")
    assert "guest" in shown
    shown = asked(town, "U0LEILA", "history summaries")
    for phrase in (
        "PC-1",
        "Rolled back",
        "Summaries are written as bullet points.",
        "Colleagues asked",
        "paul",
        "dev",
        "rita",
        "Order numbers were missing.",
    ):
        assert phrase.lower() in shown.lower(), phrase
    assert "Nothing has changed here yet." in asked(town, "U0LEILA", "history refunds")


def test_reverse_says_how_the_live_release_would_be_reversed_today(town: Town) -> None:
    """What would come back, whether it can be read right now, who can do it, and how by hand."""
    assert "No release is live" in asked(town, "U0LEILA", "reverse summaries")
    number = live(town, LOW, NEW)
    shown = asked(town, "U0LEILA", "reverse summaries")
    assert "PC-1" in shown
    assert "*Readable right now:* yes" in shown
    assert "rita" in shown.lower()
    assert "git clone" in shown
    second = live(town, LOW, "six bullet points", old="five bullet points")
    with lost(town, number):
        shown = asked(town, "U0LEILA", "reverse summaries")
        assert "*Readable right now:* *no.*" in shown
        assert "holds no text" in shown
    assert second == 2
    town.workspace.deactivate_user("U0RITA")
    assert town.workspace.events.settle()
    assert "rita" not in asked(town, "U0LEILA", "reverse summaries").lower()


def test_the_home_tab_says_what_waits_what_is_mine_and_what_is_live(town: Town) -> None:
    """Roll back stands there only for those who hold the right."""
    live(town, LOW, NEW)
    number = proposed(town, LOW, "six bullet points", old="five bullet points")
    waiting = part(home(town, "U0PAUL"), "Waiting for you")
    assert f"PC-{number}" in str(waiting) or "Nothing waits" in str(waiting)
    assert "PC-1" in str(part(home(town, "U0MIRA"), "Yours"))
    assert f"PC-{number}" in str(part(home(town, "U0MIRA"), "Yours"))
    spot_check(town, number)
    assert "its deployment" in str(part(home(town, "U0DEV"), "Waiting for you"))
    assert buttons(part(home(town, "U0RITA"), "Live now")) == ["roll_back"]
    assert buttons(part(home(town, "U0BEN"), "Live now")) == ["show_change"]
    assert "guest" in str(home(town, "U0GRETA").blocks).lower()


def test_roll_back_on_the_home_tab_works_and_the_tab_is_drawn_again(town: Town) -> None:
    """After the click the row no longer offers it; once done the list is empty."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    home(town, "U0RITA")
    rita = town.person("U0RITA")
    assert rita.click_home("roll_back").ok
    assert buttons(part(rita.home(), "Live now")) == ["show_change"]
    town.settle()
    assert town.live_text(LOW.path) == old
    assert "No release is live." in str(part(home(town, "U0RITA"), "Live now"))


def test_what_somebody_must_set_or_confirm_waits_on_their_home_tab(town: Town) -> None:
    """A rollback that they, or a group of theirs, have not confirmed yet."""
    live(town, LOW, NEW)
    roll_back(town, 1)
    assert "PC-1" in str(part(home(town, "U0SARA"), "Waiting for you"))
    town.person("U0SARA").click(town.message("rollback_notice", to="U0SARA"), "acknowledge")
    town.settle()
    assert "PC-1" not in str(part(home(town, "U0SARA"), "Waiting for you"))


def test_a_deployer_finds_the_next_stage_waiting(town: Town) -> None:
    """The release that is at its first stage waits for whoever began it."""
    deploy(town, approved(town, HIGH, "a refund of up to $100"))
    assert "the next stage" in str(part(home(town, "U0DEV"), "Waiting for you"))
