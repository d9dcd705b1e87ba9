// Package mse estimates how many people no list has seen, from how often the
// lists that exist see the same person (multiple systems estimation).
//
// It promises
//
//   - the sparse Poisson log-linear method of Chan, Silverman and Vincent (JASA
//     116:1297, 2021): interactions whose pair never occurs take the value −∞,
//     no estimate is reported whose maximum likelihood estimate does not exist
//     (Fienberg and Rinaldo, Annals of Statistics 40:996, 2012) or is not
//     identifiable, and the interval (BCa bootstrap with jackknife) repeats the
//     choice of the model in every resample;
//   - that a number never comes alone: a [Result] carries the model, the interval,
//     the bootstrap's histogram, the range over the models that describe the
//     data about as well, other methods and every warning;
//   - the same answer for the same seed, whatever the number of workers.
//
// It refuses, with a [Refusal] that says why: fewer than three lists, a list
// with nobody on it, two lists that are the same, more lists than the method
// can search, and data for which no estimate exists. It does not link records:
// the lists must already say who is who. It reads no clock and no network.
//
// Units are people. A [History] is the set of lists that saw a person.
package mse
