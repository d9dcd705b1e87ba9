// Package casefile holds the page of one case, a tab for each part of the file,
// and a short page for each step that can be taken with it.
//
// A tab opens only its own part, so that the record of who has looked says what
// was read and not more. What the reader may not see is absent or said to be
// "not shared with you"; what they may do comes from casework and is asked again
// by casework when it is done. The pages decide nothing.
//
// A step that comes too late, because somebody else changed the case meanwhile,
// loses nothing: what was typed stands in the form, and what changed beside it.
package casefile
