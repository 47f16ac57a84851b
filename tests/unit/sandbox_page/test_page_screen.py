"""The page shows each person what Slack would show them, and passes on what they do."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from page_acme import Acme

from bot.sandbox.page.start import SHORTCUTS, steps

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
Json = dict[str, Any]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _button(**more: Any) -> Json:
    return {"type": "button", "action_id": "deploy", "text": _plain("Deploy"), "value": "PC-1", **more}


def _note(callback_id: str = "submit_note") -> Json:
    element = {"type": "plain_text_input", "action_id": "text"}
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain("Release note"),
        "submit": _plain("Submit"),
        "blocks": [{"type": "input", "block_id": "why", "label": _plain("Why"), "element": element}],
    }


def _opens(acme: Acme) -> None:
    """The app opens the release note at each command."""

    def reply(payload: Json) -> None:
        if "command" in payload:
            acme.workspace.open_view(payload["trigger_id"], _note())

    acme.reply = reply


def test_the_front_leads_to_a_person_in_a_channel(acme: Acme) -> None:
    """Whoever opens the address stands in a channel as somebody, with the first panel open."""
    answer = acme.browser.get("/", follow_redirects=True)
    assert answer.url.path.startswith("/as/U0")
    assert "Start here" in answer.text
    assert "You are " in answer.text


def test_every_first_step_leads_somewhere(acme: Acme) -> None:
    """The five steps exist for the seeded people, and each leads to a page."""
    planned = steps(acme.workspace)
    assert len(planned) == 5
    for step in planned:
        assert acme.browser.get(step.address).status_code == 200
    assert ">/prompt-change</textarea>" in acme.browser.get(planned[0].address).text


def test_the_first_panel_stays_away_once_closed(acme: Acme) -> None:
    """Who has closed the panel does not see it until they ask for it."""
    acme.browser.cookies.set("start", "closed")
    assert "data-dismiss-start" not in acme.look("U0PAUL", "C0TOOLS")
    assert "data-dismiss-start" in acme.look("U0PAUL", "C0TOOLS", start="1")


def test_messages_carry_their_hooks(acme: Acme) -> None:
    """A message has its ts, channel and author, an app's has the badge, and an edit shows."""
    posted = acme.workspace.post_as_app("C0TOOLS", text="one")
    acme.workspace.update_as_app("C0TOOLS", posted.ts, text="two", blocks=None)
    html = acme.look("U0PAUL", "C0TOOLS")
    assert f'data-ts="{posted.ts}" data-channel="C0TOOLS"' in html
    assert '<span class="badge">APP</span>' in html
    assert "(edited)" in html


def test_hostile_names_and_texts_stay_text_on_the_page(acme: Acme) -> None:
    """Names, titles, topics and messages that people chose cannot become markup anywhere on the page."""
    acme.workspace.change_user("U0PAUL", real_name=HOSTILE, title=HOSTILE)
    acme.workspace.add_channel("C0BAD", HOSTILE, ["U0PAUL", "U0MIRA"], topic=HOSTILE)
    acme.workspace.as_person("U0PAUL").say("C0BAD", f"{HOSTILE} <!channel> \u202e")
    html = acme.look("U0MIRA", "C0BAD", draft=HOSTILE, thread=HOSTILE)
    assert "<img src=x" not in html
    assert "<script>" not in html
    assert "&lt;!channel&gt;" in html


def test_nobody_sees_an_ephemeral_message_of_another(acme: Acme) -> None:
    """What only one person was shown stands on their page, marked, and on no other."""
    acme.workspace.post_as_app("C0TOOLS", text="for Paul's eyes", ephemeral_to="U0PAUL")
    assert "Only visible to you" in acme.look("U0PAUL", "C0TOOLS")
    assert "Paul&#39;s eyes" not in acme.look("U0MIRA", "C0TOOLS")


