"""What the office does with field reports: one case a report, and its steps.

Reports themselves are what officers sent (`gis_portal.officer.field`) and are never changed here.
Steps only grow: a trigger of the database and the app's grants see to it (`migrations/`).
"""

from django.conf import settings
from django.db import models

from gis_portal.officer.desk.life_cycle import NEW, STATES
from gis_portal.officer.field.models import FieldReport


class Case(models.Model):
    """Where a report stands now, told by its last steps; made when the first step is taken."""

    report = models.OneToOneField(
        FieldReport, models.PROTECT, primary_key=True, related_name="case"
    )
    state = models.CharField(max_length=20, default=NEW)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # The first answer to whoever reported; statistics count the time until then.
    answered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"


class Step(models.Model):
    """Something that was done with a report. Rows are added, never changed or taken away."""

    MOVED, ASSIGNED, ANSWERED, NOTED, SIGNED = "moved", "assigned", "answered", "noted", "signed"

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10)
    state = models.CharField(
        max_length=20, blank=True, choices=[(value, state.vi) for value, state in STATES.items()]
    )
    text = models.TextField(blank=True)
    # The minutes or decision that it rests on.
    decision_no = models.CharField(max_length=60, blank=True)
    decision_date = models.DateField(null=True)
    # The account's name then, not a link: accounts go, history stays as it was.
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)
        default_permissions = ()
        indexes = [
            # Serves the officer's app: what was answered since the last time it asked.
            models.Index(fields=["kind", "id"], name="desk_step_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.state}"
