"""The systems beyond this machine that tests release to, each on loopback behind a door that can fail."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from bot.connectors.webhook import signature
from tests import langfuse, mlflow
from tests.faulty import Faulty
from tests.receiver import SECRET, VARIABLE, receiver, receiving

ELSEWHERE = "Somebody else's text."
PROMPT, MODEL = "support/refunds", "support-refunds"


@dataclass
class System:
    """One system with what a policy says of it. ``environment`` holds its credentials by their names."""

    spec: dict[str, Any]
    environment: dict[str, str]
    door: Faulty
    names: dict[str, Any] = field(default_factory=dict)
    project: langfuse.LocalLangfuse = field(default_factory=langfuse.LocalLangfuse)
    registry: mlflow.LocalMlflow = field(default_factory=mlflow.LocalMlflow)
    workflow: str = "refunds"

    @property
    def kind(self) -> str:
        """What the policy calls it."""
        return str(self.spec["kind"])

    def secret(self, name: str) -> SecretStr | None:
        """A credential as the app looks it up."""
        return SecretStr(self.environment[name]) if name in self.environment else None

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        if self.kind == "webhook":
            found: str | None = self.names["live"].get((self.workflow, pointer))
            return found
        if self.kind == "mlflow":
            at = self.registry.aliases[MODEL].get(pointer)
            return (
                None if at is None else str(self.registry.versions[MODEL][int(at) - 1]["tags"][mlflow.TEXT])
            )
        number = self.project.labelled(PROMPT, pointer)
        return None if number is None else self.project.versions[PROMPT][number - 1]["prompt"]

    def put(self, text: str) -> str:
        """Somebody puts a text live, past the app: its version."""
        if self.kind == "webhook":
            version: str = self.names["name"](text)
            self.names["live"][self.workflow, "production"] = text
            self.names["texts"][self.workflow, version] = text
            return version
        if self.kind == "mlflow":
            held = [each for each in self.registry.versions[MODEL] if each["tags"][mlflow.TEXT] == text]
            number = held[0]["version"] if held else self.registry.add(MODEL, text)
            self.registry.aliases[MODEL]["production"] = number
            return str(number)
        for each in self.project.versions.get(PROMPT, []):
            if each["prompt"] == text:
                self.project.give(PROMPT, each["version"], ["production"])
                return str(each["version"])
        return str(self.project.add(PROMPT, text, labels=("production",))["version"])

    def expire(self) -> None:
        """The system takes the credential no more."""
        self.names["SECRET"], self.project.secret = b"another", "another"
        self.registry.password = "another"

    def renew(self) -> None:
        """It takes it again."""
        self.names["SECRET"], self.project.secret = SECRET.encode(), langfuse.SECRET
        self.registry.password = mlflow.PASSWORD


@contextmanager
def webhook(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The receiver of the documents."""
    names = receiver()

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        digest = hashlib.sha256(ELSEWHERE.encode()).hexdigest()
        told = {"new": names["name"](ELSEWHERE), "text": ELSEWHERE, "sha256": digest}
        return path, json.dumps({**json.loads(body), **told}).encode()

    door = Faulty(
        _signing_what_was_twisted(names["app"]),
        lambda: names["live"].get((workflow, "production")),
        twist,
        {"status": "done"},
    )
    with receiving(door) as url:
        spec = {"kind": "webhook", "url": url, "secret_env": VARIABLE, **more}
        yield System(spec, {VARIABLE: SECRET}, door, names=names, workflow=workflow)
        door.heal()


@contextmanager
def langfuse_here(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Langfuse, in which somebody has made a version already that nobody fetches."""
    project = langfuse.LocalLangfuse()
    other = project.add(PROMPT, ELSEWHERE)["version"]

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return f"{path.rpartition('/')[0]}/{other}", body

    nothing = {"name": PROMPT, "version": other, "labels": ["production"], "prompt": ELSEWHERE}
    door = Faulty(project.app, lambda: str(project.labelled(PROMPT, "production")), twist, nothing)
    with langfuse.served(door) as url:
        spec = {"kind": "langfuse", "host": url, "prompt": PROMPT, **more}
        environment = {"LANGFUSE_PUBLIC_KEY": langfuse.PUBLIC, "LANGFUSE_SECRET_KEY": langfuse.SECRET}
        yield System(spec, environment, door, project=project, workflow=workflow)
        door.heal()


@contextmanager
def mlflow_here(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local MLflow, in which somebody has made a version already that nobody loads."""
    registry = mlflow.LocalMlflow()
    other = registry.add(MODEL, ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "version": other}).encode()

    door = Faulty(
        registry.app,
        lambda: registry.aliases[MODEL].get("production"),
        twist,
        {},
        only="/registered-models/alias",
    )
    with langfuse.served(door) as url:
        names = {"username_env": "MLFLOW_USER", "password_env": "MLFLOW_PASSWORD"}
        spec = {"kind": "mlflow", "host": url, "prompt": MODEL, **names, **more}
        environment = {"MLFLOW_USER": mlflow.USER, "MLFLOW_PASSWORD": mlflow.PASSWORD}
        yield System(spec, environment, door, registry=registry, workflow=workflow)
        door.heal()


SYSTEMS = {"webhook": webhook, "langfuse": langfuse_here, "mlflow": mlflow_here}


def _signing_what_was_twisted(app: Any) -> Any:
    """A receiver that does another thing than it is told would not check that against the signature."""

    async def front(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("twisted"):
            message = await receive()
            headers = dict(scope["headers"])
            stamp = headers[b"prompt-change-timestamp"].decode()
            headers[b"prompt-change-signature"] = signature(SECRET, stamp, message["body"]).encode()
            headers[b"content-length"] = str(len(message["body"])).encode()

            async def again() -> Any:
                return message

            await app({**scope, "headers": list(headers.items())}, again, send)
        else:
            await app(scope, receive, send)

    return front
