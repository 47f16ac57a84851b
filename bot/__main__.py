"""The command `prompt-change`, and `python -m bot`.

Each command only finds the settings and calls what does the work. Nothing that a command does not need may be
imported before it is chosen, and no command may end in a traceback for what a person typed or set wrong.
"""

# ruff: noqa: PLC0415 - a command imports what it needs once it is chosen, so that the others start at once

import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

NAME: Final = "prompt-change"
WRONG_INPUT: Final = 2
INTERRUPTED: Final = 130

app = typer.Typer(
    name=NAME,
    help="Release discipline for production prompts, in Slack.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
policy_app = typer.Typer(help="The policy in force.", rich_markup_mode=None)
database_app = typer.Typer(help="The database.", rich_markup_mode=None)
people_app = typer.Typer(help="The people behind Slack accounts.", rich_markup_mode=None)
outbox_app = typer.Typer(help="Messages that Slack did not take.", rich_markup_mode=None)
targets_app = typer.Typer(help="The systems where prompts live.", rich_markup_mode=None)
app.add_typer(policy_app, name="policy")
app.add_typer(people_app, name="people")
app.add_typer(outbox_app, name="outbox")
app.add_typer(targets_app, name="targets")
app.add_typer(database_app, name="db")


def _settings() -> "Settings":
    """The settings, with the logs set up as they say."""
    from bot import logs
    from bot.settings import settings

    found = settings()
    logs.set_up(found.log_level, secrets_held=found.secrets)
    return found


@app.command()
def run() -> None:
    """Start the app: in the workspace that the settings name, or as a sandbox where they name none."""
    from bot.settings import Mode

    if _settings().mode is Mode.SANDBOX:
        sandbox()
    else:
        serve()


@app.command()
def serve() -> None:
    """Start the app in a Slack workspace."""
    from bot.settings import Mode, WrongSettingError

    found = _settings()
    if found.mode is Mode.SANDBOX:
        raise WrongSettingError(
            "SLACK_BOT_TOKEN", "is not set. Set it to join a workspace, or start `prompt-change sandbox`."
        )
    from bot.serve import serve as start

    start(found)


@app.command()
def sandbox() -> None:
    """Start the app with a local Slack of its own, in the browser."""
    found = _settings()
    from bot.serve_sandbox import serve_sandbox

    serve_sandbox(found)


@app.command()
def classify(
    change: Annotated[Path, typer.Option(help="The change file, YAML or JSON.")],
    policy: Annotated[
        Path | None, typer.Option(help="The policy file. The default policy without it.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which lane a change file would be in, and why. Needs no database and no Slack."""
    from bot.commands_policy import classify_command

    classify_command(change, policy, as_json=as_json)


@app.command()
def check_policy(file: Annotated[Path, typer.Argument(help="The policy file.")]) -> None:
    """Say what is wrong with a policy file, or worth knowing about it."""
    from bot.commands_policy import check_policy_command

    check_policy_command(file)


@app.command()
def policy_schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    from bot.commands_policy import schema_command

    schema_command()


@policy_app.command("load")
def policy_load(
    file: Annotated[Path, typer.Argument(help="The policy file to put in force.")],
    as_email: Annotated[str | None, typer.Option("--as", help="Your e-mail address, for the record.")] = None,
) -> None:
    """Put a policy file in force. It is recorded, and the policy owners are told."""
    found = _settings()
    from bot.commands import policy_load as work

    _end(work(found, file, as_email))


@policy_app.command("show")
def policy_show() -> None:
    """Print the policy that is in force."""
    found = _settings()
    from bot.commands import policy_show as work

    _end(work(found))


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="The release, or its change: PC-42.")],
    as_email: Annotated[str, typer.Option("--as", help="Your e-mail address: who rolls back.")],
    to: Annotated[str | None, typer.Option(help="An earlier version, instead of the one before.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why. It can be told later.")] = None,
) -> None:
    """Roll a release back, without Slack. Those who must know are told as soon as Slack answers."""
    found = _settings()
    from bot.commands import roll_back

    _end(roll_back(found, release, as_email, to, reason))


@people_app.command("merge")
def people_merge(
    one: Annotated[str, typer.Argument(help="An account, by Slack id or e-mail address.")],
    other: Annotated[str, typer.Argument(help="Another account of the same person.")],
    as_email: Annotated[str, typer.Option("--as", help="Your e-mail address, for the record.")],
) -> None:
    """Say that two accounts are one person's, who counts once. It is recorded, and cannot be taken back."""
    found = _settings()
    from bot.commands import people_merge as work

    _end(work(found, one, other, as_email))


@outbox_app.callback(invoke_without_command=True)
def outbox(context: typer.Context) -> None:
    """List the messages that are parked, and why. Nothing is ever dropped."""
    if context.invoked_subcommand is None:
        found = _settings()
        from bot.commands_outbox import show_parked

        _end(show_parked(found))


@outbox_app.command("retry")
def outbox_retry(
    as_email: Annotated[str, typer.Option("--as", help="Your e-mail address, for the record.")],
    number: Annotated[list[int] | None, typer.Argument(help="The numbers of the messages.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every message that is parked.")] = False,
) -> None:
    """Try parked messages again. It is recorded."""
    found = _settings()
    from bot.commands_outbox import retry_parked

    _end(retry_parked(found, number or [], as_email, everything=everything))


@targets_app.command("check")
def targets_check() -> None:
    """Read each workflow's pointer and texts, and say what is wrong. Ends with 1 if anything is."""
    found = _settings()
    from bot.commands_targets import check_targets

    _end(check_targets(found))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write. It must not exist yet.")],
) -> None:
    """Copy the database to a file while the app runs, and prove the copy."""
    found = _settings()
    from bot.commands_backup import back_up

    _end(back_up(found, file))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of a database that exists.")
    ] = False,
) -> None:
    """Put a backup in place, once it is proven. The app must not be running."""
    found = _settings()
    from bot.commands_backup import restore as work

    _end(work(found, file, replace=replace))


