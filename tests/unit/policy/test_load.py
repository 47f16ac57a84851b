"""What a policy file may say, and how its faults are told."""

import json
from contextlib import suppress

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.load import PolicyError, default_policy, default_text, parse_policy, policy_json_schema
from bot.policy.model import RELEASE_POLICY, GitTarget, Grant, PolicyTarget, UnknownWorkflowError, rights
from bot.settings import Settings
from storage.vocabulary import Lane, Role

FULL = """
policy_owners: [Ana@example.com, U0BEN, U0CHLOE]
workflows:
  refunds:
    description: Answers and actions on refund requests
    customer_visible: true
    touches: [money]
    tools: [issue_refund, lookup_order]
    channel: C0REFUNDS
    owner: ana@example.com
    approve: {low: [S0PEERS], medium: [ben@example.com], high: [ben@example.com, U0CHLOE, U0DEV]}
    deploy: {low: [S0PEERS], high: [U0DEV]}
    roll_back: [S0ONCALL, ana@example.com]
    inform: [C0SUPPORT, S0SUPPORTLEADS, legal@example.com]
    emergency: [U0ONCALLLEAD]
    target: {kind: git, repository: prompts.git, path: refunds.md, pointer: production}
    timezone: Europe/Berlin
    working_hours: {days: mon-fri, from: "09:00", to: "18:00"}
    examples: [{input: "Where is it?", good: "A link"}]
    templates: {good: "Fewer calls", trigger: "More calls"}
"""
FROZEN_NOWHERE = """
workflows: {}
freezes:
  - {from: 2030-01-01T00Z, to: 2030-02-01T00Z, because: why, workflows: [x]}
"""


def _problems(text: str, *, attributes_only: bool = True) -> list[tuple[int | None, str, str]]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, name="policy.yml", attributes_only=attributes_only)
    assert all(str(problem).startswith("policy.yml") for problem in caught.value.problems)
    return [(problem.line, problem.field, problem.message) for problem in caught.value.problems]


def test_the_example_of_the_handbook_is_read() -> None:
    """Every key of the documented example arrives where it belongs."""
    workflow = parse_policy(FULL, name="policy.yml").workflow("refunds")
    assert workflow.approve.of(Lane.HIGH) == ("ben@example.com", "U0CHLOE", "U0DEV")
    assert (
        workflow.roll_back.of(Lane.LOW) == workflow.roll_back.of(Lane.HIGH) == ("S0ONCALL", "ana@example.com")
    )
    assert isinstance(workflow.target, GitTarget)
    assert workflow.target.canary_pointer == "production-canary"
    assert workflow.working_hours.days == (0, 1, 2, 3, 4)


def test_lanes_do_not_inherit() -> None:
    """A lane that a list leaves out has nobody, also between two lanes that have somebody."""
    assert parse_policy(FULL, name="policy.yml").workflow("refunds").deploy.of(Lane.MEDIUM) == ()


def test_rights_are_listed_as_rows() -> None:
    """Each name on each list is one row; the release policy belongs to the policy owners in high only."""
    rows = rights(parse_policy(FULL, name="policy.yml"))
    assert Grant("refunds", Role.DEPLOY, Lane.HIGH, "U0DEV") in rows
    assert Grant("refunds", Role.INFORM, Lane.MEDIUM, "C0SUPPORT") in rows
    owned = [row for row in rows if row.workflow == RELEASE_POLICY]
    assert {row.lane for row in owned} == {Lane.HIGH}
    assert {row.role for row in owned} == {Role.APPROVE, Role.DEPLOY, Role.ROLL_BACK, Role.INFORM}
    assert {row.principal for row in owned} == {"ana@example.com", "U0BEN", "U0CHLOE"}
    assert len(rows) == len(set(rows))


def test_the_default_is_valid_and_complete() -> None:
    """The commented default is a policy that governs nothing yet, and says so."""
    policy = default_policy()
    assert policy.workflows == {}
    assert isinstance(policy.workflow(RELEASE_POLICY).target, PolicyTarget)
    assert len(policy.warnings) == 2


def test_a_file_may_hold_nothing_but_workflows() -> None:
    """Everything else comes from the default policy."""
    policy = parse_policy("workflows: {a: {}}", name="p.yml", attributes_only=True)
    assert policy.lanes == default_policy().lanes
    assert policy.rules == default_policy().rules


