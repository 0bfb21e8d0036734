"""The version of Dawbridge that is installed."""

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """As in pyproject.toml; 'uninstalled' when run from a folder that pip does not know."""
    try:
        return version("dawbridge")
    except PackageNotFoundError:
        return "uninstalled"
