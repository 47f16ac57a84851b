"""What a person does in the page, as calls on `SlackPerson`.

One function per act, each takes the screen and the form that the browser sent and returns the Answer. Ids
in the form only choose among what the person already sees; nothing in it is believed beyond that.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.sandbox.page.forms import Filled, filled
from bot.sandbox.page.screen import Screen
from bot.sandbox.records import Answer, Message, View

Form = Mapping[str, Sequence[str]]
DONE = Answer(ok=True, sent=False)
GONE = Answer(ok=False, sent=False, error="This is no longer there. The page shows what is there now.")


def one(form: Form, key: str) -> str:
    """Return a single field's value, empty when the form lacks it."""
    return next(iter(form.get(key, ())), "")


def say(screen: Screen, form: Form) -> Answer:
    """Send what stands in the composer: a slash command, or a message, or a reply."""
    text, thread_ts = one(form, "text").replace("\r\n", "\n").strip(), one(form, "thread_ts")
    if screen.channel is None or not text:
        return DONE
    if not text.startswith("/"):
        return screen.person.say(screen.channel.id, text, thread_ts)
    command = screen.workspace.app.command
    if text.split(maxsplit=1)[0] != command:
        return _refuse(f"{text.split(maxsplit=1)[0]} is not a command here. This workspace knows {command}.")
    if thread_ts:
        return _refuse("Slash commands do not work in threads. Send it in the channel.")
    return screen.person.command(text, screen.channel.id)


def click(screen: Screen, form: Form) -> Answer:
    """Use a control: of a modal, of the Home tab, or of a message."""
    action_id, block_id = one(form, "action_id"), one(form, "block_id")
    value = one(form, "value") if "value" in form else None
    selected: Filled = _selected(form)
    if one(form, "view_id"):
        view = _view(screen, form)
        if view is None:
            return GONE
        view = _keep(screen, view, form)
        return screen.person.click_in_view(view, action_id, block_id=block_id, value=value, selected=selected)
    if "home" in form:
        home = screen.person.home()
        if home:
            _keep(screen, home, form)
        return screen.person.click_home(action_id, block_id=block_id, value=value, selected=selected)
    message = _message(screen, one(form, "ts"))
    if message is None:
        return GONE
    return screen.person.click(message, action_id, block_id=block_id, value=value, selected=selected)


def submit(screen: Screen, form: Form) -> Answer:
    """Send a modal."""
    view = _view(screen, form)
    if view is None:
        return GONE
    return screen.person.submit(view, filled(view.blocks, form, screen.reader))


def close(screen: Screen, form: Form) -> Answer:
    """Close a modal, or with `whole` every modal below it too."""
    view = _view(screen, form)
    if view is None:
        return DONE
    return screen.person.close(view, whole_stack=one(form, "whole") == "all")


def shortcut(screen: Screen, form: Form) -> Answer:
    """Use a shortcut: of a message when the form names one, a global one otherwise."""
    callback_id, ts = one(form, "callback_id"), one(form, "ts")
    if not ts:
        return screen.person.shortcut(callback_id)
    if screen.channel is None:
        return GONE
    return screen.person.message_shortcut(callback_id, screen.channel.id, ts)


def opened(screen: Screen, _form: Form) -> Answer:
    """Tell the app that one of its two tabs is being looked at."""
    if screen.channel is None:
        return screen.person.open_home()
    return screen.person.open_direct_messages() if screen.with_app else DONE


def read(screen: Screen, _form: Form) -> Answer:
    """Mark all that stands here as seen."""
    if screen.channel:
        screen.person.mark_read(screen.channel.id)
    return DONE


def join(screen: Screen, _form: Form) -> Answer:
    """Join the public channel that one looks at."""
    if screen.channel and not screen.joined:
        screen.workspace.join(screen.channel.id, screen.user.id)
    return DONE


ACTS: dict[str, Callable[[Screen, Form], Answer]] = {
    "say": say,
    "click": click,
    "submit": submit,
    "close": close,
    "shortcut": shortcut,
    "opened": opened,
    "read": read,
    "join": join,
}


def _refuse(words: str) -> Answer:
    return Answer(ok=False, sent=False, error=words)


def _selected(form: Form) -> Filled:
    """Return what a select was set to: a list where the control says that it holds many."""
    chosen = [value for value in form.get("selected", ()) if value]
    if "many" in form:
        return chosen
    return chosen[0] if chosen else None


def _view(screen: Screen, form: Form) -> View | None:
    wanted = one(form, "view_id")
    return next((view for view in screen.person.views() if view.id == wanted), None)


def _keep(screen: Screen, view: View, form: Form) -> View:
    """Store what was typed so far, so that the app sees the form as it stands."""
    screen.person.fill(view, filled(view.blocks, form, screen.reader))
    if view.type == "home":
        return view
    return next((now for now in screen.person.views() if now.id == view.id), view)


def _message(screen: Screen, ts: str) -> Message | None:
    if screen.channel is None:
        return None
    try:
        own = screen.person.ephemerals(screen.channel.id)
        return next((m for m in own if m.ts == ts), None) or screen.workspace.message(screen.channel.id, ts)
    except KeyError:
        return None
