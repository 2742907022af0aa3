"""The stacks: they only compose."""

from aws_cdk import Stack
from constructs import Construct

from infra.api import Api
from infra.data import Data
from infra.edge import Edge, Firewall
from infra.environment import EDGE_REGION, Environment
from infra.functions import Code
from infra.packages import Packages
from infra.watch import Watch
from infra.workers import Workers


class FirewallStack(Stack):
    """The web ACL of an environment whose own region is not CloudFront's."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, **stack: object) -> None:
        super().__init__(scope, construct_id, **stack)
        Firewall(self, "Firewall", environment=environment)


class Consentry(Stack):
    """One deployment of consentry in one region."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, packages: Packages, **stack: object
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self.data = Data(self, "Data", environment=environment)
        code = Code(self, "Code", packages=packages, emulated=environment.emulated)
        self.api = Api(self, "Api", environment=environment, data=self.data, code=code)
        self.workers = Workers(self, "Workers", environment=environment, data=self.data, code=code)
        if environment.domain:
            Edge(
                self,
                "Edge",
                environment=environment,
                domain=environment.domain,
                origins=self.api.origins,
                firewall=environment.domain.firewall or self._firewall(environment),
            )
        Watch(
            self,
            "Watch",
            environment=environment,
            data=self.data,
            functions={**self.api.functions, **self.workers.functions},
            api_id=self.api.api.ref,
        )

    def _firewall(self, environment: Environment) -> str:
        if environment.region != EDGE_REGION:
            raise ValueError(
                f"deploy consentry-{environment.name}-firewall first and write its output FirewallArn "
                f"into domain.firewall of infra/environments/{environment.name}.yaml"
            )
        return str(Firewall(self, "Firewall", environment=environment).acl.attr_arn)
