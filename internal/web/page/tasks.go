package page

import (
	"clew/internal/casework"
	"clew/internal/core"
)

// PapersTask is the page on which a task about papers is done; "" for any other.
// Papers and returns hang on the case, so whoever has the task finds it there.
func PapersTask(kind casework.TaskKind, caseID core.ID) string {
	switch kind {
	case casework.TaskPermitExpiring:
		return "/cases/" + caseID.String() + "/papers"
	case casework.TaskReturnFollowUp:
		return "/cases/" + caseID.String() + "/return"
	}
	return ""
}
