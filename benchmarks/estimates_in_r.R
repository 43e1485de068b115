# Jolly's estimate and the reviewed sample of estimates_in_r.py, by R's package survey (Debian: r-cran-survey).
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(TRUE)[1]
said <- function(name, value, se) cat(name, sprintf("%.12g", value), sprintf("%.12g", se), "\n")

flown <- read.csv(file.path(folder, "transects.csv"))
flown$w <- flown$N / nrow(flown)
design <- svydesign(ids = ~1, fpc = ~N, weights = ~w, data = flown)
ratio <- svyratio(~y, ~z, design)
said("jolly", coef(ratio) * flown$Z[1], SE(ratio) * flown$Z[1])

photos <- read.csv(file.path(folder, "photos.csv"))
for (kind in c("positive", "empty")) {
  all <- photos[photos$called == kind, ]
  some <- all[all$reviewed == 1, ]
  some$M <- nrow(all)
  some$w <- nrow(all) / nrow(some)
  design <- svydesign(ids = ~1, fpc = ~M, weights = ~w, data = some)
  if (kind == "empty") {
    total <- svytotal(~u, design)
    said("empty", coef(total), SE(total))
  } else {
    # The residual u - k x, whose total has the variance of the ratio estimate (Cochran 1977, 6.4).
    some$off <- some$u - sum(some$u) / sum(some$x) * some$x
    some$right <- some$p - sum(some$p) / sum(some$x) * some$x
    design <- svydesign(ids = ~1, fpc = ~M, weights = ~w, data = some)
    said("positive", coef(svyratio(~u, ~x, design)) * sum(all$x), SE(svytotal(~off, design)))
    said("precision", coef(svyratio(~p, ~x, design)), SE(svytotal(~right, design)) / sum(all$x))
  }
}
