"""Fills in a form as Slack does: what a view holds at first, then what a person entered, as state values."""

from typing import Any

Json = dict[str, Any]
_TYPED = {"plain_text_input", "number_input", "url_text_input"}


def filled(view: Json, **entered: Any) -> Json:
    """Return ``view.state.values`` after these fields were filled in, named by block_id before any colon.

    A colon in a block_id is written as two underscores: ``output__0``.
    """
    values: Json = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element, name = block["element"], block["block_id"]
            key = name if name.replace(":", "__") not in entered else name.replace(":", "__")
            key = key if key in entered else name.partition(":")[0]
            values[name] = {element["action_id"]: _state(element, entered.get(key))}
    return values


def _state(element: Json, value: Any) -> Json:
    kind = element["type"]
    if kind in _TYPED:
        return {"type": kind, "value": value if value is not None else element.get("initial_value")}
    if kind == "file_input":
        return {"type": kind, "files": [{"id": it, "url_private": "https://x.example"} for it in value or []]}
    if kind in {"static_select", "radio_buttons"}:
        chosen = next(
            (it for it in element["options"] if it["value"] == value), element.get("initial_option")
        )
        return {"type": kind, "selected_option": chosen}
    wanted = [it for it in element["options"] if it["value"] in (value or ())]
    return {
        "type": kind,
        "selected_options": wanted if value is not None else element.get("initial_options", []),
    }
