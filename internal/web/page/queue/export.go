package queue

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"clew/internal/casework"
	"clew/internal/core"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// exportForm asks for the file. It is a post because it leaves a trace.
func (d *desk) exportForm() ui.Component {
	f := form.New(d.filter.path("/queue/export"), d.rq.CSRF()).Buttons(ui.Button{Text: "Download as CSV", Kind: ui.Secondary})
	return ui.Group{ui.Para("The file holds every case of this filter: references and coded facts, no identity. The download is recorded."), f}
}

var exportColumns = []string{"reference", "kind", "round", "state", "deadline", "due", "second_review", "child", "age_group", "gender", "nationality",
	"exploitation", "referred_by", "assigned_to", "submitted", "rg_decided", "recovery_until", "cg_decided"}

// export streams the filtered queue as a file for a spreadsheet.
func export(rq *page.Request) error {
	d, err := newDesk(rq)
	if err != nil {
		return err
	}
	if err := rq.Read(rq.Form()); err != nil {
		return err
	}
	if !d.filter.Valid() {
		return d.show(d.filter.Form)
	}
	out := &exportFile{rq: rq}
	err = rq.Site.Cases.Export(rq.Context(), rq.Actor, rq.Purpose, d.filter.query(), out.add)
	if err != nil && !out.begun {
		return err
	}
	return out.end(err)
}

// exportFile begins the download with its first row, so that a refusal before
// it can still be told as a page.
type exportFile struct {
	rq    *page.Request
	csv   *csv.Writer
	begun bool
}

func (f *exportFile) begin() error {
	f.begun = true
	ui.SetSecurityHeaders(f.rq.W.Header())
	h := f.rq.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="queue-`+f.rq.Site.Clock.Now().UTC().Format("2006-01-02-1504")+`.csv"`)
	h.Set("Cache-Control", "no-store")
	f.csv = csv.NewWriter(f.rq.W)
	f.csv.UseCRLF = true // RFC 4180
	return f.csv.Write(exportColumns)
}

func (f *exportFile) add(c *casework.Case) error {
	if !f.begun {
		if err := f.begin(); err != nil {
			return err
		}
	}
	row := f.cells(c)
	for i := range row {
		row[i] = safeCell(row[i])
	}
	return f.csv.Write(row)
}

// end closes the file. One that stopped early says so in its last line and
// breaks the connection, so that half a file is not taken for a whole one.
func (f *exportFile) end(cause error) error {
	if !f.begun {
		if err := f.begin(); err != nil {
			return nil //nolint:nilerr // the reader has gone
		}
	}
	if cause == nil {
		f.csv.Flush()
		return nil
	}
	f.rq.Site.Log.ErrorContext(f.rq.Context(), "export ended early", "err", cause)
	_ = f.csv.Write([]string{"INCOMPLETE: the export ended early. Download it again."})
	f.csv.Flush()
	control := http.NewResponseController(f.rq.W)
	_ = control.Flush()
	_ = control.SetWriteDeadline(time.Unix(1, 0))
	return nil
}

func (f *exportFile) cells(c *casework.Case) []string {
	ctx, site := f.rq.Context(), f.rq.Site
	return []string{
		c.Reference, string(c.Kind), strconv.Itoa(c.Round), string(c.State), string(c.DueFor), moment(c.DueAt), string(c.ReviewOf), yesNo(c.Child), c.AgeGroup,
		c.Gender, c.Nationality, strings.Join(c.Facts.Exploitation, " "), site.AgencyName(ctx, c.ReferringAgency), site.UserName(ctx, c.Assignee),
		moment(c.SubmittedAt), moment(c.RGDecidedAt), day(c.RecoveryUntil), moment(c.CGDecidedAt),
	}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func day(d core.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// safeCell keeps a spreadsheet from reading a cell as a formula: one that begins
// like a formula is preceded by an apostrophe (OWASP, CSV injection).
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
