"""Alerts as commands handle them: in the store of this process, or through a running service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from smalti.platform.audit import CHANGE, Audit, Entry
from smalti.platform.auth.users import LOCAL
from smalti.service.alerts import channels, history, recipients, rules, stored
from smalti.service.alerts.backtests import BacktestView, backtest_rule
from smalti.service.alerts.channels import Channel, ChannelView
from smalti.service.alerts.conditions import Rule
from smalti.service.alerts.deliveries import DeliveryView, list_deliveries, try_channel
from smalti.service.alerts.history import RulePrecision
from smalti.service.alerts.recipients import Recipient, RecipientView
from smalti.service.alerts.rules import RuleView
from smalti.service.alerts.stored import AlertDetail, AlertView, Verdict
from smalti.service.asking import Asking, record
from smalti.service.engine import Engine

T = TypeVar("T")


class AlertDesk(Protocol):
    """Rules, alerts, recipients and channels."""

    def rules(self) -> Sequence[RuleView]:
        """The rules, by name."""

    def add_rule(self, rule: Rule) -> RuleView:
        """A new rule, which is off.

        Raises:
            NotFound: there is no such issuer or watchlist.
        """

    def switch_rule(self, rule_id: str, on: bool, *, force: bool = False) -> RuleView:
        """Switch a rule on or off.

        Raises:
            NotFound: there is no such rule.
            Conflict: it was never back-tested, and `force` is not given.
        """

    def remove_rule(self, rule_id: str) -> None:
        """Take a rule away; its alerts stay.

        Raises:
            NotFound: there is no such rule.
        """

    def backtest(self, rule_id: str, begins: datetime | None, ends: datetime | None) -> BacktestView:
        """What a rule would have raised between two moments, and how right it would have been.

        Raises:
            NotFound: there is no such rule.
        """

    def alerts(
        self, issuer: str | None = None, state: str | None = None, limit: int = 100
    ) -> Sequence[AlertView]:
        """The newest alerts, of one issuer, or that are `new` or `acknowledged`."""

    def alert(self, alert_id: str) -> AlertDetail:
        """An alert with its evidence and history.

        Raises:
            NotFound: no alert, or several, have an id that begins so.
        """

    def acknowledge(self, alert_id: str) -> AlertDetail:
        """Say that somebody saw it; errors as `alert`."""

    def assign(self, alert_id: str, to: str) -> AlertDetail:
        """Say who sees to it; errors as `alert`."""

    def comment(self, alert_id: str, text: str) -> AlertDetail:
        """Write something about it; errors as `alert`."""

    def judge(self, alert_id: str, verdict: Verdict, text: str = "") -> AlertDetail:
        """Say whether it was right; errors as `alert`."""

    def precision(self) -> Sequence[RulePrecision]:
        """How right people found each rule's alerts."""

    def recipients(self) -> Sequence[RecipientView]:
        """Who is told, by name."""

    def put_recipient(self, recipient: Recipient) -> Recipient:
        """Add a recipient, or change the one of that name.

        Raises:
            NotFound: one of the channels is not there.
        """

    def remove_recipient(self, name: str) -> None:
        """Tell somebody no more.

        Raises:
            NotFound: there is no such recipient.
        """

    def channels(self) -> Sequence[ChannelView]:
        """Where messages are sent, by name."""

    def add_channel(self, channel: Channel, secret: str | None) -> ChannelView:
        """A new channel.

        Raises:
            SettingsError: its address or secret is not of its kind.
            Refused: the address may not be asked.
        """

    def set_secret(self, channel_id: str, secret: str) -> ChannelView:
        """Give a channel another secret.

        Raises:
            NotFound: there is no such channel.
            SettingsError: it is no secret of its kind.
        """

    def remove_channel(self, channel_id: str) -> None:
        """Send nothing there any more.

        Raises:
            NotFound: there is no such channel.
        """

    def try_channel(self, channel_id: str) -> DeliveryView:
        """Send a test message at once.

        Raises:
            NotFound: there is no such channel.
        """

    def deliveries(self, channel: str | None = None, state: str | None = None) -> Sequence[DeliveryView]:
        """The newest messages and how they go."""


