"""The Web API through the real client: what it does, and each refusal beside it."""

from collections.abc import Callable

import httpx
import pytest
from sandbox_blocks import button, modal, section
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.records import AppProfile
from bot.sandbox.workspace import Workspace


def _refusal(call: Callable[..., object], *args: object, **fields: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        call(*args, **fields)
    return str(caught.value.response["error"])


def test_the_token_says_who_the_app_is(workspace: Workspace, client: WebClient, url: str) -> None:
    """auth.test works with the bot's token, and with no token or another it is refused."""
    assert client.auth_test()["user_id"] == workspace.app.bot_user_id
    assert httpx.post(f"{url}/api/auth.test").json() == {"ok": False, "error": "not_authed"}
    other = WebClient("xoxb-other", base_url=f"{url}/api/")
    assert _refusal(other.auth_test) == "invalid_auth"


def test_the_token_may_stand_in_the_form(workspace: Workspace, url: str) -> None:
    """A token argument counts like a bearer header, and does not reach the log."""
    answer = httpx.post(f"{url}/api/auth.test", data={"token": workspace.app.bot_token})
    assert answer.json()["ok"]
    assert workspace.calls[-1].args == {}


def test_an_unknown_method_is_refused(client: WebClient) -> None:
    """What the sandbox does not have, it says so."""
    assert _refusal(client.api_call, "chat.scheduleMessage") == "unknown_method"


def test_a_message_is_posted_where_the_app_may_post(workspace: Workspace, client: WebClient) -> None:
    """Members' channels, public ones by chat:write.public, direct messages by user id; private ones not."""
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["message"]["bot_id"] == workspace.app.bot_id
    assert client.chat_postMessage(channel="C0OPEN", text="b")["channel"] == "C0OPEN"
    assert client.chat_postMessage(channel="U0ANA", text="c")["channel"] == "D0ANA"
    assert client.chat_postMessage(channel="#general", text="d")["channel"] == "C0GENERAL"
    assert _refusal(client.chat_postMessage, channel="C0CLOSED", text="e") == "channel_not_found"
    assert _refusal(client.chat_postMessage, channel="C0NOWHERE", text="e") == "channel_not_found"
    assert _refusal(client.chat_postMessage, channel="U0ODA", text="e") == "channel_not_found"
    assert _refusal(client.chat_postMessage, text="e", channel="") == "invalid_arguments"


def test_an_archived_channel_takes_no_message(workspace: Workspace, client: WebClient) -> None:
    """is_archived after archiving, and not before."""
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]
    workspace.archive("C0GENERAL")
    assert _refusal(client.chat_postMessage, channel="C0GENERAL", text="a") == "is_archived"


def test_without_the_public_scope_the_app_must_be_a_member(client: WebClient, workspace: Workspace) -> None:
    """not_in_channel where chat:write.public is missing."""
    narrow = AppProfile(scopes=workspace.app.scopes - {"chat:write.public"})
    object.__setattr__(workspace, "app", narrow)
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]
    assert _refusal(client.chat_postMessage, channel="C0OPEN", text="a") == "not_in_channel"


def test_a_missing_scope_is_refused(client: WebClient, workspace: Workspace) -> None:
    """A method without any of its scopes is closed, and the answer says which is needed."""
    assert client.users_info(user="U0ANA")["ok"]
    object.__setattr__(workspace, "app", AppProfile(scopes=frozenset({"chat:write"})))
    assert _refusal(client.users_info, user="U0ANA") == "missing_scope"
    assert workspace.calls[-1].response["needed"] == "users:read"


def test_text_has_its_sizes(workspace: Workspace, client: WebClient) -> None:
    """Posting cuts at 40,000 characters; updating refuses more than 4,000; nothing at all is no_text."""
    ts = client.chat_postMessage(channel="C0GENERAL", text="x" * 40_001)["ts"]
    assert len(workspace.message("C0GENERAL", ts).text) == 40_000
    assert client.chat_update(channel="C0GENERAL", ts=ts, text="x" * 4_000)["ok"]
    assert _refusal(client.chat_update, channel="C0GENERAL", ts=ts, text="x" * 4_001) == "msg_too_long"
    assert _refusal(client.api_call, "chat.postMessage", json={"channel": "C0GENERAL"}) == "no_text"


