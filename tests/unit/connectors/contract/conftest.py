"""The targets that must keep the contract. A later target joins by one more maker in `MAKERS`."""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from contract_case import Case, RecordInMemory
from git_hand import GitHand, Ticking
from pydantic import SecretStr

from bot.connectors.credentials import Credential
from bot.connectors.git import GitTarget
from bot.connectors.langfuse import LangfuseTarget
from bot.connectors.manual import ManualTarget
from bot.connectors.mlflow import MlflowTarget
from bot.connectors.webhook import WebhookTarget
from tests import langfuse, mlflow
from tests.receiver import SECRET, VARIABLE, receiver, receiving


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
def make_manual() -> Case:
    """A person with another tool."""
    record = RecordInMemory()

    def confirm(pointer: str, wanted: str | None) -> None:
        record.pointers["refunds", pointer] = wanted

    return Case(ManualTarget("refunds", record), confirm=confirm, missing="m-000000000000")


@pytest.fixture
def make_webhook() -> Iterator[Case]:
    """The receiver that the documents show."""
    secret = Credential(VARIABLE, {VARIABLE: SecretStr(SECRET)}.get)
    with receiving(receiver()["app"]) as url:
        yield Case(WebhookTarget("refunds", url, secret, RecordInMemory()), missing="m-000000000000")


@pytest.fixture
def make_langfuse() -> Iterator[Case]:
    """A local Langfuse, with another prompt whose name begins like ours."""
    system = langfuse.LocalLangfuse()
    system.add("support/refunds-de", "Freundlich antworten.", labels=("production",))
    held = {"LF_PUBLIC": SecretStr(langfuse.PUBLIC), "LF_SECRET": SecretStr(langfuse.SECRET)}
    keys = (Credential("LF_PUBLIC", held.get), Credential("LF_SECRET", held.get))
    with langfuse.served(system.app) as url:
        yield Case(
            LangfuseTarget(url, "support/refunds", keys),
            missing="999",
            cannot_hold="\0",
            cannot_empty="take the label production off",
        )


@pytest.fixture
def make_mlflow() -> Iterator[Case]:
    """A local MLflow that asks for a login."""
    held = {"ML_USER": SecretStr(mlflow.USER), "ML_PASSWORD": SecretStr(mlflow.PASSWORD)}
    login = [Credential("ML_USER", held.get), Credential("ML_PASSWORD", held.get)]
    with langfuse.served(mlflow.LocalMlflow().app) as url:
        yield Case(MlflowTarget(url, "refunds", login), missing="999")


@pytest.fixture
def make_real_mlflow() -> Case:
    """A real MLflow server without a login, which somebody has started; each case has a prompt of its own."""
    return Case(MlflowTarget(os.environ["TEST_MLFLOW_URL"], f"refunds-{uuid4()}"), missing="999")


MAKERS = [
    "make_git_bare",
    "make_git_with_working_copy",
    "make_manual",
    "make_webhook",
    "make_langfuse",
    "make_mlflow",
]
if "TEST_MLFLOW_URL" in os.environ:
    MAKERS.append("make_real_mlflow")


@pytest.fixture(params=MAKERS)
def case(request: pytest.FixtureRequest) -> Case:
    """Give each target in turn."""
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Case)
    return made