@pytest.mark.parametrize(
    ("user", "place"),
    [
        ("U0GRETA", "C0REFUNDS"),
        ("U0ODA", "C0TOOLS"),
        ("U0ODA", "D0ODA"),
        ("U0MIRA", "D0PAUL"),
        ("U0MIRA", "C0NONE"),
        ("U0NOBODY", "C0TOOLS"),
        ("U0PROMPTCHANGE", "C0TOOLS"),
    ],
)
def test_a_person_cannot_look_where_they_are_not(acme: Acme, user: str, place: str) -> None:
    """Guests, outsiders and others get no page, no regions and no act of a place that is closed to them."""
    acme.workspace.direct_message("U0PAUL")
    assert acme.browser.get(f"/as/{user}/{place}").status_code == 404
    assert "regions" not in acme.browser.get(f"/as/{user}/{place}/live").json()
    assert not acme.act(user, place, "say", text="hello")["ok"]


def test_a_member_can_look_into_a_public_channel_and_join(acme: Acme) -> None:
    """A public channel is shown with a way to join instead of a composer."""
    acme.workspace.add_channel("C0NEW", "new", ["U0PAUL"])
    acme.workspace.post_as_person("C0NEW", "U0PAUL", "anybody here?")
    before = acme.look("U0MIRA", "C0NEW")
    assert "anybody here?" in before
    assert 'data-join="C0NEW"' in before
    acme.act("U0MIRA", "C0NEW", "join")
    assert 'data-join="C0NEW"' not in acme.look("U0MIRA", "C0NEW")


def test_unread_messages_are_counted_until_they_are_read(acme: Acme) -> None:
    """A new message makes a badge in the sidebar for others, and reading takes it away."""
    acme.act("U0MIRA", "C0TOOLS", "read")
    acme.workspace.post_as_app("C0TOOLS", text="new")
    assert '<a class="item has-unread" href="/as/U0MIRA/C0TOOLS"' in acme.look("U0MIRA", "C0GENERAL")
    acme.act("U0MIRA", "C0TOOLS", "read")
    assert '<a class="item has-unread" href="/as/U0MIRA/C0TOOLS"' not in acme.look("U0MIRA", "C0GENERAL")


def test_live_answers_only_what_is_new(acme: Acme) -> None:
    """A browser that has the newest state gets an empty answer, any other the regions and their version."""
    news = acme.browser.get("/as/U0PAUL/C0TOOLS/live").json()
    since = str(news["version"])
    assert acme.browser.get("/as/U0PAUL/C0TOOLS/live", params={"since": since}).status_code == 204
    acme.workspace.post_as_app("C0TOOLS", text="fresh news")
    news = acme.browser.get("/as/U0PAUL/C0TOOLS/live", params={"since": since}).json()
    assert "fresh news" in news["regions"]["main"]


def test_a_thread_shows_its_replies_and_takes_new_ones(acme: Acme) -> None:
    """Replies are counted under their parent and stand in the thread pane, where new ones go."""
    parent = acme.workspace.post_as_app("C0TOOLS", text="parent")
    acme.act("U0PAUL", "C0TOOLS", "say", text="*first* reply", thread_ts=parent.ts)
    html = acme.look("U0PAUL", "C0TOOLS", thread=parent.ts)
    assert "<b>1 reply</b>" in html
    assert "<b>first</b> reply" in html
    assert [m.text for m in acme.workspace.thread("C0TOOLS", parent.ts)] == ["parent", "*first* reply"]


def test_commands_reach_the_app_and_others_are_refused_here(acme: Acme) -> None:
    """A slash command goes to the app with its text; an unknown one and one in a thread are stopped."""
    assert acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change show PC-1")["ok"]
    assert [(it["command"], it["text"]) for it in acme.heard] == [("/prompt-change", "show PC-1")]
    assert "/deploy is not a command" in acme.act("U0PAUL", "C0TOOLS", "say", text="/deploy x")["error"]
    told = acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change", thread_ts="1.1")
    assert "do not work in threads" in told["error"]
    assert len(acme.heard) == 1