def test_a_part_of_a_section_leaves_the_rest_of_it() -> None:
    """A mapping is merged with the default key by key."""
    lanes = parse_policy("workflows: {}\nlanes: {high: {approvals: 1}}", name="p.yml").lanes
    assert lanes.high.approvals == 1
    assert lanes.high.threshold == default_policy().lanes.high.threshold


def test_three_owners_are_enough_and_a_group_may_be_many() -> None:
    """The warning goes with the third owner, or with a group."""
    assert parse_policy(FULL, name="p.yml").warnings == ()
    text = FULL.replace("[Ana@example.com, U0BEN, U0CHLOE]", "[S0OWNERS]")
    assert parse_policy(text, name="p.yml").warnings == ()
    text = FULL.replace(", U0CHLOE]\nworkflows", "]\nworkflows")
    assert "at least three" in parse_policy(text, name="p.yml").warnings[0]


def test_an_unknown_workflow_is_never_answered() -> None:
    """A workflow that is not named is an error and no default."""
    with pytest.raises(UnknownWorkflowError):
        default_policy().workflow("refunds")


HOOK = "      url: https://x.example/a\n"
SIGNED = "      secret_env: HOOK_SECRET\n"
REGISTRY = "      host: https://x.example\n      prompt: a\n"
FILE = "      path: a.md\n"
REMOTE = f"      remote: https://git.example/p.git\n{FILE}"
GITHUB = "      repository: acme/prompts\n      path: a.md\n"
WRONG_TARGETS = [
    ("git", FILE, 3, "target", "either a repository on this machine or a remote"),
    ("git", f"{REMOTE}      repository: p.git\n", 3, "target", "either a repository"),
    ("git", f"      remote: http://git.example/p.git\n{FILE}", 5, "target.remote", "https only"),
    ("git", f"      remote: https://u:hunter2@git.example/p.git\n{FILE}", 5, "target.remote", "password"),
    ("git", f"      remote: ssh://git.example/p.git\n{FILE}", 5, "target.remote", "ssh is not spoken"),
    ("git", f"      remote: git.example:hunter2/p.git\n{FILE}", 5, "target.remote", "ssh is not spoken"),
    ("git", f"{REMOTE}      token_env: hunter2-hunter2\n", 7, "target.token_env", "NAME"),
    ("git", f"{REMOTE}      username_env: GIT_USER\n", 3, "target", "goes with token_env"),
    ("git", f"      remote: p.git\n{FILE}      token_env: GIT_TOKEN\n", 3, "target", "over https"),
    ("git", f"      repository: p.git\n{FILE}      sign_key_env: GIT_KEY\n", 3, "target", "for a remote"),
    ("webhook", SIGNED, 3, "target", "'url' is missing"),
    ("webhook", HOOK, 3, "target", "'secret_env' is missing"),
    ("webhook", f"{HOOK}{SIGNED}      secret: hunter2\n", 7, "target.secret", "no key"),
    ("webhook", f"{HOOK}      secret_env: hunter2-hunter2\n", 6, "target.secret_env", "NAME"),
    ("webhook", f"{HOOK}      secret_env: SLACK_BOT_TOKEN\n", 6, "target.secret_env", "setting of this app"),
    ("webhook", f"{HOOK}      secret_env: DATABASE_URL\n", 6, "target.secret_env", "setting of this app"),
    ("webhook", f"{HOOK}{SIGNED}      stages: 1\n", 7, "target.stages", "true or false"),
    ("webhook", f"{HOOK}{SIGNED}      lag_seconds: -1\n", 7, "target.lag_seconds", "greater"),
    ("webhook", f"{HOOK}{SIGNED}      lag_seconds: soon\n", 7, "target.lag_seconds", "integer"),
    ("webhook", f"      url: http://x.example/\n{SIGNED}", 5, "target.url", "https only"),
    ("webhook", f"      url: https://u:hunter2@x.example/\n{SIGNED}", 5, "target.url", "no user"),
    ("webhook", f"      url: https://x.example/?a=1\n{SIGNED}", 5, "target.url", "query"),
    ("langfuse", "      label: live\n", 3, "target", "'prompt' is missing"),
    ("langfuse", "      prompt: a\n      label: latest\n", 6, "target.label", "at each new version"),
    ("langfuse", "      prompt: a\n      label: Live\n", 6, "target.label", "no label of Langfuse"),
    ("langfuse", "      prompt: a\n      canary_label: production\n", 3, "target", "two names"),
    (
        "langfuse",
        "      prompt: a\n      public_key_env: SLACK_X\n",
        6,
        "target.public_key_env",
        "setting of",
    ),
    ("langsmith", "      tag: live\n", 3, "target", "'prompt' is missing"),
    ("langsmith", "      prompt: me/a\n", 5, "target.prompt", "pattern"),
    ("langsmith", "      prompt: a\n      tag: latest\n", 6, "target.tag", "Name another tag"),
    ("langsmith", "      prompt: a\n      tag: 0123abcd\n", 6, "target.tag", "a commit"),
    ("langsmith", "      prompt: a\n      tag: a/b\n", 6, "target.tag", "no commit tag"),
    ("langsmith", "      prompt: a\n      canary_tag: production\n", 3, "target", "two names"),
    ("langsmith", "      prompt: a\n      workspace: mine\n", 6, "target.workspace", "pattern"),
    ("mlflow", "      host: https://x.example\n", 3, "target", "'prompt' is missing"),
    ("mlflow", "      prompt: a\n      host: http://x.example\n", 6, "target.host", "https only"),
    ("mlflow", f"{REGISTRY}      alias: v3\n", 7, "target.alias", "keeps for itself"),
    ("mlflow", f"{REGISTRY}      alias: a/b\n", 7, "target.alias", "no alias of MLflow"),
    ("mlflow", f"{REGISTRY}      username_env: ML_USER\n", 3, "target", "go together"),
    ("mlflow", f"{REGISTRY}      canary_alias: production\n", 3, "target", "two names"),
    ("mlflow", "      host: https://x.example\n      prompt: a/b\n", 6, "target.prompt", "pattern"),
    ("promptlayer", "      label: live\n", 3, "target", "'prompt' is missing"),
    ("promptlayer", '      prompt: "17"\n', 5, "target.prompt", "an id"),
    ("promptlayer", "      prompt: a\n      label: a/b\n", 6, "target.label", "no release label"),
    ("promptlayer", "      prompt: a\n      canary_label: production\n", 3, "target", "two names"),
    ("braintrust", "      prompt: a\n", 3, "target", "'project' is missing"),
    ("braintrust", "      project: A\n      prompt: a/b\n", 6, "target.prompt", "no slug"),
    (
        "braintrust",
        "      project: A\n      prompt: a\n      environment: a b\n",
        7,
        "target.environment",
        "no slug",
    ),
    ("agenta", "      host: https://x.example\n", 3, "target", "'prompt' is missing"),
    ("agenta", f"{REGISTRY}      environment: a b\n", 7, "target.environment", "pattern"),
    ("agenta", f"{REGISTRY}      canary_environment: production\n", 3, "target", "two names"),
    ("agenta", f"{REGISTRY}      api_key_env: SLACK_X\n", 7, "target.api_key_env", "setting of"),
    ("github", "      repository: acme/prompts\n", 3, "target", "'path' is missing"),
    ("github", "      path: a\n      repository: prompts\n", 6, "target.repository", "its owner"),
    ("github", "      path: a\n      repository: acme/..\n", 6, "target.repository", "its owner"),
    ("github", f"{GITHUB}      environment: a b\n", 7, "target.environment", "no environment"),
    ("github", f"{GITHUB}      canary_environment: Production\n", 3, "target", "two names"),
    ("github", f"{GITHUB}      via: push\n", 7, "target.via", "deployment"),
    ("github", f"{GITHUB}      branch_prefix: a..b\n", 7, "target.branch_prefix", "no name of a branch"),
    ("github", f"{GITHUB}      token_env: ghp_hunter2\n", 7, "target.token_env", "NAME"),
    ("opik", "      project: a\n", 3, "target", "'prompt' is missing"),
    ("opik", f"{REGISTRY}      environment: a b\n", 7, "target.environment", "pattern"),
    ("opik", f'{REGISTRY}      workspace: "a\\nb"\n', 7, "target.workspace", "pattern"),
    ("opik", f"{REGISTRY}      canary_environment: production\n", 3, "target", "two names"),
    ("phoenix", "      prompt: a\n", 3, "target", "'host' is missing"),
    ("phoenix", "      host: https://x.example\n      prompt: Refunds\n", 6, "target.prompt", "both ends"),
    ("phoenix", f"{REGISTRY}      tag: v-\n", 7, "target.tag", "no name in Phoenix"),
    ("phoenix", f"{REGISTRY}      canary_tag: production\n", 3, "target", "two names"),
    ("phoenix", f"{REGISTRY}      first_model: ''\n", 7, "target.first_model", "at least 1"),
    ("langfuse", "      prompt: a\n      host: x.example\n", 6, "target.host", "https://"),
]


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("workflows:\n  a:\n    owners: x\n", 3, "workflows.a.owners", "no key"),
        ("workflows: {}\nrule: {}\n", 2, "rule", "no key"),
        ("workflows:\n  a:\n    touches: [money, mony]\n", 3, "workflows.a.touches[1]", "not known"),
        ("workflows:\n  a:\n    customer_visible: 1\n", 3, "workflows.a.customer_visible", "true or false"),
        ("workflows:\n  a:\n    tools: x\n", 3, "workflows.a.tools", "list"),
        ("workflows:\n  a:\n    tools:\n", 3, "workflows.a.tools", "no value"),
        ("workflows:\n  a:\n    description: 5\n", 3, "workflows.a.description", "quotes"),
        ("workflows:\n  a:\n    approve:\n      mid: [U0BEN]\n", 4, "workflows.a.approve.mid", "no key"),
        ("workflows:\n  a:\n    approve: [bob]\n", 3, "workflows.a.approve[0]", "user group"),
        ("workflows:\n  a:\n    approve: [C0X1]\n", 3, "workflows.a.approve[0]", "cannot stand"),
        ("workflows:\n  a:\n    owner: S0TEAM\n", 3, "workflows.a.owner", "e-mail"),
        ("workflows:\n  a:\n    channel: U0BEN\n", 3, "workflows.a.channel", "channel id"),
        ("workflows:\n  a:\n    timezone: Mars/Base\n", 3, "workflows.a.timezone", "time zone"),
        ("workflows:\n  a:\n    timezone: ../../etc/passwd\n", 3, "workflows.a.timezone", "time zone"),
        (
            "workflows:\n  a:\n    working_hours: {to: 18:30}\n",
            3,
            "workflows.a.working_hours.to",
            "quotes",
        ),
        (
            "workflows:\n  a:\n    working_hours: {days: someday}\n",
            3,
            "workflows.a.working_hours.days",
            "mon-fri",
        ),
        (
            'workflows:\n  a:\n    working_hours: {from: "18:00", to: "09:00"}\n',
            3,
            "workflows.a.working_hours",
            "end after",
        ),
        (
            "workflows:\n  a:\n    target: {kind: gti}\n",
            3,
            "workflows.a.target",
            "github, langfuse, langsmith, manual, mlflow, opik, phoenix, promptlayer or webhook",
        ),
        (
            "workflows:\n  a:\n    target: {kind: policy}\n",
            3,
            "workflows.a.target.kind",
            "github, langfuse, langsmith, manual, mlflow, opik, phoenix, promptlayer or webhook",
        ),
        (
            "workflows:\n  a:\n    target:\n      kind: git\n      repository: r\n      path: ../x\n",
            6,
            "workflows.a.target.path",
            "inside the repository",
        ),
        *(
            (
                f"workflows:\n  a:\n    target:\n      kind: {kind}\n{rest}",
                line,
                f"workflows.a.{field}",
                words,
            )
            for kind, rest, line, field, words in WRONG_TARGETS
        ),
        ("workflows:\n  release-policy: {}\n", 2, "workflows.release-policy", "built in"),
        ("workflows:\n  a b: {}\n", 2, "workflows.a b", "letters, digits"),
        ("workflows:\n  a: {}\n  A: {}\n", 3, "workflows.A", "capitals"),
        ("workflows:\n  a: {}\n  a: {}\n", 3, "", "line 2"),
        (
            "workflows: {}\nrules: {kinds: {magic: {lane: low, because: why}}}\n",
            2,
            "rules.kinds.magic",
            "not known",
        ),
        ("workflows: {}\nrules: {impacts: {money: {lane: none}}}\n", 2, "rules.impacts.money.lane", "low"),
        (
            "workflows: {}\ngates:\n  retrieval: {impacts: [magic]}\n",
            3,
            "gates.retrieval.impacts[0]",
            "not known",
        ),
        ("workflows: {}\nlanes: {high: {approvals: 0}}\n", 2, "lanes.high.approvals", "1"),
        ("workflows: {}\nlanes: {high: {stages: [canary]}}\n", 2, "lanes.high", "full"),
        (
            "workflows: {}\nlanes: {low: {threshold: {pass_rate: .nan}}}\n",
            2,
            "lanes.low.threshold.pass_rate",
            "",
        ),
        ("workflows: {}\ndurations: {restore_window: soon}\n", 2, "durations.restore_window", "24h"),
        ("workflows: {}\ndurations: {magic: 1h}\n", 2, "durations.magic", "no key"),
        (
            "workflows: {}\nfreezes:\n - {from: 2030-01-01T00:00, to: 2030-01-02T00:00Z, because: why}\n",
            3,
            "freezes[0].from",
            "time zone",
        ),
        (
            FROZEN_NOWHERE,
            4,
            "freezes[0].workflows",
            "no workflow",
        ),
        ("policy_owners: []\n", 1, "", "missing"),
        ("", 1, "", "empty"),
        ("- a\n", 1, "", "mapping"),
        ("workflows:\n  a: [\n", 3, "", "YAML"),
        ("workflows: {}\n\x01\n", 2, "", "control character"),
        ("workflows: &x\n  a: *x\n", 1, "", "itself"),
        ("workflows: !!python/object:os.system {}\n", 1, "", "YAML"),
    ],
)
def test_a_fault_names_its_line_and_field_and_what_to_do(
    text: str, line: int, field: str, words: str
) -> None:
    """Each kind of fault is told where it stands, in plain words."""
    problems = _problems(text)
    assert any(p[0] == line and p[1] == field and words in p[2] for p in problems), problems


