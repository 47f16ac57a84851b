"""`prompt-change targets check` where there is nothing to ask yet; the scenarios have it among systems."""

from pathlib import Path

import pytest

from bot.__main__ import outcome

POLICY = """
policy_owners: [U0ANA, U0BEN, U0CHLOE]
workflows:
  macros:
    channel: C0TOOLS
    owner: ana@example.com
    target: {target}
"""
MANUAL = "{kind: manual, instructions: 'Paste it into [bold]Desk[/bold].'}"
HOOK = "{kind: webhook, url: 'https://prompts.example.com/a', secret_env: MACROS_SECRET}"


def in_force(folder: Path, target: str) -> None:
    """Put a policy with one workflow in force."""
    file = folder / "a.yml"
    file.write_text(POLICY.replace("{target}", target), encoding="utf-8")
    assert outcome(["policy", "load", str(file)]) == 0


def test_without_a_policy_there_is_nothing_to_check(capfd: pytest.CaptureFixture[str]) -> None:
    """One line that says what to do, and exit 2."""
    assert outcome(["targets", "check"]) == 2
    assert "No policy is in force yet." in capfd.readouterr().err


def test_a_target_that_only_a_person_sees_is_well(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is live before it was confirmed, and nothing is wrong with that."""
    in_force(bare, MANUAL)
    assert outcome(["targets", "check"]) == 0
    said = capfd.readouterr().out
    assert "macros" in said
    assert "nothing" in said


def test_a_credential_that_is_not_set_is_named(
    bare: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1, and the variable; nobody was asked."""
    monkeypatch.delenv("MACROS_SECRET", raising=False)
    in_force(bare, HOOK)
    assert outcome(["targets", "check"]) == 1
    told = " ".join(capfd.readouterr().out.replace("│", " ").split())
    assert "MACROS_SECRET is not set." in told


def test_a_repository_that_is_not_there_is_told(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The same for the targets of this machine."""
    in_force(bare, "{kind: git, repository: prompts.git, path: macros.md}")
    assert outcome(["targets", "check"]) == 1
    assert "cannot be read" in capfd.readouterr().out
