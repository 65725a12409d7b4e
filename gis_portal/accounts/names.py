"""How people are called: family name first, as Vietnamese names are written."""

from django.contrib.auth.models import User as Account


def full_name(user: Account) -> str:
    """Family name and given name; the user name where nobody has filled them in."""
    return f"{user.last_name} {user.first_name}".strip() or user.get_username()
