"""Search is tried on the plots of the API's tests."""

from tests.layers.api.conftest import plots, publish_plots

__all__ = ["plots", "publish_plots"]
