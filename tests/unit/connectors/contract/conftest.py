"""The targets that must keep the contract. A later target joins by one more maker in `MAKERS`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from contract_case import Case
from git_hand import GitHand, Ticking
from git_reached import in_folder, over_http
from pydantic import SecretStr

from bot.connectors.git import GitTarget
from bot.connectors.manual import ManualTarget
from bot.connectors.opening import open_target
from bot.connectors.protocol import Target
from tests.systems import agenta, braintrust, github, langfuse, langsmith, mlflow, opik, phoenix, promptlayer
from tests.systems.git_server import GitServer
from tests.systems.receiver import SECRET, VARIABLE, receiver, receiving
from tests.systems.record import RecordInMemory
from tests.systems.system import served


def opened(spec: dict[str, object], held: dict[str, str]) -> Target:
    """A target as the app opens it from a policy, with the credentials that are held."""
    secrets = {name: SecretStr(value) for name, value in held.items()}
    return open_target(spec, workflow="refunds", base=Path(), record=RecordInMemory(), secret=secrets.get)


@pytest.fixture
def make_git_bare(new_repository: Callable[..., GitHand], clock: Ticking) -> Case:
    """A bare repository."""
    return Case(GitTarget(new_repository().folder, "support/refunds.md", canary="canary", clock=clock))


@pytest.fixture
def make_git_with_working_copy(new_repository: Callable[..., GitHand], clock: Ticking) -> Case:
    """A repository with a working copy, on another branch."""
    hand = new_repository("prompts", bare=False)
    return Case(GitTarget(hand.folder, "refunds.md", clock=clock))


@pytest.fixture
def make_git_remote_in_a_folder(
    new_repository: Callable[..., GitHand], tmp_path: Path, clock: Ticking
) -> Case:
    """A bare repository in another folder of this host."""
    place = in_folder(new_repository(), tmp_path / "copies")
    return Case(GitTarget(place, "support/refunds.md", canary="canary", clock=clock))


@pytest.fixture
def make_git_remote_over_http(
    new_repository: Callable[..., GitHand], tmp_path: Path, clock: Ticking
) -> Iterator[Case]:
    """A bare repository behind git's own server."""
    git = new_repository()
    with served(GitServer(tmp_path)) as url:
        yield Case(GitTarget(over_http(git, url, tmp_path / "copies"), "refunds.md", clock=clock))


@pytest.fixture
def make_manual() -> Case:
    """A person with another tool."""
    record = RecordInMemory()

    def confirm(pointer: str, wanted: str | None) -> None:
        record.pointers["refunds", pointer] = wanted

    return Case(ManualTarget("refunds", record), confirm=confirm, missing="m-000000000000")


@pytest.fixture
def make_webhook() -> Iterator[Case]:
    """The receiver that the documents show."""
    with receiving(receiver()["app"]) as url:
        target = opened({"kind": "webhook", "url": url, "secret_env": VARIABLE}, {VARIABLE: SECRET})
        yield Case(target, missing="m-000000000000")


@pytest.fixture
def make_braintrust() -> Iterator[Case]:
    """A local Braintrust, in which there is no such prompt yet."""
    with served(braintrust.LocalBraintrust().app) as url:
        spec = {"kind": "braintrust", "host": url, "project": braintrust.PROJECT, "prompt": "refunds"}
        target = opened(spec, {"BRAINTRUST_API_KEY": braintrust.KEY})
        yield Case(target, missing="999", cannot_hold="\0")


@pytest.fixture
def make_agenta() -> Iterator[Case]:
    """A local Agenta with an application that is empty, beside another one."""
    local = agenta.LocalAgenta()
    theirs = local.add("greetings", "Hello.")
    local.make("refunds")
    with served(local.app) as url:
        spec = {"kind": "agenta", "host": url, "prompt": "refunds", "first_model": "gpt-x"}
        target = opened({**spec, "api_key_env": "AG_KEY"}, {"AG_KEY": agenta.KEY})
        yield Case(
            target,
            missing=theirs,
            cannot_hold="\0",
            cannot_empty="Nothing but refunds is deployed to production",
        )


@pytest.fixture
def make_github() -> Iterator[Case]:
    """A local GitHub, with the prompt of another workflow beside ours and a proposal for it."""
    local = github.LocalGithub()
    theirs = local.add("Hello.", "greetings.md")
    local.git.push("greetings.md", b"Hi.", branch="prompt-change/greetings/PC-9-0123456789ab")
    with served(local.app) as url:
        spec = {"kind": "github", "host": url, "repository": github.REPOSITORY, "path": github.PATH}
        target = opened({**spec, "token_env": "GH_TOKEN"}, {"GH_TOKEN": github.TOKEN})
        yield Case(target, missing=theirs, cannot_empty="GitHub cannot deploy nothing")


