package support

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	domain "clew/internal/support"
	"clew/internal/web/form"
	"clew/internal/web/page"
	"clew/internal/web/ui"
)

// capacity shows how full the places are, who waits, and what the running periods
// let one expect.
func capacity(rq *page.Request) error {
	c, err := rq.Site.Support.Capacity(rq.Context(), rq.Actor, rq.Purpose)
	if err != nil {
		return err
	}
	rules, err := rq.Site.Support.Rules()
	if err != nil {
		return err
	}
	waiting := 0
	for _, w := range c.Waiting {
		waiting += w.N
	}
	regions := make(map[string]string, len(rules.Support.Regions))
	for _, r := range rules.Support.Regions {
		regions[r.Code] = r.Label
	}
	return rq.Show(ui.Page{Title: "Places", Wide: true}, ui.Heading{Level: 1, Text: "Places"},
		ui.Para("Every provider's places together, in numbers. Where a place is, only its provider knows."),
		ui.Figures{
			{Value: number(c.Total.All()), Label: "Beds"}, {Value: strconv.Itoa(c.Total.InUse()) + " %", Label: "In use, of those that can be used"},
			{Value: number(c.Total.Beds[domain.Free]), Label: "Free now"}, {Value: number(waiting), Label: "People who wait for a place", Alert: waiting > c.Total.Beds[domain.Free]},
		},
		ui.Heading{Level: 2, Text: "By region"}, bedTable("Beds by region", "Region", c.ByRegion, func(code string) string { return regions[code] }),
		ui.Heading{Level: 2, Text: "By whom they are for"}, ui.Muted("A place that takes several kinds of people stands in several lines."), bedTable("Beds by whom they are for", "For", c.ByAttribute, domain.AttributeLabel),
		ui.Heading{Level: 2, Text: "Who waits"}, waitingTable(rq, c.Waiting),
		ui.Heading{Level: 2, Text: "The next ninety days"},
		ui.Para("How many of the people who are housed now come to the end of their recovery period. Nobody has to leave on that day: support goes on until it is ended with notice."),
		forecastChart(c), forecastTable(c),
		ui.Heading{Level: 2, Text: "What if the recovery period had another length?"},
		ui.Para("Reckon with the people who really came and the time they really stayed."), ui.Button{Text: "Compare recovery periods", Href: "/support/what-if"})
}

func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func bedTable(caption, first string, lines []domain.BedLine, label func(string) string) ui.Table {
	t := ui.Table{Caption: caption, CaptionHidden: true, RowHeader: true, Empty: "No place has been recorded yet.", Columns: []ui.Column{{Title: first}, {Title: "Beds", Numeric: true}}}
	for _, s := range domain.BedStates {
		t.Columns = append(t.Columns, ui.Column{Title: s.Label(), Numeric: true})
	}
	t.Columns = append(t.Columns, ui.Column{Title: "In use", Numeric: true})
	for _, l := range lines {
		name := label(l.Code)
		if name == "" {
			name = "Not said"
		}
		cells := []ui.Component{ui.Text(name), ui.Text(number(l.All()))}
		for _, s := range domain.BedStates {
			cells = append(cells, ui.Text(number(l.Beds[s])))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(cells, ui.Text(strconv.Itoa(l.InUse())+" %"))})
	}
	return t
}

func who(code string) string {
	if label := domain.AttributeLabel(code); label != "" {
		return label
	}
	return "Not said"
}

func waitingTable(rq *page.Request, waiting []domain.WaitingTotal) ui.Table {
	t := ui.Table{Caption: "People who wait for a place", CaptionHidden: true, RowHeader: true, Empty: "Nobody waits for a place.",
		Columns: []ui.Column{{Title: "For"}, {Title: "People", Numeric: true}, {Title: "The longest since"}}}
	for _, w := range waiting {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(who(w.Who)), ui.Text(number(w.N)), ui.Moment{At: w.Oldest.In(rq.Zone())}}})
	}
	return t
}

