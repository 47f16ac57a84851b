"""Every type of block and element is drawn with the hooks and names that people and tests go by."""

from html.parser import HTMLParser
from typing import Any

import pytest

from bot.sandbox.page.blocks import field_name, render_blocks
from bot.sandbox.page.reader import Reader

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
Json = dict[str, Any]


class _Elements(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def the(self, tag: str, **wanted: str) -> dict[str, str | None]:
        fits = [a for t, a in self.found if t == tag and all(a.get(k) == v for k, v in wanted.items())]
        assert fits, f"no {tag} with {wanted}"
        return fits[0]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _option(text: str, value: str) -> Json:
    return {"text": _plain(text), "value": value}


PICTURE = {"type": "image", "image_url": "https://a/b.png", "alt_text": "A"}
OPTIONS = [_option("One", "1"), _option("Two", "2") | {"description": _plain("the second")}]


def _input(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "b", "label": _plain("Why?"), "element": element, **more}


@pytest.mark.parametrize(
    ("block", "html"),
    [
        ({"type": "header", "text": _plain("<PC-42>")}, '<h3 class="block header">&lt;PC-42&gt;</h3>'),
        ({"type": "divider"}, '<hr class="block">'),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "*a*"}}, "<b>a</b>"),
        ({"type": "section", "fields": [_plain("left"), _plain("right")]}, '<div class="text">right</div>'),
        ({"type": "context", "elements": [_plain("small")]}, '<span class="text">small</span>'),
        (
            {"type": "context", "elements": [PICTURE]},
            '<img class="context-image" src="https://a/b.png" alt="A">',
        ),
        (
            PICTURE | {"title": _plain("T")},
            "T</figcaption>",
        ),
        ({"type": "markdown", "text": "# Title\n\n~~a~~ **b**"}, "<p><s>a</s> <strong>b</strong></p>"),
        ({"type": "rich_text", "elements": []}, '<div class="block rich-text"></div>'),
        ({"type": "hologram"}, "cannot show a block of type hologram"),
    ],
)
def test_each_block(reader: Reader, block: Json, html: str) -> None:
    """A block of each type is drawn; an unknown type says so."""
    assert html in render_blocks([block], reader)


def test_a_table_has_a_head_and_its_columns_settings(reader: Reader) -> None:
    """The first row is the head, columns are aligned as set, numbers and rich text are cells."""
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "<r>"}]}],
    }
    head = [{"type": "raw_text", "text": word} for word in ("Suite", "Passed")]
    rows = [head, [rich, {"type": "raw_number", "value": 95, "text": "95 %"}]]
    drawn = render_blocks(
        [{"type": "table", "rows": rows, "column_settings": [None, {"align": "right"}]}], reader
    )
    assert '<th class="align-left">Suite</th>' in drawn
    assert '<td class="align-right">95 %</td>' in drawn
    assert "&lt;r&gt;" in drawn


def test_a_button_carries_its_hooks_and_its_dialog(reader: Reader) -> None:
    """A danger button has ids, value and style, and its confirm dialog waits beside it."""
    question = {"type": "mrkdwn", "text": "To *v3*."}
    confirm = {
        "title": _plain("Roll back?"),
        "text": question,
        "confirm": _plain("Yes"),
        "deny": _plain("No"),
    }
    button = {"type": "button", "action_id": "roll_back", "text": _plain("Roll back"), "value": "R-7"}
    button |= {"style": "danger", "confirm": confirm | {"style": "danger"}}
    drawn = render_blocks([{"type": "actions", "block_id": "live", "elements": [button]}], reader)
    hooks = _Elements(drawn).the("button", **{"data-action-id": "roll_back"})
    assert (hooks["data-block-id"], hooks["data-value"], hooks["class"]) == ("live", "R-7", "button danger")
    assert '<template class="confirm">' in drawn
    assert "To <b>v3</b>." in drawn
    assert 'class="button danger solid" data-answer="confirm">Yes</button>' in drawn


def test_a_link_button_leads_only_to_the_web(reader: Reader) -> None:
    """A button with an address is a link; an address that could run something leads nowhere."""
    good = {"type": "button", "action_id": "a", "text": _plain("Log"), "url": "https://a.example"}
    bad = {"type": "button", "action_id": "b", "text": _plain("Log"), "url": "javascript:alert(1)"}
    found = _Elements(render_blocks([{"type": "actions", "elements": [good, bad]}], reader))
    assert found.the("a", **{"data-action-id": "a"})["href"] == "https://a.example"
    assert found.the("a", **{"data-action-id": "b"})["href"] == "#"


