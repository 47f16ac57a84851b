"""The Agenta target: a version is a revision of an application, and a pointer is an environment.

Written from Agenta's sources and its own client (0.125.1); not tried against a server. A deploy is a new
revision of the environment, which names a version of every application. The app reads what is deployed and
writes all of it again with its own line changed: Agenta's way of sending the change alone takes an empty
answer of its own database for an environment that is empty. For the same reason no answer that lacks what
was asked for may be taken to say that there is none.

A mark is the slug of a revision, which is there once in a project: of the application for a proposal, of the
environment for a move. So a move and its mark are one act.
"""

import json
from typing import Any, Final
from uuid import UUID

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.agenta_answers import (
    Application,
    Applications,
    Commits,
    Environment,
    Environments,
    One,
    Revision,
    Revisions,
    as_version,
)
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import AgentaTarget as Settings

SLUG: Final = slice(3, 15)
"""The part of a mark that makes a slug, as long as those that Agenta's own client makes."""
ROOM: Final = 10
"""How many versions more than wanted are asked for, because some of them are empty."""


class AgentaTarget(Registry[Settings]):
    """One application of the Agenta project that the key belongs to, whose prompt is one message."""

    name = "Agenta"
    pointer_word = "environment"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that is deployed to the environment."""
        deployed = self._environment(asking, pointer).deployed.get(self._key)
        if deployed is None:
            return None
        found = deployed.get("application_revision", {}).get("id")
        if not isinstance(found, str) or not _is_version(found):
            raise TargetUnavailable(
                f"{self.system.host} says that something of {self.prompt} is deployed to {pointer} and not "
                "which version, so it is not believed."
            )
        return found

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """Those of all variants that have a prompt."""
        found = self._revisions(asking, self._application(asking), limit=limit + ROOM)
        return [as_version(each) for each in found if each.prompt is not None][:limit]

    def content(self, asking: Asking, version: str) -> Content:
        """What its message says, and with what it is used."""
        found = self._revision(asking, version, self._application(asking))
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What PostgreSQL, which is Agenta's database, cannot keep."""
        if "\0" in text:
            raise TargetRefused("Agenta cannot keep a text with a null character in it. Take it out.")

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its slug."""
        slug = found_by[SLUG]
        found = self._revisions(asking, self._application(asking), slug=slug)
        return next((str(each.id) for each in found if each.slug == slug), None)

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version in the variant of the live one, with its settings."""
        application = self._application(asking)
        base, data = self._base(asking, application, text)
        new = {"slug": found_by[SLUG], "message": said, "data": data}
        new |= {"application_id": str(application.id), "application_variant_id": str(base.variant)}
        answer = self._ask(asking, "POST", "/applications/revisions/commit", {"application_revision": new})
        stored = asking.read(answer, One).application_revision
        if stored is None:
            raise TargetUnavailable(f"{self.system.host} does not say whether it stored the text.")
        return str(stored.id)

    def was_made(self, asking: Asking, move: Move) -> bool:
        """By the slug of a revision of the environment. If it is overlooked, a second one is refused."""
        slug = move.mark[SLUG]
        told = {"environment_revision_refs": [{"slug": slug}]}
        answer = self._ask(asking, "POST", "/environments/revisions/query", told)
        return slug in [each.slug for each in asking.read(answer, Commits).environment_revisions]

    def swing(self, asking: Asking, move: Move) -> None:
        """Commit the environment as it is, with another version of this application, or without it."""
        environment = self._environment(asking, move.pointer)
        references = {key: named for key, named in environment.deployed.items() if key != self._key}
        if move.new is not None:
            references[self._key] = self._named(asking, move.new)
        elif not references:
            raise TargetRefused(
                f"Nothing but {self.prompt} is deployed to {move.pointer}, and Agenta brings back what was "
                "last in an environment when something else is deployed there. Deploy another version, or "
                "switch the prompt off where it is used."
            )
        new = {"environment_id": str(environment.id), "environment_variant_id": str(environment.variant_id)}
        new |= {"slug": move.mark[SLUG], "message": move.why}
        told = {"environment_revision": {**new, "data": {"references": references}}}
        self._ask(asking, "POST", "/environments/revisions/commit", told)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Agenta, or to ask of its API."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In Agenta at {self.system.host}"
        if wanted is None:
            return (
                f"{where}, take the application {self.prompt} out of the environment {pointer}. It takes a "
                f"call of the API: commit a revision of the environment without {self._key}."
            )
        return (
            f"{where}, open the application {self.prompt}, the version with the identifier {wanted}, and "
            f"deploy it to {pointer}."
        )

    @property
    def _key(self) -> str:
        """Under what an environment names the version of this application."""
        return f"{self.prompt}.revision"

    def _named(self, asking: Asking, version: str) -> dict[str, dict[str, Any]]:
        """A version of this application as an environment names it."""
        application = self._application(asking)
        revision = self._revision(asking, version, application)
        exact = {"id": version, "slug": revision.slug, "version": revision.version}
        return {
            "application": {"id": str(application.id), "slug": application.slug},
            "application_variant": {"id": str(revision.variant)},
            "application_revision": {name: value for name, value in exact.items() if value is not None},
        }

    def _application(self, asking: Asking) -> Application:
        told = {"application": {"slug": self.prompt}, "application_refs": [{"slug": self.prompt}]}
        answer = self._ask(asking, "POST", "/simple/applications/query", told)
        for each in asking.read(answer, Applications).applications:
            if each.slug == self.prompt:
                return each
        raise self._unseen(f"application called {self.prompt}")

    def _environment(self, asking: Asking, slug: str) -> Environment:
        told = {"environment": {"slug": slug}, "environment_refs": [{"slug": slug}]}
        answer = self._ask(asking, "POST", "/simple/environments/query", told)
        for each in asking.read(answer, Environments).environments:
            if each.slug == slug:
                return each
        raise self._unseen(f"environment called {slug}")

    def _unseen(self, what: str) -> TargetUnavailable:
        return TargetUnavailable(
            f"{self.system.host} shows no {what}. Make it in Agenta, if it is not there; Agenta also answers "
            "like that when it cannot read."
        )

    def _revisions(
        self, asking: Asking, application: Application, *, slug: str = "", limit: int = 1
    ) -> list[Revision]:
        """Versions of the application, newest first."""
        told: dict[str, Any] = {"application_refs": [{"id": str(application.id)}]}
        told |= {"application_revision_refs": [{"slug": slug}]} if slug else {}
        told |= {"windowing": {"limit": limit, "order": "descending"}}
        answer = self._ask(asking, "POST", "/applications/revisions/query", told)
        found = asking.read(answer, Revisions).application_revisions
        return [each for each in found if each.application == application.id]

    def _revision(self, asking: Asking, version: str, application: Application) -> Revision:
        missing = VersionMissing(version, f"{self.prompt} in Agenta has no version {version[:40]}.")
        if not _is_version(version):
            raise missing
        answer = asking.ask("GET", f"/applications/revisions/{version}", headers=self._signed())
        found = asking.read(asking.done(answer), One).application_revision
        if found is None or str(found.id) != version or found.application != application.id:
            raise missing
        return found

    def _text_of(self, found: Revision) -> str:
        message = found.message_of_text
        if message is None:
            raise TargetRefused(
                f"Version {found.id} of {self.prompt} is not one message of text. This app releases prompts "
                "of one message only."
            )
        return str(message["content"])

    def _base(self, asking: Asking, application: Application, text: str) -> tuple[Revision, dict[str, Any]]:
        """The version to follow, the live one or else the newest, and its data with another text."""
        live = self.at(asking, self.live_pointer)
        found = (
            [self._revision(asking, live, application)]
            if live
            else self._revisions(asking, application, limit=1)
        )
        if not found or found[0].variant is None:
            raise self._unseen(f"variant of {self.prompt}")
        base = found[0]
        data, parameters = base.data or {}, (base.data or {}).get("parameters") or {}
        if base.prompt is not None:
            self._text_of(base)  # a prompt of several messages is refused before a text is put beside it
            prompt = {**base.prompt, "messages": [{**(base.message_of_text or {}), "content": text}]}
        elif self.given.first_model is None:
            raise TargetRefused(
                f"Agenta keeps a model beside each prompt, and {self.prompt} has none yet to take it from. "
                "Make the first version in Agenta, or write first_model into the policy."
            )
        else:
            prompt = {"messages": [{"role": "system", "content": text}], "template_format": "mustache"}
            prompt |= {"llm_config": {"model": self.given.first_model}}
        return base, {**data, "parameters": {**parameters, "prompt": prompt}}

    def _ask(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> Answer:
        answer = asking.ask(method, path, body=json.dumps(told).encode(), headers=self._signed())
        return asking.done(answer)

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"ApiKey {self.credentials[0].value()}"}


def _is_version(name: str) -> bool:
    """Whether it is an identifier, written as Agenta writes it."""
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
