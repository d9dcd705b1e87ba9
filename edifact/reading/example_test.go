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