def test_blocks_are_checked_and_the_place_is_named(workspace: Workspace, client: WebClient) -> None:
    """invalid_blocks carries the place; a refused message is not stored, but what was sent is kept aside."""
    bad = [section("x" * 3_001)]
    assert _refusal(client.chat_postMessage, channel="C0GENERAL", text="a", blocks=bad) == "invalid_blocks"
    assert workspace.calls[-1].response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    assert workspace.messages("C0GENERAL") == []
    assert workspace.rendered[-1].payload == {"blocks": bad}
    text = "not json"
    assert (
        _refusal(client.chat_postMessage, channel="C0GENERAL", text="a", blocks=text)
        == "invalid_blocks_format"
    )
    long = [section("x" * 2_700)] * 5
    assert (
        _refusal(client.chat_postMessage, channel="C0GENERAL", text="a", blocks=long) == "msg_blocks_too_long"
    )


def test_metadata_is_kept_and_read_back(client: WebClient) -> None:
    """Metadata comes back where it is asked for, survives an update, and must have its shape."""
    metadata = {"event_type": "outbox", "event_payload": {"row": 7}}
    ts = client.chat_postMessage(channel="C0GENERAL", text="a", metadata=metadata)["ts"]
    client.chat_update(channel="C0GENERAL", ts=ts, text="b")
    told = client.conversations_history(channel="C0GENERAL", include_all_metadata=True)["messages"]
    assert told[0]["metadata"] == metadata
    assert "metadata" not in client.conversations_history(channel="C0GENERAL")["messages"][0]
    wrong = {"event_type": "outbox"}
    refused = _refusal(client.chat_postMessage, channel="C0GENERAL", text="a", metadata=wrong)
    assert refused == "invalid_metadata_format"
    large = {"event_type": "outbox", "event_payload": {"x": "y" * 9_000}}
    assert (
        _refusal(client.chat_postMessage, channel="C0GENERAL", text="a", metadata=large)
        == "metadata_too_large"
    )


def test_an_update_with_text_alone_wipes_the_blocks(workspace: Workspace, client: WebClient) -> None:
    """As Slack does it, to the surprise of many."""
    ts = client.chat_postMessage(channel="C0GENERAL", text="a", blocks=[section()])["ts"]
    client.chat_update(channel="C0GENERAL", ts=ts, text="b", blocks=[section("new")])
    assert workspace.message("C0GENERAL", ts).blocks[0]["text"]["text"] == "new"
    client.chat_update(channel="C0GENERAL", ts=ts, text="c")
    assert workspace.message("C0GENERAL", ts).blocks == ()


def test_only_own_messages_are_changed_and_deleted(workspace: Workspace, client: WebClient) -> None:
    """A person's message is not the app's, an unknown one is not there, a user id is no place to update."""
    theirs = workspace.post_as_person("C0GENERAL", "U0ANA", "Mine").ts
    assert _refusal(client.chat_update, channel="C0GENERAL", ts=theirs, text="x") == "cant_update_message"
    assert _refusal(client.chat_delete, channel="C0GENERAL", ts=theirs) == "cant_delete_message"
    assert _refusal(client.chat_update, channel="C0GENERAL", ts="1.000001", text="x") == "message_not_found"
    own = client.chat_postMessage(channel="U0ANA", text="x")
    assert _refusal(client.chat_update, channel="U0ANA", ts=own["ts"], text="y") == "channel_not_found"
    assert client.chat_update(channel=own["channel"], ts=own["ts"], text="y")["ok"]
    assert client.chat_delete(channel=own["channel"], ts=own["ts"])["ok"]
    assert workspace.messages(own["channel"]) == []


