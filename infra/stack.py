"""The stack: it only composes."""

from aws_cdk import Stack
from constructs import Construct

from infra.data import Data
from infra.environment import Environment


class Consentry(Stack):
    """One deployment of consentry in one region."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        self.data = Data(self, "Data", environment=environment)
