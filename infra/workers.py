"""The workers: functions that a stream or the clock calls, and what becomes of what they cannot do."""

import json
from collections.abc import Mapping

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.data import Data, camel
from infra.environment import Environment
from infra.functions import Code, Deployed
from infra.nag import acknowledge

# A lead rings the bell when it is written with something to send, and again when a later stage adds to it.
PENDING = {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"pending": {"S": [{"exists": True}]}}}}
CHANGED = {"eventName": ["MODIFY", "REMOVE"]}
# Heads and counters move with every write; the versions behind them never.
VERSION_CHANGED = {**CHANGED, "dynamodb": {"Keys": {"version": {"S": [{"anything-but": ["HEAD"]}]}}}}


class Workers(Construct):
    """``leads-outbox`` on the stream of leads and every minute, ``consent-watch`` on the streams of what is kept.

    With staff, ``glossary-recheck`` on its queue and every minute.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, data: Data, code: Code
    ) -> None:
        super().__init__(scope, construct_id)
        self._data = data
        self.functions = {
            function_id: Deployed(
                self,
                camel(function_id),
                function_id=function_id,
                environment=environment,
                data=data,
                code=code,
                published=False,
            )
            for function_id in ("leads-outbox", "consent-watch", *(("glossary-recheck",) if environment.staff else ()))
        }
        self._stream("leads-outbox", "leads", "outbox-failure", PENDING, retries=5, parallel=4)
        self._stream("consent-watch", "consents", "watch-failure", CHANGED, retries=20, parallel=1)
        self._stream(
            "consent-watch", "editorial", "watch-failure", VERSION_CHANGED, retries=20, parallel=1, suffix="Editorial"
        )
        self._every_minute("leads-outbox", "outbox-failure")
        if environment.staff:
            self._queue("glossary-recheck", "recheck")
            self._every_minute("glossary-recheck", "recheck-dead")

    def _stream(
        self,
        function_id: str,
        table: str,
        failure: str,
        pattern: Mapping[str, object],
        *,
        retries: int,
        parallel: int,
        suffix: str = "",
    ) -> None:
        """A filtered stream; a batch that keeps failing is halved, then set aside (its position, no data)."""
        deployed = self.functions[function_id]
        mapping = lambda_.CfnEventSourceMapping(
            self,
            f"{camel(function_id)}{suffix}Stream",
            function_name=deployed.function.function_arn,
            event_source_arn=self._data.tables[table].table_stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=100,
            parallelization_factor=parallel,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=retries,
            maximum_record_age_in_seconds=21600,
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(
                        pattern=json.dumps(pattern, separators=(",", ":"), sort_keys=True)
                    )
                ]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=self._data.queues[failure].queue_arn
                )
            ),
        )
        mapping.node.add_dependency(deployed.policy)

    def _queue(self, function_id: str, queue: str) -> None:
        """A queue's messages one by one, at most two at a time: each may take a minute and is its own piece of work."""
        deployed = self.functions[function_id]
        mapping = lambda_.CfnEventSourceMapping(
            self,
            f"{camel(function_id)}Queue",
            function_name=deployed.function.function_arn,
            event_source_arn=self._data.queues[queue].queue_arn,
            batch_size=1,
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=2),
        )
        acknowledge(
            mapping,
            "Serverless-LambdaEventSourceMappingDestination",
            "A queue sets aside what failed by its own redrive policy; a destination is for streams",
        )
        mapping.node.add_dependency(deployed.policy)

    def _every_minute(self, function_id: str, failure: str) -> None:
        """The safety net under the doorbell. It is not retried: the next one is a minute away."""
        function = self.functions[function_id].function
        rule = events.CfnRule(
            self,
            f"{camel(function_id)}Minute",
            description=f"{function_id}: sweep",
            schedule_expression="rate(1 minute)",
            targets=[events.CfnRule.TargetProperty(arn=function.function_arn, id=function_id, input="{}")],
        )
        acknowledge(
            rule,
            "Serverless-EventBusDLQ",
            "A sweep that could not be started is not worth keeping: the next comes a minute later, and silence alarms",
        )
        lambda_.CfnPermission(
            self,
            f"{camel(function_id)}MinutePermission",
            action="lambda:InvokeFunction",
            function_name=function.function_arn,
            principal="events.amazonaws.com",
            source_arn=rule.attr_arn,
        )
        unanswered = lambda_.CfnEventInvokeConfig(
            self,
            f"{camel(function_id)}Unanswered",
            function_name=function.function_name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=60,
            maximum_retry_attempts=0,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=self._data.queues[failure].queue_arn
                )
            ),
        )
        unanswered.node.add_dependency(self.functions[function_id].policy)
