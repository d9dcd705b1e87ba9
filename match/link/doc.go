// Package link finds which records of a file, or of several, are the same
// person: it proposes pairs (blocking), learns from the file itself how much
// each field's agreement is worth (EM after Fellegi and Sunter, with term
// frequencies), scores the pairs, and gathers them into clusters, refusing
// chains of weak links.
//
// It promises the same clusters for the same records in any order, memory
// linear in the records, and a stated recall: each blocking rule reports what it
// covers, and what all of them miss is estimated, or measured when labels are
// given.
//
// It refuses to merge records; it says which belong together, and how sure it
// is.
package link
