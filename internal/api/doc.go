// Package api is the JSON interface for machines: other agencies' case systems
// submit referrals, add evidence and ask how a case stands; the authority's own
// systems read the queue; immigration systems ask the non-removal question. Its
// description is OpenAPI 3.1, committed as docs/openapi.yaml.
//
// It promises that every operation goes to the same use case as the pages do,
// that a request is answered by one problem document (RFC 9457) when it fails and
// that the document never repeats what was sent, that the same idempotency key
// submits once, and that no name reaches a URL or a log line.
//
// It decides no access: a bearer token says which agency asks, in which role and
// for which purpose, and the use cases ask the policies. It keeps nothing but the
// count of recent requests of each token.
package api
