package reading_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"clew/edifact/reading"
)

func ExampleReports() {
	file := strings.NewReader("UNB+SIRE:4+STATE+XX+260301:1000+1'UNH+1+CUSRES:D:05B:UN:IATA'BGM+962'ERP+2'RFF+ABO:4001'ERC+0Z'UNT+6+1'" +
		"UNH+2+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'LOC+87+LHR'NAD+FL+++DOE:JANE'UNT+7+2'UNZ+2+1'")
	for it, err := range reading.Reports("from-the-line.edi", file, reading.Options{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(it.Type, len(it.Flights), len(it.Persons), len(it.Replies), len(it.Findings))
	}
	// Output:
	// CUSRES 0 0 1 0
	// PAXLST 1 1 0 0
}

func ExampleReports_json() {
	file := strings.NewReader("UNB+SIRE:4+STATE+XX+260301:1000+1'UNH+1+CUSRES:D:05B:UN:IATA'BGM+962'ERP+2'RFF+ABO:4001'ERC+0Z'UNT+6+1'UNZ+1+1'")
	for it, err := range reading.Reports("reply.edi", file, reading.Options{}) {
		if err == nil {
			_ = json.NewEncoder(os.Stdout).Encode(it.Report)
		}
	}
	// Output:
	// {"file":"reply.edi","type":"CUSRES","version":"D:05B","function":"962","flights":[],"persons":[],"quarantined":[],"findings":[],"cusres":[{"ref":"4001","code":"0Z"}]}
}

// Parts of one message come in files of their own, in whatever order. A minor in
// one is tied to the adults of the same booking in another.
func ExampleJoiner() {
	part := func(n, persons string) string {
		return "UNB+UNOA:4+CARRIER+STATE+260301:1200+" + n + "'UNH+1+PAXLST:D:05B:UN:IATA+XX1/260301+" + n +
			"'BGM+745'TDT+20+XX1+++XX'LOC+125+LIS'DTM+189:2603011300:201'LOC+87+LHR'" + persons + "UNT+10+1'UNZ+1+" + n[:2] + "'"
	}
	files := []string{
		part("02:F", "NAD+FL+++DOE:KIM'DTM+329:20150101:102'RFF+AVF:ABC123'"),
		part("01:C", "NAD+FL+++DOE:ANN'DTM+329:19800101:102'RFF+AVF:ABC123'"),
	}
	joiner := reading.NewJoiner()
	for _, file := range files {
		for it, err := range reading.Reports("file", strings.NewReader(file), reading.Options{Join: true}) {
			if err != nil {
				fmt.Println(err)
				return
			}
			for _, rep := range joiner.Add(it) {
				for _, p := range rep.Persons {
					fmt.Println(p.N, p.Given, p.Relations)
				}
			}
		}
	}
	// Output:
	// 1 ANN [{adult_with 2 }]
	// 2 KIM [{minor_with 1 }]
}
