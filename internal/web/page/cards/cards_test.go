package cards_test

import (
	"net/http"
	"strings"
	"testing"

	"clew/internal/casework/caseworktest"
	"clew/internal/database/dbtest"
	"clew/internal/web/page/pagetest"
	"clew/internal/web/webtest"
)

func TestACardIsChosenReadAndPrinted(t *testing.T) {
	s := webtest.New(t, caseworktest.New(t, dbtest.SQLite(t)))
	c := s.SignIn("first_responder@police")
	list := pagetest.Get(t, s, c, "/cards").Want(http.StatusOK, "Rights card", "Pocket card", "Română", "العربية", "中文", "85 by 54")
	if n := len(list.All("tbody tr")); n != 20 {
		t.Errorf("%d cards are offered, want 20", n)
	}
	page := pagetest.Get(t, s, c, "/cards/rights/scotland/ar").Want(http.StatusOK, "The Arabic text needs a professional translator’s review", "90 يومًا", "90 days")
	if len(page.All(`article[lang=ar][dir=rtl] th[scope=row]`)) == 0 || len(page.All(`article[lang=en][dir=ltr]`)) != 1 {
		t.Error("the card does not stand in both languages, each with its direction")
	}
	for _, path := range []string{"/cards/rights/uk/zh/pdf", "/cards/pocket/uk/en/pdf"} {
		sheet := pagetest.Get(t, s, c, path)
		if sheet.Status != http.StatusOK || !strings.HasPrefix(sheet.Text, "%PDF-") || sheet.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d", path, sheet.Status)
		}
	}
	for _, path := range []string{"/cards/rights/uk/xx", "/cards/rights/nowhere/en", "/cards/letter/uk/en", "/cards/rights/uk/xx/pdf"} {
		pagetest.Get(t, s, c, path).Want(http.StatusNotFound)
	}
}
