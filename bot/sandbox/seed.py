"""The workspace that a newcomer finds: Acme, its people, its channels, its workflows and their prompts.

Everything is the same each time it is made, commits included. An existing folder is opened as it stands;
what people did in it must never be overwritten.
"""

import shutil
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.sandbox.workspace import Workspace

REPOSITORY = "prompts.git"
BRANCH = "production"
POLICY = "policy.yml"
WORKFLOWS = ("summaries", "support-answers", "refunds")
PARTNER = "T0NORTHWIND"
_FIRST_COMMIT = 1_735_725_600  # 1 January 2025, 10:00 UTC

PEOPLE: dict[str, dict[str, object]] = {
    "U0MIRA": {"real_name": "Mira Lind", "title": "Prompt engineer"},
    "U0PAUL": {"real_name": "Paul Weber", "title": "Prompt engineer"},
    "U0ANA": {"real_name": "Ana Alves", "title": "Head of support", "is_admin": True},
    "U0BEN": {"real_name": "Ben Okafor", "title": "Compliance lead"},
    "U0CHLOE": {"real_name": "Chloe Martin", "title": "Support quality lead"},
    "U0DEV": {"real_name": "Dev Patel", "title": "Release engineer"},
    "U0RITA": {"real_name": "Rita Sato", "title": "Engineer on call"},
    "U0OMAR": {"real_name": "Omar Haddad", "title": "On-call lead", "tz": "America/New_York"},
    "U0SARA": {"real_name": "Sara Novak", "title": "Support lead, mornings"},
    "U0SIMON": {"real_name": "Simon Reyes", "title": "Support lead, evenings"},
    "U0LEILA": {"real_name": "Leila Haas", "title": "Legal counsel", "email": "legal@example.com"},
    "U0GRETA": {"real_name": "Greta Iversen", "title": "Contractor", "is_restricted": True},
    "U0GIL": {"real_name": "Gil Torres", "title": "Left in spring", "deleted": True},
    "U0ODA": {
        "real_name": "Oda Berg",
        "title": "Northwind, partner for evening support",
        "team_id": PARTNER,
        "is_stranger": True,
        "email": "oda@northwind.example",
    },
}
GROUPS = {
    "S0PEERS": ("prompt-peers", "Prompt peers", ("U0MIRA", "U0PAUL", "U0DEV")),
    "S0ONCALL": ("on-call", "On call", ("U0RITA", "U0OMAR")),
    "S0SUPPORTLEADS": ("support-leads", "Support leads", ("U0SARA", "U0SIMON")),
}
_MEMBERS = tuple(each for each in PEOPLE if each not in ("U0GRETA", "U0GIL", "U0ODA"))
_BOT = "U0PROMPTCHANGE"
CHANNELS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "C0GENERAL": ("general", "Everybody at Acme", _MEMBERS),
    "C0SUPPORT": ("support", "Day-to-day of the support team", (*_MEMBERS, "U0GRETA", _BOT)),
    "C0ANSWERS": (
        "support-answers",
        "The prompt that answers customers. Shared with Northwind",
        (*_MEMBERS, "U0GRETA", "U0ODA", _BOT),
    ),
    "C0REFUNDS": ("refunds", "The prompt that decides on refunds", (*_MEMBERS, _BOT)),
    "C0TOOLS": ("internal-tools", "Prompts for our own use", (*_MEMBERS, _BOT)),
}
_SAID = (
    (
        "C0GENERAL",
        "U0ANA",
        "Prompts now go live only through Prompt Change. See `/prompt-change help`.",
    ),
    ("C0SUPPORT", "U0SARA", "Good morning. Queue is at 42, most of it delivery questions."),
    ("C0SUPPORT", "U0SIMON", "Thanks. I take over at two."),
    (
        "C0ANSWERS",
        "U0CHLOE",
        "Customers tell us that answers begin too slowly. Could we start with the answer?",
    ),
    ("C0REFUNDS", "U0RITA", "No refund incidents this week."),
    ("C0TOOLS", "U0PAUL", "Would anybody mind if ticket summaries came as bullet points?"),
)


