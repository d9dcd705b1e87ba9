// Package core is the vocabulary every other room speaks: identifiers, who acts
// (Actor) for whom (Agency) and why (Purpose), dates known only in part, sex and
// gender, countries and languages, error kinds, and the Clock.
//
// It promises to stay small, to import the standard library only, and to hold no
// rule of casework. It refuses to print sensitive values: see Secret.
package core
