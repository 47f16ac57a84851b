"""A whole Prompt Change beside a whole local Slack, driven as people drive it: what they type and click."""

import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from dulwich.objects import Blob, Commit
from dulwich.refs import Ref
from dulwich.repo import Repo
from sqlmodel import col, select

from bot.app import PromptChange
from bot.changes.first_start import first_policy
from bot.sandbox.person import SlackPerson
from bot.sandbox.records import Message, View
from bot.sandbox.seed import seeded_in_memory
from bot.sandbox.server import running
from bot.sandbox.serving import listening, serving
from bot.sandbox.workspace import Workspace
from storage import migrate, models
from storage.engine import Store
from storage.models import MessageState
from tests.app import PATIENT, local_app

NOTE = {
    "what_changed": "Summaries are written as bullet points.",
    "why": "Colleagues asked for text that is quicker to scan.",
    "good": "Nobody asks the customer what the ticket already says.",
    "rollback_trigger": "Two summaries in a day that lose an order number.",
}
HIGH = {
    "rollback_plan": "Rita clicks Roll back, then checks ten refunds by hand.",
    "stop_conditions": "One refund above the limit in the first hour.",
}


@dataclass
class Moment:
    """The time that the app sees: the machine's, moved on by hand."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        """What the time is."""
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(**span)


class Town:
    """``settle()`` does everything that is due: nothing runs in the background, so that nothing is timing."""

    def __init__(
        self, workspace: Workspace, app: PromptChange, repository: Path, moment: Moment, database: str
    ) -> None:
        self.workspace, self.app, self.repository, self.moment = workspace, app, repository, moment
        self.database = database
        """The URL by which other processes reach what this town keeps."""
        self.faults: list[dict[str, Any]] = []
        """Errors that the app logged; a story that foresees one takes it out."""
        self.may_fail: set[str] = set()
        """Methods of the Web API that the story lets fail."""
        self.may_park: set[str] = set()
        """People who cannot be reached in this story: what is for them stays undelivered."""

    def person(self, user_id: str, *, hostile: bool = False) -> SlackPerson:
        """Somebody of Acme; ``hostile`` sends what no Slack client would."""
        return self.workspace.as_person(user_id, hostile=hostile)

    def settle(self) -> None:
        """Let everything leave that is due."""
        assert self.app.outbox.drain(), "something was still due"

    def live_text(self, path: str, branch: str = "production") -> str | None:
        """What a branch of the real repository serves at this path."""
        with Repo(str(self.repository)) as repo:
            ref = Ref(f"refs/heads/{branch}".encode())
            if ref not in repo.refs:
                return None
            tree = repo[repo[repo.refs[ref]].tree]
            return repo[tree[path.encode()][1]].data.decode() if path.encode() in tree else None

    def commits(self, branch: str = "production") -> int:
        """How many commits a branch has."""
        with Repo(str(self.repository)) as repo:
            return sum(1 for _ in repo.get_walker([repo.refs[f"refs/heads/{branch}".encode()]]))

    def commit_outside(self, path: str, text: str, branch: str = "production") -> None:
        """Somebody commits another text to a branch of the real repository, past the app."""
        ref = Ref(f"refs/heads/{branch}".encode())
        with Repo(str(self.repository)) as repo:
            head = repo.refs[ref]
            tree, blob = repo[repo[head].tree], Blob.from_string(text.encode())
            tree[path.encode()] = (0o100644, blob.id)
            commit = Commit()
            commit.tree, commit.parents, commit.message = tree.id, [head], b"A commit past the app\n"
            commit.author = commit.committer = b"Somebody <somebody@example.com>"
            commit.author_time = commit.commit_time = int(self.moment().timestamp())
            commit.author_timezone = commit.commit_timezone = 0
            repo.object_store.add_objects([(blob, None), (tree, None), (commit, None)])
            repo.refs[ref] = commit.id

    def propose(
        self,
        who: str,
        workflow: str,
        *,
        replace: tuple[str, str] | None = None,
        text: str | None = None,
        kinds: tuple[str, ...] = ("system_prompt",),
        impacts: tuple[str, ...] | None = None,
        note: dict[str, Any] | None = None,
    ) -> SlackPerson:
        """Fill in both steps as a person does; afterwards ``last_answer`` says how it went."""
        person = self.first_step(who, workflow, replace=replace, text=text, kinds=kinds, impacts=impacts)
        if person.last_answer.ok and person.view() and person.view().callback_id == "submit_note":
            self.second_step(person, note or {})
        return person

    def first_step(
        self,
        who: str,
        workflow: str,
        *,
        replace: tuple[str, str] | None = None,
        text: str | None = None,
        kinds: tuple[str, ...] = ("system_prompt",),
        impacts: tuple[str, ...] | None = None,
    ) -> SlackPerson:
        """The slash command, and the first form."""
        person = self.person(who)
        assert person.command("/prompt-change").ok
        person.click_in_view(top(person), "choose_workflow", selected=workflow)
        values: dict[str, Any] = {"What does it change?": list(kinds)}
        if impacts is not None:
            values["What is true of it?"] = list(impacts)
        if replace is not None:
            person.click_in_view(top(person), "choose_how", selected="replace")
            values |= {"Old phrase": replace[0], "New phrase": replace[1]}
        if text is not None:
            values["New text"] = text
        person.submit(values=values)
        return person

    def second_step(self, person: SlackPerson, note: dict[str, Any]) -> None:
        """The release note."""
        form = top(person)
        there = {block["block_id"] for block in form.blocks}
        values = {name: value for name, value in {**NOTE, **HIGH, **note}.items() if name in there}
        person.submit(values=values)
        self.settle()

    def card(self, number: int = 1) -> Message:
        """The review card of a change."""
        return self.message("review", change=number)

    def message(self, kind: str, *, change: int = 1, to: str | None = None) -> Message:
        """A message that the app posted, by what it is."""
        found = self.messages(kind, change=change, to=to)
        assert found, f"no {kind} of PC-{change}" + (f" to {to}" if to else "")
        return found[-1]

    def messages(self, kind: str, *, change: int | None = None, to: str | None = None) -> list[Message]:
        """All of that kind, as they look now, oldest first."""
        rows = self.rows(kind)
        return [
            self.workspace.message(row.channel, row.ts)
            for row in rows
            if row.ts and change in {None, row.change_id} and to in {None, row.recipient}
        ]

    def whispers(self, who: str) -> list[str]:
        """What was said to one person alone, newest last."""
        self.settle()
        rows = self.rows("private")
        return [
            f"{row.details['reason']} {row.details['remedy']}".strip()
            for row in rows
            if who in {row.only_for, row.recipient} and row.state is MessageState.SENT
        ]

    def rows(self, kind: str) -> list[models.Message]:
        """The outbox's rows of a kind, oldest first."""
        with self.app.store.reading() as session:
            found = select(models.Message).where(models.Message.kind == kind)
            return list(session.exec(found.order_by(col(models.Message.id))))

    def change_policy(self, edit: Any) -> None:
        """Put another policy in force, as ``policy load`` does; ``edit`` alters the parsed YAML."""
        from bot.changes.force import keep_version, put_in_force
        from bot.changes.rechecks import after_new_policy
        from storage.queries import record

        now = self.moment()
        with self.app.store.transaction() as session:
            version = record.policy_version(session, record.policy_in_force(session).version_id)
            data = yaml.safe_load(version.text)
            edit(data)
            number = keep_version(session, yaml.safe_dump(data), source="test", now=now)
            put_in_force(session, number, actor="system", now=now)
            after_new_policy(session, now=now)
        self.app.clock.tick()
        self.app.people.refresh_groups()
        self.app.people.refresh_accounts()
        self.settle()


