# The oracle of tests/geo/estimates/test_trend.py: metafor (Debian: r-cran-metafor) on the numbers of the test.
#   Rscript benchmarks/trend.R
suppressMessages(library(metafor))
options(digits = 9)
year <- c(1994, 1998, 2002, 2005, 2009, 2014, 2019)
number <- c(5200, 4100, 4700, 2900, 3300, 2100, 2400)
se <- c(700, 900, 500, 400, 600, 300, 500)
fit <- rma(yi = log(number), vi = log(1 + (se / number)^2), mods = ~year, method = "PM", control = list(tol = 1e-12))
cat("tau", sqrt(fit$tau2), "slope", fit$beta[2], "se", fit$se[2], "\n")
fixed <- rma(yi = log(number), vi = log(1 + (se / number)^2), mods = ~year, method = "FE")
cat("slope", fixed$beta[2], "se", fixed$se[2], "\n")
