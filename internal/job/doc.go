// Package job keeps work that must follow a write: it is enqueued in the write's
// own transaction, so it exists exactly when the write does, and it is run later
// by any process.
//
// It promises:
//   - a job whose Enqueue was committed is run until it succeeds or has used up
//     its attempts, over crashes and restarts of any process;
//   - one claim at a time: a job is held by one worker under a lease, which is
//     renewed while the handler runs;
//   - the effects of a [Queue.HandleTx] handler happen exactly once, because they
//     commit together with the job's completion or not at all;
//   - a job that cannot succeed ends as dead, where [DeadJobs] shows it, and is never
//     dropped in silence;
//   - jobs that are due are started in the order of their time, then of their id.
//
// It refuses: payloads over 8 KiB, and to keep anything but a short code of what
// went wrong. A payload holds ids only, never anything about a person, because
// it is stored in clear.
//
// It does not promise that a [Queue.Handle] handler runs once: after a crash it
// runs again, so it must bear that. It does not promise an order of completion.
package job
