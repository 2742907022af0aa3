"""Who is told what: alarms, the topic they go to, and the dashboard."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from consentry.base.telemetry import NAMESPACE
from infra.data import Data, camel
from infra.environment import Environment
from infra.functions import FUNCTIONS, Deployed
from infra.nag import acknowledge

_MINUTE = Duration.minutes(1)
_FIVE = Duration.minutes(5)
_ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
_QUIET = cloudwatch.TreatMissingData.NOT_BREACHING
_SILENCE_IS_BAD = cloudwatch.TreatMissingData.BREACHING

OUTBOX_AGE_SECONDS = 300
"""The sweep comes every minute: a message five minutes old is one that sweeps failed to send."""
RECHECK_AGE_SECONDS = 900
"""Enough for a re-check that was tried three times."""
REFUSAL_RATE = 0.5
"""Half of what pages send refused: a page and its content have come apart, or somebody is trying keys."""


def _own(metric: str, function_id: str, statistic: str, period: Duration = _FIVE) -> cloudwatch.Metric:
    """A metric that the function itself emits (``consentry.base.telemetry``)."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric,
        dimensions_map={"function": function_id},
        statistic=statistic,
        period=period,
    )


class Watch(Construct):
    """Alarms and a dashboard over everything else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        data: Data,
        functions: dict[str, Deployed],
        api_id: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self._data = data
        self._functions = functions
        self._api_id = api_id
        self._action = actions.SnsAction(self._topic())
        self._product_alarms()
        self._queue_alarms()
        self._function_alarms()
        self._dashboard()

    def _topic(self) -> sns.ITopic:
        alarms = self._environment.alarms
        if alarms.topic:
            return sns.Topic.from_topic_arn(self, "Topic", alarms.topic)
        topic = sns.Topic(
            self,
            "Topic",
            topic_name=f"consentry-{self._environment.name}-alarms",
            master_key=self._data.table_key,
            enforce_ssl=True,
        )
        topic.add_subscription(subscriptions.EmailSubscription(alarms.email or ""))
        acknowledge(
            topic,
            "Serverless-SNSRedrivePolicy",
            "An alarm's mail that cannot be delivered is not kept: the alarm's own state and history are",
        )
        self._data.table_key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # of a key's own policy: this key
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        return topic

    def _alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        meaning: str,
        *,
        threshold: float = 0,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = _QUIET,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            camel(name),
            alarm_name=f"consentry-{self._environment.name}-{name}",
            alarm_description=f"{meaning} See docs/operator-guide.md.",
            metric=metric,
            threshold=threshold,
            comparison_operator=_ABOVE,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)

    def _product_alarms(self) -> None:
        self._alarm(
            "outbox-age",
            _own("OutboxAgeSeconds", "leads-outbox", "Maximum", _MINUTE),
            f"Captured leads have waited over {OUTBOX_AGE_SECONDS} s to leave, or the sweep has stopped.",
            threshold=OUTBOX_AGE_SECONDS,
            periods=3,
            missing=_SILENCE_IS_BAD,
        )
        if self._environment.staff:
            self._alarm(
                "recheck-age",
                _own("RecheckAgeSeconds", "glossary-recheck", "Maximum", _MINUTE),
                f"What is published has not been judged for {RECHECK_AGE_SECONDS} s after the glossary changed, or the "
                "sweep has stopped.",
                threshold=RECHECK_AGE_SECONDS,
                periods=3,
                missing=_SILENCE_IS_BAD,
            )
        self._alarm(
            "consent-tampering",
            _own("EventTampering", "consent-watch", "Sum", _MINUTE),
            "A consent event, or a kept version of a document, was changed or deleted. Nobody may do that.",
        )
        # The emulator refuses an alarm on an expression; everything else of this stack it takes as it is.
        for function_id in () if self._environment.emulated else ("submissions-submit", "submissions-profile"):
            self._alarm(
                f"{function_id}-refusals",
                cloudwatch.MathExpression(
                    # Below twenty requests a rate says nothing.
                    expression="IF(requests > 20, refusals / requests, 0)",
                    using_metrics={
                        "refusals": _own("Refusals", function_id, "Sum"),
                        "requests": _own("Requests", function_id, "Sum"),
                    },
                    label="Refusal rate",
                    period=_FIVE,
                ),
                "More than half of what visitors send is refused.",
                threshold=REFUSAL_RATE,
                periods=2,
            )
        self._alarm(
            "api-5xx",
            cloudwatch.Metric(
                namespace="AWS/ApiGateway",
                metric_name="5xx",
                dimensions_map={"ApiId": self._api_id},
                statistic="Sum",
                period=_FIVE,
            ),
            "Visitors got server errors.",
        )

    def _queue_alarms(self) -> None:
        for name in ("captured-dead", "outbox-failure", "watch-failure", "recheck-dead"):
            self._alarm(
                f"{name}-depth",
                self._data.queues[name].metric_approximate_number_of_messages_visible(
                    statistic="Maximum", period=_MINUTE
                ),
                f"Something lies on {name}: it was given up and waits for a person.",
            )
        self._alarm(
            "captured-waiting",
            self._data.queues["captured"].metric_approximate_age_of_oldest_message(statistic="Maximum", period=_FIVE),
            "No consumer has taken a captured lead for a day; it expires after fourteen.",
            threshold=Duration.days(1).to_seconds(),
        )

    def _function_alarms(self) -> None:
        for function_id, deployed in self._functions.items():
            self._alarm(
                f"{function_id}-errors",
                deployed.function.metric_errors(period=_FIVE),
                f"{function_id} crashed, timed out or could not start.",
            )
            self._alarm(
                f"{function_id}-throttles",
                deployed.function.metric_throttles(period=_FIVE),
                f"{function_id} was not let run: the account's concurrency is used up.",
            )

    def _dashboard(self) -> None:
        visitors = [name for name in self._functions if name.partition("-")[0] in ("forms", "submissions")]
        staff = [name for name in self._functions if FUNCTIONS[name].staff]
        cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"consentry-{self._environment.name}",
            widgets=[
                [
                    self._graph("Requests", [self._functions[name].function.metric_invocations() for name in visitors]),
                    self._graph("Refusals", [_own("Refusals", name, "Sum") for name in visitors]),
                    self._graph("Failures", [_own("Failures", name, "Sum") for name in [*visitors, "leads-outbox"]]),
                ],
                [
                    self._graph("Outbox age, s", [_own("OutboxAgeSeconds", "leads-outbox", "Maximum", _MINUTE)]),
                    self._graph(
                        "Messages waiting",
                        [
                            queue.metric_approximate_number_of_messages_visible(label=name)
                            for name, queue in self._data.queues.items()
                        ],
                    ),
                    self._graph("Events changed", [_own("EventTampering", "consent-watch", "Sum")]),
                ],
                [
                    self._graph(
                        "Duration p99, ms",
                        [item.function.metric_duration(statistic="p99") for item in self._functions.values()],
                    ),
                    self._graph("Errors", [item.function.metric_errors() for item in self._functions.values()]),
                    self._graph("Throttles", [item.function.metric_throttles() for item in self._functions.values()]),
                ],
                *([self._staff(staff)] if staff else []),
            ],
        )

    def _staff(self, ids: list[str]) -> list[cloudwatch.IWidget]:
        return [
            self._graph("Staff: calls", [self._functions[name].function.metric_invocations() for name in ids]),
            self._graph("Staff: refusals", [_own("Refusals", name, "Sum") for name in ids]),
            self._graph("Re-check age, s", [_own("RecheckAgeSeconds", "glossary-recheck", "Maximum", _MINUTE)]),
        ]

    def _graph(self, title: str, metrics: list[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(title=title, left=metrics, width=8, height=6)
