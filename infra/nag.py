"""Acknowledged findings of cdk-nag, each with the reason it is right here."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept ``rule`` on ``construct`` alone."""
    Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason=reason))
