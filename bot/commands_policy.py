"""The commands that read policy and change files: classify, check-policy and policy-schema.

They need no database and no Slack, so that CI can ask before anybody is asked. Bad input ends with one
message and exit code 2, never with a traceback.
"""

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import Field, StrictInt, StrictStr, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.policy.classify import NO_GATE_NEEDED, Classification, ClassificationError, History, classify
from bot.policy.frozen import Frozen
from bot.policy.load import (
    PolicyError,
    Problem,
    default_policy,
    parse_policy,
    policy_json_schema,
    problems_of,
)
from bot.policy.model import Policy, UnknownWorkflowError
from bot.policy.yaml_lines import Lines, YamlError, read_yaml
from storage.vocabulary import Impact, Kind

_LARGEST = 4_000_000
_BAD_INPUT = 2


class _HistoryPart(Frozen):
    rollbacks: StrictInt = Field(default=0, ge=0)
    reports: StrictInt = Field(default=0, ge=0)


class _ChangeFile(Frozen):
    """The keys of a change file."""

    workflow: StrictStr
    kinds: tuple[Kind, ...]
    impacts: tuple[Impact, ...] = ()
    before: StrictStr
    after: StrictStr
    history: _HistoryPart = _HistoryPart()


def classify_command(
    change: Annotated[Path, typer.Option("--change", help="The change file, YAML or JSON.")],
    policy: Annotated[Path | None, typer.Option("--policy", help="The policy file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002 - Typer's flag
) -> None:
    """Say which lane a change file would be in, and why."""
    rules = _policy(policy, attributes_only=True) if policy else default_policy()
    wanted = _change(change)
    try:
        found = classify(
            rules,
            wanted.workflow,
            kinds=wanted.kinds,
            impacts=wanted.impacts,
            before=wanted.before,
            after=wanted.after,
            history=History(wanted.history.rollbacks, wanted.history.reports),
        )
    except UnknownWorkflowError as error:
        _refuse(
            f"{change}: {error.args[0]}" + ("" if policy else " Name your own policy with --policy FILE.")
        )
    except ClassificationError as error:
        _refuse(f"{change}: {error}")
    if as_json:
        typer.echo(json.dumps(_as_json(found), indent=2))
    else:
        _show(found)


def check_policy_command(
    file: Annotated[Path, typer.Argument(help="The policy file.", metavar="FILE")],
) -> None:
    """Check a policy file, and say what is wrong with it or worth knowing about it."""
    policy = _policy(file, attributes_only=True)
    for warning in policy.warnings:
        typer.echo(f"Warning: {warning}")
    try:
        parse_policy(_text(file), name=str(file))
    except PolicyError as error:
        typer.echo("Enough to classify with. To put it in force, these are missing:")
        typer.echo(str(error))
    typer.echo(f"{file} is a valid policy. Workflows: {', '.join(sorted(policy.workflows)) or 'none'}.")


def schema_command() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    typer.echo(json.dumps(policy_json_schema(), indent=2))


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(_BAD_INPUT)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        _refuse(f"{path} cannot be read: {error.strerror or error}. Name a file that exists.")
    except ValueError:
        _refuse("The name of a file cannot hold a null character. Name a file that exists.")
    if len(raw) > _LARGEST:
        _refuse(f"{path} is larger than {_LARGEST // 1_000_000} MB. Name a smaller file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.")


def _policy(path: Path, *, attributes_only: bool) -> Policy:
    try:
        return parse_policy(_text(path), name=str(path), attributes_only=attributes_only)
    except PolicyError as error:
        _refuse(str(error))


def _change(path: Path) -> _ChangeFile:
    data, lines = _data(path)
    if not isinstance(data, dict):
        _refuse(f"{path}: A change file is a mapping of keys to values. Begin it with `workflow:`.")
    try:
        return _ChangeFile.model_validate(data)
    except ValidationError as error:
        _refuse("\n".join(map(str, problems_of(error, lines, str(path), of="a change file"))))


def _data(path: Path) -> tuple[Any, Lines | None]:
    """Read YAML or JSON. JSON comes first: YAML reads some of its escapes and tabs differently."""
    text = _text(path)
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text, object_pairs_hook=_each_key_once), None
        except _GivenTwiceError as error:
            _refuse(f"{path}: {error}")
        except (ValueError, RecursionError):
            # A flow mapping of YAML looks like JSON; whatever is wrong is told by the YAML reader.
            pass
    try:
        data, lines, twice = read_yaml(text)
    except YamlError as error:
        _refuse(str(Problem(str(path), error.line, "", str(error))))
    if twice:
        _refuse("\n".join(str(Problem(str(path), line, "", sentence)) for line, sentence in twice))
    return data, lines


class _GivenTwiceError(ValueError):
    """A key stands twice in one JSON object."""


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _GivenTwiceError("A key stands twice in one object. Keep one of the two.")
    return found


def _as_json(found: Classification) -> dict[str, Any]:
    return {
        "lane": found.lane.value,
        "reasons": [{"rule": reason.rule, "text": reason.text} for reason in found.reasons],
        "regression_gate": found.regression_gate,
        "gate_reasons": [{"rule": reason.rule, "text": reason.text} for reason in found.gate_reasons],
        "approvals": found.approvals,
        "signals": [
            {
                "impact" if isinstance(signal.names, Impact) else "kind": signal.names.value,
                "words": [*signal.words],
            }
            for signal in found.signals
        ],
    }


def _show(found: Classification) -> None:
    console = Console(highlight=False)
    console.print(f"Lane: [bold]{found.lane}[/bold], approvals needed: {found.approvals}")
    table = Table("rule", "why", show_edge=False)
    for reason in (*found.reasons, *found.gate_reasons):
        table.add_row(escape(reason.rule), escape(reason.text))
    console.print(table)
    if not found.regression_gate:
        console.print(NO_GATE_NEEDED)
    for signal in found.signals:
        console.print(f"Found in the diff, {signal.names}: {escape(', '.join(signal.words))}")