@pytest.fixture
def make_langfuse() -> Iterator[Case]:
    """A local Langfuse, with another prompt whose name begins like ours."""
    project = langfuse.LocalLangfuse()
    project.add("support/refunds-de", "Freundlich antworten.", labels=("production",))
    held = {"LANGFUSE_PUBLIC_KEY": langfuse.PUBLIC, "LANGFUSE_SECRET_KEY": langfuse.SECRET}
    with served(project.app) as url:
        target = opened({"kind": "langfuse", "host": url, "prompt": "support/refunds"}, held)
        yield Case(target, missing="999", cannot_hold="\0", cannot_empty="take the label production off")


@pytest.fixture
def make_langsmith() -> Iterator[Case]:
    """A local LangSmith, in which there is no such prompt yet."""
    held = {"LANGSMITH_API_KEY": langsmith.KEY}
    with served(langsmith.LocalLangsmith().app) as url:
        target = opened({"kind": "langsmith", "host": url, "prompt": "refunds"}, held)
        yield Case(target, missing="0" * 64, cannot_hold="\0")


@pytest.fixture
def make_mlflow() -> Iterator[Case]:
    """A local MLflow that asks for a login."""
    held = {"ML_USER": mlflow.USER, "ML_PASSWORD": mlflow.PASSWORD}
    login = {"username_env": "ML_USER", "password_env": "ML_PASSWORD"}
    with served(mlflow.LocalMlflow().app) as url:
        yield Case(opened({"kind": "mlflow", "host": url, "prompt": "refunds", **login}, held), missing="999")


@pytest.fixture
def make_real_mlflow() -> Case:
    """A real MLflow server without a login, which somebody has started; each case has a prompt of its own."""
    spec = {"kind": "mlflow", "host": os.environ["TEST_MLFLOW_URL"], "prompt": f"refunds-{uuid4()}"}
    return Case(opened(spec, {}), missing="999")


@pytest.fixture
def make_promptlayer() -> Iterator[Case]:
    """A local PromptLayer, with another prompt whose name begins like ours."""
    workspace = promptlayer.LocalPromptlayer()
    workspace.add(
        "refunds-de", promptlayer.completion("Freundlich antworten."), release_labels=["production"]
    )
    with served(workspace.app) as url:
        spec = {"kind": "promptlayer", "host": url, "prompt": "refunds"}
        target = opened(spec, {"PROMPTLAYER_API_KEY": promptlayer.KEY})
        yield Case(target, missing="999", cannot_hold="\0")


@pytest.fixture
def make_opik() -> Iterator[Case]:
    """A local Opik with a workspace and a key, and a prompt of the same name in another project."""
    local = opik.LocalOpik()
    local.add("refunds", "Freundlich antworten.", project="greetings", environments=["production"])
    with served(local.app) as url:
        spec = {"kind": "opik", "host": url, "workspace": opik.WORKSPACE, "prompt": "refunds"}
        target = opened({**spec, "api_key_env": "OPIK_KEY"}, {"OPIK_KEY": opik.KEY})
        yield Case(target, missing="v999", cannot_be_blank=True)


@pytest.fixture
def make_phoenix() -> Iterator[Case]:
    """A local Phoenix that asks for a key, with versions of another prompt between those of ours."""
    server = phoenix.LocalPhoenix()
    server.add("refunds-de", "Freundlich antworten.")
    with served(server.app) as url:
        spec = {"kind": "phoenix", "host": url, "prompt": "refunds", "first_model": "gpt-x"}
        target = opened({**spec, "api_key_env": "PX_KEY"}, {"PX_KEY": phoenix.KEY})
        yield Case(target, missing=phoenix.version_id(1), cannot_hold="\0")


@pytest.fixture
def make_real_phoenix() -> Case:
    """A real Phoenix that somebody has started, with a login where TEST_PHOENIX_KEY is set."""
    spec = {"kind": "phoenix", "host": os.environ["TEST_PHOENIX_URL"], "prompt": f"refunds-{uuid4()}"}
    key = os.environ.get("TEST_PHOENIX_KEY")
    target = opened(
        {**spec, "first_model": "gpt-x", "api_key_env": "PX_KEY" if key else None}, {"PX_KEY": key or ""}
    )
    return Case(target, missing=phoenix.version_id(999_999), cannot_hold="\0")


MAKERS = [
    "make_git_bare",
    "make_git_with_working_copy",
    "make_git_remote_in_a_folder",
    "make_git_remote_over_http",
    "make_manual",
    "make_webhook",
    "make_braintrust",
    "make_agenta",
    "make_github",
    "make_langfuse",
    "make_langsmith",
    "make_mlflow",
    "make_promptlayer",
    "make_opik",
    "make_phoenix",
]
if "TEST_MLFLOW_URL" in os.environ:
    MAKERS.append("make_real_mlflow")
if "TEST_PHOENIX_URL" in os.environ:
    MAKERS.append("make_real_phoenix")


@pytest.fixture(params=MAKERS)
def case(request: pytest.FixtureRequest) -> Case:
    """Give each target in turn."""
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Case)
    return made