def test_a_button_in_a_message_sends_its_ids(acme: Acme) -> None:
    """A click carries action, block, value and the message where it was made."""
    posted = acme.workspace.post_as_app(
        "C0TOOLS", text="x", blocks=[{"type": "actions", "block_id": "b", "elements": [_button()]}]
    )
    told = acme.act("U0DEV", "C0TOOLS", "click", ts=posted.ts, action_id="deploy", block_id="b", value="PC-1")
    assert told["ok"]
    (payload,) = acme.heard
    assert (payload["user"]["id"], payload["container"]["message_ts"]) == ("U0DEV", posted.ts)
    assert payload["actions"][0]["value"] == "PC-1"


@pytest.mark.parametrize(
    "fields", [{"ts": "1.1", "action_id": "deploy"}, {"view_id": "V0", "action_id": "a"}]
)
def test_a_click_on_what_is_gone_is_refused(acme: Acme, fields: Json) -> None:
    """A message or modal that has gone meanwhile is told in words, and nothing reaches the app."""
    assert "no longer there" in acme.act("U0DEV", "C0TOOLS", "click", **fields)["error"]
    assert not acme.heard


def test_a_control_that_the_message_does_not_have_is_refused(acme: Acme) -> None:
    """A forged action_id reaches nobody."""
    posted = acme.workspace.post_as_app("C0TOOLS", text="x")
    assert not acme.act("U0DEV", "C0TOOLS", "click", ts=posted.ts, action_id="approve")["ok"]
    assert not acme.heard


def test_a_modal_is_drawn_filled_and_submitted(acme: Acme) -> None:
    """A modal of the app stands on the page with its hooks; what is typed reaches the app as state."""
    _opens(acme)
    acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change")
    (view,) = acme.workspace.views("U0PAUL")
    assert f'data-view-id="{view.id}" data-callback-id="submit_note"' in acme.look("U0PAUL", "C0TOOLS")
    assert "data-view-id" not in acme.look("U0MIRA", "C0TOOLS")
    form = {"view_id": view.id, "shown": "why", "why/text": "because\r\nit is slow"}
    assert acme.act("U0PAUL", "C0TOOLS", "submit", **form)["ok"]
    values = acme.heard[-1]["view"]["state"]["values"]
    assert values == {"why": {"text": {"type": "plain_text_input", "value": "because\nit is slow"}}}
    assert not acme.workspace.views("U0PAUL")


def test_errors_of_client_and_app_stand_under_their_input(acme: Acme) -> None:
    """An empty required field is stopped here; the app's own errors come back; what was typed stays."""
    _opens(acme)
    acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change")
    (view,) = acme.workspace.views("U0PAUL")
    form = {"view_id": view.id, "shown": "why", "why/text": ""}
    told = acme.act("U0PAUL", "C0TOOLS", "submit", **form)
    assert list(told["errors"]) == ["why"]
    assert len(acme.heard) == 1
    acme.reply = lambda _: {"response_action": "errors", "errors": {"why": "Say <more>."}}
    told = acme.act("U0PAUL", "C0TOOLS", "submit", **form | {"why/text": "short"})
    assert told["errors"] == {"why": "Say <more>."}
    html = acme.look("U0PAUL", "C0TOOLS")
    assert "Say &lt;more&gt;." in html
    assert 'value="short"' in html


def test_pushed_modals_stack_and_close_one_by_one(acme: Acme) -> None:
    """A pushed form stands above with a way back; closing it leaves the one below with what was typed."""
    _opens(acme)
    acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change")
    (below,) = acme.workspace.views("U0PAUL")
    acme.reply = lambda _: {"response_action": "push", "view": _note("second")}
    acme.act("U0PAUL", "C0TOOLS", "submit", view_id=below.id, shown="why", **{"why/text": "kept"})
    _, above = acme.workspace.views("U0PAUL")
    assert 'aria-label="Back"' in acme.look("U0PAUL", "C0TOOLS")
    acme.act("U0PAUL", "C0TOOLS", "close", view_id=above.id, whole="one")
    assert [view.id for view in acme.workspace.views("U0PAUL")] == [below.id]
    assert 'value="kept"' in acme.look("U0PAUL", "C0TOOLS")