func forecastChart(c *domain.Capacity) ui.Component {
	line := ui.ChartLine{Name: "Periods end"}
	sum := 0
	line.Points = append(line.Points, ui.ChartPoint{})
	for week, n := range c.Ending {
		sum += n
		v := float64(sum)
		line.Points = append(line.Points, ui.ChartPoint{X: float64(week + 1), Low: v, Middle: v, High: v})
	}
	return ui.Reading{ui.LineChart{ID: "forecast", Title: "People whose recovery period has ended, added up by week",
		Description: fmt.Sprintf("Of the people who are housed now, %d come to the end of their recovery period within thirteen weeks.", sum),
		XLabel:      "Weeks from today", YLabel: "People, added up", Lines: []ui.ChartLine{line}}}
}

func forecastTable(c *domain.Capacity) ui.Component {
	t := ui.Table{Caption: "Recovery periods that end, by week", RowHeader: true, Columns: []ui.Column{{Title: "Within"}, {Title: "People", Numeric: true}}}
	row := func(name string, n int) {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(name), ui.Text(number(n))}})
	}
	for week, n := range c.Ending {
		row("Week "+strconv.Itoa(week+1), n)
	}
	row("Later", c.Later)
	row("No period runs: children, emergency support, past its end", c.Open)
	return ui.Details{Summary: "The same as a table", Body: []ui.Component{t}}
}

// The suppositions a page offers. More replications narrow nothing: they make the
// bounds steadier.
const (
	usualReplications = 200
	mostReplications  = 1000
)

// whatIf asks about recovery periods, and answers from the address alone, so that
// an answer can be sent to somebody and seen again.
func whatIf(rq *page.Request) error {
	f := form.NewSearch("/support/what-if")
	periods := f.Text("periods", "Recovery periods to compare, in days", form.Required("Enter one to five periods in days, with commas: 30, 45, 90."), form.Value("30, 45, 90"), form.Width("20"))
	years := f.Text("years", "How many years ahead", form.Required("Enter a number of years from 1 to 10."), form.Value("5"), form.Width("2"),
		form.Hint("Arrivals are taken from as many years back, as far as there are any."))
	steadiness := f.Radios("steadiness", "How often to live through it", []form.Option{
		{Value: strconv.Itoa(usualReplications), Label: "200 times", Hint: "About a second"}, {Value: strconv.Itoa(mostReplications), Label: "1,000 times", Hint: "Some seconds; the bounds are steadier"},
	}, form.Value(strconv.Itoa(usualReplications)))
	seed := f.Text("seed", "Seed", form.Value("1"), form.Width("10"), form.Hint("The same seed gives the same answer."))
	f.Buttons(ui.Button{Text: "Compare"})
	body := []ui.Component{ui.Heading{Level: 1, Text: "What if the recovery period had another length?"},
		ui.Para("The answer comes from a simulation: people come as they came, stay as long as they stayed, longer or shorter by as many days as the period, and wait when no bed is free. Whoever is protected already keeps the period of their day.")}
	p := ui.Page{Title: "What if the recovery period had another length?", Back: "/support/capacity", Wide: true}
	if rq.URL.RawQuery == "" {
		return rq.Show(p, append(body, ui.Reading{f})...)
	}
	if err := f.Parse(rq.Request); err != nil {
		return err
	}
	if s := supposition(f, periods, years, steadiness, seed); f.Valid() {
		answers, err := rq.Site.Support.WhatIf(rq.Context(), rq.Actor, rq.Purpose, s, nil)
		if err == nil {
			return rq.Show(p, append(append(body, supposed(answers)...), ui.Heading{Level: 2, Text: "Ask again"}, ui.Reading{f})...)
		}
		if !page.Refused(f, err) {
			return err
		}
	}
	return rq.ShowForm(p, f, append(body, ui.Reading{f})...)
}

