"""The controls of Slack's blocks as a table: buttons, selects, inputs, and what each may carry.

Figures are those of docs.slack.dev, "Block elements" and "Composition objects", on each element's page.
It must never allow what Slack would refuse, so a control that no page of ours can act out is not in it.
"""

from bot.sandbox.checks import (
    Check,
    Shape,
    boolean,
    choice,
    complain,
    plain,
    several,
    string,
    text_object,
    whole,
)
from bot.sandbox.rich_text import RICH_TEXT

ID = string(255, shortest=1)
URL = string(3_000, pattern=r"(https?|mailto|slack|tel):\S+")
IMAGE_URL = string(3_000, pattern=r"https?://\S+")
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
PLACEHOLDER = plain(150)
LONGEST_INPUT = 3_000

CONFIRM = Shape(
    {
        "title": plain(100),
        "text": text_object(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": choice("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)
_OPTION_FIELDS: dict[str, Check] = {
    "text": plain(75),
    "value": string(150, shortest=1),
    "description": plain(75),
}
OPTION = Shape(_OPTION_FIELDS, ("text", "value"))
MRKDWN_OPTION = Shape(
    {**_OPTION_FIELDS, "text": text_object(75), "description": text_object(75)}, ("text", "value")
)
LINK_OPTION = Shape({**_OPTION_FIELDS, "url": URL}, ("text", "value"))
OPTION_GROUP = Shape({"label": plain(75), "options": several(OPTION, most=100)}, ("label", "options"))
DISPATCH = Shape({"trigger_actions_on": several(choice("on_enter_pressed", "on_character_entered"), most=2)})
FILTER = Shape(
    {
        "include": several(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)


def options_of(element: dict[str, object]) -> list[object]:
    """Every option of a control, also those inside groups."""
    flat = element.get("options")
    groups = element.get("option_groups")
    found: list[object] = list(flat) if isinstance(flat, list) else []
    for group in groups if isinstance(groups, list) else []:
        inner = group.get("options") if isinstance(group, dict) else None
        found.extend(inner if isinstance(inner, list) else [])
    return found


def _initial_is_an_option(element: dict[str, object], path: str, problems: list[str]) -> None:
    options = options_of(element)
    chosen = element.get(
        "initial_options", [element["initial_option"]] if "initial_option" in element else []
    )
    for each in chosen if isinstance(chosen, list) else []:
        if each not in options:
            complain(problems, path, "initial option must exactly match one of the provided options")
    values = [each.get("value") for each in options if isinstance(each, dict)]
    if len(values) != len({str(each) for each in values}):
        complain(problems, path, "option values must be unique")


def _options_once(element: dict[str, object], path: str, problems: list[str]) -> None:
    if ("options" in element) == ("option_groups" in element):
        complain(problems, path, "must provide either options or option_groups")
    _initial_is_an_option(element, path, problems)


def _initial_fits(element: dict[str, object], path: str, problems: list[str]) -> None:
    initial, least, most = (element.get(name) for name in ("initial_value", "min_length", "max_length"))
    most = most if isinstance(most, int) else LONGEST_INPUT
    if isinstance(initial, str) and len(initial) > most:
        complain(problems, f"{path}/initial_value", f"must be less than {most + 1} characters")
    if isinstance(least, int) and least > most:
        complain(problems, f"{path}/min_length", "must not be greater than max_length")


def _one_picture(element: dict[str, object], path: str, problems: list[str]) -> None:
    if ("image_url" in element) == ("slack_file" in element):
        complain(problems, path, "must provide either image_url or slack_file")


_CONTROL: dict[str, Check] = {"action_id": ID, "confirm": CONFIRM}
_FOCUSED: dict[str, Check] = {**_CONTROL, "focus_on_load": boolean}
_MENU: dict[str, Check] = {**_FOCUSED, "placeholder": PLACEHOLDER}
_MULTI: dict[str, Check] = {**_MENU, "max_selected_items": whole(1, 100)}
_STATIC: dict[str, Check] = {
    "options": several(OPTION, most=100),
    "option_groups": several(OPTION_GROUP, most=100),
}
_TYPED: dict[str, Check] = {
    "action_id": ID,
    "focus_on_load": boolean,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH,
}
_SLACK_FILE = Shape({"id": string(shortest=1), "url": URL})
_PERSON = string(30, shortest=2)

ELEMENTS: dict[str, Check] = {
    "button": Shape(
        {
            **_CONTROL,
            "text": plain(75),
            "url": URL,
            "value": string(2_000),
            "style": choice("primary", "danger"),
            "accessibility_label": string(75),
        },
        ("text",),
    ),
    "image": Shape(
        {"image_url": IMAGE_URL, "slack_file": _SLACK_FILE, "alt_text": string(2_000)},
        ("alt_text",),
        _one_picture,
    ),
    "overflow": Shape(
        {**_CONTROL, "options": several(LINK_OPTION, most=5)}, ("options",), _initial_is_an_option
    ),
    "static_select": Shape({**_MENU, **_STATIC, "initial_option": OPTION}, (), _options_once),
    "multi_static_select": Shape(
        {**_MULTI, **_STATIC, "initial_options": several(OPTION, most=100)}, (), _options_once
    ),
    "users_select": Shape({**_MENU, "initial_user": _PERSON}),
    "multi_users_select": Shape({**_MULTI, "initial_users": several(_PERSON, most=100)}),
    "channels_select": Shape({**_MENU, "initial_channel": _PERSON, "response_url_enabled": boolean}),
    "multi_channels_select": Shape({**_MULTI, "initial_channels": several(_PERSON, most=100)}),
    "conversations_select": Shape(
        {
            **_MENU,
            "initial_conversation": _PERSON,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": FILTER,
        }
    ),
    "radio_buttons": Shape(
        {**_FOCUSED, "options": several(MRKDWN_OPTION, most=10), "initial_option": MRKDWN_OPTION},
        ("options",),
        _initial_is_an_option,
    ),
    "checkboxes": Shape(
        {
            **_FOCUSED,
            "options": several(MRKDWN_OPTION, most=10),
            "initial_options": several(MRKDWN_OPTION, most=10),
        },
        ("options",),
        _initial_is_an_option,
    ),
    "datepicker": Shape({**_MENU, "initial_date": DATE}),
    "timepicker": Shape({**_MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": Shape({**_FOCUSED, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": Shape(
        {
            **_TYPED,
            "initial_value": string(LONGEST_INPUT),
            "multiline": boolean,
            "min_length": whole(0, LONGEST_INPUT),
            "max_length": whole(1, LONGEST_INPUT),
        },
        (),
        _initial_fits,
    ),
    "number_input": Shape(
        {
            **_TYPED,
            "is_decimal_allowed": boolean,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
        },
        ("is_decimal_allowed",),
    ),
    "url_text_input": Shape({**_TYPED, "initial_value": string()}),
    "email_text_input": Shape({**_TYPED, "initial_value": string()}),
    "rich_text_input": Shape({**_TYPED, "initial_value": RICH_TEXT}),
    "file_input": Shape(
        {"action_id": ID, "filetypes": several(string(50, shortest=1)), "max_files": whole(1, 10)}
    ),
}
