package safecontact

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// window is a span of the day on some days of the week, in minutes.
type window struct {
	days        [7]bool
	from, until int
}

func covers(windows []window, at time.Time) bool {
	minute := at.Hour()*60 + at.Minute()
	for _, w := range windows {
		if w.days[at.Weekday()] && minute >= w.from && minute < w.until {
			return true
		}
	}
	return false
}

var (
	spanPattern = regexp.MustCompile(`(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)? ?(?:-|–|to|until) ?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm)?`)
	dayRange    = regexp.MustCompile(`\b(mon|tue|wed|thu|fri|sat|sun)[a-z]* ?(?:-|–|to|until) ?(mon|tue|wed|thu|fri|sat|sun)[a-z]*`)
	dayName     = regexp.MustCompile(`^(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?s?$`)
)

var dayIndex = map[string]int{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// parseHours reads hours such as "weekdays 9:00-12:00; Sat mornings". It is
// strict: one word it does not know, and the whole is for a person to read.
func parseHours(text string) (windows []window, readable bool) {
	for part := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return r == ';' || r == '\n' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		more, ok := parsePart(part)
		if !ok {
			return nil, false
		}
		windows = append(windows, more...)
	}
	return windows, len(windows) > 0
}

// parsePart reads one part: days, and spans or names of times of day.
func parsePart(part string) ([]window, bool) {
	var days [7]bool
	var spans [][2]int
	part = dayRange.ReplaceAllStringFunc(part, func(s string) string {
		m := dayRange.FindStringSubmatch(s)
		for d := dayIndex[m[1]]; ; d = (d + 1) % 7 {
			days[d] = true
			if d == dayIndex[m[2]] {
				return " "
			}
		}
	})
	valid := true
	part = spanPattern.ReplaceAllStringFunc(part, func(s string) string {
		span, ok := spanOf(spanPattern.FindStringSubmatch(s))
		valid = valid && ok
		spans = append(spans, span)
		return " "
	})
	if !valid {
		return nil, false
	}
	for _, word := range strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '.' || r == ':' }) {
		if !readWord(word, &days, &spans) {
			return nil, false
		}
	}
	return join(days, spans), true
}

func readWord(word string, days *[7]bool, spans *[][2]int) bool {
	switch word {
	case "only", "and", "on", "in", "the", "from", "between":
	case "weekday", "weekdays":
		for d := 1; d <= 5; d++ {
			days[d] = true
		}
	case "weekend", "weekends":
		days[0], days[6] = true, true
	case "daily":
		*days = [7]bool{true, true, true, true, true, true, true}
	case "morning", "mornings":
		*spans = append(*spans, [2]int{8 * 60, 12 * 60})
	case "afternoon", "afternoons":
		*spans = append(*spans, [2]int{12 * 60, 17 * 60})
	case "evening", "evenings":
		*spans = append(*spans, [2]int{17 * 60, 21 * 60})
	default:
		m := dayName.FindStringSubmatch(word)
		if m == nil {
			return false
		}
		days[dayIndex[m[1][:3]]] = true
	}
	return true
}

// spanOf reads a span of the day that does not pass midnight. "9-12" in the
// evening cannot be told from the morning, so hours count in 24 unless it says pm.
func spanOf(m []string) ([2]int, bool) {
	from, ok1 := minuteOf(m[1], m[2], m[3])
	until, ok2 := minuteOf(m[4], m[5], m[6])
	return [2]int{from, until}, ok1 && ok2 && from < until
}

func minuteOf(hour, minute, half string) (int, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if half != "" && (h < 1 || h > 12) {
		return 0, false
	}
	switch {
	case half == "pm" && h < 12:
		h += 12
	case half == "am" && h == 12:
		h = 0
	}
	return h*60 + m, h <= 24 && m < 60 && h*60+m <= 24*60
}

// join spreads spans over days; no days means every day, no spans the whole day.
func join(days [7]bool, spans [][2]int) []window {
	if days == ([7]bool{}) {
		days = [7]bool{true, true, true, true, true, true, true}
	}
	if len(spans) == 0 {
		spans = [][2]int{{0, 24 * 60}}
	}
	windows := make([]window, len(spans))
	for i, s := range spans {
		windows[i] = window{days, s[0], s[1]}
	}
	return windows
}
