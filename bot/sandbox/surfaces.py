"""Modals and Home tabs: triggers that open them once, the stack of three, hashes, and what was typed.

Triggers live in memory alone: they are good for three seconds. It must never let a view be changed on the
word of an old hash.
"""

import copy
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sandbox.core import Core
from bot.sandbox.inputs import initial_state
from bot.sandbox.limits import check_view, with_ids
from bot.sandbox.records import JsonObject, Surface, View
from bot.sandbox.refusals import SlackRefusesError

STACK = 3
"""A modal and at most two pushed on top of it."""
KEPT_TRIGGERS = 1_000
"""Beyond this many, those that have long expired are forgotten."""


@dataclass(slots=True)
class _Trigger:
    user: str
    issued: float
    exchanged: bool = False


class Surfaces(Core):
    """Open views by id, stacks by person."""

    def _open_shelves(self, folder: Path | None) -> None:
        super()._open_shelves(folder)
        self._triggers: dict[str, _Trigger] = {}
        self._stacks: dict[str, list[str]] = defaultdict(list)
        for view in self._views.held.values():
            if view.type == "modal":
                self._stacks[view.user].append(view.id)

    def views(self, user_id: str) -> list[View]:
        """A person's open modals, the top one last."""
        with self._lock:
            return [self._views.held[each] for each in self._stacks.get(user_id, ())]

    def view(self, view_id: str) -> View:
        """One open view. Raises KeyError once it is closed."""
        return self._views.held[view_id]

    def home(self, user_id: str) -> View | None:
        """The Home tab that the app published for this person, if it did."""
        return self._views.held.get(_home_id(user_id))

    def new_trigger(self, user_id: str) -> str:
        """A trigger id for one interaction: good once, for `trigger_seconds`."""
        trigger = f"{self.now()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        with self._lock:
            if len(self._triggers) > KEPT_TRIGGERS:
                self._triggers = {
                    name: each
                    for name, each in self._triggers.items()
                    if self.clock() - each.issued < 60 * self.trigger_seconds
                }
            self._triggers[trigger] = _Trigger(user_id, self.clock())
        return trigger

    def open_view(self, trigger_id: str, content: object) -> View:
        """Exchange a trigger for a modal. It takes the place of any stack that was open."""
        checked = self._checked(content, "modal", "views.open")
        with self._lock:
            user_id = self._exchange(trigger_id)
            self.drop_stack(user_id)
            return self._stack(user_id, checked)

    def push_view(self, trigger_id: str, content: object) -> View:
        """Exchange a trigger for one more modal on top of the open ones."""
        checked = self._checked(content, "modal", "views.push")
        with self._lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is not None:
                self._check_room(trigger.user)
            return self._stack(self._exchange(trigger_id), checked)

    def push_on(self, user_id: str, content: object) -> View:
        """The answer `push` to a submission."""
        checked = self._checked(content, "modal", "response_action")
        with self._lock:
            self._check_room(user_id)
            return self._stack(user_id, checked)

    def update_view(self, view_id: str, content: object, old_hash: str = "", external_id: str = "") -> View:
        """Replace an open modal or Home tab in place. What was typed stays where both ids stay."""
        with self._lock:
            known = self._views.held.get(view_id) or self._by_external_id(external_id)
            if known is None:
                raise SlackRefusesError("not_found")
            kind: Surface = "home" if known.type == "home" else "modal"
        checked = self._checked(content, kind, "views.update")
        with self._lock:
            return self._replace(known.id, checked, old_hash)

    def publish_home(self, user_id: str, content: object, old_hash: str = "") -> View:
        """Put this on the person's Home tab."""
        checked = self._checked(content, "home", "views.publish")
        if user_id not in self._users.held:
            raise SlackRefusesError("invalid_arguments", ["[ERROR] user not found [json-pointer:/user_id]"])
        with self._lock:
            if _home_id(user_id) in self._views.held:
                return self._replace(_home_id(user_id), checked, old_hash)
            if old_hash:
                raise SlackRefusesError("hash_conflict")
            return self._keep(_home_id(user_id), user_id, checked, "", "")

    def type_into(self, view_id: str, typed: Mapping[str, JsonObject]) -> View:
        """The person enters values, block_id -> action_id -> state, beside what was there."""
        with self._lock:
            view = self._views.held[view_id]
            merged = {
                **view.typed,
                **{block: {**view.typed.get(block, {}), **typed[block]} for block in typed},
            }
            kept = self._views.put(view_id, replace(view, typed=merged))
        self.changed()
        return kept

    def show_errors(self, view_id: str, errors: Mapping[str, str]) -> None:
        """Show sentences under inputs, or none."""
        with self._lock:
            if view_id in self._views.held:
                self._views.put(view_id, replace(self._views.held[view_id], errors=dict(errors)))
        self.changed()

    def drop_view(self, view_id: str) -> None:
        """Close one modal."""
        with self._lock:
            view = self._views.held.get(view_id)
            if view is not None:
                self._views.remove(view_id)
                if view_id in self._stacks[view.user]:
                    self._stacks[view.user].remove(view_id)
        self.changed()

    def drop_stack(self, user_id: str) -> None:
        """Close every modal of a person."""
        for view in self.views(user_id):
            self.drop_view(view.id)

    def _checked(self, content: object, kind: Surface, via: str) -> JsonObject:
        if isinstance(content, dict):
            self.note_rendered(kind, via, copy.deepcopy(content))
        check_view(content, kind)
        assert isinstance(content, dict)  # noqa: S101 - check_view has refused everything else
        return {**content, "blocks": list(with_ids(content["blocks"]))}

    def _exchange(self, trigger_id: str) -> str:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackRefusesError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackRefusesError("exchanged_trigger_id")
        if self.clock() - trigger.issued > self.trigger_seconds:
            raise SlackRefusesError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user

    def _check_room(self, user_id: str) -> None:
        open_now = len(self._stacks.get(user_id, ()))
        if open_now == 0:
            raise SlackRefusesError("not_found")
        if open_now >= STACK:
            raise SlackRefusesError("push_limit_reached")

    def _by_external_id(self, external_id: str) -> View | None:
        if not external_id:
            return None
        found = (each for each in self._views.held.values() if each.content.get("external_id") == external_id)
        return next(found, None)

    def _stack(self, user_id: str, content: JsonObject) -> View:
        external_id = content.get("external_id", "")
        if self._by_external_id(external_id) is not None:
            raise SlackRefusesError("duplicate_external_id")
        below = self._stacks.get(user_id, [])
        view_id = self.new_id("V")
        root = below[0] if below else view_id
        view = self._keep(view_id, user_id, content, root, below[-1] if below else "")
        self._stacks[user_id].append(view_id)
        return view

    def _keep(self, view_id: str, user_id: str, content: JsonObject, root: str, previous: str) -> View:
        typed = initial_state(content["blocks"])
        made = View(view_id, user_id, content, self._new_hash(), root or view_id, previous, typed)
        self._views.put(view_id, made)
        self.changed()
        return made

    def _replace(self, view_id: str, content: JsonObject, old_hash: str) -> View:
        view = self._views.held.get(view_id)
        if view is None:
            raise SlackRefusesError("not_found")
        if old_hash and old_hash != view.hash:
            raise SlackRefusesError("hash_conflict")
        typed = initial_state(content["blocks"])
        for block_id, inputs in typed.items():
            kept = view.typed.get(block_id, {})
            inputs |= {each: kept[each] for each in inputs if _same_input(kept.get(each), inputs[each])}
        changed = replace(view, content=content, hash=self._new_hash(), typed=typed, errors={})
        self._views.put(view_id, changed)
        self.changed()
        return changed

    def _new_hash(self) -> str:
        return f"{self.now()}.{secrets.token_hex(4)}"


def _same_input(kept: JsonObject | None, fresh: JsonObject) -> bool:
    return kept is not None and kept.get("type") == fresh.get("type")


def _home_id(user_id: str) -> str:
    return "VHOME" + user_id
