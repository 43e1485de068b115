"""The survey report: one page with the map, the effort, the estimates and their quality, which prints well."""

from geo.report.page import write_report

__all__ = ["write_report"]
