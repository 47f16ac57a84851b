"""The first step of the form: whose text it shows, what it keeps, what it warns of."""

from typing import Any

import pytest
from blockkit import action_ids, words_of
from extremes import long_prompt
from factory import revision
from filling import filled
from screens import proposal

from bot.cards.modals.propose import How, ProposalForm, read_submit_change, submit_change, ways_for
from storage.vocabulary import Impact, Kind

Json = dict[str, Any]


def sent(view: Json, **entered: Any) -> ProposalForm:
    """Return step 1 as it is read after somebody filled it in."""
    return read_submit_change(filled(view, **entered), view["private_metadata"])


def test_a_proposal_comes_back_as_it_was_filled_in() -> None:
    """Step 1, edited in the form, is read into a plain value."""
    view = submit_change(proposal())
    values = filled(
        view, workflow="refunds", kinds=["model_routing"], impacts=["money"], new_text="New text."
    )
    assert read_submit_change(values, view["private_metadata"]) == ProposalForm(
        change_id=42,
        workflow="refunds",
        kinds=(Kind.MODEL_ROUTING,),
        impacts=(Impact.MONEY,),
        how=How.EDIT,
        new_text="New text.",
        drawn_for="refunds",
        asked_customers=True,
    )


@pytest.mark.parametrize(
    ("how", "entered"),
    [
        (How.REPLACE, {"old_phrase": "$50", "new_phrase": "$500"}),
        (How.UPLOAD, {"file": ("F1",)}),
        (How.EXISTING, {"version": "v16"}),
    ],
)
def test_each_way_of_giving_the_text_is_read(how: How, entered: Json) -> None:
    """A replacement, an upload and an existing version come back with what they need and nothing else."""
    form = sent(submit_change(proposal(typed={"how": how.value})), **entered)
    assert form.how is how
    assert {name: getattr(form, name) for name in entered} == entered
    assert form.new_text == ""


def test_what_was_typed_survives_being_kept_and_drawn_again() -> None:
    """A draft that is resumed shows what stood in the form."""
    kept = sent(
        submit_change(proposal()),
        kinds=["tool_permissions"],
        impacts=["legal"],
        new_text="Mine.",
        not_customer_visible_because="Only tone.",
    )
    assert sent(submit_change(proposal(typed=kept.typed()))) == kept


def test_a_field_that_was_not_shown_keeps_what_was_typed_into_it() -> None:
    """Trying another way to give the text says nothing about the text that stands in the first one."""
    form = sent(submit_change(proposal(typed={"how": "replace"})), old_phrase="$50")
    assert "new_text" not in form.typed()
    assert form.typed()["old_phrase"] == "$50"


def test_customers_are_ticked_already_where_they_read_the_workflow() -> None:
    """Ticked on a customer-visible workflow, unticked once somebody unticked it, never ticked elsewhere."""
    assert sent(submit_change(proposal())).impacts == (Impact.CUSTOMER_VISIBLE,)
    unticked = sent(submit_change(proposal()), impacts=[])
    assert sent(submit_change(proposal(typed=unticked.typed()))).impacts == ()
    assert sent(submit_change(proposal(workflow="notes", customer_visible=False))).impacts == ()


def test_another_workflow_brings_its_own_text() -> None:
    """Slack keeps what stands in an input of the same block_id, so the text's id names its workflow."""
    views = [submit_change(proposal(workflow=name)) for name in ("refunds", "notes")]
    ids = [{block.get("block_id") for block in view["blocks"]} for view in views]
    assert "new_text:refunds" in ids[0]
    assert "new_text:notes" in ids[1]
    assert ids[0] & ids[1] >= {"workflow", "kinds", "not_customer_visible_because"}


def test_choosing_another_workflow_starts_from_its_text_and_its_customers() -> None:
    """What was typed for one workflow is not offered for another, and its customers are ticked anew."""
    first = submit_change(proposal(workflow="notes", customer_visible=False))
    chosen = sent(first, new_text="Notes only.", workflow="refunds")
    again = sent(submit_change(proposal(typed={"new_text": "Older."} | chosen.typed())))
    assert again.new_text == revision().before_text
    assert again.impacts == (Impact.CUSTOMER_VISIBLE,)


def test_a_form_sent_before_it_was_redrawn_takes_no_text_of_another_workflow() -> None:
    """Choosing a workflow and sending at once never proposes the first one's text for the second."""
    form = sent(
        submit_change(proposal(typed={"section": "refunds"})), workflow="notes", new_text="Refunds only."
    )
    assert (form.workflow, form.new_text, form.section) == ("notes", "", "")


def test_a_part_of_the_policy_comes_back_with_its_name() -> None:
    """Editing one workflow's part of the policy says which part, now and when it is drawn again."""
    form = sent(submit_change(proposal(typed={"section": "refunds"})), new_text="New.")
    assert (form.section, form.new_text) == ("refunds", "New.")
    assert sent(submit_change(proposal(typed=form.typed()))).section == "refunds"


def test_a_long_text_cannot_be_edited_in_the_form() -> None:
    """Past 3,000 characters, of what is live or of what was proposed, there is no editing in the form."""
    assert ways_for(proposal(), "Short.") == [How.EDIT, How.REPLACE, How.UPLOAD, How.EXISTING]
    assert ways_for(proposal(), long_prompt()) == [How.REPLACE, How.UPLOAD, How.EXISTING]
    assert ways_for(proposal(), "👍" * 1_501)[0] is How.REPLACE
    assert ways_for(proposal(before=None, versions=()), "") == [How.EDIT, How.UPLOAD]
    assert sent(submit_change(proposal(before=long_prompt()))).how is How.REPLACE
    assert sent(submit_change(proposal(typed={"new_text": long_prompt()}))).how is How.REPLACE


def test_the_form_warns_before_an_edit() -> None:
    """It says how many votes an edit ends, and that the editor cannot approve afterwards."""
    said = words_of(submit_change(proposal())["blocks"])
    assert "2 votes that were given stop counting" in said
    assert "cannot approve it" in said
    calm = words_of(submit_change(proposal(will_void=0, cannot_approve_after=False))["blocks"])
    assert "stop counting" not in calm
    assert "cannot approve" not in calm


def test_drafts_are_offered_on_top() -> None:
    """A form closed by accident can be taken up again."""
    assert action_ids(submit_change(proposal())["blocks"])[0] == "resume_draft"
