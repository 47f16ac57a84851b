"""The systems beyond this machine that tests release to: one module a kind, with what stands in for it.

Its maker yields a `System`: the stand-in behind a door, with what a policy says of it. A kind that is new
joins every suite of targets by its maker in `SYSTEMS`.
"""

from tests.systems.agenta import local_agenta
from tests.systems.braintrust import local_braintrust
from tests.systems.github import local_github
from tests.systems.langfuse import local_langfuse
from tests.systems.langsmith import local_langsmith
from tests.systems.mlflow import local_mlflow
from tests.systems.opik import local_opik
from tests.systems.phoenix import local_phoenix
from tests.systems.promptlayer import local_promptlayer
from tests.systems.receiver import local_receiver

SYSTEMS = {
    "webhook": local_receiver,
    "agenta": local_agenta,
    "braintrust": local_braintrust,
    "github": local_github,
    "langfuse": local_langfuse,
    "langsmith": local_langsmith,
    "mlflow": local_mlflow,
    "opik": local_opik,
    "phoenix": local_phoenix,
    "promptlayer": local_promptlayer,
}
