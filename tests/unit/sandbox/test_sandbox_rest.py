"""Files, response URLs, restarts, and the seeded workspace."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from dulwich.repo import Repo
from sandbox_blocks import button, modal, section, text_input
from slack_bolt import Ack, App
from slack_sdk import WebClient
from starlette.types import Receive, Scope, Send

from bot.policy.load import parse_policy
from bot.sandbox.seed import PEOPLE, prompt_text, seed
from bot.sandbox.server import running
from bot.sandbox.workspace import Workspace


def test_the_app_uploads_a_file_in_three_steps(workspace: Workspace, client: WebClient) -> None:
    """The real client's upload ends in a file that the channel shows."""
    answer = client.files_upload_v2(filename="diff.txt", content="- old\n+ new\n", channel="C0GENERAL")
    stored = workspace.file(answer["files"][0]["id"])
    assert workspace.file_bytes(stored.id) == b"- old\n+ new\n"
    assert stored.shared_in == ("C0GENERAL",)
    assert workspace.messages("C0GENERAL")[0].files == (stored.id,)


def test_a_file_is_read_with_the_bots_token_only(workspace: Workspace, client: WebClient, url: str) -> None:
    """url_private opens for the bearer token and for nobody else."""
    stored = workspace.as_person("U0ANA").upload("prompt.md", b"Be kind.")
    told = client.files_info(file=stored.id)["file"]
    assert told["url_private"].startswith(url)
    head = {"authorization": f"Bearer {workspace.app.bot_token}"}
    assert httpx.get(told["url_private_download"], headers=head).content == b"Be kind."
    assert httpx.get(told["url_private_download"]).status_code == 403


def test_an_upload_of_another_length_is_refused(workspace: Workspace, client: WebClient) -> None:
    """What arrives must be as long as promised."""
    promised = client.files_getUploadURLExternal(filename="a.txt", length=3)
    assert httpx.post(promised["upload_url"], content=b"four").status_code == 400
    assert httpx.post(promised["upload_url"], content=b"abc").status_code == 200
    client.files_completeUploadExternal(files=[{"id": promised["file_id"], "title": "A"}])
    assert workspace.file(promised["file_id"]).title == "A"


def _response_url(workspace: Workspace, connected: App, client: WebClient) -> str:
    urls: list[str] = []

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        ack()

    connected.action("approve")(hear)
    row = {"type": "actions", "elements": [button()]}
    client.chat_postMessage(channel="C0GENERAL", text="card", blocks=[row])
    ana = workspace.as_person("U0ANA")
    ana.click(ana.messages("C0GENERAL")[0], "approve")
    return urls[0]


def test_a_response_url_answers_replaces_and_deletes(
    workspace: Workspace, connected: App, client: WebClient
) -> None:
    """Without more it is for the person alone; it can also change or remove the message it came with."""
    place = _response_url(workspace, connected, client)
    ana = workspace.as_person("U0ANA")
    assert httpx.post(place, json={"text": "for you"}).text == "ok"
    assert [each.text for each in ana.ephemerals("C0GENERAL")] == ["for you"]
    assert httpx.post(place, json={"text": "new", "replace_original": True}).text == "ok"
    assert ana.messages("C0GENERAL")[0].text == "new"
    assert httpx.post(place, json={"delete_original": True}).text == "ok"
    assert ana.messages("C0GENERAL") == []
    assert httpx.post(place, json={"text": "x", "blocks": [{"type": "no"}]}).status_code == 400


