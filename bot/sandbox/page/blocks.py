"""Block Kit to HTML, through the templates `blocks.html` and `elements.html`.

Texts are drawn by `mrkdwn` and `richtext`; the shape of a block is a template's. Autoescape is on and no
template may use `safe`: a block that would need it is drawn here instead, with markupsafe.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.sandbox.page.dates import moment
from bot.sandbox.page.emoji import with_emoji
from bot.sandbox.page.mrkdwn import mrkdwn, plain, urlsplit_scheme
from bot.sandbox.page.reader import Reader
from bot.sandbox.page.richtext import rich_text

Json = dict[str, Any]
_TYPED = {"plain_text_input", "number_input", "url_text_input", "email_text_input", "rich_text_input"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def field_name(block_id: str, action_id: str) -> str:
    """Return the form field that carries an element's value; both ids may hold any character."""
    return f"{quote(block_id, safe='')}/{quote(action_id, safe='')}"


def text_object(text: Json | str | None, reader: Reader) -> Markup:
    """Draw a text object of either type; a missing one is empty."""
    if not isinstance(text, dict):
        return plain(text or "")
    if text.get("type") == "mrkdwn":
        return mrkdwn(text.get("text", ""), reader)
    return plain(text.get("text", ""), emoji=text.get("emoji", True))


def plain_object(text: Json | None) -> Markup:
    """Draw a `plain_text` object, for those who have no reader at hand; a missing one is empty."""
    return plain(text.get("text", ""), emoji=text.get("emoji", True)) if text else Markup("")


def wording(text: Json | str | None) -> str:
    """Return a text object's words alone, for accessible names, options and tooltips."""
    raw = text.get("text", "") if isinstance(text, dict) else text or ""
    return with_emoji(str(plain(raw, emoji=False).replace(Markup("<br>"), Markup(" ")).unescape()))


def markdown(text: str) -> Markup:
    """Draw a `markdown` block; HTML in it stays text (the parser's `html` is off)."""
    return Markup(_MARKDOWN.render(with_emoji(text)))  # noqa: S704 - the parser escapes all but its own tags


def dispatch(element: Json) -> str:
    """Return when a dispatching input tells the app: on each `change`, while `typing`, or on `enter`.

    The default of texts is Slack's: when Enter is pressed.
    """
    if element.get("type") not in _TYPED:
        return "change"
    wishes = (element.get("dispatch_action_config") or {}).get("trigger_actions_on", [])
    return "typing" if "on_character_entered" in wishes else "enter"


def local_input(seconds: int | str | None, reader: Reader) -> str:
    """Return an epoch time as the value of a `datetime-local` control in the reader's zone."""
    at = moment(seconds, reader) if seconds else None
    return f"{at:%Y-%m-%dT%H:%M}" if at else ""


def image_address(image: Json) -> str:
    """Return where an image block or element points, empty where that is no web address."""
    address = str(image.get("image_url") or (image.get("slack_file") or {}).get("url") or "")
    return address if urlsplit_scheme(address) in {"http", "https"} else ""


def web_address(url: str | None) -> str:
    """Return a button's address, or `#` where it is no web address."""
    return url if url and urlsplit_scheme(url) in {"http", "https", "mailto"} else "#"


def render_blocks(
    blocks: Sequence[Json], reader: Reader, scope: str = "", errors: Mapping[str, str] | None = None
) -> Markup:
    """Draw a message's or view's blocks.

    `scope` keeps the ids of elements apart; `errors` are sentences under inputs, by block_id.
    """
    macros: Any = environment.get_template("blocks.html").module
    drawn: Markup = macros.blocks(blocks, reader, scope, errors)
    return drawn


environment = Environment(
    loader=PackageLoader("bot.sandbox.page"),
    autoescape=True,
    undefined=ChainableUndefined,  # most keys of a block are optional, and absent means empty
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(
    text=text_object,
    mrkdwn=mrkdwn,
    plain=plain,
    plain_object=plain_object,
    wording=wording,
    markdown=markdown,
    rich_text=rich_text,
    dispatch=dispatch,
    local_input=local_input,
    image_address=image_address,
    web_address=web_address,
)
environment.globals.update(field_name=field_name)
