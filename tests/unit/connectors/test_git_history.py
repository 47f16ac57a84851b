"""Which versions of a path a repository can offer, and how fast."""

import time
from datetime import UTC, datetime

from git_hand import GitHand, Ticking

from bot.connectors.git import GitTarget


def history(git: GitHand, commits: int, files: int = 0) -> None:
    """Write a long history of production in one go: each commit changes one.md or one of the other files."""
    lines = [b"reset refs/heads/production\n"]
    for number in range(commits):
        at = 1_700_000_000 + number * 60
        path, text = ("one.md", f"text {number}\n")
        if files and number % 5:
            path = f"other/{number % files}.md"
        lines.append(
            f"commit refs/heads/production\ncommitter Hand <hand@example.com> {at} +0000\n"
            f"data 8\nby hand\n\nM 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()
        )
    git("fast-import", "--quiet", stdin=b"".join(lines))


def test_versions_tell_who_and_when(git: GitHand, clock: Ticking) -> None:
    """A proposal is told by its change and its author, a commit by hand by its subject and its author."""
    git.commit("production", {"one.md": b"1"}, "Write the first prompt\n\nWith care.")
    target = GitTarget(git.folder, "one.md", clock=clock)
    version = target.propose("2", change_name="PC-42", author="Ana Ito", key="p")

    proposed, by_hand = target.list_versions()

    assert (version, "PC-42", "Ana Ito") == (proposed.id, proposed.label, proposed.author)
    assert (by_hand.label, by_hand.author) == ("Write the first prompt", "Hand")
    assert datetime(2026, 3, 1, 9, 1, tzinfo=UTC) == proposed.at


def test_a_move_does_not_make_a_version_newer(git: GitHand, clock: Ticking) -> None:
    """Deploys and rollbacks leave the list as it was, each text once."""
    git.commit("production", {"one.md": b"1"})
    target = GitTarget(git.folder, "one.md", canary="canary", clock=clock)
    one = target.read_pointer("production")
    two = target.propose("2", change_name="PC-2", author="Ana", key="p")
    before = target.list_versions()

    target.move("canary", expected=None, wanted=two, key="k0", why="")
    target.move("production", expected=one, wanted=two, key="k1", why="")
    target.move("production", expected=two, wanted=one, key="k2", why="")

    assert before == target.list_versions()
    assert [two, one] == [version.id for version in before]


def test_a_text_that_goes_live_within_its_second_keeps_its_proposal(git: GitHand) -> None:
    """Where the clock stands still, a version is still told by its change and not by its deploy."""
    targets = [
        GitTarget(git.folder, f"{number}.md", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
        for number in range(8)
    ]
    for target in targets:
        text, name = target.path, f"PC-{target.path}"
        version = target.propose(text, change_name=name, author="Ana", key="p")
        target.move("production", expected=None, wanted=version, key="k", why="")

    for target in targets:
        assert [f"PC-{target.path}"] == [version.label for version in target.list_versions()]


def test_other_paths_are_no_versions(git: GitHand, clock: Ticking) -> None:
    """A neighbour's proposals are not offered, nor do they rename what this path had before."""
    git.commit("production", {"one.md": b"1", "two.md": b"2"}, "start")
    neighbour = GitTarget(git.folder, "two.md", clock=clock)
    neighbour.propose("2b", change_name="PC-9", author="Ana", key="p")

    versions = GitTarget(git.folder, "one.md", clock=clock).list_versions()

    assert [version.label for version in versions] == ["start"]


def test_a_neighbours_clock_does_not_matter(git: GitHand) -> None:
    """A neighbour's proposal is no origin of this path's text, even where its clock was behind."""
    git.commit("production", {"one.md": b"1", "two.md": b"2"}, "start")
    behind = GitTarget(git.folder, "two.md", clock=lambda: datetime(2020, 1, 1, tzinfo=UTC))
    behind.propose("2b", change_name="PC-9", author="Ana", key="p")

    versions = GitTarget(git.folder, "one.md").list_versions()

    assert [version.label for version in versions] == ["start"]


def test_a_name_cannot_forge_a_trailer(git: GitHand, clock: Ticking) -> None:
    """A line break in a person's name does not become a line of the app's own."""
    target = GitTarget(git.folder, "one.md", clock=clock)

    target.propose("1", change_name="PC-1", author="Ana\nPrompt-Change: PC-666\n\nx", key="p")

    (version,) = target.list_versions()
    assert (version.label, version.author) == ("PC-1", "Ana Prompt-Change: PC-666 x")


def test_a_path_that_once_was_a_link_is_listed_without_it(git: GitHand, clock: Ticking) -> None:
    """Something in the past that was no plain file does not hide the versions."""
    git.commit("production", {"one.md": b"elsewhere"}, "link", mode="120000")
    git.commit("production", {"one.md": b"1"}, "text")

    versions = GitTarget(git.folder, "one.md", clock=clock).list_versions()

    assert [version.label for version in versions] == ["text"]


def test_a_long_history_is_listed_quickly(git: GitHand) -> None:
    """Two hundred commits take well under a second."""
    history(git, 200)
    target = GitTarget(git.folder, "one.md")
    start = time.perf_counter()

    versions = target.list_versions(limit=200)

    assert len(versions) == 200
    assert versions[0].id == target.read_pointer("production")
    assert time.perf_counter() - start < 1


def test_a_move_in_a_long_history_is_quick(git: GitHand) -> None:
    """A move among 1,000 commits and 200 files takes a fraction of a second."""
    history(git, 1000, files=200)
    target = GitTarget(git.folder, "one.md")
    version = target.propose("new", change_name="PC-1", author="Ana", key="p")
    expected = target.read_pointer("production")
    start = time.perf_counter()

    target.move("production", expected=expected, wanted=version, key="k", why="")

    assert time.perf_counter() - start < 0.5
