"""The commands that need no database: what they print, and how they refuse."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.commands_policy import check_policy_command, classify_command, schema_command

app = typer.Typer()
app.command("classify")(classify_command)
app.command("check-policy")(check_policy_command)
app.command("policy-schema")(schema_command)
run = CliRunner()

POLICY = "workflows: {refunds: {customer_visible: true, touches: [money], tools: [issue_refund]}}\n"
CHANGE = (
    "workflow: refunds\nkinds: [system_prompt]\nimpacts: []\n"
    "before: You may offer a refund of up to $50.\nafter: You may offer a refund of up to $500.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold a policy and a change."""
    (tmp_path / "policy.yml").write_text(POLICY)
    (tmp_path / "change.yml").write_text(CHANGE)
    return tmp_path


def _classify(folder: Path, *more: str, change: str = "change.yml") -> tuple[int, str, str]:
    arguments = ["classify", "--policy", str(folder / "policy.yml"), "--change", str(folder / change), *more]
    result = run.invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_classify_prints_the_documented_keys(folder: Path) -> None:
    """The JSON holds exactly the keys that other tools rely on."""
    code, out, _ = _classify(folder, "--json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["lane", "reasons", "regression_gate", "gate_reasons", "approvals", "signals"]
    assert (found["lane"], found["regression_gate"], found["approvals"]) == ("high", True, 2)
    assert all(set(reason) == {"rule", "text"} for reason in found["reasons"] + found["gate_reasons"])
    assert found["signals"] == [{"impact": "money", "words": ["refund", "$50", "$500"]}]


def test_a_kind_found_in_the_diff_is_named_as_a_kind(folder: Path) -> None:
    """A signal for a kind has the key `kind` instead of `impact`."""
    (folder / "change.yml").write_text(
        "workflow: refunds\nkinds: [system_prompt]\nbefore: ''\nafter: 'threshold: low'\n"
    )
    found = json.loads(_classify(folder, "--json")[1])
    assert {"kind": "eval_threshold", "words": ["threshold"]} in found["signals"]


def test_a_change_file_may_be_json(folder: Path) -> None:
    """JSON is read as JSON: tabs, escapes and emoji as they are."""
    change = {
        "workflow": "refunds",
        "kinds": ["system_prompt"],
        "before": "a \U0001f600",
        "after": "b\t\U0001f600",
    }
    (folder / "change.json").write_text(json.dumps(change, indent="\t"))
    code, out, _ = _classify(folder, "--json", change="change.json")
    assert (code, json.loads(out)["lane"]) == (0, "medium")


def test_people_read_the_lane_and_its_reasons(folder: Path) -> None:
    """Without --json the same is told as a table, with a word where no gate is needed."""
    assert "impact.money" in _classify(folder)[1]
    (folder / "policy.yml").write_text("workflows: {refunds: {}}")
    (folder / "change.yml").write_text(CHANGE.replace("$500", "$50"))
    code, out, _ = _classify(folder)
    assert code == 0
    assert "No regression gate is needed" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CHANGE.replace("refunds\n", "nowhere\n"), "nowhere"),
        (CHANGE.replace("system_prompt", "magic"), "change.yml:2: kinds[0]"),
        (CHANGE.replace("kinds: [system_prompt]", "kinds: []"), "at least one kind"),
        (CHANGE.replace("kinds: [system_prompt]\n", ""), "'kinds' is missing"),
        (CHANGE.replace("impacts: []", "impacts: [magic]"), "change.yml:3: impacts[0]"),
        (CHANGE.replace("impacts: []", "impact: []"), "no key of a change file"),
        (CHANGE + "kinds: [eval_threshold]\n", "already stands"),
        (CHANGE + "history: {rollbacks: -1}\n", "change.yml:6: history.rollbacks"),
        (CHANGE + "history: {rollbacks: many}\n", "history.rollbacks"),
        ("workflow: refunds\nkinds: [system_prompt]\nbefore: a\n", "'after' is missing"),
        ("workflow: refunds\nkinds: [system_prompt]\nbefore: 5\nafter: b\n", "must be text"),
        ("", "empty"),
        ("- a\n", "mapping"),
        ("a: [\n", "YAML"),
        ('{"workflow": "a", "workflow": "b"}', "twice"),
        ('{"workflow": "refunds"}', "'kinds' is missing"),
        ("{" * 3_000, "change.yml"),
    ],
)
def test_a_bad_change_is_a_message_and_exit_2(folder: Path, text: str, words: str) -> None:
    """Bad input is told on the error stream, and nothing is printed that could be taken for a lane."""
    (folder / "change.yml").write_text(text)
    code, out, err = _classify(folder, "--json")
    assert (code, out) == (2, "")
    assert words in err


def test_files_that_cannot_be_read_are_messages(folder: Path) -> None:
    """A missing file, a folder and bytes that are no UTF-8 end with exit 2."""
    (folder / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    for name, words in (
        ("nowhere.yml", "cannot be read"),
        (".", "cannot be read"),
        ("bytes.yml", "not UTF-8"),
    ):
        code, _, err = _classify(folder, change=name)
        assert code == 2
        assert words in err


def test_a_mark_at_the_start_of_a_file_is_no_content(folder: Path) -> None:
    """Editors on Windows begin UTF-8 with a mark; it is passed over."""
    (folder / "change.yml").write_bytes(b"\xef\xbb\xbf" + CHANGE.encode())
    assert _classify(folder)[0] == 0


def test_without_a_policy_one_is_asked_for(folder: Path) -> None:
    """The default policy names no workflow of yours, and the refusal says what to pass."""
    result = run.invoke(app, ["classify", "--change", str(folder / "change.yml")])
    assert result.exit_code == 2
    assert "--policy" in result.stderr


def test_check_policy_tells_faults_with_their_lines(folder: Path) -> None:
    """A broken policy is exit 2 with file, line and field."""
    path = folder / "policy.yml"
    path.write_text("workflows:\n  a: {wat: 1}\n")
    result = run.invoke(app, ["check-policy", str(path)])
    assert result.exit_code == 2
    assert f"{path}:2: workflows.a.wat" in result.stderr


def test_check_policy_accepts_attributes_and_says_what_is_missing(folder: Path) -> None:
    """A file that only classifies is valid; what a release would need is told, and the warnings."""
    result = run.invoke(app, ["check-policy", str(folder / "policy.yml")])
    assert result.exit_code == 0
    assert "'channel' is missing" in result.stdout
    assert "at least three" in result.stdout


def test_the_schema_is_printed() -> None:
    """The schema is one JSON document."""
    result = run.invoke(app, ["policy-schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["required"] == ["workflows"]