@database_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the form that this version needs."""
    found = _settings()
    from bot.commands import upgrade

    upgrade(found)


@app.command()
def verify_audit(
    head: Annotated[
        str | None, typer.Option(help="A head announced earlier, to be found in the chain.")
    ] = None,
) -> None:
    """Say whether the audit trail is whole."""
    found = _settings()
    from bot.commands import verify_audit as work

    _end(work(found, head))


@app.command()
def version() -> None:
    """Print the version."""
    try:
        typer.echo(metadata.version(NAME))
    except metadata.PackageNotFoundError:
        typer.echo("unknown: this copy runs from its folder and is not installed")


def _end(code: int) -> None:
    if code:
        raise typer.Exit(code)


def _complain(message: str, code: int) -> int:
    """One line on standard error."""
    print(f"{NAME}: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201 - this is a command's voice
    return code


def _fault(error: Exception) -> int:
    """What nobody foresaw: the log explains it, under an id that the person sees."""
    import structlog

    from bot import logs

    if not structlog.is_configured():
        logs.set_up()
    fault = logs.fault_id()
    structlog.get_logger(__name__).error("a command failed", id=fault, exc_info=error)
    return _complain(f"something failed inside: {type(error).__name__}, {fault}. The log line says more.", 1)


def outcome(arguments: list[str] | None = None) -> int:
    """Run a command and give its exit code: 0, 2 for what was typed or set wrong, 1 for a fault."""
    try:
        code = app(arguments, prog_name=NAME, standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a command's last line, so that no traceback gets out
        return _explained(error)
    return code if isinstance(code, int) else 0


def _explained(error: Exception) -> int:
    from typer.exceptions import TyperException

    from bot.settings import WrongSettingError

    if isinstance(error, TyperException):
        return _complain(f"{error.format_message()} See {NAME} --help.", WRONG_INPUT)
    if isinstance(error, WrongSettingError):
        return _complain(str(error), WRONG_INPUT)
    return _fault(error)


def main() -> None:
    """Entry point of the `prompt-change` script."""
    sys.exit(outcome())


if __name__ == "__main__":
    main()