def test_all_faults_are_told_at_once() -> None:
    """A person mends a file in one go."""
    text = "workflows:\n  a:\n    touches: [x]\n    timezone: Mars\n    nonsense: 1\n"
    assert [problem[0] for problem in _problems(text)] == [3, 4, 5]


def test_a_flat_list_tells_its_fault_once() -> None:
    """One wrong name in a flat list is one problem, although it stands for three lanes."""
    assert len(_problems("workflows:\n  a:\n    approve: [bob]\n")) == 1


def test_two_workflows_cannot_share_a_pointer() -> None:
    """The same repository, path and pointer twice is an error; another pointer is none."""
    target = "{kind: git, repository: p.git, path: a.md, pointer: %s}"
    text = f"workflows:\n  a:\n    target: {target}\n  b:\n    target: {target}\n"
    assert "share" in _problems(text % ("live", "live"))[0][2]
    assert "share" in _problems(text % ("live", "live-canary"))[0][2]
    assert parse_policy(text % ("live", "other"), name="p.yml", attributes_only=True)
    target = "{kind: git, remote: 'https://git.example/p.git%s', path: a.md}"
    text = f"workflows:\n  a:\n    target: {target}\n  b:\n    target: {target}\n"
    assert "share" in _problems(text % ("", "/"))[0][2]


