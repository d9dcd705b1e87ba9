package job

import "context"

// ClaimForBench claims up to n jobs and returns how many it got.
func (q *Queue) ClaimForBench(ctx context.Context, n int) (int, error) {
	jobs, err := q.claim(ctx, n)
	return len(jobs), err
}
