"""The systems beyond this machine that tests release to: one module a kind, with what stands in for it.

Its maker yields a `System`: the stand-in behind a door, with what a policy says of it. A kind that is new
joins every suite of targets by its maker in `SYSTEMS`.
"""

from tests.systems.braintrust import local_braintrust
from tests.systems.langfuse import local_langfuse
from tests.systems.langsmith import local_langsmith
from tests.systems.mlflow import local_mlflow
from tests.systems.promptlayer import local_promptlayer
from tests.systems.receiver import local_receiver

SYSTEMS = {
    "webhook": local_receiver,
    "braintrust": local_braintrust,
    "langfuse": local_langfuse,
    "langsmith": local_langsmith,
    "mlflow": local_mlflow,
    "promptlayer": local_promptlayer,
}
