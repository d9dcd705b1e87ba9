// Package disclosure protects the people whom a published table, or published
// records, could betray.
//
// It promises
//
//   - that a suppressed cell cannot be worked out from what is released, by
//     adding and subtracting or by linear programming over all the tables
//     released together ([Suppress], [Attack]);
//   - that rounded tables still add up, and that every rounded interior cell is
//     one of the two multiples next to the truth ([Round]);
//   - that noise is drawn with integer arithmetic from the operating system's
//     random numbers, and that what it costs is charged before anything is
//     released, never past the limit ([Ledger], [AddNoise], [Synthesize]);
//   - that synthetic records hold no combination that fewer than a stated number
//     of people have;
//   - reasons in words: which combination is rare, and which attributes make it so
//     ([CheckAnonymity]).
//
// It refuses tables whose totals do not add up, ε of 0 or less, a budget that is
// spent, and tables too large to protect in a bounded time. It cannot know which
// other tables about the same people were published elsewhere: whoever releases
// must hand all of them to [Attack].
package disclosure
