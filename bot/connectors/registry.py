"""From the `target` of a workflow in the policy file to the object that moves its pointer.

This is the one place that knows which kinds there are. It must never open a repository or a connection:
a target that is down is still a target.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.connectors.asking import SECONDS
from bot.connectors.credentials import Credential, Lookup
from bot.connectors.git import GitTarget
from bot.connectors.langfuse import LangfuseTarget
from bot.connectors.manual import STANDARD, ManualRecord, ManualTarget
from bot.connectors.mlflow import MlflowTarget
from bot.connectors.protocol import Target, TargetMisconfigured
from bot.connectors.webhook import WebhookTarget
from bot.policy import targets as policy
from bot.settings import secret_named

Spec = TypeVar("Spec", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a target needs beyond its own settings."""

    workflow: str
    base: Path
    record: ManualRecord
    secret: Lookup
    seconds: float


def open_target(
    spec: Mapping[str, object] | BaseModel,
    *,
    workflow: str,
    base: Path,
    record: ManualRecord,
    secret: Lookup = secret_named,
    seconds: float = SECONDS,
) -> Target:
    """The target that `spec` describes; relative repository paths start at `base`.

    `secret` finds credentials; `seconds` is how long another system may take for one answer.

    Raises TargetMisconfigured for an unknown kind or a setting that is missing, wrong or unknown.
    """
    settings = dict(spec.model_dump() if isinstance(spec, BaseModel) else spec)
    kind = settings.pop("kind", None)
    opener = KINDS.get(str(kind))
    if opener is None:
        *others, last = sorted(KINDS)
        known = f"{', '.join(others)} and {last}"
        raise TargetMisconfigured(f"{workflow} has a target of the kind {kind!r}. Known are {known}.")
    return opener(settings, Surroundings(workflow, base, record, secret, seconds))


def _open_git(settings: dict[str, object], around: Surroundings) -> Target:
    repository = _taken(settings, around, "repository")
    path = _taken(settings, around, "path")
    pointer = _taken(settings, around, "pointer", "production")
    canary = _taken(settings, around, "canary", f"{pointer}-canary")
    _refuse_rest(settings, around)
    folder = around.base / Path(repository).expanduser()
    return GitTarget(folder, path, pointer, canary, name=repository)


def _open_manual(settings: dict[str, object], around: Surroundings) -> Target:
    instructions = _taken(settings, around, "instructions", STANDARD)
    settings.pop("person", None)  # who is asked is for the task's card to know, not for the target
    _refuse_rest(settings, around)
    return ManualTarget(around.workflow, around.record, instructions)


def _open_webhook(settings: dict[str, object], around: Surroundings) -> Target:
    given = _checked(policy.WebhookTarget, "webhook", settings, around)
    return WebhookTarget(
        around.workflow,
        given.url,
        Credential(given.secret_env, around.secret),
        around.record,
        stages=given.stages,
        lag=timedelta(seconds=given.lag_seconds),
        seconds=around.seconds,
    )


def _open_langfuse(settings: dict[str, object], around: Surroundings) -> Target:
    given = _checked(policy.LangfuseTarget, "langfuse", settings, around)
    return LangfuseTarget(
        given.host,
        given.prompt,
        (Credential(given.public_key_env, around.secret), Credential(given.secret_key_env, around.secret)),
        label=given.label,
        canary_label=given.canary_label,
        lag=timedelta(seconds=given.lag_seconds),
        seconds=around.seconds,
    )


def _open_mlflow(settings: dict[str, object], around: Surroundings) -> Target:
    given = _checked(policy.MlflowTarget, "mlflow", settings, around)
    names = (given.username_env, given.password_env)
    return MlflowTarget(
        given.host,
        given.prompt,
        [Credential(each, around.secret) for each in names if each],
        alias=given.alias,
        canary_alias=given.canary_alias,
        lag=timedelta(seconds=given.lag_seconds),
        seconds=around.seconds,
    )


def _checked(shape: type[Spec], kind: str, settings: dict[str, object], around: Surroundings) -> Spec:
    """The settings by the policy's own rules for them."""
    try:
        return shape.model_validate({"kind": kind, **settings})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "the whole"
        raise TargetMisconfigured(
            f"The target of {around.workflow} cannot be used: {name}: {first['msg']}."
        ) from None


def _taken(settings: dict[str, object], around: Surroundings, name: str, default: str | None = None) -> str:
    value = settings.pop(name, None)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise TargetMisconfigured(f"The target of {around.workflow} needs a text for {name}.")
    return value


def _refuse_rest(settings: dict[str, object], around: Surroundings) -> None:
    unknown = [name for name, value in settings.items() if value is not None]
    if unknown:
        raise TargetMisconfigured(f"The target of {around.workflow} has no setting {', '.join(unknown)}.")


KINDS: dict[str, Callable[[dict[str, object], Surroundings], Target]] = {
    "git": _open_git,
    "langfuse": _open_langfuse,
    "manual": _open_manual,
    "mlflow": _open_mlflow,
    "webhook": _open_webhook,
}
