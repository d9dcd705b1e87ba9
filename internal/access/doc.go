// Package access answers one question: may this actor do this to that, for this
// purpose? The answer comes from Cedar policies in policies/: base.cedar says
// what each role does inside its own agency, immutable.cedar what nobody may do
// whatever else is agreed, and each mou-*.cedar is one memorandum of
// understanding between agencies, in force between its dates.
//
// It promises that nothing is allowed unless a policy allows it for a declared
// purpose, that no policy can undo an immutable forbid, that the scope of a list
// is the same set as the answers one by one, and that every answer names the
// policies that gave it, for the ledger.
//
// It does not know whether a case's state or clock allows a step: that is
// casework's table, so that "not you" and "not now" stay two answers. It reads
// no database, keeps no session, and logs nothing.
package access