def test_two_workflows_cannot_share_what_they_move_elsewhere() -> None:
    """The same label of a prompt twice is an error, and on GitHub the same environment of a repository.

    A receiver is told the workflow, so its address may be shared.
    """
    target = "{kind: langfuse, prompt: refunds, label: %s, canary_label: %s}"
    text = f"workflows:\n  a:\n    target: {target}\n  b:\n    target: {target}\n"
    assert "share refunds on live" in _problems(text % ("live", "c", "live", "d"))[0][2]
    assert "share refunds on live" in _problems(text % ("live", "c", "other", "live"))[0][2]
    assert parse_policy(text % ("live", "c", "other", "d"), name="p.yml", attributes_only=True)
    target = "{kind: github, repository: %s, path: %s, environment: %s}"
    text = f"workflows:\n  a:\n    target: {target}\n  b:\n    target: {target}\n"
    said = _problems(text % ("acme/p", "a.md", "live", "Acme/p", "b.md", "Live"))[0][2]
    assert "share the deployments on live of https://api.github.com/acme/p." in said
    assert parse_policy(text % ("a/p", "a", "live", "a/p", "b", "b"), name="p.yml", attributes_only=True)
    target = "{kind: webhook, url: https://x.example/a, secret_env: HOOK_SECRET}"
    text = f"workflows:\n  a:\n    target: {target}\n  b:\n    target: {target}\n"
    assert parse_policy(text, name="p.yml", attributes_only=True)


