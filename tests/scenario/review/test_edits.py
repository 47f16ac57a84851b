"""An edit while a change is in review: what it costs is said before, and what it cost shows after."""

from tests.scenario.review.hand import heard, high, low, medium, menu, missing, on_screen, record, state, told
from tests.scenario.town import Town, actions, top, words


def test_an_edit_warns_voids_the_votes_and_takes_its_author_off_the_approvers(town: Town) -> None:
    """Chloe edits what Ben approved: both are told by the form, Ben must look again, Chloe cannot approve."""
    high(town)
    ben, chloe, dev = town.person("U0BEN"), town.person("U0CHLOE"), town.person("U0DEV")
    state(ben, town.card())
    record(ben, town.card(), total="50", passed="50")
    town.settle()
    old = town.card()
    menu(chloe, town.card(), "edit")
    assert "1 vote that was given stops counting" in on_screen(chloe)
    assert "you have touched the change and cannot approve it" in on_screen(chloe)
    text = next(it for it in top(chloe).blocks if it["block_id"].startswith("new_text"))["element"][
        "initial_value"
    ]
    chloe.submit(values={"New text": text.replace("up to $500", "up to $100")})
    assert chloe.submit().ok, chloe.last_answer
    town.settle()
    card = town.card()
    assert "In review" in words(card)
    assert "$100" in words(card)
    assert "Approvals: 0 of 2" in words(card)
    assert "Does not count: on an earlier text" in words(card)
    assert "for an earlier text; attested by Ben Okafor" in words(card)
    assert missing(card) == "2 approvals, regression set"
    # Ben's screen still shows the card of before.
    late = town.person("U0BEN", hostile=True)
    late.click(old, "approve")
    assert late.view() is None
    assert "PC-1 was edited since this card was drawn." in heard(town, ben, "C0REFUNDS")
    # Chloe has written part of it now.
    chloe.click(card, "approve")
    assert chloe.view() is None
    said = heard(town, chloe, "C0REFUNDS")
    assert "You wrote part of this change" in said
    assert "Ben Okafor" in said
    assert "Dev Patel" in said
    assert state(ben, card).ok
    assert state(dev, card, "Tried it on ten orders of last week.").ok
    record(ben, town.card(), total="50", passed="50")
    town.settle()
    assert "Approved since" in words(town.card())


def test_a_statement_written_for_the_text_before_is_not_cast_on_the_new_one(town: Town) -> None:
    """Ben writes while Mira edits: his form says that the change was edited since, and keeps his words."""
    high(town)
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    ben.click(town.card(), "approve")
    menu(mira, town.card(), "edit")
    mira.submit()
    assert mira.submit(values={"why": "Support asked for it twice this month."}).ok
    answer = ben.submit(values={"statement": "I read the new limit against the policy."})
    assert "was edited since" in str(answer.errors)
    assert "I read the new limit" in str(top(ben).typed)
    town.settle()
    assert "Approvals: 0 of 2" in words(town.card())


def test_an_edit_of_the_note_alone_voids_votes_and_keeps_the_evidence(town: Town) -> None:
    """Votes bind to what was reviewed, evidence to the content that was run."""
    medium(town)
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    record(ben, town.card())
    ben.click(town.card(), "approve")
    town.settle()
    assert "Approved since" in words(town.card())
    menu(mira, town.card(), "edit")
    assert "1 vote that was given stops counting" in on_screen(mira)
    mira.submit()
    assert mira.submit(values={"why": "Customers complained about slow beginnings."}).ok
    town.settle()
    card = town.card()
    assert "In review" in words(card)
    assert missing(card) == "1 approval"
    assert "deploy" not in actions(town.message("deploy", to="U0PAUL"))
    ben.click(card, "approve")
    town.settle()
    assert "Approved since" in words(town.card())
    assert "deploy" in actions(town.message("deploy", to="U0PAUL"))


def test_deploy_on_the_card_of_an_edited_change_moves_nothing(town: Town) -> None:
    """The deployer's screen shows the approved text of before; the click is refused in private."""
    medium(town)
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    record(ben, town.card())
    ben.click(town.card(), "approve")
    town.settle()
    old = town.message("deploy", to="U0PAUL")
    commits = town.commits()
    menu(mira, town.card(), "edit")
    mira.submit()
    mira.submit(values={"why": "Customers complained about slow beginnings."})
    town.person("U0PAUL", hostile=True).click(old, "deploy")
    assert "was edited since" in told(town, "U0PAUL")
    assert town.commits() == commits


def test_only_those_who_have_to_do_with_a_change_may_edit_it(town: Town) -> None:
    """Sara is on no list: her edit is refused with what she can do instead."""
    low(town)
    sara = town.person("U0SARA")
    menu(sara, town.card(), "edit")
    assert sara.view() is None
    assert "Only its submitter and those who may approve it can edit" in heard(town, sara, "C0TOOLS")


def test_an_edit_that_is_closed_again_costs_nothing(town: Town) -> None:
    """Looking at the form voids no vote."""
    high(town)
    state(town.person("U0BEN"), town.card())
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "edit")
    mira.submit()
    mira.close(whole_stack=True)
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())


def test_two_people_who_edit_at_once_do_not_overwrite_each_other_unseen(town: Town) -> None:
    """Chloe sends her edit while Mira's form is open: Mira is told before hers replaces it."""
    high(town)
    mira, chloe = town.person("U0MIRA"), town.person("U0CHLOE")
    menu(mira, town.card(), "edit")
    mira.submit()
    menu(chloe, town.card(), "edit")
    chloe.submit()
    assert chloe.submit(values={"why": "Chloe says: support asked for it twice."}).ok
    answer = mira.submit(values={"why": "Mira says: legal asked for it once."})
    assert not answer.ok
    assert "edited" in str(answer.errors)
    town.settle()
    assert "Chloe says" in words(town.card())
