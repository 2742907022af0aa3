"""What ``cdk`` runs: ``cdk deploy -c environment=dev`` from the folder ``infra``.

Two steps where the environment's region is not us-east-1: CloudFront takes its web ACL from there alone, so the stack
``consentry-<environment>-firewall`` is deployed first and its ARN written into the environment's file. Until then the
main stack is not synthesised. A reference between regions would do it in one step at the price of two custom
resources with rights of their own.
"""

import sys
from pathlib import Path

from aws_cdk import App, CliCredentialsStackSynthesizer
from aws_cdk import Environment as Target

from infra.environment import EDGE_REGION, ROOT, Environment, load
from infra.packages import Built, Packages
from infra.stack import Consentry, FirewallStack


def build(app: App, environment: Environment, packages: Packages) -> Consentry | None:
    """Add the environment's stacks to ``app``; the main one, or None while its firewall has yet to be deployed."""
    domain = environment.domain
    if domain and environment.region != EDGE_REGION:
        FirewallStack(
            app,
            f"consentry-{environment.name}-firewall",
            environment=environment,
            env=Target(account=environment.account, region=EDGE_REGION),
        )
        if domain.firewall is None:
            return None
    return Consentry(
        app,
        f"consentry-{environment.name}",
        environment=environment,
        packages=packages,
        env=Target(account=environment.account, region=environment.region),
        # An emulator enforces IAM but knows nothing of the bootstrap's deployment roles.
        synthesizer=CliCredentialsStackSynthesizer() if environment.emulated else None,
    )


def _environment(name: str, issuer: str | None) -> Environment:
    """The environment of a file; on an emulator with an issuer whose port nobody knows beforehand.

    Raises:
        ValueError: as ``load``, or an issuer for a real deployment, which its file has to name.
    """
    environment = load(name)
    if issuer is None:
        return environment
    if not environment.emulated or environment.staff is None:
        raise ValueError(f"-c issuer= is for emulators; name {name}'s in infra/environments/{name}.yaml")
    return environment.model_copy(update={"staff": environment.staff.model_copy(update={"issuer": issuer})})


def main() -> None:
    """Synthesise for the command line."""
    app = App()
    name = app.node.try_get_context("environment")
    if not name:
        sys.exit("which environment? cdk … -c environment=dev (a file of infra/environments)")
    try:
        folder = app.node.try_get_context("packages")
        packages = Built(Path(folder) if folder else ROOT / ".build" / "packages" / name)
        stack = build(app, _environment(name, app.node.try_get_context("issuer")), packages)
    except ValueError as error:
        sys.exit(str(error))
    if stack is None:
        print(  # noqa: T201 -- to the operator at the command line
            f"only consentry-{name}-firewall is here yet: deploy it, then write its output FirewallArn into "
            f"domain.firewall of infra/environments/{name}.yaml",
            file=sys.stderr,
        )
    app.synth()


if __name__ == "__main__":
    main()