def test_an_overflow_menu_offers_its_options(reader: Reader) -> None:
    """Each option of an overflow is a menu item with the menu's action_id and its own value."""
    menu = {"type": "overflow", "action_id": "change_menu", "options": OPTIONS}
    found = _Elements(
        render_blocks([{"type": "section", "block_id": "b", "text": _plain("x"), "accessory": menu}], reader)
    )
    items = [a for _, a in found.found if a.get("role") == "menuitem"]
    assert [item["data-value"] for item in items] == ["1", "2"]
    assert {"change_menu"} == {item["data-action-id"] for item in items}


TYPED = [
    ("plain_text_input", "text", {"initial_value": "old"}, "old"),
    ("number_input", "number", {"is_decimal_allowed": False, "initial_value": "7"}, "7"),
    ("url_text_input", "url", {"initial_value": "https://a"}, "https://a"),
    ("email_text_input", "email", {"initial_value": "a@b.c"}, "a@b.c"),
    ("datepicker", "date", {"initial_date": "2025-03-03"}, "2025-03-03"),
    ("timepicker", "time", {"initial_time": "09:30"}, "09:30"),
    ("datetimepicker", "datetime-local", {"initial_date_time": 1741003200}, "2025-03-03T13:00"),
]


@pytest.mark.parametrize(("kind", "control", "more", "value"), TYPED)
def test_typed_inputs(reader: Reader, kind: str, control: str, more: Json, value: str) -> None:
    """Each input is the browser's own control, named by its ids, with a label and its first value."""
    found = _Elements(render_blocks([_input({"type": kind, "action_id": "a", **more})], reader, "V1/"))
    hooks = found.the("input", name="b/a")
    assert (control, value) == (hooks.get("type", "text"), hooks["value"])
    assert hooks["id"] == found.the("label", **{"for": "V1/b/a"})["for"]


def test_a_long_text_keeps_its_first_line_break(reader: Reader) -> None:
    """HTML drops one line break after a textarea's tag, so one is added for it."""
    element = {"type": "plain_text_input", "action_id": "a", "multiline": True, "initial_value": "\n<b>x"}
    drawn = render_blocks([_input(element)], reader)
    assert 'maxlength="3000">\n\n&lt;b&gt;x</textarea>' in drawn


GROUP = {"label": _plain("G"), "options": OPTIONS}
ONE = [
    ("static_select", {"options": OPTIONS, "initial_option": OPTIONS[1]}, "2"),
    ("static_select", {"option_groups": [GROUP], "initial_option": OPTIONS[0]}, "1"),
    ("users_select", {"initial_user": "U0EVIL"}, "U0EVIL"),
    ("channels_select", {"initial_channel": "C0REFUNDS"}, "C0REFUNDS"),
    ("conversations_select", {"initial_conversation": "C0REFUNDS"}, "C0REFUNDS"),
]


@pytest.mark.parametrize(("kind", "more", "chosen"), ONE)
def test_selects(reader: Reader, kind: str, more: Json, chosen: str) -> None:
    """A select offers its options, people or channels, and the first choice is selected."""
    found = _Elements(render_blocks([_input({"type": kind, "action_id": "a", **more})], reader))
    assert found.the("select", name="b/a")
    assert [chosen] == [a["value"] for t, a in found.found if t == "option" and "selected" in a]


MANY = [
    ("checkboxes", {"options": OPTIONS, "initial_options": [OPTIONS[1]]}, "2", "checkbox"),
    ("radio_buttons", {"options": OPTIONS, "initial_option": OPTIONS[0]}, "1", "radio"),
    ("multi_static_select", {"options": OPTIONS, "initial_options": [OPTIONS[0]]}, "1", "checkbox"),
    ("multi_users_select", {"initial_users": ["U0SAM"]}, "U0SAM", "checkbox"),
    ("multi_channels_select", {"initial_channels": ["C0REFUNDS"]}, "C0REFUNDS", "checkbox"),
    ("multi_conversations_select", {"initial_conversations": ["C0REFUNDS"]}, "C0REFUNDS", "checkbox"),
]


