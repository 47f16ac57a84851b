"""The policy is a target, too: proposed, approved by its owners, deployed and rolled back."""

from pathlib import Path

from bot.changes.first_start import first_policy
from bot.sandbox.person import SlackPerson
from tests.scenario.release.story import (
    LOW,
    STATEMENT,
    answered,
    asked,
    hearing,
    newest,
    on_the_host,
    proposed,
)
from tests.scenario.town import Town, actions, top, words

RIGHTS = ("low: [S0PEERS]", "low: [S0PEERS, U0SARA]")


def edits(town: Town, who: str, workflow: str, old: str, new: str) -> SlackPerson:
    """Click Edit on what `/prompt-change workflow` shows, and alter the part that is in the form."""
    message = answered(town, who, f"workflow {workflow}")
    person = town.person(who)
    assert person.click(message, "edit_workflow").ok, person.last_answer
    field = next(block for block in top(person).blocks if block["block_id"].startswith("new_text"))
    part = field["element"]["initial_value"]
    assert "description:" in part
    assert "policy_owners" not in part
    person.submit(values={field["block_id"]: part.replace(old, new, 1)})
    return person


def in_force(town: Town, number: int, *, by: tuple[str, ...] = ("U0BEN", "U0CHLOE")) -> None:
    """Two policy owners state what they checked, and a third one deploys."""
    for who in by:
        person = town.person(who)
        assert person.click(town.message("ask", change=number, to=who), "approve").ok
        assert person.submit(values={"statement": STATEMENT}).ok, person.last_answer
        town.settle()
    town.person("U0ANA").click(town.message("deploy", change=number, to="U0ANA"), "deploy")
    town.settle()


def version(town: Town) -> str:
    """The version in force, as `/prompt-change policy` says it."""
    found = asked(town, "U0MIRA", "policy")
    return found[found.index("Version") :].split("*")[0]


def test_the_command_shows_people_and_attributes_of_a_workflow(town: Town) -> None:
    """By name, with the target and the lists of people."""
    shown = asked(town, "U0MIRA", "workflow refunds")
    for phrase in (
        "Answers and actions on refund requests",
        "money",
        "issue_refund",
        "Ben Okafor",
        "refunds.md",
    ):
        assert phrase.lower() in shown.lower()
    assert "There is no workflow" in asked(town, "U0MIRA", "workflow nowhere")


def test_new_rights_bind_as_soon_as_they_are_deployed(town: Town) -> None:
    """Sara could not approve before; two owners later she can, on a change that was in review already."""
    number = proposed(town, LOW, "at most five bullet points")
    sara = town.person("U0SARA")
    sara.click(town.card(number), "approve")
    assert "not on the list of people who may approve" in town.whispers("U0SARA")[-1]
    mira = edits(town, "U0MIRA", "summaries", *RIGHTS)
    assert mira.last_answer.ok, mira.last_answer
    town.second_step(mira, {"asked": ["U0BEN", "U0CHLOE"]})
    assert mira.last_answer.ok, mira.last_answer
    in_force(town, newest(town))
    assert version(town) == "Version 2"
    sara.click(town.card(number), "approve")
    assert top(sara).callback_id == "decide"


def test_rolling_the_policy_back_takes_the_rights_back(town: Town) -> None:
    """Every owner has its message; one click of one of them restores the version before."""
    mira = edits(town, "U0MIRA", "summaries", *RIGHTS)
    town.second_step(mira, {"asked": ["U0BEN", "U0CHLOE"]})
    in_force(town, 1)
    owners = ("U0ANA", "U0BEN", "U0CHLOE")
    assert [len(town.messages("live", to=who)) for who in owners] == [1, 1, 1]
    town.person("U0CHLOE").click(town.message("live", to="U0CHLOE"), "roll_back")
    town.settle()
    assert version(town) == "Version 1"
    assert all(actions(town.message("live", to=who)) == [] for who in owners)
    assert [len(town.messages("rollback", to=who)) for who in owners] == [1, 1, 1]
    assert town.messages("rollback_notice", to="U0CHLOE") == []
    number = proposed(town, LOW, "at most five bullet points")
    town.person("U0SARA").click(town.card(number), "approve")
    assert "not on the list of people who may approve" in town.whispers("U0SARA")[-1]


