package casefile

import "clew/internal/web/page"

// Routes of the area.
var Routes = routes()

func routes() []page.Route {
	list := []page.Route{
		{Method: "GET", Path: "/cases/{id}", Handle: summary},
		{Method: "GET", Path: "/cases/{id}/timeline", Handle: timeline},
		{Method: "GET", Path: "/cases/{id}/documents", Handle: documentsTab},
		{Method: "GET", Path: "/cases/{id}/documents/{document}", Handle: download},
		{Method: "GET", Path: "/cases/{id}/notes", Handle: notesTab},
		{Method: "GET", Path: "/cases/{id}/requests", Handle: requestsTab},
		{Method: "GET", Path: "/cases/{id}/tasks", Handle: tasksTab},
		{Method: "POST", Path: "/cases/{id}/tasks/{task}", Handle: completeTask},
		{Method: "GET", Path: "/cases/{id}/rounds", Handle: roundsTab},
		{Method: "GET", Path: "/cases/{id}/consent", Handle: consentTab},
		{Method: "GET", Path: "/cases/{id}/decisions", Handle: decisionsTab},
		{Method: "GET", Path: "/cases/{id}/looked", Handle: lookersTab},
	}
	for _, c := range []command{receive, assign, askInfo, answerInfo, addNote, addSharedNote, addEvidence, extendRecovery, suspend, resume, withdraw, closeCase,
		reconsideration, recordConsent, withdrawConsent, correctAge, editFacts} {
		list = append(list, c.routes()...)
	}
	for _, r := range endRecovery.routes() {
		r.Access = page.SteppedUp
		list = append(list, r)
	}
	return list
}