@pytest.mark.parametrize(("kind", "more", "chosen", "control"), MANY)
def test_boxes(reader: Reader, kind: str, more: Json, chosen: str, control: str) -> None:
    """Where several may be chosen there are boxes under one name, ticked where chosen already."""
    found = _Elements(render_blocks([_input({"type": kind, "action_id": "a", **more})], reader))
    boxes = [a for t, a in found.found if t == "input" and a.get("type") == control]
    assert {"b/a"} == {box["name"] for box in boxes}
    assert [chosen] == [box["value"] for box in boxes if "checked" in box]


def test_files_are_picked_by_their_types(reader: Reader) -> None:
    """A file_input takes the types and the number that the app allows."""
    element = {"type": "file_input", "action_id": "a", "filetypes": ["md", "txt"], "max_files": 1}
    hooks = _Elements(render_blocks([_input(element)], reader)).the("input", type="file")
    assert hooks["accept"] == ".md,.txt"
    assert "multiple" not in hooks


@pytest.mark.parametrize(
    ("element", "block", "when"),
    [
        ({"type": "static_select", "options": OPTIONS}, {"dispatch_action": True}, "change"),
        ({"type": "plain_text_input"}, {"dispatch_action": True}, "enter"),
        (
            {
                "type": "plain_text_input",
                "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
            },
            {"dispatch_action": True},
            "typing",
        ),
        ({"type": "plain_text_input"}, {}, None),
    ],
)
def test_inputs_dispatch_when_the_app_asked(
    reader: Reader, element: Json, block: Json, when: str | None
) -> None:
    """Only a dispatching input tells the app of a change, at the moment that its configuration names."""
    found = _Elements(render_blocks([_input({"action_id": "a", **element}, **block)], reader))
    hooks = next(a for _, a in found.found if a.get("name") == "b/a")
    assert when == hooks.get("data-dispatch")


def test_hints_optional_marks_and_errors_stand_at_their_input(reader: Reader) -> None:
    """An input shows its hint, that it is optional, and the app's error beneath it."""
    block = _input({"type": "plain_text_input", "action_id": "a"}, hint=_plain("Say why"), optional=True)
    drawn = render_blocks([block], reader, errors={"b": "<Too short>"})
    assert "(optional)" in drawn
    assert "Say why" in drawn
    assert '<p class="field-error" role="alert">&lt;Too short&gt;</p>' in drawn


def test_hostile_text_anywhere_in_a_block_stays_text(reader: Reader) -> None:
    """Whatever field carries it, hostile text makes no script, no image and no handler."""
    text = _plain(HOSTILE)
    option = {"text": text, "value": HOSTILE, "description": text}
    confirm = {"title": text, "text": text, "confirm": text, "deny": text}
    ids = {"action_id": HOSTILE, "placeholder": text}
    elements = [
        {"type": "button", "text": text, "value": HOSTILE, "url": HOSTILE, "confirm": confirm, **ids},
        {"type": "overflow", "options": [option], **ids},
        {"type": "static_select", "options": [option], **ids},
        {"type": "multi_static_select", "options": [option], **ids},
        {"type": "checkboxes", "options": [option], **ids},
        {"type": "radio_buttons", "options": [option], **ids},
        {"type": "plain_text_input", "initial_value": HOSTILE, **ids},
        {"type": "plain_text_input", "initial_value": "</textarea>" + HOSTILE, "multiline": True, **ids},
    ]
    blocks = [
        {"type": "header", "text": text},
        {"type": "section", "block_id": HOSTILE, "text": text, "fields": [text]},
        {"type": "context", "elements": [text, {"type": "image", "image_url": HOSTILE, "alt_text": HOSTILE}]},
        {"type": "image", "image_url": "javascript:alert(1)", "alt_text": HOSTILE, "title": text},
        {"type": "markdown", "text": HOSTILE},
        {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
        {"type": HOSTILE},
        {"type": "actions", "block_id": HOSTILE, "elements": elements},
        *(
            {"type": "input", "block_id": HOSTILE, "label": text, "hint": text, "element": e}
            for e in elements[2:]
        ),
    ]
    found = _Elements(render_blocks(blocks, reader, errors={HOSTILE: HOSTILE})).found
    assert "script" not in {tag for tag, _ in found}
    assert {""} == {a["src"] for tag, a in found if tag == "img"}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on")]


def test_field_names_tell_ids_apart() -> None:
    """No two pairs of ids make the same field name, whatever characters are in them."""
    assert field_name("a/b", "c") != field_name("a", "b/c")