def test_two_owners_put_a_policy_back_that_was_rolled_back(town: Town) -> None:
    """Every owner has the card, so that the second person of the high lane can confirm."""
    mira = edits(town, "U0MIRA", "summaries", *RIGHTS)
    town.second_step(mira, {"asked": ["U0BEN", "U0CHLOE"]})
    in_force(town, 1)
    town.person("U0CHLOE").click(town.message("live", to="U0CHLOE"), "roll_back")
    town.settle()
    town.person("U0BEN").click(town.message("rollback", to="U0BEN"), "restore")
    assert town.person("U0BEN").submit(values={"reason": "Sara was meant to have this right."}).ok
    town.settle()
    assert version(town) == "Version 1"
    town.person("U0ANA").click(town.message("rollback", to="U0ANA"), "restore")
    town.settle()
    assert version(town) == "Version 2"


def test_changes_in_review_are_classified_again_and_say_so(town: Town) -> None:
    """The workflow is customer-visible and touches money from now on: the change leaves the low lane."""
    number = proposed(town, LOW, "at most five bullet points")
    assert "Low lane" in words(town.card(number))
    old = "customer_visible: false\ntouches: []"
    mira = edits(town, "U0MIRA", "summaries", old, "customer_visible: true\ntouches: [money]")
    assert mira.last_answer.ok, mira.last_answer
    town.second_step(mira, {"asked": ["U0BEN", "U0CHLOE"]})
    in_force(town, newest(town))
    card = town.card(number)
    assert "Medium lane" in words(card)
    said = [words(each) for each in town.workspace.thread(card.channel, card.ts)]
    assert any(
        "Policy version 2 is in force: this moved from the low to the medium lane." in each for each in said
    )


def test_an_invalid_policy_is_refused_in_the_form_with_line_and_field(town: Town) -> None:
    """What was typed stays, and nothing is proposed."""
    mira = edits(town, "U0MIRA", "summaries", "customer_visible: false", "customer_visible: perhaps")
    said = str(mira.last_answer.errors)
    assert not mira.last_answer.ok
    assert "customer_visible" in said
    assert "policy:8" in said
    assert "perhaps" in str(top(mira).typed)
    assert town.messages("review") == []


def test_a_change_of_the_policy_cannot_be_approved_by_its_author(town: Town) -> None:
    """An owner who proposes leaves it to two others, and cannot deploy it either."""
    ana = edits(town, "U0ANA", "summaries", *RIGHTS)
    town.second_step(ana, {"asked": ["U0BEN", "U0CHLOE"]})
    assert ana.last_answer.ok, ana.last_answer
    for who in ("U0BEN", "U0CHLOE"):
        person = town.person(who)
        person.click(town.message("ask", to=who), "approve")
        assert person.submit(values={"statement": STATEMENT}).ok
        town.settle()
    assert town.messages("deploy", to="U0ANA") == []
    ana.click(town.card(), "deploy")
    assert "somebody else has to deploy it" in town.whispers("U0ANA")[-1]
    town.person("U0BEN").click(town.message("deploy", to="U0BEN"), "deploy")
    town.settle()
    assert version(town) == "Version 2"


def test_a_policy_that_is_loaded_on_the_host_is_announced_to_its_owners(town: Town, tmp_path: Path) -> None:
    """It binds at once; a file that is only put there changes nothing, not even at the next start."""
    file = tmp_path / "policy.yml"
    kept = file.read_text(encoding="utf-8")
    file.write_text(kept.replace(*RIGHTS), encoding="utf-8")
    assert first_policy(town.app.store, file, now=town.moment()) is False
    assert version(town) == "Version 1"
    code, said = on_the_host(town, "policy", "load", str(file), "--as", "ana@example.com")
    assert (code, said) == (0, "Policy version 2 is in force.")
    town.settle()
    assert version(town) == "Version 2"
    for who in ("U0ANA", "U0BEN", "U0CHLOE"):
        (told,) = hearing(town, who, "Policy version 2 is in force")
        assert "loaded on the host" in words(told)
    assert not hearing(town, "U0MIRA", "Policy version 2")
    assert on_the_host(town, "policy", "load", str(file))[1] == "Policy version 2 is in force already."
    file.write_text("workflows: {", encoding="utf-8")
    code, said = on_the_host(town, "policy", "load", str(file))
    assert code == 2
    assert "policy.yml:1" in said
    town.settle()
    assert version(town) == "Version 2"