@dataclass(frozen=True, slots=True)
class SeededWorkspace:
    """A local Slack with people in it, a policy that names them, and the prompts that the policy governs."""

    workspace: Workspace
    policy_text: str
    repository: Path


def seed(folder: Path) -> SeededWorkspace:
    """Make the Acme workspace in a folder, or open the one that is there. The caller closes the workspace."""
    repository = folder.absolute() / REPOSITORY
    policy = folder / POLICY
    if not policy.exists():
        _remove_unfinished(folder)
        _make_repository(repository)
        workspace = Workspace(folder)
        _people_it(workspace)
        policy.write_text(policy_text(repository), encoding="utf-8")
        return SeededWorkspace(workspace, policy_text(repository), repository)
    return SeededWorkspace(Workspace(folder), policy.read_text(encoding="utf-8"), repository)


def seeded_in_memory(folder: Path) -> SeededWorkspace:
    """The same with a workspace in memory; only the repository stands in the folder. For tests."""
    repository = folder.absolute() / REPOSITORY
    _make_repository(repository)
    workspace = Workspace()
    _people_it(workspace)
    return SeededWorkspace(workspace, policy_text(repository), repository)


def policy_text(repository: Path) -> str:
    """The policy file of the seeded workspace, with its workflows' prompts in this repository."""
    return _file("policy.yml").replace("REPOSITORY", f'"{repository}"')


def prompt_text(workflow: str) -> str:
    """The prompt of a workflow as it is live at first."""
    return _file(f"{workflow}.md")


def _file(name: str) -> str:
    return resources.files("bot.sandbox").joinpath("seeded", name).read_text(encoding="utf-8")


def _remove_unfinished(folder: Path) -> None:
    """A seeding that was interrupted has no policy file yet, so nobody has worked in it."""
    shutil.rmtree(folder / REPOSITORY, ignore_errors=True)
    for leftover in folder.glob("workspace.db*"):
        leftover.unlink()


def _people_it(workspace: Workspace) -> None:
    for user_id, known in PEOPLE.items():
        name = str(known["real_name"]).split(maxsplit=1)[0].lower()
        fields = {"email": f"{name}@example.com", **known}
        workspace.add_user(user_id, str(fields.pop("real_name")), **fields)
    for group_id, (handle, name, members) in GROUPS.items():
        workspace.add_group(group_id, handle, name, members)
    for channel_id, (name, topic, people) in CHANNELS.items():
        workspace.add_channel(channel_id, name, people, topic=topic, shared=channel_id == "C0ANSWERS")
    for channel_id, user_id, text in _SAID:
        workspace.post_as_person(channel_id, user_id, text)


def _make_repository(path: Path) -> None:
    """A bare repository whose production branch has two commits: the prompts, and one small correction."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.md": prompt_text(name) for name in WORKFLOWS}
    before = texts | {"refunds.md": texts["refunds.md"].replace("five to seven", "ten")}
    with Repo.init_bare(str(path), mkdir=True, default_branch=BRANCH.encode()) as repository:
        first = _commit(repository, before, None, "Add the prompts that are live today", 0)
        second = _commit(repository, texts, first, "refunds: state how long a refund really takes", 86_400)
        repository.refs[Ref(f"refs/heads/{BRANCH}".encode())] = second


def _commit(
    repository: Repo, texts: dict[str, str], parent: ObjectID | None, message: str, later: int
) -> ObjectID:
    tree = Tree()
    for name, text in texts.items():
        blob = Blob.from_string(text.encode())
        repository.object_store.add_object(blob)
        tree.add(name.encode(), 0o100644, blob.id)
    repository.object_store.add_object(tree)
    commit = Commit()
    commit.tree = tree.id
    commit.parents = [parent] if parent else []
    commit.author = commit.committer = b"Mira Lind <mira@example.com>"
    commit.author_time = commit.commit_time = _FIRST_COMMIT + later
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = message.encode() + b"\n"
    repository.object_store.add_object(commit)
    return commit.id
