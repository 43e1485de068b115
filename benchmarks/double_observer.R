# The oracle of tests/geo/estimates/test_double_observer.py: mrds on the groups that the test draws.
#
#   python -c "from tests.geo.estimates.test_double_observer import groups; import csv, sys; d = groups(); \
#       w = csv.writer(sys.stdout); w.writerow(d); w.writerows(zip(*d.values()))" > groups.csv
#   Rscript benchmarks/double_observer.R groups.csv
#
# It needs the package mrds (Debian: r-base-core r-cran-mgcv r-cran-nloptr r-cran-numderiv r-cran-optimx r-cran-rsolnp,
# and mrds from CRAN).
library(mrds)
options(digits = 8)
data <- read.csv(commandArgs(trailingOnly = TRUE)[1])
rows <- data.frame(
  object = rep(data$number, each = 2), observer = factor(rep(1:2, nrow(data))),
  detected = as.vector(rbind(data$first, data$second)),
  distance = rep(data$distance, each = 2), size = rep(data$size, each = 2), open = rep(data$open, each = 2)
)
fit <- function(model) {
  found <- ddf(method = "io.fi", mrmodel = model, data = rows, meta.data = list(width = 1))
  cat("coefficients", found$par, "\nse", sqrt(diag(solve(found$hessian))), "\nsum of 1/p", sum(1 / predict(found)$fitted), "\n")
}
fit(~glm(link = "logit", formula = ~observer + distance))
fit(~glm(link = "logit", formula = ~observer + distance + size + open))
