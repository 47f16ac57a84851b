"""Replacing one workflow's part of a policy text leaves every other line as it was."""

import pytest

from bot.policy.rewrite import NoSuchSectionError, replace_section, section_of

TEXT = """# our policy
workflows:
  # the refunds
  refunds:
    owner: ana@example.com
    approve:
      low: [U0BEN]
    # kept where it stands

  # the summaries
  summaries:
    examples:
      - input: |
          first

          second
        good: short
    tools: [a,
      b]

lanes:
  low: {}
"""


def test_a_part_is_given_without_its_indent() -> None:
    """The form shows it as a text of its own."""
    assert section_of(TEXT, "refunds") == "owner: ana@example.com\napprove:\n  low: [U0BEN]\n"


def test_the_rest_keeps_its_comments() -> None:
    """Only the lines of that part are new."""
    after = replace_section(TEXT, "refunds", "owner: ben@example.com\n")
    assert after == TEXT.replace(
        "    owner: ana@example.com\n    approve:\n      low: [U0BEN]\n", "    owner: ben@example.com\n"
    )


def test_a_block_text_and_a_flow_list_belong_to_their_part() -> None:
    """A part ends with its last leaf, however that is written."""
    section = section_of(TEXT, "summaries")
    assert section.endswith("tools: [a,\n  b]\n")
    assert replace_section(TEXT, "summaries", section) == TEXT


def test_an_unknown_workflow_is_added_behind_the_others() -> None:
    """It lands inside workflows, before what follows them."""
    after = replace_section(TEXT, "fresh", "owner: ana@example.com")
    assert section_of(TEXT, "fresh") == ""
    assert section_of(after, "fresh") == "owner: ana@example.com\n"
    assert after.index("fresh:") < after.index("lanes:")


@pytest.mark.parametrize("text", ["", "lanes: {}", "workflows: {a: {owner: x}}", "- a"])
def test_a_text_without_a_block_of_workflows_is_refused(text: str) -> None:
    """There is no part to replace."""
    with pytest.raises(NoSuchSectionError):
        replace_section(text, "a", "owner: y")


@pytest.mark.parametrize("section", ["a: [", "'"])
def test_a_part_that_is_no_yaml_makes_a_text_that_is_none(section: str) -> None:
    """Whether the whole is a policy is asked of the whole, afterwards."""
    assert section in replace_section(TEXT, "refunds", section)
