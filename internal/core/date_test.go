package core

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNewDateRefusesDaysThatDoNotExist(t *testing.T) {
	for _, bad := range [][3]int{{2021, 2, 29}, {1900, 2, 29}, {2021, 13, 1}, {2021, 0, 1}, {2021, 4, 31}, {2021, 1, 0}, {999, 1, 1}, {10000, 1, 1}, {-4, 1, 1}} {
		if d, err := NewDate(bad[0], bad[1], bad[2]); KindOf(err) != Invalid || !d.IsZero() {
			t.Errorf("NewDate(%v) = %v, %v; want an Invalid error", bad, d, err)
		}
	}
	for _, good := range [][3]int{{2020, 2, 29}, {2000, 2, 29}, {1000, 1, 1}, {9999, 12, 31}} {
		if _, err := NewDate(good[0], good[1], good[2]); err != nil {
			t.Errorf("NewDate(%v): %v", good, err)
		}
	}
}

func TestParseDateReadsOneFormOnly(t *testing.T) {
	if d, err := ParseDate("2021-03-14"); err != nil || d != MustDate(2021, 3, 14) {
		t.Errorf("got %v, %v", d, err)
	}
	for _, bad := range []string{"", "2021", "2021-03", "2021-3-14", "14/03/2021", "2021-03-14T00:00:00Z", "2021-02-29", "+021-03-14", "２０２１-03-14"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %v; want an error", bad, d)
		}
	}
}

func TestDateInDependsOnThePlace(t *testing.T) {
	eve := time.Date(2022, 6, 30, 23, 30, 0, 0, time.UTC)
	if d := DateIn(eve, time.UTC); d != MustDate(2022, 6, 30) {
		t.Errorf("in UTC %v", d)
	}
	if d := DateIn(eve, time.FixedZone("BST", 3600)); d != MustDate(2022, 7, 1) {
		t.Errorf("an hour east %v", d)
	}
}

func TestStartInSkipsAMissingMidnight(t *testing.T) {
	loc, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Skipf("no time zone database on this machine: %v", err)
	}
	day := MustDate(2018, 11, 4) // the clocks went from 00:00 to 01:00
	start := day.StartIn(loc)
	if got := DateIn(start, loc); got != day || DateIn(start.Add(-time.Second), loc) == day {
		t.Errorf("the day starts at %v", start.In(loc))
	}
}

func TestAddMonthsKeepsToTheMonth(t *testing.T) {
	for _, c := range []struct {
		from Date
		n    int
		want Date
	}{
		{MustDate(2021, 1, 31), 1, MustDate(2021, 2, 28)},
		{MustDate(2020, 1, 31), 1, MustDate(2020, 2, 29)},
		{MustDate(2021, 3, 31), -1, MustDate(2021, 2, 28)},
		{MustDate(2020, 2, 29), 210, MustDate(2037, 8, 29)}, // seventeen and a half years
		{MustDate(2021, 12, 15), 1, MustDate(2022, 1, 15)},
		{MustDate(2021, 1, 15), -1, MustDate(2020, 12, 15)},
		{MustDate(2021, 1, 15), 0, MustDate(2021, 1, 15)},
	} {
		if got := c.from.AddMonths(c.n); got != c.want {
			t.Errorf("%v and %d months = %v, want %v", c.from, c.n, got, c.want)
		}
	}
}

func TestAgeCountsFullYears(t *testing.T) {
	leap := MustDate(2004, 2, 29)
	for _, c := range []struct {
		born, on Date
		want     int
	}{
		{MustDate(2004, 6, 15), MustDate(2022, 6, 14), 17},
		{MustDate(2004, 6, 15), MustDate(2022, 6, 15), 18},
		{leap, MustDate(2022, 2, 28), 17},
		{leap, MustDate(2022, 3, 1), 18},
		{leap, MustDate(2024, 2, 28), 19},
		{leap, MustDate(2024, 2, 29), 20},
		{MustDate(2004, 6, 15), MustDate(2004, 6, 15), 0},
		{MustDate(2004, 6, 15), MustDate(2004, 6, 14), -1},
	} {
		if got := c.born.AgeOn(c.on); got != c.want {
			t.Errorf("born %v is %d on %v, want %d", c.born, got, c.on, c.want)
		}
	}
}

func TestDateInJSONAndSQL(t *testing.T) {
	type record struct{ Day, None Date }
	b, err := json.Marshal(record{Day: MustDate(2021, 3, 4)})
	if err != nil || string(b) != `{"Day":"2021-03-04","None":""}` {
		t.Fatalf("%s, %v", b, err)
	}
	var back record
	if err := json.Unmarshal(b, &back); err != nil || back.Day != MustDate(2021, 3, 4) || !back.None.IsZero() {
		t.Errorf("read back %+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"Day":"2021-02-30"}`), &back); err == nil {
		t.Error("30 February was read")
	}
	if v, err := (Date{}).Value(); v != nil || err != nil {
		t.Errorf("the zero date is stored as %v, %v", v, err)
	}
	var d Date
	for _, v := range []any{"2021-03-04", []byte("2021-03-04")} {
		if err := d.Scan(v); err != nil || d != MustDate(2021, 3, 4) {
			t.Errorf("Scan(%T) = %v, %v", v, d, err)
		}
	}
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("NULL = %v, %v", d, err)
	}
	if err := d.Scan(7); err == nil {
		t.Error("a number was scanned")
	}
}

// anyDate draws days of three centuries.
func anyDate(t *rapid.T, label string) Date {
	return MustDate(1900, 1, 1).AddDays(rapid.IntRange(0, 300*365).Draw(t, label))
}

func TestDateArithmeticProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t, "day"), rapid.IntRange(-20000, 20000).Draw(t, "n")
		moved := d.AddDays(n)
		if moved.Sub(d) != n || moved.AddDays(-n) != d {
			t.Fatalf("%v and %d days is %v, which is %d days away", d, n, moved, moved.Sub(d))
		}
		if sign := moved.Compare(d); n > 0 && sign != 1 || n < 0 && sign != -1 || n == 0 && sign != 0 {
			t.Fatalf("%v and %d days is %v, yet they compare %d", d, n, moved, sign)
		}
		if back, err := ParseDate(moved.String()); err != nil || back != moved {
			t.Fatalf("%v reads back as %v, %v", moved, back, err)
		}
		if text := moved.String() < d.String(); text != moved.Before(d) {
			t.Fatalf("text order of %v and %v differs from the days' order", moved, d)
		}
		if want := time.Weekday((int(d.Weekday()) + n%7 + 7) % 7); moved.Weekday() != want {
			t.Fatalf("%v is a %v, want %v", moved, moved.Weekday(), want)
		}
	})
}

func TestAgeRisesOnTheBirthday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born, age := anyDate(t, "born"), rapid.IntRange(0, 110).Draw(t, "age")
		on := born.Birthday(age)
		if born.AgeOn(on) != age || born.AgeOn(on.AddDays(-1)) != age-1 {
			t.Fatalf("born %v: %d on %v, %d on the eve", born, born.AgeOn(on), on, born.AgeOn(on.AddDays(-1)))
		}
	})
}

// By the clock on the wall: on the days on which it is set, a time of day is not
// so many hours after midnight.
func TestAtIsByTheClockOnTheWall(t *testing.T) {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Date{{2026, 3, 29}, {2026, 7, 1}, {2026, 10, 25}} {
		if got := d.At(17, 45, loc).Format("2006-01-02 15:04"); got != d.String()+" 17:45" {
			t.Errorf("%s at 17:45 is %s", d, got)
		}
	}
}
