"""What Slack accepts as the blocks of a message, a modal or a Home tab, and the sizes of the whole.

Sources: docs.slack.dev, "Blocks" and "Views"; the total of one message is not documented: it was observed
(github.com/slackapi/bolt-js issues 2509 and 2867) and counts more than the visible text, so the JSON is
measured. A refused payload must never be stored.
"""

import copy
import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bot.sandbox.block_elements import ELEMENTS, ID, IMAGE_URL
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
    typed,
)
from bot.sandbox.records import JsonObject, Surface
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.rich_text import RICH_TEXT

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TOTAL = 13_200
"""Characters of all blocks of one message as compact JSON."""
MARKDOWN_TOTAL = 12_000
VIEW_BYTES = 250_000
"""A view larger than 250 kB is view_too_large."""

_SELECTS = ("static_select", "users_select", "channels_select", "conversations_select")
_MULTI_SELECTS = ("multi_static_select", "multi_users_select", "multi_channels_select")
_BOXES = ("checkboxes", "radio_buttons", "datepicker", "timepicker")
_ACTIONS = ("button", "overflow", "datetimepicker", *_SELECTS, *_MULTI_SELECTS, *_BOXES)
_ACCESSORIES = ("button", "overflow", "image", *_SELECTS, *_MULTI_SELECTS, *_BOXES)
_INPUTS = ("plain_text_input", "rich_text_input", "datetimepicker", *_SELECTS, *_MULTI_SELECTS, *_BOXES)
_MODAL_INPUTS = ("number_input", "url_text_input", "email_text_input", "file_input")
_TEXTS: dict[str, Check] = {
    "plain_text": text_object(3_000, ("plain_text",)),
    "mrkdwn": text_object(3_000, ("mrkdwn",)),
    "image": ELEMENTS["image"],
}


def _text_or_fields(block: dict[str, object], path: str, problems: list[str]) -> None:
    if "text" not in block and "fields" not in block:
        complain(problems, path, "missing required field: text")


def _one_picture(block: dict[str, object], path: str, problems: list[str]) -> None:
    if ("image_url" in block) == ("slack_file" in block):
        complain(problems, path, "must provide either image_url or slack_file")


def _same_width(block: dict[str, object], path: str, problems: list[str]) -> None:
    rows = block.get("rows")
    widths = {len(row) for row in rows if isinstance(row, list)} if isinstance(rows, list) else set()
    if len(widths) > 1:
        complain(problems, f"{path}/rows", "all rows must have the same number of cells")


