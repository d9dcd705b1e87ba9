// Package whatif answers one question about places of safety: with the people
// who really came and the time they really stayed, how full are the places and
// how long does somebody wait, if the recovery period had another length?
//
// It is a discrete-event simulation by days. Arrivals are drawn in blocks of
// whole weeks from the days that were observed (moving-block bootstrap: Künsch,
// Annals of Statistics 17, 1989), so that busy weeks stay busy weeks. Lengths of
// stay are drawn from the Kaplan–Meier estimate of what was observed (JASA 53,
// 1958), in which a stay that still runs counts as "at least so long". A period
// that is longer by some days moves the end of each later stay by as many days.
// Whoever is protected already keeps the rules of their day.
//
// It promises that the same question with the same seed has the same answer on
// any number of processors, that every figure comes with the interval in which
// nine of ten replications lie, and that it stops when asked to.
//
// It does not know who anybody is, and it promises no future: more people, other
// people or fewer beds than were observed are not in it. Somebody who waits goes
// on waiting: nobody is sent away in the simulation, so that what is missing
// shows.
package whatif
