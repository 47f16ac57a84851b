"""What the policy file says of a target: where a workflow's prompt lives, and which pointer makes it live.

A credential stands here by the name of its environment variable only. A secret itself must never come into a
policy, which is kept with every version and shown to everybody.
"""

import re
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from bot.loopback import is_loopback_name
from bot.policy.frozen import Frozen
from bot.policy.principals import PersonName


class Held(NamedTuple):
    """A pointer that a workflow moves. No other workflow may move it too."""

    place: str
    prompt: str
    pointer: str


def _without_password(repository: str) -> str:
    if re.search(r"://[^/]*@", repository):
        # Not repeated here: a policy is shown to everybody, and so is what is wrong with it.
        raise ValueError("an address with a name or password in it cannot stand in a policy. Leave them out.")
    return repository


def _inside_repository(path: str) -> str:
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{path!r} must be a path inside the repository, such as prompts/refunds.md.")
    return path


def _branch(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", name) or ".." in name or name.endswith("/"):
        raise ValueError(f"{name!r} is no name of a branch. Write one such as production.")
    return name


def _address(url: str) -> str:
    found = re.fullmatch(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[^\s?#]*)?", url)
    if found is None:
        # Not repeated here, as above: a password may stand in it.
        raise ValueError(
            "an address such as https://registry.example.com is needed, with no user, query or fragment."
        )
    if found[1] == "http" and not is_loopback_name(found[2]):
        raise ValueError(f"{found[2]} is reached over https only. Write https:// before it.")
    return url


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{2,99}", name):
        # Not repeated: somebody may have written the secret itself.
        raise ValueError("the NAME of an environment variable is needed, such as REFUNDS_WEBHOOK_SECRET.")
    if name.startswith("SLACK_") or name in _OWN_SETTINGS:
        raise ValueError(f"{name} is a setting of this app, and is sent to no other system. Name another.")
    return name


_OWN_SETTINGS = {"DATABASE_URL", "POLICY_FILE", "REPOSITORIES", "SANDBOX_DATA", "HOST", "PORT", "LOG_LEVEL"}

Address = Annotated[StrictStr, AfterValidator(_address)]
VariableName = Annotated[StrictStr, AfterValidator(_variable)]
LagSeconds = Annotated[StrictInt, Field(ge=0, le=86_400)]


class GitTarget(Frozen):
    """A file in a git repository; the branch named `pointer` decides which version is live."""

    kind: Literal["git"]
    repository: Annotated[StrictStr, AfterValidator(_without_password)] = Field(
        min_length=1, description="Folder or address of the repository"
    )
    path: Annotated[StrictStr, AfterValidator(_inside_repository)] = Field(
        description="The prompt's file inside the repository"
    )
    pointer: Annotated[StrictStr, AfterValidator(_branch)] = Field(
        default="production", description="Branch whose content is live"
    )
    canary: Annotated[StrictStr, AfterValidator(_branch)] | None = Field(
        default=None, description="Branch for the first stage; <pointer>-canary unless named"
    )

    @model_validator(mode="after")
    def _canary_apart(self) -> "GitTarget":
        if self.canary == self.pointer:
            raise ValueError("canary and pointer must be two branches. Name another canary.")
        return self

    @property
    def canary_pointer(self) -> str:
        """The branch of the first stage."""
        return self.canary or f"{self.pointer}-canary"

    @property
    def has_stages(self) -> bool:
        """There is always a branch for the first stage."""
        return True

    def held(self) -> tuple[Held, ...]:
        """Both branches at the path."""
        place = (self.repository.rstrip("/"), self.path)
        return tuple(Held(*place, each) for each in (self.pointer, self.canary_pointer))


class ManualTarget(Frozen):
    """A prompt that a person moves by hand, and then confirms that it is done."""

    kind: Literal["manual"]
    person: PersonName | None = Field(
        default=None, description="Who is told; the workflow owner unless named"
    )
    instructions: StrictStr = Field(
        default="Put this version live where the prompt lives, then confirm here.",
        min_length=1,
        description="What that person is told to do",
    )

    @property
    def has_stages(self) -> bool:
        """Nobody is asked to set a share of the traffic by hand."""
        return False

    def held(self) -> tuple[Held, ...]:
        """Nothing that a machine moves."""
        return ()


class WebhookTarget(Frozen):
    """A receiver of your own, told by signed requests which version is to be live; docs/targets.md has it."""

    kind: Literal["webhook"]
    url: Address = Field(description="Where the receiver listens; https except on this machine")
    secret_env: VariableName = Field(
        description="Name of the environment variable with the secret that requests are signed with"
    )
    stages: StrictBool = Field(
        default=False, description="The receiver knows a pointer canary beside production"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long after a move clients may still see the version before it"
    )

    @property
    def has_stages(self) -> bool:
        """As the receiver can."""
        return self.stages

    def held(self) -> tuple[Held, ...]:
        """Nothing to share: a receiver is told the workflow in each request."""
        return ()


def _label(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_.-]{1,36}", name):
        raise ValueError(f"{name!r} is no label of Langfuse. Use up to 36 of a-z, 0-9, '_', '-' and '.'.")
    if name == "latest":
        raise ValueError("Langfuse itself moves the label latest at each new version. Name another label.")
    return name


class LangfuseTarget(Frozen):
    """A text prompt in Langfuse; the version with the label `label` is live."""

    kind: Literal["langfuse"]
    host: Address = Field(
        default="https://cloud.langfuse.com", description="Address of Langfuse; cloud in the EU unless named"
    )
    prompt: Annotated[StrictStr, Field(min_length=1, max_length=500)] = Field(
        description="Name of the prompt, with its folder: support/refunds"
    )
    label: Annotated[StrictStr, AfterValidator(_label)] = Field(
        default="production", description="The label that clients fetch"
    )
    canary_label: Annotated[StrictStr, AfterValidator(_label)] | None = Field(
        default=None, description="The label of the first stage; none unless named"
    )
    public_key_env: VariableName = Field(
        default="LANGFUSE_PUBLIC_KEY", description="Name of the environment variable with the public key"
    )
    secret_key_env: VariableName = Field(
        default="LANGFUSE_SECRET_KEY", description="Name of the environment variable with the secret key"
    )
    lag_seconds: LagSeconds = Field(
        default=60, description="How long clients keep a prompt: 60 seconds in Langfuse's own SDKs"
    )

    @model_validator(mode="after")
    def _canary_apart(self) -> "LangfuseTarget":
        if self.canary_label == self.label:
            raise ValueError("canary_label and label must be two labels. Name another canary_label.")
        return self

    @property
    def has_stages(self) -> bool:
        """Only with a label that some clients fetch instead."""
        return self.canary_label is not None

    def held(self) -> tuple[Held, ...]:
        """The labels of the prompt."""
        place = (self.host.rstrip("/"), self.prompt)
        return tuple(Held(*place, each) for each in (self.label, self.canary_label) if each)


def _alias(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        raise ValueError(f"{name!r} is no alias of MLflow. Use letters, digits, '_' and '-'.")
    if re.fullmatch(r"latest|v[0-9]+", name, re.IGNORECASE):
        raise ValueError(f"{name!r} is an alias that MLflow keeps for itself. Name another one.")
    return name


class MlflowTarget(Frozen):
    """A text prompt in an MLflow prompt registry; the version with the alias `alias` is live."""

    kind: Literal["mlflow"]
    host: Address = Field(description="Address of the MLflow server")
    prompt: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,199}$")] = Field(
        description="Name of the prompt"
    )
    alias: Annotated[StrictStr, AfterValidator(_alias)] = Field(
        default="production", description="The alias that clients load"
    )
    canary_alias: Annotated[StrictStr, AfterValidator(_alias)] | None = Field(
        default=None, description="The alias of the first stage; none unless named"
    )
    username_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the user's name, where MLflow asks"
    )
    password_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the user's password"
    )
    lag_seconds: LagSeconds = Field(
        default=60, description="How long clients keep what an alias names: 60 seconds in MLflow's own"
    )

    @model_validator(mode="after")
    def _whole(self) -> "MlflowTarget":
        if self.canary_alias == self.alias:
            raise ValueError("canary_alias and alias must be two aliases. Name another canary_alias.")
        if (self.username_env is None) != (self.password_env is None):
            raise ValueError("username_env and password_env go together. Name both, or neither.")
        return self

    @property
    def has_stages(self) -> bool:
        """Only with an alias that some clients load instead."""
        return self.canary_alias is not None

    def held(self) -> tuple[Held, ...]:
        """The aliases of the prompt."""
        place = (self.host.rstrip("/"), self.prompt)
        return tuple(Held(*place, each) for each in (self.alias, self.canary_alias) if each)


class PolicyTarget(Frozen):
    """The policy in force. Only the built-in workflow has it; a file cannot name it."""

    kind: Literal["policy"] = "policy"
    pointer: Literal["in_force"] = "in_force"

    @property
    def has_stages(self) -> bool:
        """A policy binds everybody at once."""
        return False

    def held(self) -> tuple[Held, ...]:
        """Its pointer is in the database."""
        return ()


# A registry's target is one more model with its own `kind`, added to this union.
Target = GitTarget | LangfuseTarget | ManualTarget | MlflowTarget | WebhookTarget | PolicyTarget
