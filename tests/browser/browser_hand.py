"""What a person does on the sandbox page, and what the git repository behind it really holds."""

import re
from dataclasses import dataclass
from pathlib import Path

from dulwich.refs import Ref
from dulwich.repo import Repo
from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its address, and the repository that its policy governs."""

    url: str
    repository: Path

    def live(self, path: str, branch: str = "production") -> str:
        """What a branch serves at this path, read from the repository and not from the app."""
        with Repo(str(self.repository)) as repository:
            commit = repository[repository.refs[Ref(f"refs/heads/{branch}".encode())]]
            return repository[repository[commit.tree][path.encode()][1]].data.decode()


class Screen:
    """One browser window. Whoever sits at it can be anybody of Acme."""

    def __init__(self, page: Page, pictures: Path | None) -> None:
        self.page, self._pictures = page, pictures

    def be(self, user_id: str, place: str) -> None:
        """Become somebody and open a channel, ``home`` or ``direct``."""
        self.page.goto(f"/as/{user_id}/{place}")
        self.idle()

    def idle(self) -> None:
        """Wait until everything that was clicked has been answered and drawn."""
        expect(self.page.locator('body[data-pending="0"]')).to_have_count(1)

    def say(self, text: str) -> None:
        """Type into the composer and send."""
        composer = self.page.get_by_label("Message", exact=True)
        composer.fill(text)
        composer.press("Escape")
        composer.press("Enter")
        self.idle()

    def click(self, within: Locator | Page, name: str) -> None:
        """Press a button by what stands on it."""
        within.get_by_role("button", name=name, exact=True).click()
        self.idle()

    def form(self, title: str) -> Locator:
        """The form on the screen."""
        form = self.page.get_by_role("dialog", name=title)
        expect(form).to_be_visible()
        return form

    def message(self, *words: str) -> Locator:
        """The newest message that holds all of these words."""
        found = self.page.locator("#timeline article[data-ts]")
        for each in words:
            found = found.filter(has_text=each)
        return found.last

    def whisper(self) -> Locator:
        """The newest message that only this person sees."""
        return self.message("Only visible to you")

    def shows(self, *words: str) -> Locator:
        """Wait for a message that holds all of these words."""
        found = self.message(*words)
        expect(found).to_be_visible()
        return found

    def picture(self, name: str) -> None:
        """Keep what is on the screen, where pictures are wanted."""
        if self._pictures:
            self._pictures.mkdir(parents=True, exist_ok=True)
            self.page.mouse.move(0, 0)
            self.page.screenshot(path=self._pictures / f"{name}.png", animations="disabled")

    def begin(self, workflow: str) -> Locator:
        """The slash command, and a workflow chosen in the first step of the form."""
        self.say("/prompt-change")
        form = self.form("Propose a change")
        form.get_by_label("Workflow", exact=True).select_option(workflow)
        self.idle()
        return form

    def replace(self, form: Locator, old: str, new: str) -> None:
        """Give the new text by a phrase, and say that it alters the system prompt."""
        form.get_by_label("Replace a phrase").check()
        self.idle()
        form.get_by_label("Old phrase").fill(old)
        form.get_by_label("New phrase").fill(new)
        form.get_by_label("System prompt").check()

    def note(self, title: str, answers: dict[str, str]) -> Locator:
        """Fill in the second step and return it, not yet sent."""
        form = self.form(title)
        for label, words in answers.items():
            form.get_by_label(label).fill(words)
        return form

    def home(self) -> Locator:
        """The Home tab."""
        found = self.page.locator("[data-home]")
        expect(found).to_contain_text(re.compile("Waiting for you"))
        return found
