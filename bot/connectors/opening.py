"""From the `target` of a workflow in the policy file to the object that moves its pointer.

This is the one place that knows which kinds there are. It must never open a repository or a connection:
a target that is down is still a target.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from bot.connectors.asking import SECONDS
from bot.connectors.credentials import Credential, Lookup
from bot.connectors.git import GitTarget
from bot.connectors.git_branches import LocalPlace, Place
from bot.connectors.git_folder import FolderRemote
from bot.connectors.git_https import HttpsRemote
from bot.connectors.git_remote import COPIES, RemotePlace
from bot.connectors.git_signing import Signer
from bot.connectors.github.target import GithubTarget
from bot.connectors.manual import ManualRecord, ManualTarget
from bot.connectors.protocol import Target, TargetMisconfigured
from bot.connectors.registries.agenta import AgentaTarget
from bot.connectors.registries.braintrust import BraintrustTarget
from bot.connectors.registries.langfuse import LangfuseTarget
from bot.connectors.registries.langsmith import LangsmithTarget
from bot.connectors.registries.mlflow import MlflowTarget
from bot.connectors.registries.opik import OpikTarget
from bot.connectors.registries.phoenix import PhoenixTarget
from bot.connectors.registries.promptlayer import PromptlayerTarget
from bot.connectors.registries.registry import Registry
from bot.connectors.webhook import WebhookTarget
from bot.policy import targets as policy
from bot.settings import secret_named


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
    settings = spec.model_dump() if isinstance(spec, BaseModel) else spec
    kind = settings.get("kind")
    if kind not in KINDS:
        *others, last = sorted(map(str, KINDS))
        known = f"{', '.join(others)} and {last}"
        raise TargetMisconfigured(f"{workflow} has a target of the kind {kind!r}. Known are {known}.")
    shape, opener = KINDS[kind]
    try:
        given = shape.model_validate(settings)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "the whole"
        raise TargetMisconfigured(
            f"The target of {workflow} cannot be used: {name}: {first['msg']}."
        ) from None
    return opener(given, Surroundings(workflow, base, record, secret, seconds))


def _open_git(given: policy.GitTarget, around: Surroundings) -> Target:
    place = _git_place(given, around)
    return GitTarget(place, given.path, given.pointer, given.canary_pointer)


def _git_place(given: policy.GitTarget, around: Surroundings) -> Place:
    if given.remote is None:
        assert given.repository is not None  # noqa: S101 - the policy has one of the two
        return LocalPlace(around.base / Path(given.repository).expanduser(), given.repository)
    copies = around.base / COPIES
    signer = Signer(Credential(given.sign_key_env, around.secret)) if given.sign_key_env else None
    if given.remote.startswith("http"):
        token, user = (
            Credential(each, around.secret) if each else None
            for each in (given.token_env, given.username_env)
        )
        return RemotePlace(HttpsRemote(given.remote, token, user, seconds=around.seconds), copies, signer)
    folder = around.base / Path(unquote(given.remote.removeprefix("file://"))).expanduser()
    return RemotePlace(FolderRemote(folder, name=given.remote, seconds=around.seconds), copies, signer)


def _open_github(given: policy.GithubTarget, around: Surroundings) -> Target:
    return GithubTarget(given, around.secret, workflow=around.workflow, seconds=around.seconds)


def _open_manual(given: policy.ManualTarget, around: Surroundings) -> Target:
    # Who is asked is for the task's card to know, not for the target.
    return ManualTarget(around.workflow, around.record, given.instructions)


def _open_webhook(given: policy.WebhookTarget, around: Surroundings) -> Target:
    return WebhookTarget(
        around.workflow,
        given.url,
        Credential(given.secret_env, around.secret),
        around.record,
        stages=given.stages,
        lag=timedelta(seconds=given.lag_seconds),
        seconds=around.seconds,
    )


def _registry(target: type[Registry[Any]]) -> Callable[[Any, Surroundings], Target]:
    def opener(given: policy.Registry, around: Surroundings) -> Target:
        return target(given, around.secret, seconds=around.seconds)

    return opener


KINDS: dict[object, tuple[type[BaseModel], Callable[[Any, Surroundings], Target]]] = {
    "braintrust": (policy.BraintrustTarget, _registry(BraintrustTarget)),
    "agenta": (policy.AgentaTarget, _registry(AgentaTarget)),
    "git": (policy.GitTarget, _open_git),
    "github": (policy.GithubTarget, _open_github),
    "langfuse": (policy.LangfuseTarget, _registry(LangfuseTarget)),
    "langsmith": (policy.LangsmithTarget, _registry(LangsmithTarget)),
    "manual": (policy.ManualTarget, _open_manual),
    "mlflow": (policy.MlflowTarget, _registry(MlflowTarget)),
    "promptlayer": (policy.PromptlayerTarget, _registry(PromptlayerTarget)),
    "opik": (policy.OpikTarget, _registry(OpikTarget)),
    "phoenix": (policy.PhoenixTarget, _registry(PhoenixTarget)),
    "webhook": (policy.WebhookTarget, _open_webhook),
}
