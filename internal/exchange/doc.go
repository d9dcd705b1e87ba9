// Package exchange reads referrals that other systems wrote, and writes them so
// that other systems can read them: CSV with clew's own column names, and records
// shaped like the Human Trafficking Case Data Standard (HTCDS 2.0, IOM).
//
// It promises that a record it cannot read is reported with its line, field,
// code and message and stops no other; that memory does not grow with the file;
// that a message never repeats what a record holds; and that importing a file
// twice makes nothing twice. It decides no access and no rule of casework: what it
// read goes to the same use case as everything else.
//
// It refuses to guess what matters: an unknown column, a date that can be two
// days, text in an unknown encoding, and consent that nobody recorded.
package exchange