def top(person: SlackPerson) -> View:
    """The form on the screen."""
    view = person.view()
    assert view is not None, f"no form is open: {person.last_answer}"
    return view


def actions(message: Message) -> list[str]:
    """The action_ids that a message offers."""
    found = []
    for block in message.blocks or ():
        parts = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        found += [part["action_id"] for part in parts if "action_id" in part]
    return found


def words(message: Message) -> str:
    """Everything that a message says, in one string."""
    return _text(message.blocks) + " " + message.text


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(
            str(inner) if name == "text" and isinstance(inner, str) else _mention(name, inner) or _text(inner)
            for name, inner in value.items()
        )
    return " ".join(_text(each) for each in value) if isinstance(value, list | tuple) else ""


def _mention(name: str, inner: Any) -> str:
    return f"<@{inner}>" if name == "user_id" else f"<!subteam^{inner}>" if name == "usergroup_id" else ""


@functools.cache
def empty_database() -> bytes:
    """A database with its tables and nothing in them: migrated once, and copied for each story."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        store = Store.open(f"sqlite:///{file}")
        migrate.upgrade(store)
        store.close()
        return file.read_bytes()


def sqlite_in(folder: Path) -> str:
    """A fresh SQLite database with today's schema: its URL."""
    (folder / "app.db").write_bytes(empty_database())
    return f"sqlite:///{folder / 'app.db'}"


@contextmanager
def running_town(
    folder: Path,
    *,
    over_socket: bool = False,
    database: str = "",
    click_seconds: int = PATIENT,
    edge: Mapping[str, Any] | None = None,
    open_store: Callable[[str], Store] = Store.open,
) -> Iterator[Town]:
    """The app and the local Slack on two ports of this machine's loopback, with nothing in the background.

    ``database``: the URL of one with today's schema; by default a file in the folder.
    """
    with ExitStack() as stack:
        seeded = seeded_in_memory(folder)
        stack.callback(seeded.workspace.close)
        # Stories are about what happens; how fast it does is told by the bench.
        seeded.workspace.answer_seconds = seeded.workspace.trigger_seconds = 30.0
        api = stack.enter_context(running(seeded.workspace))
        database = database or sqlite_in(folder)
        store = open_store(database)
        stack.callback(store.close)
        moment = Moment()
        policy = folder / "policy.yml"
        policy.write_text(seeded.policy_text, encoding="utf-8")
        first_policy(store, policy, now=moment())
        app = local_app(store, api, repositories=folder, now=moment, click_seconds=click_seconds)
        if over_socket:
            from bot.edge.socket import SocketMode

            socket = SocketMode(app.bolt, seeded.workspace.app.app_token, f"{api}/api/")
            socket.open()
            stack.callback(socket.shut)
        else:
            bound = stack.enter_context(listening())
            url = stack.enter_context(serving(app.edge(**(edge or {})), bound))
            seeded.workspace.deliver_to(f"{url}/slack/events")
            # A server waits for the connections that somebody keeps open.
            stack.callback(seeded.workspace.delivery.close)
        app.people.refresh_groups()
        app.people.refresh_accounts()
        yield Town(seeded.workspace, app, seeded.repository, moment, database)
