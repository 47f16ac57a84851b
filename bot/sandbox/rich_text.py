"""Rich text as a table: sections, lists, quotes, preformatted, and the pieces inside them.

Source: docs.slack.dev, "Rich text block". It must never let a piece pass whose reference is of the wrong
kind, because Slack refuses the whole message then.
"""

from bot.sandbox.checks import Check, Shape, boolean, choice, several, string, typed, whole

_STYLE = Shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)
_BORDER = whole(0, 1)
_ANY = string(100_000)

_PIECES: dict[str, Check] = {
    "text": Shape({"text": string(100_000, shortest=1), "style": _STYLE}, ("text",)),
    "link": Shape(
        {"url": string(3_000, shortest=1), "text": _ANY, "unsafe": boolean, "style": _STYLE}, ("url",)
    ),
    "user": Shape({"user_id": string(pattern=r"[UW]\w+"), "style": _STYLE}, ("user_id",)),
    "usergroup": Shape({"usergroup_id": string(pattern=r"S\w+"), "style": _STYLE}, ("usergroup_id",)),
    "channel": Shape({"channel_id": string(pattern=r"[CDG]\w+"), "style": _STYLE}, ("channel_id",)),
    "team": Shape({"team_id": string(pattern=r"[TE]\w+"), "style": _STYLE}, ("team_id",)),
    "emoji": Shape({"name": string(shortest=1), "unicode": _ANY, "url": _ANY, "style": _STYLE}, ("name",)),
    "date": Shape(
        {
            "timestamp": whole(0, 9_999_999_999),
            "format": string(shortest=1),
            "url": _ANY,
            "fallback": _ANY,
            "style": _STYLE,
        },
        ("timestamp", "format"),
    ),
    "broadcast": Shape({"range": choice("here", "channel", "everyone"), "style": _STYLE}, ("range",)),
    "color": Shape({"value": string(pattern=r"#[0-9a-fA-F]{6}"), "style": _STYLE}, ("value",)),
}
_PIECE = typed(_PIECES)
_SECTION = Shape({"elements": several(_PIECE, least=0)}, ("elements",))

_PARTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": Shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": several(typed({"rich_text_section": _SECTION})),
            "indent": whole(0, 8),
            "offset": whole(0, 10_000),
            "border": _BORDER,
        },
        ("style", "elements"),
    ),
    "rich_text_preformatted": Shape(
        {"elements": several(typed(_PIECES, ("text", "link"))), "border": _BORDER}, ("elements",)
    ),
    "rich_text_quote": Shape({"elements": several(_PIECE), "border": _BORDER}, ("elements",)),
}

RICH_TEXT_FIELDS: dict[str, Check] = {
    "block_id": string(255, shortest=1),
    "elements": several(typed(_PARTS)),
}
RICH_TEXT = Shape(RICH_TEXT_FIELDS, ("elements",))
