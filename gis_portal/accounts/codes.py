"""Codes of a second factor work once.

allauth remembers the code of an app for one step of time, but takes it a step before and after:
somebody who read it over a shoulder could sign in with it a minute later. A recovery code is
crossed out by reading and writing, which two requests at once could do both.
"""

import hashlib

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from django.core.cache import cache

# Longer than any code of an app is taken: its step, and one on either side.
_REMEMBERED = 180


class Once(BaseAuthenticateForm):
    """Of a code that is right, whoever comes second is told what everybody with a wrong one is."""

    def clean_code(self) -> str:
        """Raises a ValidationError."""
        code: str = super().clean_code()
        said = f"{self.user.pk} {''.join(code.split())}"
        digest = hashlib.sha256(said.encode()).hexdigest()
        if not cache.add(f"accounts.code.{digest}", "used", timeout=_REMEMBERED):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCode(Once, AuthenticateForm):
    """While signing in."""


class ConfirmingCode(Once, ReauthenticateForm):
    """Before something that concerns the safety of the account."""
