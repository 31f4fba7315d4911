"""One theme and the chart builders that reports and pages share."""
