// Package safecontact says how a person may be reached without putting them in
// danger, and holds every message and call to it: through which channel, at which
// hours, by which word they know it is us, in which language, and what must never
// be said or left.
//
// It promises that what Check passes breaks none of the person's terms as far as
// a machine can read them; where it cannot read them (hours in free words) it
// asks for a person who has, and refuses what goes out by itself. An error names
// the rule that would be broken and the mend, and never holds what the person
// said. It sends nothing, stores nothing and knows no case: the terms are sealed
// by whoever holds them.
package safecontact
