"""The task of the queue: mails that are due, so that nobody waits for housekeeping to confirm."""

from django_tasks import task

from gis_portal.follow.sending import send_due


@task(priority=5)
def send_mails() -> int:
    """Answers how many were sent."""
    return send_due()
