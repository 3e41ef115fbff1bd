#!/usr/bin/env Rscript
# Record ridge regression by glmnet, iterated until no coefficient moves.
#
#   Rscript golden/glmnet.R          golden/glmnet.json, two data sets of examples/ and one made
#   Rscript golden/glmnet.R SEED     one that is made, from another seed, on stdout
#
# It needs R with glmnet alone. The tests replay it (test/fit/glmnet.test.ts). glmnet divides the target by its deviation
# sy (of the population, weighted) before it applies lambda: ours is 2·lambda/sy.
suppressPackageStartupMessages(library(glmnet))

arguments <- commandArgs(trailingOnly = TRUE)
script <- normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
golden <- dirname(script)

json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (is.null(names(x))) sprintf("[%s]", paste(parts, collapse = ","))
    else sprintf("{%s}", paste(sprintf('"%s":%s', names(x), parts), collapse = ","))
  } else if (is.matrix(x)) {
    sprintf("[%s]", paste(apply(x, 1, function(row) json(c(row, recursive = TRUE))), collapse = ","))
  } else if (is.logical(x)) {
    if (x) "true" else "false"
  } else if (is.character(x)) {
    sprintf('"%s"', x)
  } else {
    sprintf("[%s]", paste(sprintf("%.17g", x), collapse = ","))
  }
}

fit <- function(X, y, weights, lambda, standardize) {
  share <- weights / sum(weights)
  sy <- sqrt(sum(share * (y - sum(share * y))^2))
  model <- glmnet(
    X, y, weights = weights, alpha = 0, lambda = lambda * sy / 2, standardize = standardize,
    thresh = 1e-30, maxit = 1e8
  )
  list(lambda = lambda, standardize = standardize, bias = unname(model$a0), weight = as.numeric(model$beta))
}

problem <- function(name, X, y, weights) {
  ways <- expand.grid(lambda = c(0.001, 0.1, 10), standardize = c(TRUE, FALSE))
  of <- function(omega) unname(Map(function(l, s) fit(X, y, omega, l, s), ways$lambda, ways$standardize))
  list(
    name = name, X = unname(X), y = y, weights = weights,
    plain = of(rep(1, length(y))), weighted = of(weights)
  )
}

example <- function(file, target) {
  values <- as.matrix(read.csv(file.path(golden, "..", "examples", file)))
  rows <- seq_len(min(60, nrow(values)))
  problem(file, values[rows, colnames(values) != target], unname(values[rows, target]), 0.5 + rows %% 5)
}

made <- function(seed) {
  set.seed(seed)
  X <- matrix(rnorm(40 * 5), 40) %*% diag(c(1, 10, 0.2, 3, 1)) + 4
  problem("made", X, drop(X %*% c(1, -0.2, 3, 0, 0.5)) + rnorm(40), runif(40, 0.2, 3))
}

problems <- if (length(arguments)) list(made(as.integer(arguments[1]))) else
  list(example("linnerud.csv", "Weight"), example("diabetes_raw.csv", "progression"), made(14))
versions <- list(R = as.character(getRversion()), glmnet = as.character(packageVersion("glmnet")))
text <- sprintf(
  '{\n"about":"Ridge regression by glmnet.",\n"recorder":"golden/glmnet.R",\n"versions":%s,\n"problems":%s\n}',
  json(versions), json(problems)
)
if (length(arguments)) writeLines(text) else writeLines(text, file.path(golden, "glmnet.json"))
