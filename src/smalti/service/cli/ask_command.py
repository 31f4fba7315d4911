"""The command `ask`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.panel import Panel
from rich.text import Text

from smalti.assistant.records import Answer, Audience, Citation, Sentence, Status
from smalti.platform.errors import SettingsError, SmaltiError
from smalti.service.assistant_views import LessonView, TurnView
from smalti.service.cli import output
from smalti.service.cli.common import AsOf, Home, Json, err, gateway_at, out, read_moment
from smalti.service.gateway import Gateway

EXIT_UNANSWERED = 7
"""The question was understood, but nothing stored supports an answer, or it was declined or asked back."""

_SHOWN_LESSONS = 50


def ask(  # noqa: PLR0913, PLR0917 - each is an option of the command
    question: Annotated[
        str | None, typer.Argument(help="In plain words; without it, one after the other is asked for.")
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", help="Whom you look at: name, ticker, CIK or id.")
    ] = None,
    as_of: AsOf = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="Go on with this conversation.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Ask on after the answer, in the same conversation.")
    ] = False,
    customer: Annotated[bool, typer.Option("--customer", help="As a customer would be answered.")] = False,
    good: Annotated[str | None, typer.Option("--good", help="Turn whose answer was good.")] = None,
    bad: Annotated[str | None, typer.Option("--bad", help="Turn whose answer was not.")] = None,
    correction: Annotated[
        str | None, typer.Option("--correction", help="With --bad: what would have been right.")
    ] = None,
    feedback: Annotated[bool, typer.Option("--feedback", help="List what people said of answers.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write that as JSON Lines to a file.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ask the assistant: every sentence of the answer cites its evidence.

    Exit 0: answered, in whole or part; 7: it says that it does not know, asks back, or may not answer;
    others as of every command.
    """
    with gateway_at(home, as_json=as_json) as gateway:
        if good or bad:
            _rate(gateway, good, bad, correction, as_json=as_json)
            return
        if feedback or export:
            _list(gateway.assistant.lessons(), export, as_json=as_json)
            return
        asking = _Asking(gateway, conversation, issuer, read_moment(as_of), customer, as_json)
        if question is None:
            if as_json:
                raise SettingsError("no question", subject="--json", mend='smalti ask "…" --json')
            asking.on()
            return
        turn = asking.ask(question)
        if follow and not as_json:
            asking.on()
    if turn.answer.status not in (Status.ANSWERED, Status.PARTLY):
        raise typer.Exit(EXIT_UNANSWERED)


class _Asking:
    """Questions of one conversation."""

    def __init__(
        self,
        gateway: Gateway,
        conversation: str | None,
        issuer: str | None,
        as_of: datetime | None,
        customer: bool,
        as_json: bool,
    ) -> None:
        self._assistant = gateway.assistant
        self._conversation, self._issuer, self._as_of = conversation, issuer, as_of
        self._audience = Audience.CUSTOMER if customer else None
        self._as_json = as_json

    def ask(self, question: str) -> TurnView:
        """One question, its answer shown."""
        turn = self._assistant.ask(
            question, self._conversation, self._issuer, self._as_of, self._audience, None
        )
        self._conversation = turn.conversation_id
        if self._as_json:
            output.print_json(turn)
        else:
            show(turn)
        return turn

    def on(self) -> None:
        """Questions until there are no more: an empty line, or the end of input."""
        while True:
            err.print("[bold]?[/] ", end="")
            line = sys.stdin.readline()
            if not line.strip():
                return
            try:
                self.ask(line)
            except SmaltiError as error:
                err.print(Text(str(error), "red"))


def show(turn: TurnView) -> None:
    """An answer: its sentences, how numbers were made, where it all stands."""
    answer = turn.answer
    out.print(_sentences(answer.sentences))
    for one in answer.computations:
        head = Text("  ").append(one.formula, "italic")
        out.print(head.append(f" = {one.worked} = {one.result.text}").append(_source(one.source), "dim"))
    if answer.citations:
        out.print()
    for citation in answer.citations:
        out.print(_cited(citation))
    _say(answer)
    out.print(Text(f"turn {turn.turn_id}, conversation {turn.conversation_id}, {turn.ms} ms", "dim"))


def _say(answer: Answer) -> None:
    for note in answer.notes:
        out.print(Text(f"note: {note}", "yellow"))
    for offer in answer.offers:
        out.print(Text(f"ask: {offer}", "cyan"))


def _sentences(sentences: Sequence[Sentence]) -> Text:
    told = Text()
    for one in sentences:
        if one.quoted:
            told.append("\n  “").append(one.text, "italic").append("”")
        else:
            told.append(" " if told.plain else "").append(one.text)
        told.append("".join(f" [{mark}]" for mark in one.cites), "cyan")
    return told


def _source(source: str) -> str:
    return f"  ({source})" if source else ""


def _cited(citation: Citation) -> Text:
    told = Text(f"[{citation.mark}] ", "cyan").append(citation.title or citation.document_id, "bold")
    where = ", ".join(filter(None, (citation.source, citation.where, f"{citation.available_at:%Y-%m-%d}")))
    told.append(f"  {where}", "dim")
    if citation.synthetic:
        told.append("  synthetic", "magenta")
    if citation.suspicious:
        told.append(f"  {citation.suspicious}", "red")
    return told.append(f"\n    {citation.quote}")


def _rate(
    gateway: Gateway, good: str | None, bad: str | None, correction: str | None, *, as_json: bool
) -> None:
    if good and bad:
        raise SettingsError("one answer at a time", subject="--good --bad", mend="give one of them")
    thumb: Literal["up", "down"] = "up" if good else "down"
    made = gateway.assistant.rate(good or bad or "", thumb, correction or "")
    if as_json:
        output.print_json(made)
    else:
        out.print("Thank you: it is kept, and the evaluation asks this question again.")


def _list(found: Sequence[LessonView], export: Path | None, *, as_json: bool) -> None:
    if export is not None:
        from smalti.service.assistant.learning import as_lines

        export.write_text("".join(f"{line}\n" for line in as_lines(found)), encoding="utf-8")
    if as_json:
        output.print_json(found)
        return
    for one in found[:_SHOWN_LESSONS]:
        title = f"{one.thumb or 'corrected'}, {one.made_by}, {one.made_at:%Y-%m-%d}"
        told = Text(one.question, "bold").append(f"\n{one.answer}", "default")
        if one.correction:
            told.append(f"\nright: {one.correction}", "green")
        out.print(Panel(told, title=title, title_align="left"))
    if not found:
        out.print("Nobody has said anything of an answer yet.")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(ask)
