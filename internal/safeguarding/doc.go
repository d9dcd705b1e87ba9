// Package safeguarding is the child's own track: from the first minute of a child,
// or of somebody presumed one, until the person is an adult and somebody else has
// taken over.
//
// It promises that the local authority is told at once and that nobody waits in
// silence: each step has its clock from the scheme, and what is not confirmed in
// time goes to the next one up. When a child is missing, every agency with a duty
// has a notice in its inbox within one run of the jobs, exactly once, and the
// child stands on the first page of all of them until the episode is closed. Words
// are sealed with the child's own key; what is compared across children (a phone,
// an address, an adult, a place) is compared by blind index only.
//
// It refuses to make a child an adult: an age assessment changes nothing about the
// case, whatever it finds, until the competent authority corrects the age. It
// refuses to tell police anything but what is needed to look for a child. It sends
// no e-mail: a notice is a row that somebody confirms by name.
//
// Work rooms do not know each other. Casework opens a track by the job JobOpen and
// tells of birthdays by JobEighteen; this room hands over to adult support by the
// job "support.handover" and raises a border look-out by "border.lookout".
package safeguarding
