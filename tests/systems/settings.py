"""A version with another model, made in each registry as its own browser makes it."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.systems import agenta, braintrust, langfuse, langsmith, mlflow, opik, phoenix, promptlayer
from tests.systems.system import System

Add = Callable[[Any, str, str], str]
"""Stores a text with a model, live nowhere; gives the version."""


def _langsmith(local: langsmith.LocalLangsmith, text: str, model: str) -> str:
    """As a chain of the prompt and the model, which is what LangSmith's playground stores."""
    chat = {"lc": 1, "type": "constructor", "id": ["langchain", "chat_models", "ChatOpenAI"]}
    chain = {"first": langsmith.string_prompt(text), "last": {**chat, "kwargs": {"model_name": model}}}
    sequence = ["langchain", "schema", "runnable", "RunnableSequence"]
    made = {"lc": 1, "type": "constructor", "id": sequence, "kwargs": chain}
    return str(local.add(langsmith.PROMPT, made)["commit_hash"])


_ADD: Mapping[str, Add] = {
    "agenta": lambda local, text, model: local.add(agenta.PROMPT, text, llm_config={"model": model}),
    "braintrust": lambda local, text, model: local.add(
        braintrust.PROMPT, braintrust.completion(text, options={"model": model})
    ),
    "langfuse": lambda local, text, model: str(
        local.add(langfuse.PROMPT, text, config={"model": model})["version"]
    ),
    "langsmith": _langsmith,
    "mlflow": lambda local, text, model: local.add(
        mlflow.MODEL, text, _mlflow_prompt_model_config=f'{{"model_name": "{model}"}}'
    ),
    "opik": lambda local, text, model: local.add(opik.PROMPT, text, metadata={"model": model}),
    "phoenix": lambda local, text, model: local.add(phoenix.PROMPT, text, model_name=model),
    "promptlayer": lambda local, text, model: str(
        local.add(promptlayer.PROMPT, promptlayer.completion(text), metadata={"model": {"name": model}})
    ),
}
REGISTRIES = tuple(_ADD)
MODEL_IS_AT = {
    "agenta": "llm_config.model",
    "braintrust": "options.model",
    "langfuse": "model",
    "langsmith": "last.model_name",
    "mlflow": "model_config.model_name",
    "opik": "metadata.model",
    "phoenix": "model_name",
    "promptlayer": "model.name",
}
"""The name of the setting that says which model answers."""


def with_model(system: System, text: str, model: str) -> str:
    """Somebody stores a text with a model in the registry; gives the version."""
    return _ADD[system.kind](system.local, text, model)
