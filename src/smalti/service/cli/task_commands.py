"""Commands about the long work of a running service: `tasks …`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, gateway_at, out
from smalti.service.tasks import TaskView

tasks = typer.Typer(no_args_is_help=True, help="Long work that a running service does: list, cancel.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(tasks, name="tasks")


@tasks.command("list")
def list_(home: Home = None, as_json: Json = False) -> None:
    """List what goes on in the service and what has ended, newest first."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.tasks(), as_json=as_json)


@tasks.command("cancel")
def cancel(
    task: Annotated[str, typer.Argument(help="Id of a task.")], home: Home = None, as_json: Json = False
) -> None:
    """Call a task off. What it has stored by then stays, and asking again goes on from there."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show([gateway.cancel_task(task)], as_json=as_json)


def _show(found: Sequence[TaskView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    columns = ("id", "what", "who", "state", "asked", "how far")
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for one in found:
        far = ", ".join(f"{s.stage} {s.done}/{s.total}" for s in one.stages[-2:])
        told = f"{one.error.code}: {one.error.what}" if one.error else far
        asked = f"{one.asked_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(one.task_id, one.name, escape(one.who), one.state, asked, escape(told))
    out.print(
        table if found else "No tasks: what is asked of a running service in the background is shown here."
    )