def test_a_response_url_works_five_times(workspace: Workspace, connected: App, client: WebClient) -> None:
    """The sixth use is refused, and so is an address that nobody issued."""
    place = _response_url(workspace, connected, client)
    answers = [httpx.post(place, json={"text": "x"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [404]
    assert httpx.post(f"{place}x", json={"text": "x"}).json()["error"] == "expired_url"


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    """People, groups, messages, open forms with what was typed, Home tabs, files and what was read."""
    first = Workspace(tmp_path)
    first.add_user("U0ANA", "Ana Alves", email="ana@example.com")
    first.add_group("S0PEERS", "peers", "Peers", ["U0ANA"])
    first.add_channel("C0GENERAL", "general", ["U0ANA"])
    message = first.post_as_app(
        "C0GENERAL", text="x", blocks=[section()], metadata={"event_type": "a", "event_payload": {}}
    )
    first.react_as_app("C0GENERAL", message.ts, "eyes")
    view = first.open_view(first.new_trigger("U0ANA"), modal(text_input()))
    first.as_person("U0ANA").fill(view, {"why": "typed"})
    first.publish_home("U0ANA", {"type": "home", "blocks": [section()]})
    stored = first.as_person("U0ANA").upload("a.md", b"bytes")
    first.mark_read("U0ANA", "C0GENERAL")
    first.close()
    again = Workspace(tmp_path)
    assert again.users() == first.users()
    assert again.groups() == first.groups()
    assert again.channels() == first.channels()
    assert again.messages("C0GENERAL") == first.messages("C0GENERAL")
    assert again.views("U0ANA") == first.views("U0ANA")
    assert again.views("U0ANA")[0].typed["why"]["typed"]["value"] == "typed"
    assert again.home("U0ANA") == first.home("U0ANA")
    assert again.file_bytes(stored.id) == b"bytes"
    assert again.unread("U0ANA") == {}
    assert again.new_ts() > message.ts
    again.close()


def test_the_seeded_workspace_is_whole(tmp_path: Path) -> None:
    """The policy is valid, names people and groups that exist, and the prompts are live in the repository."""
    made = seed(tmp_path)
    policy = parse_policy(made.policy_text, name="policy.yml")
    known = {each.email for each in made.workspace.users()} | set(PEOPLE)
    known |= {each.id for each in made.workspace.groups()} | {each.id for each in made.workspace.channels()}
    for workflow in policy.workflows.values():
        named = [workflow.owner, workflow.channel]
        for holders in (
            workflow.approve,
            workflow.deploy,
            workflow.roll_back,
            workflow.inform,
            workflow.emergency,
        ):
            named += [*holders.low, *holders.medium, *holders.high]
        assert {each for each in named if each is not None} <= known
        assert len(workflow.examples) == 3
        assert workflow.templates.good
    with Repo(str(made.repository)) as repository:
        head = repository[repository.refs[b"refs/heads/production"]]
        names = {each.path.decode() for each in repository[head.tree].iteritems()}
        assert names == {f"{each}.md" for each in policy.workflows}
        assert head.id == b"e0bf39c" + head.id[7:]
    for workflow_name in policy.workflows:
        assert 15 <= len(prompt_text(workflow_name).splitlines()) <= 40
        assert len(prompt_text(workflow_name)) <= 3_000
    made.workspace.close()


def test_seeding_again_keeps_what_people_did(tmp_path: Path) -> None:
    """The folder is opened as it is; one that was left half made is made anew."""
    made = seed(tmp_path)
    made.workspace.as_person("U0ANA").say("C0GENERAL", "I was here.")
    made.workspace.close()
    again = seed(tmp_path)
    assert again.workspace.messages("C0GENERAL")[-1].text == "I was here."
    assert again.policy_text == made.policy_text
    again.workspace.close()
    (tmp_path / "policy.yml").unlink()
    fresh = seed(tmp_path)
    assert len(fresh.workspace.messages("C0GENERAL")) == 1
    fresh.workspace.close()


def test_the_app_can_live_in_the_same_server(workspace: Workspace) -> None:
    """A mounted app sees its own paths."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    with running(workspace, app_asgi=app) as url:
        assert httpx.post(f"{url}/app/slack/events").text == "/slack/events"
        assert httpx.get(f"{url}/api/auth.test").json()["error"] == "not_authed"


@pytest.mark.parametrize("since", [0, 1])
def test_a_reader_waits_for_a_change(workspace: Workspace, since: int) -> None:
    """wait_for_change returns at once when something happened, and after its time when nothing did."""
    assert workspace.wait_for_change(since, 0) == workspace.revision
    assert workspace.wait_for_change(workspace.revision, 0.01) == workspace.revision
