"""Blocks and forms that the tests of the sandbox send; small, and valid unless they say otherwise."""

from typing import Any


def section(text: str = "Hello", **fields: object) -> dict[str, Any]:
    """A section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **fields}


def button(action_id: str = "approve", **fields: object) -> dict[str, Any]:
    """A button element."""
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": "Press"},
        **fields,
    }


def modal(*blocks: dict[str, Any], **fields: object) -> dict[str, Any]:
    """A modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **fields,
    }


def text_input(block_id: str = "why", **fields: object) -> dict[str, Any]:
    """An input block for text; fields go to its element, except `optional` and `dispatch_action`."""
    outer = {name: fields.pop(name) for name in ("optional", "dispatch_action") if name in fields}
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": f"Say {block_id}"},
        "element": {"type": "plain_text_input", "action_id": "typed", **fields},
        **outer,
    }
