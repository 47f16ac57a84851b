"""The environment, read once and checked before anything starts.

A wrong setting ends as one line that names the variable and what to do. That line, and everything else here,
must never hold the value of a secret.
"""

import functools
import os
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.loopback import is_loopback_name

ENV_FILE: Final = ".env"


class Mode(StrEnum):
    """Where the app lives."""

    SANDBOX = "sandbox"
    """No Slack at all: the local workspace that ships with the app."""

    SOCKET = "socket"
    """A real workspace over Socket Mode."""

    HTTP = "http"
    """A real workspace that sends requests to `/slack/events`."""


class WrongSettingError(Exception):
    """A variable and what to do about it, in one line."""

    def __init__(self, variable: str, remedy: str) -> None:
        super().__init__(f"{variable} {remedy}")
        self.variable = variable


def _secret(pattern: str, remedy: str) -> Callable[[SecretStr], SecretStr]:
    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError(remedy)
        return secret

    return check


def _password_in(database: SecretStr) -> SecretStr | None:
    """The password in an address, as it is written there."""
    found = re.search(r"://[^:@/]*:([^@]*)@", database.get_secret_value())
    return SecretStr(found[1]) if found else None


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        raise ValueError("must be a web address such as https://slack.com/api/.")
    if value.startswith("http://") and not is_loopback_name(urlsplit(value).hostname or ""):
        raise ValueError("must begin with https://, unless it is this machine: the token goes there.")
    return value.rstrip("/") + "/"


def _database(secret: SecretStr) -> SecretStr:
    address = secret.get_secret_value()
    scheme, separator, rest = address.partition("://")
    if separator and rest and scheme == "sqlite" and rest.startswith("/"):
        return secret
    if separator and rest and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return SecretStr(f"postgresql+psycopg://{rest}")
    raise ValueError("must begin with sqlite:/// or postgresql://.")


AFTER_PREFIX: Final = r"[A-Za-z0-9._-]+"
BOT_TOKEN: Final = _secret(
    rf"xoxb-{AFTER_PREFIX}",
    "must begin with xoxb-. Copy the Bot User OAuth Token from OAuth & Permissions in your app's settings.",
)
APP_TOKEN: Final = _secret(
    rf"xapp-{AFTER_PREFIX}",
    "must begin with xapp-. Make an app-level token with connections:write under Basic Information.",
)
SIGNING_SECRET: Final = _secret(
    r"(?!xox|xapp)[!-~]{16,}",
    "must be 16 characters or more. Copy the Signing Secret, not a token, from Basic Information.",
)

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Settings(BaseSettings):
    """What the environment says. Each field is the variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: Annotated[SecretStr, AfterValidator(BOT_TOKEN)] | None = None
    slack_signing_secret: Annotated[SecretStr, AfterValidator(SIGNING_SECRET)] | None = None
    slack_app_token: Annotated[SecretStr, AfterValidator(APP_TOKEN)] | None = None
    slack_api_url: Annotated[str, AfterValidator(_web_address)] = "https://slack.com/api/"
    database_url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("sqlite:///prompt-change.db")
    """A secret because a password may stand in it."""
    policy_file: Path = Path("policy.yml")
    repositories: Path = Path()
    """The folder from which a policy's relative git repositories are counted."""
    sandbox_data: Path = Path("sandbox-data")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    """0 takes any free port, for tests."""
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: dict[str, Any]) -> dict[str, Any]:
        """White space around a value is a slip of the hand, and what is then left empty is not set."""
        bare = {name: v.strip() if isinstance(v, str) else v for name, v in values.items()}
        return {name: value for name, value in bare.items() if value not in {None, ""}}

    @property
    def secrets(self) -> tuple[SecretStr | None, ...]:
        """What must never be seen in a log, for `bot.logs.set_up`."""
        given = (self.slack_bot_token, self.slack_signing_secret, self.slack_app_token)
        return (*given, _password_in(self.database_url))

    @property
    def mode(self) -> Mode:
        """Sandbox without any token, Socket Mode with an app token, HTTP otherwise.

        Raises WrongSettingError where only half of what a workspace needs is set. Asked by those who serve
        only: a rollback from the host must work however Slack is set up.
        """
        if self.slack_bot_token is None:
            if self.slack_app_token or self.slack_signing_secret:
                raise WrongSettingError(
                    "SLACK_BOT_TOKEN", "is not set, but other Slack settings are. Set it, or unset those."
                )
            return Mode.SANDBOX
        if self.slack_app_token is not None:
            return Mode.SOCKET
        if self.slack_signing_secret is not None:
            return Mode.HTTP
        raise WrongSettingError(
            "SLACK_APP_TOKEN",
            "is not set, nor is SLACK_SIGNING_SECRET. Set the first for Socket Mode or the second for HTTP.",
        )


def read_settings(**values: object) -> Settings:
    """The settings from the environment and `.env`; `values` by field name come first, for tests.

    Raises WrongSettingError for the first thing that is wrong.
    """
    try:
        return Settings(**cast("dict[str, Any]", values))
    except ValidationError as error:
        raise _told(error) from None
    except UnicodeDecodeError:
        raise WrongSettingError(ENV_FILE, "is not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise WrongSettingError(ENV_FILE, f"cannot be read: {error.strerror}.") from None


@functools.cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return read_settings()


def secret_named(variable: str) -> SecretStr | None:
    """A credential of a target, which the policy file names: from the environment, else from `.env`.

    Looked up at each use, because the policy that names it may change while the process lives. None where it
    is not set, and for the app's own settings: no policy may have those sent to another system.
    """
    if variable.lower() in Settings.model_fields:
        return None
    value = os.environ.get(variable) or dotenv_values(ENV_FILE, encoding="utf-8").get(variable) or ""
    return SecretStr(value.strip()) if value.strip() else None


REMEDIES: Final = {
    "port": "must be a number from 0 to 65535.",
    "log_level": "must be DEBUG, INFO, WARNING or ERROR.",
}


def _told(error: ValidationError) -> WrongSettingError:
    first = error.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else "The environment"
    said = str(first.get("ctx", {}).get("error", "")) or "has a value of the wrong kind."
    return WrongSettingError(field.upper(), REMEDIES.get(field, said))