def test_an_ephemeral_message_needs_its_reader_in_the_channel(
    workspace: Workspace, client: WebClient
) -> None:
    """A member sees it, others do not, nobody can change it, and outside the channel it is refused."""
    ts = client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA", text="psst")["message_ts"]
    assert [each.ts for each in workspace.as_person("U0ANA").ephemerals("C0GENERAL")] == [ts]
    assert workspace.as_person("U0BEN").timeline("C0GENERAL") == []
    assert client.conversations_history(channel="C0GENERAL")["messages"] == []
    assert _refusal(client.chat_update, channel="C0GENERAL", ts=ts, text="x") == "message_not_found"
    refused = _refusal(client.chat_postEphemeral, channel="C0OPEN", user="U0BEN", text="psst")
    assert refused == "user_not_in_channel"


def test_threads_have_a_parent(client: WebClient) -> None:
    """Replies stand in their thread and not in the channel; a reply to a reply or to nothing is refused."""
    parent = client.chat_postMessage(channel="C0GENERAL", text="parent")["ts"]
    reply = client.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=parent)["ts"]
    assert [each["ts"] for each in client.conversations_history(channel="C0GENERAL")["messages"]] == [parent]
    told = client.conversations_replies(channel="C0GENERAL", ts=parent)["messages"]
    assert [each["text"] for each in told] == ["parent", "reply"]
    for wrong in (reply, "1.000001"):
        refused = _refusal(client.chat_postMessage, channel="C0GENERAL", text="x", thread_ts=wrong)
        assert refused == "cannot_reply_to_message"
    assert _refusal(client.conversations_replies, channel="C0GENERAL", ts="1.000001") == "thread_not_found"


def test_history_is_read_by_members_only_page_by_page(client: WebClient) -> None:
    """Newest first, cursors and times honoured, and not_in_channel outside."""
    sent = [client.chat_postMessage(channel="C0GENERAL", text=str(each))["ts"] for each in range(5)]
    first = client.conversations_history(channel="C0GENERAL", limit=2)
    assert ([each["text"] for each in first["messages"]], first["has_more"]) == (["4", "3"], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel="C0GENERAL", limit=4, cursor=cursor)
    assert ([each["text"] for each in second["messages"]], second["has_more"]) == (["2", "1", "0"], False)
    since = client.conversations_history(channel="C0GENERAL", oldest=sent[3])["messages"]
    assert [each["text"] for each in since] == ["4"]
    inclusive = client.conversations_history(channel="C0GENERAL", oldest=sent[3], inclusive=True)["messages"]
    assert [each["text"] for each in inclusive] == ["4", "3"]
    assert _refusal(client.conversations_history, channel="C0OPEN") == "not_in_channel"
    assert _refusal(client.conversations_history, channel="C0GENERAL", cursor="x") == "invalid_cursor"


def test_conversations_are_listed_and_described(client: WebClient, workspace: Workspace) -> None:
    """Private channels exist only for their members, also for the app."""
    names = [
        each["name"] for each in client.conversations_list(types="public_channel,private_channel")["channels"]
    ]
    assert names == ["general", "open"]
    workspace.join("C0CLOSED", workspace.app.bot_user_id)
    told = client.conversations_list(types="private_channel")["channels"]
    assert [(each["name"], each["is_private"], each["is_member"]) for each in told] == [
        ("closed", True, True)
    ]
    counted = client.conversations_info(channel="C0OPEN", include_num_members=True)
    assert (counted["channel"]["num_members"], counted["channel"]["is_member"]) == (1, False)
    assert client.conversations_members(channel="C0OPEN")["members"] == ["U0ANA"]
    assert _refusal(client.conversations_list, types="secret") == "invalid_types"
    workspace.leave("C0CLOSED", workspace.app.bot_user_id)
    assert _refusal(client.conversations_info, channel="C0CLOSED") == "channel_not_found"


def test_a_direct_message_is_opened_with_members_only(client: WebClient, workspace: Workspace) -> None:
    """The same D… each time; strangers, bots, deactivated and unknown people are refused."""
    assert client.conversations_open(users="U0ANA")["channel"]["id"] == "D0ANA"
    assert client.conversations_open(users=["U0ANA"])["channel"]["id"] == "D0ANA"
    workspace.deactivate_user("U0BEN")
    for user, code in (
        ("U0BEN", "user_disabled"),
        ("U0ODA", "user_not_visible"),
        ("U0NOBODY", "user_not_found"),
        (workspace.app.bot_user_id, "cannot_dm_bot"),
    ):
        assert _refusal(client.conversations_open, users=user) == code