func supposition(f *form.Form, periods, years, steadiness, seed *form.Field) domain.Supposition {
	s := domain.Supposition{Replications: usualReplications}
	for _, text := range strings.FieldsFunc(periods.Text(), func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 730 {
			periods.Fail("Enter periods between 1 and 730 days, with commas: 30, 45, 90.")
			break
		}
		s.Periods = append(s.Periods, n)
	}
	if len(s.Periods) > 5 {
		periods.Fail("Compare five periods or fewer at a time.")
	}
	var err error
	if s.Years, err = strconv.Atoi(years.Text()); err != nil || s.Years < 1 || s.Years > 10 {
		years.Fail("Enter a number of years from 1 to 10.")
	}
	if steadiness.Choice() == strconv.Itoa(mostReplications) {
		s.Replications = mostReplications
	}
	if text := seed.Text(); text != "" {
		if s.Seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			seed.Fail("Enter a whole number, or leave it empty.")
		}
	}
	return s
}

func supposed(answers []domain.Supposed) []ui.Component {
	chart := ui.LineChart{ID: "waiting", Title: "People who wait for a place, by the length of the recovery period", XLabel: "Months from today", YLabel: "People who wait"}
	t := ui.Table{Caption: "What each recovery period would mean. Bounds in brackets: nine of ten replications lie within", RowHeader: true,
		Columns: []ui.Column{{Title: "Recovery period"}, {Title: "Beds there are", Numeric: true}, {Title: "Beds needed at most at once", Numeric: true}, {Title: "People who wait at the end", Numeric: true},
			{Title: "Days waited, on average", Numeric: true}}}
	var says []string
	for _, a := range answers {
		name := strconv.Itoa(a.Period) + " days"
		line := ui.ChartLine{Name: name}
		for _, s := range a.Steps {
			line.Points = append(line.Points, ui.ChartPoint{X: float64(s.Day) / 30.4, Low: s.Waiting.Low, Middle: s.Waiting.Middle, High: s.Waiting.High})
		}
		chart.Lines = append(chart.Lines, line)
		last := a.Steps[len(a.Steps)-1]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Component{ui.Text(name), ui.Text(number(a.Beds)), ranged(a.Enough.Low, a.Enough.Middle, a.Enough.High, 0),
			ranged(last.Waiting.Low, last.Waiting.Middle, last.Waiting.High, 0), ranged(a.Wait.Low, a.Wait.Middle, a.Wait.High, 1)}})
		says = append(says, fmt.Sprintf("With %s, about %.0f people wait at the end.", name, last.Waiting.Middle))
	}
	chart.Description = strings.Join(says, " ")
	return []ui.Component{ui.Heading{Level: 2, Text: "The answer"}, t, ui.Reading{chart}, stepTable(answers),
		ui.Inset{Body: []ui.Component{ui.Para("This is no forecast of who will come. It says what the places would have to bear if people came as they did, and nothing else changed.")}}}
}

func ranged(low, middle, high float64, digits int) ui.Component {
	text := func(v float64) string {
		if digits == 0 {
			return number(int(math.Round(v)))
		}
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
	return ui.Stacked{Main: ui.Text(text(middle)), Sub: "(" + text(low) + " to " + text(high) + ")"}
}

// stepTable is the chart in numbers, every half year.
func stepTable(answers []domain.Supposed) ui.Component {
	t := ui.Table{Caption: "People who wait, every half year", RowHeader: true, Columns: []ui.Column{{Title: "After"}}}
	for _, a := range answers {
		t.Columns = append(t.Columns, ui.Column{Title: strconv.Itoa(a.Period) + " days", Numeric: true})
	}
	for i := 0; i < len(answers[0].Steps); i += 6 {
		cells := []ui.Component{ui.Text(strconv.Itoa(i) + " months")}
		for _, a := range answers {
			w := a.Steps[i].Waiting
			cells = append(cells, ranged(w.Low, w.Middle, w.High, 0))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return ui.Details{Summary: "The same as a table", Body: []ui.Component{t}}
}
