package link

import (
	_ "embed"
	"html/template"
	"io"
	"math"
)

//go:embed report.gohtml
var reportText string

var reportTemplate = template.Must(template.New("report").Parse(reportText))

// Report says what a report is about.
type Report struct {
	Title   string
	IDs     []string // by record
	Quality *Quality // nil without labels
	Most    int      // how many pairs are shown; 0 is 20
}

// reportView is what the template shows.
type reportView struct {
	Title                    string
	Records, Clusters, Pairs int
	Compared                 int64
	Refused                  int
	Missed                   float64
	Quality                  *Quality
	Blocks                   []Block
	Fields                   []fieldView
	Shown                    []pairView
}

type fieldView struct {
	Name, Kind string
	Levels     []levelView
}

type levelView struct {
	Name      string
	M, U      float64
	Weight    float64
	HasWeight bool
}

type pairView struct {
	A, B   string
	Score  float64
	Weight float64
	Steps  []Step
	Figure template.HTML
}

// WriteReport writes a page that stands alone: what was found, what each field
// is worth, what blocking covers, and the evidence for the pairs nearest to the
// threshold, where a reader's time is best spent.
func (res *Result) WriteReport(w io.Writer, r Report) error {
	if r.Most == 0 {
		r.Most = 20
	}
	v := reportView{Title: r.Title, Records: len(res.Cluster), Clusters: len(res.Size), Pairs: len(res.Edges), Compared: res.Pairs,
		Refused: res.Refused, Missed: res.Missed * 100, Quality: r.Quality, Blocks: res.Blocks, Fields: res.fieldViews()}
	for i := len(res.Edges) - 1; i >= 0 && len(v.Shown) < r.Most; i-- {
		v.Shown = append(v.Shown, res.pairView(res.Edges[i], r.IDs))
	}
	return reportTemplate.Execute(w, v)
}

func (res *Result) fieldViews() (out []fieldView) {
	for i := range res.Weights.Fields {
		f := &res.Weights.Fields[i]
		view := fieldView{Name: f.Name, Kind: f.Kind.String()}
		for l := range f.M {
			view.Levels = append(view.Levels, levelView{Name: LevelNames[l], M: f.M[l], U: f.U[l], Weight: math.Log(f.M[l] / f.U[l]), HasWeight: f.M[l] > 0})
		}
		out = append(out, view)
	}
	return out
}

func (res *Result) pairView(e Edge, ids []string) pairView {
	steps := res.Waterfall(e.A, e.B)
	v := pairView{A: ids[e.A], B: ids[e.B], Score: e.Score(), Weight: float64(e.Weight), Steps: steps}
	// WaterfallSVG escapes what it is given.
	v.Figure = template.HTML(WaterfallSVG(steps, "Evidence for "+v.A+" and "+v.B))
	return v
}
