"""Long work in the background: what goes on, what came of it, and calling it off."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.platform.auth import Role
from smalti.platform.errors import NotAllowed
from smalti.service.api.access import Analyst
from smalti.service.api.pages import Page
from smalti.service.api.state import TheService
from smalti.service.api.values import Id
from smalti.service.tasks import TaskView

router = APIRouter(tags=["tasks"])


@router.get("/tasks")
def tasks(service: TheService, who: Analyst) -> Page[TaskView]:
    """Tasks of this run of the service, newest first: those that go on, and the last 200 that ended."""
    return Page(items=service.tasks.all(), next=None)


@router.get("/tasks/{task_id}")
def task(task_id: Id, service: TheService, who: Analyst) -> TaskView:
    """One task, with its progress and, once it is over, its result or error."""
    return service.tasks.find(task_id)


@router.delete("/tasks/{task_id}")
def cancel_task(task_id: Id, service: TheService, who: Analyst) -> TaskView:
    """Call a task off: one's own, or as an admin anybody's. What it stored by then stays."""
    found = service.tasks.find(task_id)
    if found.who != who.name and not who.role.may(Role.ADMIN):
        raise NotAllowed("it was asked for by somebody else", subject=task_id, mend="ask them, or an admin")
    return service.tasks.cancel(task_id, f"called off by {who.name}")