class LocalAlerts:
    """See `AlertDesk`: by whoever may read the home folder, and noted in the audit log."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine, self._store, self._audit = engine, engine.store, audit

    def rules(self) -> Sequence[RuleView]:
        """See `AlertDesk.rules`."""
        return rules.all_rules(self._store)

    def add_rule(self, rule: Rule) -> RuleView:
        """See `AlertDesk.add_rule`."""
        made = rules.add_rule(self._store, rule, LOCAL)
        return self._noted("alerts rules add", made.rule_id, made)

    def switch_rule(self, rule_id: str, on: bool, *, force: bool = False) -> RuleView:
        """See `AlertDesk.switch_rule`."""
        made = rules.switch_rule(self._store, rule_id, on, LOCAL, force=force)
        return self._noted("alerts rules switch", made.rule_id, made)

    def remove_rule(self, rule_id: str) -> None:
        """See `AlertDesk.remove_rule`."""
        rules.remove_rule(self._store, rule_id, LOCAL)
        self._noted("alerts rules remove", rule_id, None)

    def backtest(self, rule_id: str, begins: datetime | None, ends: datetime | None) -> BacktestView:
        """See `AlertDesk.backtest`."""
        made = backtest_rule(self._engine, rule_id, begins, ends, LOCAL)
        return self._noted("alerts rules backtest", made.rule_id, made)

    def alerts(
        self, issuer: str | None = None, state: str | None = None, limit: int = 100
    ) -> Sequence[AlertView]:
        """See `AlertDesk.alerts`."""
        return stored.list_alerts(self._store, issuer=issuer, state=state, limit=limit)

    def alert(self, alert_id: str) -> AlertDetail:
        """See `AlertDesk.alert`."""
        return stored.alert_detail(self._store, alert_id)

    def acknowledge(self, alert_id: str) -> AlertDetail:
        """See `AlertDesk.acknowledge`."""
        made = history.acknowledge(self._store, alert_id, LOCAL)
        return self._noted("alerts acknowledge", made.alert.alert_id, made)

    def assign(self, alert_id: str, to: str) -> AlertDetail:
        """See `AlertDesk.assign`."""
        made = history.assign(self._store, alert_id, to, LOCAL)
        return self._noted("alerts assign", made.alert.alert_id, made)

    def comment(self, alert_id: str, text: str) -> AlertDetail:
        """See `AlertDesk.comment`."""
        made = history.comment(self._store, alert_id, text, LOCAL)
        return self._noted("alerts comment", made.alert.alert_id, made)

    def judge(self, alert_id: str, verdict: Verdict, text: str = "") -> AlertDetail:
        """See `AlertDesk.judge`."""
        made = history.judge(self._store, alert_id, verdict, LOCAL, text)
        return self._noted("alerts verdict", made.alert.alert_id, made)

    def precision(self) -> Sequence[RulePrecision]:
        """See `AlertDesk.precision`."""
        return history.precision_by_rule(self._store)

    def recipients(self) -> Sequence[RecipientView]:
        """See `AlertDesk.recipients`."""
        return recipients.all_recipients(self._store)

    def put_recipient(self, recipient: Recipient) -> Recipient:
        """See `AlertDesk.put_recipient`."""
        made = recipients.put_recipient(self._store, recipient)
        return self._noted("alerts recipients set", made.name, made)

    def remove_recipient(self, name: str) -> None:
        """See `AlertDesk.remove_recipient`."""
        recipients.remove_recipient(self._store, name)
        self._noted("alerts recipients remove", name, None)

    def channels(self) -> Sequence[ChannelView]:
        """See `AlertDesk.channels`."""
        return channels.all_channels(self._store)

    def add_channel(self, channel: Channel, secret: str | None) -> ChannelView:
        """See `AlertDesk.add_channel`."""
        made = channels.add_channel(self._store, self._engine.settings, channel, secret, LOCAL)
        return self._noted("alerts channels add", made.channel_id, made)

    def set_secret(self, channel_id: str, secret: str) -> ChannelView:
        """See `AlertDesk.set_secret`."""
        made = channels.set_secret(self._store, self._engine.settings, channel_id, secret, LOCAL)
        return self._noted("alerts channels secret", made.channel_id, made)

    def remove_channel(self, channel_id: str) -> None:
        """See `AlertDesk.remove_channel`."""
        channels.remove_channel(self._store, channel_id)
        self._noted("alerts channels remove", channel_id, None)

    def try_channel(self, channel_id: str) -> DeliveryView:
        """See `AlertDesk.try_channel`."""
        made = try_channel(self._engine, channel_id, self._store.now())
        return self._noted("alerts channels test", made.channel_id, made)

    def deliveries(self, channel: str | None = None, state: str | None = None) -> Sequence[DeliveryView]:
        """See `AlertDesk.deliveries`."""
        return list_deliveries(self._store, channel, state)

    def _noted(self, action: str, subject: str, made: T) -> T:
        self._audit.record(Entry(CHANGE, LOCAL, "local", action, subject))
        return made


class RemoteAlerts:
    """See `AlertDesk`: through the routes of a running service."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def rules(self) -> Sequence[RuleView]:
        """See `AlertDesk.rules`."""
        return self._ask.all(RuleView, "alert-rules")

    def add_rule(self, rule: Rule) -> RuleView:
        """See `AlertDesk.add_rule`."""
        return record(RuleView, self._ask.send("POST", "alert-rules", **rule.model_dump(mode="json")))

    def switch_rule(self, rule_id: str, on: bool, *, force: bool = False) -> RuleView:
        """See `AlertDesk.switch_rule`."""
        return record(RuleView, self._ask.send("POST", "alert-rules", rule_id, "switch", on=on, force=force))

    def remove_rule(self, rule_id: str) -> None:
        """See `AlertDesk.remove_rule`."""
        self._ask.send("DELETE", "alert-rules", rule_id)

    def backtest(self, rule_id: str, begins: datetime | None, ends: datetime | None) -> BacktestView:
        """See `AlertDesk.backtest`."""
        when = {name: moment and moment.isoformat() for name, moment in (("begins", begins), ("ends", ends))}
        return record(BacktestView, self._ask.send("POST", "alert-rules", rule_id, "backtests", **when))

    def alerts(
        self, issuer: str | None = None, state: str | None = None, limit: int = 100
    ) -> Sequence[AlertView]:
        """See `AlertDesk.alerts`."""
        return self._ask.first(AlertView, "alerts", issuer=issuer, state=state, limit=limit)

    def alert(self, alert_id: str) -> AlertDetail:
        """See `AlertDesk.alert`."""
        return self._ask.one(AlertDetail, "alerts", alert_id)

    def acknowledge(self, alert_id: str) -> AlertDetail:
        """See `AlertDesk.acknowledge`."""
        return self._event(alert_id, "acknowledge")

    def assign(self, alert_id: str, to: str) -> AlertDetail:
        """See `AlertDesk.assign`."""
        return self._event(alert_id, "assign", to=to)

    def comment(self, alert_id: str, text: str) -> AlertDetail:
        """See `AlertDesk.comment`."""
        return self._event(alert_id, "comment", text=text)

    def judge(self, alert_id: str, verdict: Verdict, text: str = "") -> AlertDetail:
        """See `AlertDesk.judge`."""
        return self._event(alert_id, "verdict", verdict=verdict, text=text)

    def precision(self) -> Sequence[RulePrecision]:
        """See `AlertDesk.precision`."""
        return self._ask.all(RulePrecision, "alert-rules", "precision")

    def recipients(self) -> Sequence[RecipientView]:
        """See `AlertDesk.recipients`."""
        return self._ask.all(RecipientView, "recipients")

    def put_recipient(self, recipient: Recipient) -> Recipient:
        """See `AlertDesk.put_recipient`."""
        told = recipient.model_dump(mode="json")
        return record(Recipient, self._ask.send("PUT", "recipients", told.pop("name"), **told))

    def remove_recipient(self, name: str) -> None:
        """See `AlertDesk.remove_recipient`."""
        self._ask.send("DELETE", "recipients", name)

    def channels(self) -> Sequence[ChannelView]:
        """See `AlertDesk.channels`."""
        return self._ask.all(ChannelView, "channels")

    def add_channel(self, channel: Channel, secret: str | None) -> ChannelView:
        """See `AlertDesk.add_channel`."""
        told = channel.model_dump(mode="json")
        return record(ChannelView, self._ask.send("POST", "channels", channel=told, secret=secret))

    def set_secret(self, channel_id: str, secret: str) -> ChannelView:
        """See `AlertDesk.set_secret`."""
        return record(ChannelView, self._ask.send("PUT", "channels", channel_id, "secret", secret=secret))

    def remove_channel(self, channel_id: str) -> None:
        """See `AlertDesk.remove_channel`."""
        self._ask.send("DELETE", "channels", channel_id)

    def try_channel(self, channel_id: str) -> DeliveryView:
        """See `AlertDesk.try_channel`."""
        return record(DeliveryView, self._ask.send("POST", "channels", channel_id, "test"))

    def deliveries(self, channel: str | None = None, state: str | None = None) -> Sequence[DeliveryView]:
        """See `AlertDesk.deliveries`."""
        return self._ask.all(DeliveryView, "deliveries", channel=channel, state=state)

    def _event(self, alert_id: str, what: str, **told: str) -> AlertDetail:
        return record(AlertDetail, self._ask.send("POST", "alerts", alert_id, what, **told))
