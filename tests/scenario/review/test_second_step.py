"""Between the two steps of the form, and after the second: what moved, came back, or was sent twice."""

from dulwich.objects import Blob, Commit
from dulwich.repo import Repo

from tests.scenario.review.hand import BULLETS, low, menu, say_no, spot_check
from tests.scenario.town import NOTE, Town, top, words


def commit_outside(town: Town, path: str, old: str, new: str) -> None:
    """Somebody commits to the production branch, past the app."""
    with Repo(str(town.repository)) as repo:
        ref = b"refs/heads/production"
        head = repo[repo.refs[ref]]
        tree = repo[head.tree]
        mode, blob = tree[path.encode()]
        text = repo[blob].data.decode()
        assert old in text
        tree[path.encode()] = (mode, (fresh := Blob.from_string(text.replace(old, new).encode())).id)
        commit = Commit()
        commit.tree, commit.parents = tree.id, [head.id]
        commit.author = commit.committer = b"Somebody <somebody@example.com>"
        commit.author_time = commit.commit_time = head.commit_time + 60
        commit.author_timezone = commit.commit_timezone = 0
        commit.message = b"past the app"
        for each in (fresh, tree, commit):
            repo.object_store.add_object(each)
        repo.refs[ref] = commit.id


def test_a_replacement_is_made_anew_when_the_live_text_moves_between_the_steps(town: Town) -> None:
    """The note form says so and keeps what was typed; what goes live holds both."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS)
    commit_outside(town, "summaries.md", "in order, with dates", "in order, with dates and names")
    mira.submit(values=NOTE)
    form = top(mira)
    assert form.callback_id == "submit_note"
    assert "The live text has moved since you began" in str(form.blocks)
    assert NOTE["why"] in str(form.blocks)
    assert mira.submit().ok, mira.last_answer
    town.settle()
    assert spot_check(town.person("U0PAUL"), town.card()).ok
    town.settle()
    town.person("U0PAUL").click(town.card(), "deploy")
    town.settle()
    live = town.live_text("summaries.md") or ""
    assert "with dates and names" in live
    assert "at most five bullet points" in live


def test_a_replacement_whose_phrase_has_gone_is_refused_with_everything_kept(town: Town) -> None:
    """What was to be replaced was replaced by somebody else."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS)
    commit_outside(town, "summaries.md", "one paragraph", "a single paragraph")
    answer = mira.submit(values=NOTE)
    assert "The live text has moved since you began" in str(answer.errors)
    assert NOTE["why"] in str(top(mira).typed)


def test_a_note_that_is_sent_twice_is_submitted_once(town: Town) -> None:
    """The second delivery of the same form says so, and nothing happens."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS)
    form = top(mira)
    assert mira.submit(values=NOTE).ok
    again = town.person("U0MIRA", hostile=True).submit(form, NOTE)
    assert "PC-1 is in review already." in again.body
    town.settle()
    assert len(town.messages("review")) == 1
    assert "revision 2" not in words(town.card()).lower()


def test_an_edit_back_to_an_earlier_text_does_not_bring_its_decisions_back(town: Town) -> None:
    """Paul approved A and wants neither A nor B; when B becomes A again, his old approval is not counted."""
    low(town)
    paul, mira = town.person("U0PAUL"), town.person("U0MIRA")
    spot_check(paul, town.card())
    town.settle()
    assert "Approved since" in words(town.card())
    first = next(each for each in (town.live_text("summaries.md"),) if each)
    menu(mira, town.card(), "edit")
    mira.submit(values={"New text": first.replace("one paragraph", "at most seven bullet points")})
    mira.submit()
    town.settle()
    say_no(paul, town.card(), "request_changes", "I do not want either of these.")
    town.settle()
    menu(mira, town.card(), "edit")
    mira.submit(values={"New text": first.replace(*BULLETS)})
    assert mira.submit().ok, mira.last_answer
    town.settle()
    assert "In review" in words(town.card())
    assert "Approvals: 0 of 1" in words(town.card())


def test_a_submitted_change_stays_on_its_workflow(town: Town) -> None:
    """Its card, its channel and its approvers are those of that workflow."""
    low(town)
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "edit")
    mira.click_in_view(top(mira), "choose_workflow", selected="support-answers")
    mira.submit(values={"New text": "Answer at once."})
    assert "A change stays on its workflow" in str(mira.last_answer.errors), mira.last_answer
