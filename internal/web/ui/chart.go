package ui

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// LineChart draws a few lines with the bands in which they lie. Whoever shows one
// shows its table too: the chart is for the eye, the table for everybody. Lines
// differ by dashes and carry their names, so that they can be told apart without
// colours.
type LineChart struct {
	ID          string // of the page; unique
	Title       string
	Description string // what there is to see, in a sentence
	XLabel      string
	YLabel      string
	Lines       []ChartLine // at most five
}

// ChartLine is one line.
type ChartLine struct {
	Name   string
	Points []ChartPoint
}

// ChartPoint is one point and the band around it. All values are nought or more.
type ChartPoint struct{ X, Low, Middle, High float64 }

// The geometry of a chart, in SVG user units: small, so that its words can be read
// on a telephone.
const (
	chartWidth  = 420.0
	chartHeight = 270.0
	chartLeft   = 52.0
	chartRight  = 330.0 // beyond it stand the names
	chartTop    = 28.0
	chartBottom = 220.0
)

// chartStyles tell the lines apart; the colours are the palette's.
var chartStyles = []struct{ Stroke, Dashes string }{
	{"#0f4f55", ""}, {"#8a1c4a", "7 4"}, {"#6b5a00", "2 4"}, {"#333333", "10 3 2 3"}, {"#4a2a82", "1 6"},
}

// drawnLine is a line as the template draws it.
type drawnLine struct {
	Name, Stroke, Dashes string
	Line, Band           string // points
	NameY                float64
}

type chartTick struct {
	At    float64
	Label string
}

type drawnChart struct {
	LineChart
	Width, Height, Left, Right, Top, Bottom, NameX, Middle, LabelY, TickY float64
	Drawn                                                                 []drawnLine
	XTicks, YTicks                                                        []chartTick
}

// HTML renders the chart.
func (c LineChart) HTML() (template.HTML, error) { return execute("ui/line-chart", c.draw()) }

func (c LineChart) draw() drawnChart {
	d := drawnChart{LineChart: c, Width: chartWidth, Height: chartHeight, Left: chartLeft, Right: chartRight, Top: chartTop, Bottom: chartBottom,
		NameX: chartRight + 6, Middle: (chartLeft + chartRight) / 2, LabelY: chartHeight - 6, TickY: chartBottom + 17}
	most, last := 0.0, 0.0
	for _, l := range c.Lines {
		for _, p := range l.Points {
			most, last = math.Max(most, p.High), math.Max(last, p.X)
		}
	}
	step := roundStep(most / 4)
	top := math.Max(step, math.Ceil(most/step)*step)
	x := func(v float64) float64 { return chartLeft + v/math.Max(last, 1)*(chartRight-chartLeft) }
	y := func(v float64) float64 { return chartBottom - v/top*(chartBottom-chartTop) }
	for v := 0.0; v <= top+step/2; v += step {
		d.YTicks = append(d.YTicks, chartTick{y(v), fmt.Sprintf("%.0f", v)})
	}
	xStep := roundStep(math.Max(last, 1) / 5)
	for v := 0.0; v <= last; v += xStep {
		d.XTicks = append(d.XTicks, chartTick{x(v), fmt.Sprintf("%.0f", v)})
	}
	for i, l := range c.Lines {
		style := chartStyles[i%len(chartStyles)]
		n := drawnLine{Name: l.Name, Stroke: style.Stroke, Dashes: style.Dashes}
		var line, back strings.Builder
		for j, p := range l.Points {
			fmt.Fprintf(&line, "%.1f,%.1f ", x(p.X), y(p.Middle))
			n.Band += fmt.Sprintf("%.1f,%.1f ", x(p.X), y(p.High))
			q := l.Points[len(l.Points)-1-j]
			fmt.Fprintf(&back, "%.1f,%.1f ", x(q.X), y(q.Low))
			n.NameY = y(p.Middle) + 4
		}
		n.Line, n.Band = strings.TrimSpace(line.String()), strings.TrimSpace(n.Band+back.String())
		d.Drawn = append(d.Drawn, n)
	}
	spread(d.Drawn)
	return d
}

// spread moves names apart that would stand on each other.
func spread(lines []drawnLine) {
	const apart = 15.0
	for range lines {
		for i := range lines {
			for j := range lines {
				if over := apart - (lines[j].NameY - lines[i].NameY); i != j && lines[j].NameY >= lines[i].NameY && over > 0 && (j > i || lines[j].NameY > lines[i].NameY) {
					lines[i].NameY -= over / 2
					lines[j].NameY += over / 2
				}
			}
		}
	}
}

// roundStep is 1, 2 or 5 times a power of ten, at least v and at least 1.
func roundStep(v float64) float64 {
	if v <= 1 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= v {
			return m * power
		}
	}
	return 10 * power
}
