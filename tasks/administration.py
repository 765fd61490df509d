"""What an installation on embedded defaults needs before its first use."""

from __future__ import annotations

from include.security.keys import create_key_file
from include.settings import Settings


def prepare_home(settings: Settings) -> None:
    """Make the home folder (private) and, when no key is configured anywhere, a fresh master key file (0600)."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.master_key is None and not settings.master_key_file.exists():
        create_key_file(settings.master_key_file)
