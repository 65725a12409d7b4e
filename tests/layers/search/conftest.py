"""Search is tried on the plots of the API's tests."""

from tests.layers.api.conftest import plots, plots_of_the_file, publish_plots

__all__ = ["plots", "plots_of_the_file", "publish_plots"]