def test_what_is_wrong_with_a_target_repeats_no_secret() -> None:
    """Whoever wrote one into the policy reads what to do, and nobody reads the secret."""
    for kind, rest, *_ in WRONG_TARGETS:
        text = f"workflows:\n  a:\n    target:\n      kind: {kind}\n{rest}"
        assert "hunter2" not in str(_problems(text)).replace("secret: hunter2", "")


def test_no_setting_of_the_app_can_be_named_as_a_credential() -> None:
    """Or whoever may change a policy could have the app's own token sent to a host of theirs."""
    for name in Settings.model_fields:
        text = (
            f"workflows:\n  a:\n    target: {{kind: langfuse, prompt: a, secret_key_env: {name.upper()}}}\n"
        )
        assert "setting of this app" in _problems(text)[0][2], name


def test_attributes_alone_are_enough_to_classify_and_not_to_release() -> None:
    """Channel, owner and target are missed only where a release is meant."""
    assert parse_policy("workflows: {a: {}}", name="p.yml", attributes_only=True)
    told = " ".join(problem[2] for problem in _problems("workflows: {a: {}}", attributes_only=False))
    assert all(f"'{key}' is missing" in told for key in ("channel", "owner", "target"))


def test_a_small_text_cannot_fill_the_memory() -> None:
    """Aliases that unfold without end are refused."""
    bomb = "workflows: {}\na0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{f'*a{i - 1},' * 9}]\n" for i in range(1, 12)
    )
    assert any("unfolds" in problem[2] for problem in _problems(bomb))


