package casework

// Allowed reports whether the state table lets a command be given in a state, to
// a case of the command's kind.
func Allowed(c Command, s State) bool { return c.allowedFrom(s, table[c].Kind) }

// LeadsTo reports whether the state table lets a command leave a case in a state.
func LeadsTo(c Command, from, to State) bool { return c.leadsTo(from, to) }
