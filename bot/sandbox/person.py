"""What a person does in a Slack client: reads, types, clicks.

Each act waits for the app's answer and says what the person sees. A hostile person skips what the client
would have stopped, also clicks on a screen that has changed since. Nothing here may act for anybody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.sandbox import answers, payloads
from bot.sandbox.inputs import Filled, NoSuchInputError, client_errors, entered, fields_of
from bot.sandbox.limits import elements_in
from bot.sandbox.reading import Reader
from bot.sandbox.records import Answer, JsonObject, Message, StoredFile, View
from bot.sandbox.shapes import file_as_slack, view_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

DEACTIVATED = "Your account has been deactivated."
NOT_THERE = "You are not in this conversation."
GONE = "This message was deleted."
CLOSED = "This form is no longer open."


class SlackPerson(Reader):
    """One person at a Slack client. Acts return an Answer; nothing is raised for what Slack refuses.

    Naming a control, an input or an option that is not on the screen raises NoSuchInputError.
    """

    def __init__(self, workspace: "Workspace", user_id: str, *, hostile: bool = False) -> None:
        super().__init__(workspace, user_id)
        self.hostile = hostile
        self.last_answer = Answer(ok=True, sent=False)

    def command(self, text: str, channel: str = "") -> Answer:
        """Type a line such as "/prompt-change PC-42", in a conversation or in the app's direct messages."""
        place = self.workspace.channel(channel) if channel else self.direct_channel()
        name = text.split(" ", 1)[0]
        if self.user.is_stranger or name != self.workspace.app.command:
            return self._stopped(f"{name} is not a valid command.")
        stopped = self._cannot_act_in(place.id)
        if stopped:
            return self._keep(stopped)
        fields = payloads.command_fields(self.workspace, self.user, place, text)
        reply = self.workspace.delivery.command(fields)
        return self._keep(answers.of_command(self.workspace, name, self.user_id, place.id, reply))

    def say(self, channel: str, text: str, thread_ts: str = "") -> Answer:
        """Post a message; mentions typed as @name and #name become links."""
        stopped = self._cannot_act_in(channel)
        if stopped:
            return self._keep(stopped)
        written = payloads.escaped(self.workspace, text)
        self.workspace.post_as_person(channel, self.user_id, written, thread_ts)
        return self._keep(Answer(ok=True, sent=False))

    def shortcut(self, callback_id: str) -> Answer:
        """Use a global shortcut."""
        if self.user.is_stranger:
            return self._stopped("This shortcut is not available to you.")
        return self._interact(lambda: payloads.shortcut(self.workspace, self.user, callback_id))

    def message_shortcut(self, callback_id: str, channel: str, ts: str) -> Answer:
        """Use a message's shortcut."""
        message = self.workspace.message(channel, ts)
        if not self._can_see(message) or self.user.is_stranger:
            return self._stopped(NOT_THERE)
        return self._interact(
            lambda: payloads.message_shortcut(self.workspace, self.user, callback_id, message)
        )

    def click(
        self,
        message: Message,
        action_id: str,
        *,
        block_id: str = "",
        value: str | None = None,
        selected: Filled = None,
        confirm: bool = True,
    ) -> Answer:
        """Use a control of a message: a button, or with `selected` a select, menu, boxes or picker.

        `block_id` and `value` say which, where an action_id stands more than once. confirm=False answers No
        in the control's confirm dialog: nothing is sent.
        """
        shown = message if self.hostile else self.workspace.find_message(message.channel, message.ts)
        if shown is None:
            return self._stopped(GONE)
        if not self._can_see(shown):
            return self._stopped(NOT_THERE)
        block, element = self._control(shown.blocks, action_id, block_id, value)
        if "confirm" in element and not confirm:
            return self._keep(Answer(ok=True, sent=False))
        acted = payloads.action(self.workspace, block, element, selected)
        typed = _typed(block, element, selected)
        state = self.workspace.typed_in_message(self.user_id, shown, typed)
        return self._interact(
            lambda: payloads.message_actions(self.workspace, self.user, shown, [acted], state)
        )

    def click_in_view(
        self,
        view: View,
        action_id: str,
        *,
        block_id: str = "",
        value: str | None = None,
        selected: Filled = None,
        confirm: bool = True,
    ) -> Answer:
        """The same in a modal or on a Home tab; an input is sent if its block has dispatch_action."""
        shown = view if self.hostile else self.workspace.find_view(view.id)
        if shown is None or shown.user != self.user_id:
            return self._stopped(CLOSED)
        block, element = self._control(shown.blocks, action_id, block_id, value)
        if "confirm" in element and not confirm:
            return self._keep(Answer(ok=True, sent=False))
        shown = self._type(shown, _typed(block, element, selected))
        if not _dispatches(shown, block):
            return self._keep(Answer(ok=True, sent=False))
        acted = payloads.action(self.workspace, block, element, selected)
        return self._interact(lambda: payloads.view_actions(self.workspace, self.user, shown, [acted]))

    def click_home(
        self,
        action_id: str,
        *,
        block_id: str = "",
        value: str | None = None,
        selected: Filled = None,
        confirm: bool = True,
    ) -> Answer:
        """The same on the Home tab."""
        home = self.home()
        if home is None:
            return self._stopped("The Home tab is empty.")
        return self.click_in_view(
            home, action_id, block_id=block_id, value=value, selected=selected, confirm=confirm
        )

    def fill(self, view: View, values: Mapping[str, Filled]) -> Answer:
        """Enter values without sending: block_id or label -> value. They stay with the view."""
        self._type(view, self._entered(view, values))
        return self._keep(Answer(ok=True, sent=False))

    def submit(self, view: View | None = None, values: Mapping[str, Filled] | None = None) -> Answer:
        """Fill, apply the client's rules (errors by block_id), and submit; default: the top one.

        Afterwards look at `views()`: closed, replaced, one more on top, or the same with `View.errors`.
        """
        form = view or self.view()
        if form is None or form.user != self.user_id or not (self.hostile or self._is_open(form)):
            return self._stopped(CLOSED)
        if "submit" not in form.content:
            return self._stopped("This form has nothing to submit.")
        shown = self._type(form, self._entered(form, values or {}))
        said = {} if self.hostile else client_errors(shown.blocks, shown.typed)
        self.workspace.show_errors(shown.id, said)
        if said:
            return self._keep(Answer(ok=False, errors=said, sent=False))
        reply = self.workspace.delivery.interaction(payloads.submission(self.workspace, self.user, shown))
        return self._keep(answers.of_submission(self.workspace, shown, reply))

    def close(self, view: View | None = None, *, whole_stack: bool = False) -> Answer:
        """Press Cancel, or the X that closes the whole stack; the app hears of it where it asked to."""
        form = view or self.view()
        if form is None or not self._is_open(form):
            return self._stopped(CLOSED)
        cleared = whole_stack or bool(form.content.get("clear_on_close"))
        leaving = list(reversed(self.views())) if cleared else [self.workspace.view(form.id)]
        for each in leaving:
            self.workspace.drop_view(each.id)
        answer = Answer(ok=True, sent=False)
        for each in leaving:
            if each.content.get("notify_on_close"):
                payload = payloads.closed(self.workspace, self.user, each, cleared=cleared)
                answer = answers.of_action(self.workspace.delivery.interaction(payload))
        return self._keep(answer)

    def open_home(self) -> Answer:
        """Look at the app's Home tab."""
        return self._look("home")

    def open_direct_messages(self) -> Answer:
        """Look at the app's Messages tab."""
        return self._look("messages")

    def upload(self, name: str, content: bytes) -> StoredFile:
        """A file for a file input: its id is the value to fill in."""
        return self.workspace.add_file(self.user_id, name, content)

    def _look(self, tab: str) -> Answer:
        if self.user.is_stranger:
            return self._stopped("This app is not available to you.")
        told: JsonObject = {"type": "app_home_opened", "user": self.user_id, "tab": tab}
        told["channel"] = self.direct_channel().id
        home = self.home()
        if home is not None and tab == "home":
            told["view"] = view_as_slack(self.workspace, home)
        return self._keep(answers.of_action(self.workspace.events.deliver_now(told)))

    def _interact(self, payload: Callable[[], JsonObject]) -> Answer:
        if self.user.deleted and not self.hostile:
            return self._stopped(DEACTIVATED)
        return self._keep(answers.of_action(self.workspace.delivery.interaction(payload())))

    def _is_open(self, view: View) -> bool:
        return self.workspace.find_view(view.id) is not None

    def _entered(self, view: View, values: Mapping[str, Filled]) -> JsonObject:
        typed: JsonObject = {}
        fields = fields_of(view.blocks)
        for name, value in values.items():
            field = next((each for each in fields if name in (each.block_id, each.label)), None)
            if field is None:
                raise NoSuchInputError(f"no input {name!r} among {[each.block_id for each in fields]}")
            state = entered(field.element, value, self._file_state)
            typed.setdefault(field.block_id, {})[field.action_id] = state
        return typed

    def _type(self, view: View, typed: JsonObject) -> View:
        if self._is_open(view):
            return self.workspace.type_into(view.id, typed) if typed else self.workspace.view(view.id)
        return replace(view, typed={**view.typed, **typed})

    def _control(
        self,
        blocks: tuple[JsonObject, ...] | list[JsonObject],
        action_id: str,
        block_id: str,
        value: str | None,
    ) -> tuple[str, JsonObject]:
        found = [
            (str(block["block_id"]), element)
            for block in blocks
            for element in elements_in([block])
            if element.get("action_id") == action_id and block_id in ("", block["block_id"])
        ]
        exact = [each for each in found if value is None or each[1].get("value", value) == value]
        if exact:
            return exact[0]
        if self.hostile:
            return _forged(found, action_id, block_id, value)
        there = [each.get("action_id") for each in elements_in(blocks)]
        raise NoSuchInputError(f"no control {action_id!r} ({block_id!r}, {value!r}) among {there}")

    def _file_state(self, file_id: str) -> JsonObject:
        return file_as_slack(self.workspace, self.workspace.file(file_id))

    def _cannot_act_in(self, channel_id: str) -> Answer | None:
        channel = self.workspace.channel(channel_id)
        said = ""
        if self.user.deleted:
            said = DEACTIVATED
        elif self.user_id not in channel.members:
            said = NOT_THERE
        elif channel.archived:
            said = "This channel is archived."
        return Answer(ok=False, error=said, sent=False) if said and not self.hostile else None

    def _stopped(self, said: str) -> Answer:
        return self._keep(Answer(ok=False, error=said, sent=False))

    def _keep(self, answer: Answer) -> Answer:
        self.last_answer = answer
        return answer


def _typed(block_id: str, element: JsonObject, selected: Filled) -> JsonObject:
    if element["type"] in ("button", "overflow"):
        return {}
    return {block_id: {element["action_id"]: entered(element, selected)}}


def _dispatches(view: View, block_id: str) -> bool:
    """Controls in actions and sections are sent at once; an input only with dispatch_action."""
    block = next((each for each in view.blocks if each["block_id"] == block_id), None)
    return block is None or block["type"] != "input" or bool(block.get("dispatch_action"))


def _forged(
    found: list[tuple[str, JsonObject]], action_id: str, block_id: str, value: str | None
) -> tuple[str, JsonObject]:
    base: JsonObject = {"type": "button", "text": {"type": "plain_text", "text": "forged", "emoji": True}}
    place, element = found[0] if found else (block_id or "forged", base)
    return place, {**element, "action_id": action_id, **({} if value is None else {"value": value})}