def test_a_text_that_is_no_policy_by_its_size_is_refused() -> None:
    """A huge text is refused before it is read."""
    assert "characters" in _problems("#" * 300_001)[0][2]


def test_deep_nesting_is_refused() -> None:
    """A thousand brackets are a sentence and no traceback."""
    assert _problems("workflows: " + "[" * 5_000)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_a_policy_error(text: str) -> None:
    """No text whatever ends in another exception."""
    for whole in (text, f"workflows:\n  a: {text}", f"workflows: {{}}\nlanes: {text}"):
        with suppress(PolicyError):
            parse_policy(whole, name="p.yml")


def _validator() -> jsonschema.Draft202012Validator:
    schema = policy_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_agrees_with_the_loader() -> None:
    """What loads is valid for an editor, and what does not is not."""
    validator = _validator()
    langfuse = "workflows: {a: {target: {kind: langfuse, prompt: a}}}"
    for text in (
        langfuse,
        FULL,
        default_text(),
        "workflows: {}",
        "workflows: {}\nlanes: {high: {approvals: 1}}",
    ):
        validator.validate(yaml.safe_load(text))
    for text in (
        "policy_owners: []",
        "workflows: {a: {wat: 1}}",
        "workflows: {a: {approve: {mid: []}}}",
        "workflows: {a: {approve: [bob]}}",
        "workflows: {a: {target: {kind: policy}}}",
        "workflows: {a: {target: {kind: webhook, url: 'https://x.example/'}}}",
        "workflows: {a: {target: {kind: langfuse, prompt: a, secret: b}}}",
        "workflows: {}\nrules: {kinds: {magic: {lane: low}}}",
        "workflows: {}\ndurations: {restore_window: soon}",
    ):
        assert not validator.is_valid(yaml.safe_load(text)), text
    assert json.dumps(validator.schema)


def test_every_section_of_the_default_says_why() -> None:
    """Each top-level key of the default policy has a comment right above it."""
    lines = default_text().splitlines()
    keys = [number for number, line in enumerate(lines) if line[:1].isalpha()]
    assert keys
    assert all(lines[number - 1].startswith("#") for number in keys)
