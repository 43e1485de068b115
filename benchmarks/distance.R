# The oracle of tests/geo/estimates/test_distance.py: mrds, and R's own optim and integrate, on the stakes of 1977.
#   Rscript benchmarks/distance.R      (mrds from CRAN)
library(mrds)
options(digits = 9)
data(stake77)
x <- stake77$PD[stake77$Obs1 == 1]
all <- data.frame(object = seq_along(x), distance = x, observer = 1, detected = 1)
for (w in c(19.37, 15)) {
  fit <- ddf(dsmodel = ~cds(key = "hn"), data = all[x <= w, ], method = "ds", meta.data = list(width = w))
  cat(w, "half-normal", fit$par, fit$lnl, summary(fit)$average.p, summary(fit)$average.p.se, "\n")
  y <- x[x <= w]
  cost <- function(t) {
    g <- function(v) 1 - exp(-(v / exp(t[1]))^(-exp(t[2])))
    length(y) * log(integrate(g, 0, w, rel.tol = 1e-10, subdivisions = 1000)$value) - sum(log(g(y)))
  }
  best <- optim(c(log(9), 1), cost, control = list(reltol = 1e-15, maxit = 5000))
  g <- function(v) 1 - exp(-(v / exp(best$par[1]))^(-exp(best$par[2])))
  cat(w, "hazard-rate", best$par, -best$value, integrate(g, 0, w, rel.tol = 1e-10)$value / w, "\n")
}
fit <- ddf(dsmodel = ~cds(key = "hn"), data = all, method = "ds", meta.data = list(width = 19.37))
samples <- data.frame(Sample.Label = 1:10, Region.Label = 1, Effort = c(80, 90, 100, 110, 120, 80, 90, 100, 110, 120))
seen <- data.frame(object = all$object, Region.Label = 1, Sample.Label = (all$object^2) %% 10 + 1)
found <- dht(
  fit, data.frame(Region.Label = 1, Area = 40000), samples, seen, options = list(varflag = 1, ervar = "R2")
)
print(found$individuals$D)