def test_the_home_tab_is_drawn_and_its_buttons_work(acme: Acme) -> None:
    """The Home tab shows what the app published for this person, and a click there reaches the app."""
    assert "has not drawn its Home tab" in acme.look("U0DEV", "home")
    section = {"type": "section", "block_id": "l", "text": _plain("PC-1 is live"), "accessory": _button()}
    acme.workspace.publish_home("U0DEV", {"type": "home", "blocks": [section]})
    assert "PC-1 is live" in acme.look("U0DEV", "home")
    assert "PC-1 is live" not in acme.look("U0MIRA", "home")
    assert acme.act("U0DEV", "home", "click", home="1", action_id="deploy", block_id="l", value="PC-1")["ok"]
    assert acme.heard[-1]["view"]["type"] == "home"


def test_both_shortcuts_reach_the_app(acme: Acme) -> None:
    """The global shortcut and the one of a message carry their callback_id, the latter its message."""
    posted = acme.workspace.post_as_person("C0TOOLS", "U0PAUL", "bullet points?")
    acme.act("U0MIRA", "C0TOOLS", "shortcut", callback_id="propose_change")
    acme.act("U0MIRA", "C0TOOLS", "shortcut", callback_id="propose_change_from_message", ts=posted.ts)
    assert [it["type"] for it in acme.heard] == ["shortcut", "message_action"]
    assert acme.heard[1]["message"]["text"] == "bullet points?"


def test_the_page_offers_the_shortcuts_of_the_manifest() -> None:
    """What the menus offer here is what a real workspace offers after pasting the manifest."""
    manifest = yaml.safe_load((Path(__file__).resolve().parents[3] / "manifest.yml").read_text("utf-8"))
    declared = {(it["type"], it["callback_id"], it["name"]) for it in manifest["features"]["shortcuts"]}
    assert declared == set(SHORTCUTS)


def test_an_app_that_fails_is_told_in_words(acme: Acme) -> None:
    """When the app cannot be reached, the person reads a sentence and the form stays open."""
    _opens(acme)
    acme.act("U0PAUL", "C0TOOLS", "say", text="/prompt-change")
    (view,) = acme.workspace.views("U0PAUL")
    acme.workspace.deliver_to(f"{acme.url}/nowhere")
    told = acme.act("U0PAUL", "C0TOOLS", "submit", view_id=view.id, shown="why", **{"why/text": "typed"})
    assert told["error"]
    assert 'value="typed"' in acme.look("U0PAUL", "C0TOOLS")


def test_files_go_to_whoever_may_see_them(acme: Acme) -> None:
    """An uploaded file comes back as a download to its owner, and to nobody who cannot see it."""
    told = acme.browser.post("/as/U0PAUL/upload", files={"file": ("p.html", b"<script>")}).json()
    answer = acme.browser.get(f"/as/U0PAUL/files/{told['id']}")
    assert (answer.content, told["name"]) == (b"<script>", "p.html")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert acme.browser.get(f"/as/U0MIRA/files/{told['id']}").status_code == 404


def test_another_site_cannot_act(acme: Acme) -> None:
    """A POST that carries another origin changes nothing, and the page allows no foreign script."""
    before = len(acme.workspace.messages("C0TOOLS"))
    answer = acme.browser.post(
        "/as/U0PAUL/C0TOOLS/do/say", data={"text": "hi"}, headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert len(acme.workspace.messages("C0TOOLS")) == before
    policy = acme.browser.get("/as/U0PAUL/C0TOOLS").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