_CELL = typed({"raw_text": Shape({"text": string(10_000)}, ("text",)), "rich_text": RICH_TEXT})
_COLUMN = Shape({"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _blocks(inputs: Collection[str]) -> dict[str, Check]:
    return {
        "section": Shape(
            {
                "block_id": ID,
                "text": text_object(3_000),
                "fields": several(text_object(2_000), most=10),
                "accessory": typed(ELEMENTS, _ACCESSORIES),
                "expand": boolean,
            },
            (),
            _text_or_fields,
        ),
        "header": Shape({"block_id": ID, "text": plain(150)}, ("text",)),
        "divider": Shape({"block_id": ID}),
        "context": Shape({"block_id": ID, "elements": several(typed(_TEXTS), most=10)}, ("elements",)),
        "actions": Shape(
            {"block_id": ID, "elements": several(typed(ELEMENTS, _ACTIONS), most=25)}, ("elements",)
        ),
        "input": Shape(
            {
                "block_id": ID,
                "label": plain(2_000),
                "element": typed(ELEMENTS, inputs),
                "hint": plain(2_000),
                "optional": boolean,
                "dispatch_action": boolean,
            },
            ("label", "element"),
        ),
        "image": Shape(
            {
                "block_id": ID,
                "image_url": IMAGE_URL,
                "slack_file": Shape({"id": string(), "url": string()}),
                "alt_text": string(2_000),
                "title": plain(2_000),
            },
            ("alt_text",),
            _one_picture,
        ),
        "rich_text": RICH_TEXT,
        "markdown": Shape({"block_id": ID, "text": string(MARKDOWN_TOTAL, shortest=1)}, ("text",)),
        "table": Shape(
            {
                "block_id": ID,
                "rows": several(several(_CELL, most=20), most=100),
                "column_settings": several(_COLUMN, most=20),
            },
            ("rows",),
            _same_width,
        ),
    }


_VIEW_ONLY = ("section", "header", "divider", "context", "actions", "input", "image", "rich_text")
_BLOCK: dict[Surface, Check] = {
    "message": typed(_blocks(_INPUTS)),
    "modal": typed(_blocks((*_INPUTS, *_MODAL_INPUTS)), _VIEW_ONLY),
    "home": typed(_blocks(_INPUTS), _VIEW_ONLY),
}
_VIEW_FIELDS: dict[str, Check] = {
    "type": choice("modal", "home"),
    "blocks": several(_BLOCK["home"], least=0, most=VIEW_BLOCKS),
    "private_metadata": string(3_000),
    "callback_id": string(255),
    "external_id": string(255),
}
_VIEWS: dict[str, Check] = {
    "home": Shape(_VIEW_FIELDS, ("blocks",)),
    "modal": Shape(
        {
            **_VIEW_FIELDS,
            "blocks": several(_BLOCK["modal"], least=0, most=VIEW_BLOCKS),
            "title": plain(24),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
        ("title", "blocks"),
    ),
}


def check_message(blocks: Sequence[JsonObject]) -> None:
    """Refuse blocks that Slack would refuse in a message: invalid_blocks or msg_blocks_too_long."""
    problems: list[str] = []
    several(_BLOCK["message"], least=0, most=MESSAGE_BLOCKS)(list(blocks), "/blocks", problems)
    _check_ids(blocks, "/blocks", problems)
    _check_once(blocks, problems)
    if problems:
        raise SlackRefusesError("invalid_blocks", problems)
    if len(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":"))) > MESSAGE_TOTAL:
        raise SlackRefusesError("msg_blocks_too_long")


def check_view(view: object, kind: Surface) -> None:
    """Refuse a view that Slack would refuse: invalid_arguments with places, or view_too_large."""
    problems: list[str] = []
    typed(_VIEWS, (kind,))(view, "/view", problems)
    blocks = view.get("blocks") if isinstance(view, dict) else None
    if isinstance(view, dict) and isinstance(blocks, list):
        _check_ids(blocks, "/view/blocks", problems)
        has_inputs = any(isinstance(each, dict) and each.get("type") == "input" for each in blocks)
        if kind == "modal" and has_inputs and "submit" not in view:
            complain(problems, "/view", "missing required field: submit")
        if sum(1 for each in elements_in(blocks) if each.get("focus_on_load")) > 1:
            complain(problems, "/view", "only one element can have focus_on_load")
    if problems:
        raise SlackRefusesError("invalid_arguments", problems)
    if len(json.dumps(view)) > VIEW_BYTES:
        raise SlackRefusesError("view_too_large")


def elements_in(blocks: Sequence[object]) -> Iterator[JsonObject]:
    """Every control in these blocks, wherever it stands."""
    for block in blocks:
        if isinstance(block, dict):
            held = block.get("elements") if block.get("type") in ("actions", "context") else None
            found = [*(held if isinstance(held, list) else []), block.get("accessory"), block.get("element")]
            yield from (each for each in found if isinstance(each, dict))


def with_ids(blocks: Sequence[JsonObject]) -> tuple[JsonObject, ...]:
    """A copy in which every block and control has the id that Slack gives where the app gave none."""
    copies = tuple(copy.deepcopy(list(blocks)))
    for block in copies:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_in([block]):
            if element["type"] not in ("image", "plain_text", "mrkdwn"):
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return copies


def _check_ids(blocks: Sequence[object], path: str, problems: list[str]) -> None:
    named = Counter(str(each["block_id"]) for each in blocks if isinstance(each, dict) and "block_id" in each)
    for block_id, count in named.items():
        if count > 1:
            complain(problems, path, f"block_id {block_id} already exists")
    for place, block in enumerate(blocks):
        ids = Counter(str(each["action_id"]) for each in elements_in([block]) if "action_id" in each)
        for action_id, count in ids.items():
            if count > 1:
                complain(problems, f"{path}/{place}", f"action_id {action_id} already exists")


def _check_once(blocks: Sequence[object], problems: list[str]) -> None:
    kinds = Counter(str(each.get("type")) for each in blocks if isinstance(each, dict))
    if kinds["table"] > 1:
        complain(problems, "/blocks", "only one table allowed")
    written = [
        each.get("text") for each in blocks if isinstance(each, dict) and each.get("type") == "markdown"
    ]
    if sum(len(each) for each in written if isinstance(each, str)) > MARKDOWN_TOTAL:
        complain(problems, "/blocks", f"markdown must be less than {MARKDOWN_TOTAL + 1} characters")
