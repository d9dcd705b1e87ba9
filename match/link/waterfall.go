package link

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Step is one step of the evidence for a pair.
type Step struct {
	Name   string
	Level  string
	Left   string // the two values, as compared
	Right  string
	Weight float64 // natural logarithm of the likelihood ratio
}

// Waterfall returns the evidence for a pair, step by step: where every pair
// starts, then the fields. The steps add up to the pair's weight.
func (res *Result) Waterfall(a, b uint32) []Step {
	c := newComparer(res.records, res.model)
	s := scorer{c: c}
	table := res.Weights.ratios()
	var p pattern
	c.compare(a, b, &p)
	out := []Step{{Name: "before anything is compared", Weight: res.Weights.start()}}
	siblings, less := res.records.siblings(&p, a)
	if siblings {
		out = append(out, Step{Name: "could be brother or sister", Weight: less})
	}
	for f, col := range res.records.columns {
		step := Step{Name: col.Name, Level: "not known", Left: col.values[col.of[a]].raw, Right: col.values[col.of[b]].raw}
		if p[f] != missing {
			step.Level = LevelNames[p[f]]
			step.Weight = s.fieldWeight(table, f, p[f], col.of[a], col.of[b])
			if siblings && step.Weight > 0 && res.records.household(f) {
				step.Weight = 0
			}
		}
		out = append(out, step)
	}
	return out
}

// start is the weight of a pair of which nothing is known.
func (w *Weights) start() float64 { return math.Log(w.Prior / (1 - w.Prior)) }

// bar is a step as it is drawn.
type bar struct {
	Step
	X, Y, Width float64
	Class       string
	Value       string
	End         float64
}

// figure is what the template draws.
type figure struct {
	Title, Desc   string
	Height        float64
	Zero          float64
	Bars          []bar
	Width, Bottom float64
}

var waterfallTemplate = template.Must(template.New("waterfall").Parse(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{.Width}} {{.Height}}" role="img" width="{{.Width}}" height="{{.Height}}">
<title>{{.Title}}</title><desc>{{.Desc}}</desc>
<line x1="{{.Zero}}" y1="0" x2="{{.Zero}}" y2="{{.Bottom}}" stroke="#505a5f" stroke-dasharray="3 3"/>
{{range .Bars}}<text x="4" y="{{.Y}}" dy="15" font-size="13" font-family="sans-serif">{{.Name}}{{if .Level}}: {{.Level}}{{end}}</text>
<rect x="{{.X}}" y="{{.Y}}" width="{{.Width}}" height="20" fill="{{.Class}}"/>
<text x="{{.End}}" y="{{.Y}}" dy="15" dx="4" font-size="12" font-family="sans-serif">{{.Value}}</text>
{{end}}</svg>`))

// Sizes of the figure, in pixels.
const figureWidth, labelWidth, rowHeight = 760.0, 280.0, 26.0

// WaterfallSVG draws the steps as bars that begin where the one before ended,
// with a title and a description in words.
func WaterfallSVG(steps []Step, title string) string {
	total := 0.0
	for _, s := range steps {
		total += s.Weight
	}
	steps = append(append([]Step(nil), steps...), Step{Name: "together", Weight: total})
	low, high, at := 0.0, 0.0, 0.0
	for _, s := range steps[:len(steps)-1] {
		at += s.Weight
		low, high = math.Min(low, at), math.Max(high, at)
	}
	scale := (figureWidth - labelWidth - 60) / math.Max(high-low, 1e-9)
	x := func(v float64) float64 { return math.Round(labelWidth + (v-low)*scale) }
	f := figure{Title: title, Width: figureWidth, Zero: x(0), Desc: describe(steps)}
	at = 0
	for i, s := range steps {
		from, to := at, at+s.Weight
		if i == len(steps)-1 {
			from, to = 0, total
		}
		b := bar{Step: s, X: math.Min(x(from), x(to)), Y: float64(i) * rowHeight, Width: math.Max(1, math.Abs(x(to)-x(from))), Class: "#00703c", Value: fmt.Sprintf("%+.1f", s.Weight)}
		if s.Weight < 0 {
			b.Class = "#d4351c"
		}
		b.End = b.X + b.Width
		f.Bars = append(f.Bars, b)
		at = to
	}
	f.Bottom = float64(len(steps)) * rowHeight
	f.Height = f.Bottom + 4
	var out strings.Builder
	if err := waterfallTemplate.Execute(&out, f); err != nil {
		panic(fmt.Sprintf("link: waterfall: %v", err)) // the template is part of the program
	}
	return out.String()
}

func describe(steps []Step) string {
	said := make([]string, len(steps))
	for i, s := range steps {
		said[i] = fmt.Sprintf("%s %+.1f", s.Name, s.Weight)
	}
	return strings.Join(said, ", ")
}