def test_people_are_described_as_slack_does(client: WebClient, workspace: Workspace) -> None:
    """Guests, strangers and the deactivated carry their marks; a stranger's address stays hidden."""
    workspace.change_user("U0ODA", email="oda@other.example")
    workspace.deactivate_user("U0BEN")
    assert client.users_info(user="U0ANA")["user"]["profile"]["email"] == "ana@example.com"
    assert client.users_info(user="U0GRETA")["user"]["is_restricted"]
    stranger = client.users_info(user="U0ODA")["user"]
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0OTHER")
    assert "email" not in stranger["profile"]
    assert client.users_info(user="U0BEN")["user"]["deleted"]
    assert _refusal(client.users_info, user="U0NOBODY") == "user_not_found"
    listed = [each["id"] for each in client.users_list()["members"]]
    assert "U0ODA" not in listed
    assert "U0BEN" in listed


def test_people_are_found_by_address(client: WebClient, workspace: Workspace) -> None:
    """Case does not matter; the deactivated are not found."""
    assert client.users_lookupByEmail(email="BEN@example.com")["user"]["id"] == "U0BEN"
    workspace.deactivate_user("U0BEN")
    assert _refusal(client.users_lookupByEmail, email="ben@example.com") == "users_not_found"


def test_user_groups_are_listed_with_their_members(client: WebClient, workspace: Workspace) -> None:
    """Members on request, disabled groups on request."""
    assert client.usergroups_users_list(usergroup="S0PEERS")["users"] == ["U0ANA"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U0ANA"]
    workspace.disable_group("S0PEERS")
    assert client.usergroups_list()["usergroups"] == []
    assert _refusal(client.usergroups_users_list, usergroup="S0PEERS") == "no_such_subteam"


def test_a_permalink_names_the_message(client: WebClient) -> None:
    """A link for a message that is there, a refusal for one that is not."""
    ts = client.chat_postMessage(channel="C0GENERAL", text="x")["ts"]
    link = client.chat_getPermalink(channel="C0GENERAL", message_ts=ts)["permalink"]
    assert link == f"https://acme.slack.com/archives/C0GENERAL/p{ts.replace('.', '')}"
    assert _refusal(client.chat_getPermalink, channel="C0GENERAL", message_ts="1.1") == "message_not_found"


def test_arguments_come_as_form_and_as_json(workspace: Workspace, url: str) -> None:
    """Both carry blocks, one as text, one as structure."""
    head = {"authorization": f"Bearer {workspace.app.bot_token}"}
    row = {"type": "actions", "elements": [button()]}
    form = {"channel": "C0GENERAL", "text": "x", "blocks": '[{"type": "divider"}]'}
    structure = {"channel": "C0GENERAL", "text": "x", "blocks": [row]}
    place = f"{url}/api/chat.postMessage"
    assert httpx.post(place, data=form, headers=head).json()["message"]["blocks"][0]["type"] == "divider"
    assert httpx.post(place, json=structure, headers=head).json()["message"]["blocks"][0]["type"] == "actions"


def test_a_home_tab_is_published_with_a_hash(client: WebClient, workspace: Workspace) -> None:
    """The newest hash is taken, an old one is a conflict."""
    view = {"type": "home", "blocks": [section()]}
    first = client.views_publish(user_id="U0ANA", view=view)["view"]["hash"]
    second = client.views_publish(user_id="U0ANA", view=view, hash=first)["view"]
    assert second["type"] == "home"
    assert _refusal(client.views_publish, user_id="U0ANA", view=view, hash=first) == "hash_conflict"
    assert _refusal(client.views_publish, user_id="U0NOBODY", view=view) == "invalid_arguments"
    assert _refusal(client.views_publish, user_id="U0ANA", view=modal(section())) == "invalid_arguments"
    assert workspace.home("U0BEN") is None
