package mse

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
)

//go:embed plot.svg.tmpl
var plotSource string

var plotTemplate = template.Must(template.New("plot").Parse(plotSource))

// Geometry of the plot, in SVG user units.
const (
	plotLeft   = 250.0
	plotRight  = 900.0
	plotTop    = 96.0
	rowHeight  = 34.0
	histHeight = 170.0
	plotBins   = 60
)

// plotView is what the template draws; every position is computed here.
type plotView struct {
	Title, Description string
	Width, Height      float64
	AxisY, RowsBottom  float64
	Left, Right        float64
	Ticks              []plotTick
	Rows               []plotRow
	Bars               []plotBar
	HistTop, HistBase  float64
	HistTicks          []plotTick
	Estimate           float64
	Observed           float64
	EstimateLabel      string
	Close              bool // the two labels above would run into each other
	ObservedLabel      string
	Note               string
}

type plotTick struct {
	At    float64
	Label string
}

type plotRow struct {
	Y                  float64
	Label, Value       string
	From, To, Point    float64
	HasRange, HasPoint bool
	Filled, Beyond     bool
}

type plotBar struct{ X, Y, Width, Height float64 }

// WriteSVG draws the estimate with its intervals, the other methods and the
// bootstrap on one scale of people. It needs no colour, and carries a title and
// a description for those who do not see it.
func (r *Result) WriteSVG(w io.Writer) error {
	if err := plotTemplate.Execute(w, r.plotView()); err != nil {
		return fmt.Errorf("draw estimate: %w", err)
	}
	return nil
}

func (r *Result) plotView() plotView {
	rows := r.plotRows()
	v := plotView{
		Title:       r.plotTitle(),
		Description: r.plotDescription(),
		Width:       960, Left: plotLeft, Right: plotRight,
		EstimateLabel: "estimate " + People(r.Estimate),
		ObservedLabel: "observed " + People(float64(r.Observed)),
	}
	top := r.plotLimit()
	step := niceStep(top / 6)
	top = math.Ceil(top/step) * step
	at := func(x float64) float64 { return plotLeft + (plotRight-plotLeft)*min(1, max(0, x/top)) }
	for x := 0.0; x <= top+step/2; x += step {
		v.Ticks = append(v.Ticks, plotTick{at(x), People(x)})
	}
	for i, row := range rows {
		row.Beyond = row.To > top
		row.Y = plotTop + rowHeight*(float64(i)+0.5)
		row.From, row.To, row.Point = at(row.From), at(row.To), at(row.Point)
		v.Rows = append(v.Rows, row)
	}
	v.Estimate, v.Observed = at(r.Estimate), at(float64(r.Observed))
	v.Close = v.Estimate-v.Observed < 130
	v.RowsBottom = plotTop + rowHeight*float64(len(rows))
	v.HistTop = v.RowsBottom + 34
	v.AxisY = v.RowsBottom
	if r.Bootstrap != nil && len(r.Bootstrap.Sorted) > 0 {
		v.AxisY = v.HistTop + histHeight
		v.HistBase = v.AxisY
		r.plotHistogram(&v, top)
	}
	v.Height = v.AxisY + 74
	return v
}

// plotTitle names the estimate with its interval: the number never stands alone.
func (r *Result) plotTitle() string {
	around := ""
	switch {
	case r.BCa != nil:
		around = fmt.Sprintf(" (%s to %s)", People(r.BCa.Lower), People(r.BCa.Upper))
	case len(r.Others) > 0 && r.Others[0].Method == r.Method:
		around = fmt.Sprintf(" (%s to %s)", People(r.Others[0].Lower), People(r.Others[0].Upper))
	}
	return fmt.Sprintf("Estimated population: %s people%s; observed: %s", People(r.Estimate), around, People(float64(r.Observed)))
}

func (r *Result) plotRows() []plotRow {
	rng := func(label string, lower, upper, point float64, filled bool) plotRow {
		return plotRow{Label: label, From: lower, To: upper, Point: point, HasRange: true, HasPoint: !math.IsNaN(point),
			Filled: filled, Value: People(lower) + " – " + People(upper)}
	}
	rows := []plotRow{{Label: "Observed", Point: float64(r.Observed), HasPoint: true, Filled: true, Value: People(float64(r.Observed))}}
	name := string(r.Method)
	if r.BCa != nil {
		rows = append(rows, rng(name+", bootstrap 95 % (BCa)", r.BCa.Lower, r.BCa.Upper, r.Estimate, true))
	}
	if r.Wald != nil {
		rows = append(rows, rng(name+", 95 % given the model", r.Wald.Lower, r.Wald.Upper, r.Estimate, true))
	}
	if r.NearBest != nil {
		rows = append(rows, rng(fmt.Sprintf("%d models about as good", r.NearBest.Models), r.NearBest.Lower, r.NearBest.Upper, math.NaN(), false))
	}
	for _, o := range r.Others {
		rows = append(rows, rng(string(o.Method)+", 95 %", o.Lower, o.Upper, o.Median, false))
	}
	return rows
}

// plotLimit is the end of the scale: all that is drawn, unless one method's upper
// limit runs away from the rest; that one is then drawn with an arrow.
func (r *Result) plotLimit() float64 {
	core := math.Max(r.Estimate, float64(r.Observed))
	if r.BCa != nil {
		core = max(core, r.BCa.Upper)
	} else if r.Wald != nil {
		core = max(core, r.Wald.Upper)
	}
	all := core
	if r.NearBest != nil {
		all = max(all, r.NearBest.Upper)
	}
	for _, o := range r.Others {
		all = max(all, o.Upper)
		core = max(core, o.Median)
	}
	return min(all*1.02, core*2.5)
}

func (r *Result) plotHistogram(v *plotView, top float64) {
	var counts [plotBins + 1]int // the last is what lies beyond the scale
	for _, x := range r.Bootstrap.Sorted {
		counts[max(0, min(plotBins, int(x/top*plotBins)))]++
	}
	beyond, tallest := r.Bootstrap.NoEstimate+counts[plotBins], max(1, slices.Max(counts[:plotBins]))
	width := (plotRight - plotLeft) / plotBins
	for i, n := range counts[:plotBins] {
		if n > 0 {
			h := histHeight * float64(n) / float64(tallest)
			v.Bars = append(v.Bars, plotBar{plotLeft + width*float64(i), v.HistBase - h, width, h})
		}
	}
	step := max(1, niceStep(float64(tallest)/3))
	for n := 0.0; n <= float64(tallest); n += step {
		v.HistTicks = append(v.HistTicks, plotTick{v.HistBase - histHeight*n/float64(tallest), People(n)})
	}
	if beyond > 0 {
		v.Note = fmt.Sprintf("%s resamples lie beyond the scale", People(float64(beyond)))
	}
}

func (r *Result) plotDescription() string {
	s := fmt.Sprintf("Method %s. ", r.Method)
	for _, row := range r.plotRows() {
		s += row.Label + ": " + row.Value + ". "
	}
	if r.Bootstrap != nil {
		s += fmt.Sprintf("Below, a histogram of the estimates from %s resamples.", People(float64(r.Bootstrap.Replicates)))
	}
	return s
}

// niceStep is the next of 1, 2, 5 times a power of ten.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= x {
			return m * power
		}
	}
	return 10 * power
}
