// Package support is a safe place and the help that goes with it: providers and
// their places, the referral to support, and the support file of a case.
//
// It promises that a provider learns who somebody is only when it has accepted
// them; that a bed is never given twice and nobody stays in two; that support goes
// on until it is ended with a reason and notice, whatever happens to consent, the
// decision or the agreement; that no message leaves which the person's terms of
// safe contact forbid; and that a missed contact and an unanswered offer reach
// those who have to act when the clock says so, once.
//
// It refuses new offers under an agreement that has ended, and keeps where a place
// is from everybody but the provider who runs it. It decides nothing about a case:
// what follows from casework reaches it as a job. It holds no number of law (see
// scheme) and no SQL (see store).
package support
